"""One file of `config/prompts/`, read and checked.

A file is a mapping of keys to the text in three languages:

    queue.position:
      ar: "…{n:number}…"
      zgh: "…"
      fr: "…"
      review: draft          # or, by language: {fr: "reviewed by NAME on 2026-12-01"}

`{n:number}` is a slot: its name, its kind (`ivr.spoken.KINDS`, or `language` and `subject`, which say the name
in `language.name.…` and `subject.name.…`), and for some kinds a form: `{n:count minute}`. A kind that takes two
values has two names: `{low,high:wait}`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from ivr.spoken import KINDS
from ivr.spoken.parts import EDGES
from ivr.spoken.slots import check_form
from routing.model import Language
from speech import alphabets
from speech.prompt import NAMED_KINDS, Prompt, Slot, values_of

REVIEWED = re.compile(r"reviewed by \S.* on \d{4}-\d{2}-\d{2}")
_SLOT = re.compile(r"\{([^{}]*)\}")
_SLOT_PARTS = re.compile(r"([a-z_]+(?:,[a-z_]+)*):([a-z]+)(?: ([a-z]+(?: [a-z]+)?))?")
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_OF_PARTS = re.compile(r"^said\.|\.part\d+$")
_LANGUAGES = tuple(Language)
_FIELDS = frozenset({*_LANGUAGES, "review", "context"})


def listed(names: Iterable[str]) -> str:
    """Names in a message."""
    return ", ".join(sorted(names)) or "none"


def prompts_of(file: Path, mistakes: list[str]) -> Iterator[Prompt]:
    """Every prompt of a file that has no mistake; adds to `mistakes` file, key, what is wrong, how to mend it."""
    try:
        content = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        mistakes.append(f"{file.name}: line {line}: {error.problem}; mend the YAML there")
        return
    except (OSError, UnicodeError) as error:
        mistakes.append(f"{file.name}: cannot be read: {error}; save it as UTF-8 text")
        return
    if not isinstance(content, dict):
        mistakes.append(f"{file.name}: is not a list of keys; write «key:» with ar, zgh and fr below it")
        return
    for key, entry in content.items():
        found = entry_faults(key, entry)
        if found:
            mistakes += [f"{file.name}: {key}: {fault}" for fault in found]
        else:
            yield prompt_of(key, entry, file.name)


def entry_faults(key: object, entry: object) -> list[str]:
    """Everything that is wrong with one key and what stands below it."""
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        return ["is not a key; use small letters, digits, _ and dots"]
    if _OF_PARTS.search(key):
        return ["is a name for parts of phrases; choose another"]
    if not isinstance(entry, dict):
        return ["has no texts; write ar, zgh and fr below it"]
    found = [
        f"has an unknown field {name}; use ar, zgh, fr, review, context" for name in entry.keys() - _FIELDS
    ]
    for language in _LANGUAGES:
        text = entry.get(language.value)
        if not isinstance(text, str):
            found.append(f"{language.value}: is missing; write what the caller hears, in quotes")
            continue
        found += [f"{language.value}: {fault}" for fault in _text_faults(language, text)]
    return found or _slot_faults(entry) + _review_faults(entry.get("review", "draft"))


def _text_faults(language: Language, text: str) -> list[str]:
    found: list[str] = []
    for inside in _SLOT.findall(text):
        parts = _SLOT_PARTS.fullmatch(inside)
        if parts is None:
            found.append(f"{{{inside}}} is not a slot; write {{name:kind}}")
            continue
        names, kind, form = parts.groups()
        values = values_of(kind)
        if values is None:
            found.append(f"{{{inside}}}: no kind {kind}; use one of {listed({*KINDS, *NAMED_KINDS})}")
            continue
        if len(names.split(",")) != values:
            found.append(f"{{{inside}}}: {kind} takes {values} values; name so many, as {{low,high:wait}}")
            continue
        try:
            check_form(kind, form or "")
        except ValueError as error:
            found.append(f"{{{inside}}}: {error}; leave the form out or mend it")
    opening, *more = _SLOT.split(text)
    if not more and not text.strip(EDGES):
        return ["has no words; write what the caller hears"]
    if more and opening.strip() and not opening.strip(EDGES):
        found.append(f"begins with {opening.strip()} before a slot; begin with a word or the slot")
    literal = _SLOT.sub("", text)
    # A text may be nothing but a slot.
    return found or ([] if literal != text and not literal.strip() else alphabets.faults(language, literal))


def _slot_faults(entry: Mapping[str, str]) -> list[str]:
    kinds = {
        language: {str(slot) for slot in _parts(entry[language.value]) if isinstance(slot, Slot)}
        for language in _LANGUAGES
    }
    if len({frozenset(found) for found in kinds.values()}) == 1:
        return []
    shown = "; ".join(f"{language.value}: {listed(found)}" for language, found in kinds.items())
    return [f"the languages have different slots ({shown}); give them the same"]


def _review_faults(review: object) -> list[str]:
    if review == "draft":
        return []
    if isinstance(review, dict) and review.keys() <= set(_LANGUAGES):
        wrong = [name for name, text in review.items() if not REVIEWED.fullmatch(str(text))]
        return [f'review: {name}: write "reviewed by NAME on 2026-12-01"' for name in wrong]
    return ["review: write draft, or by language «fr: reviewed by NAME on 2026-12-01»"]


def prompt_of(key: str, entry: Mapping[str, str], file: str) -> Prompt:
    """The prompt of an entry that has no faults."""
    review: object = entry.get("review", "draft")
    reviews = {Language(name): str(text) for name, text in review.items()} if isinstance(review, dict) else {}
    parts = {language: _parts(entry[language.value]) for language in _LANGUAGES}
    return Prompt(
        key, file, MappingProxyType(parts), MappingProxyType(reviews), str(entry.get("context", ""))
    )


def _parts(text: str) -> tuple[str | Slot, ...]:
    parts: list[str | Slot] = []
    for place, piece in enumerate(_SLOT.split(" ".join(text.split()))):
        if place % 2:
            names, _, kind = piece.partition(":")
            kind, _, form = kind.partition(" ")
            parts.append(Slot(tuple(names.split(",")), kind, form))
        elif piece:
            parts.append(piece)
    return tuple(parts)
