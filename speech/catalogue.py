"""The words callers hear, read from `config/prompts/*.yaml` and checked as a whole.

A file is a mapping of keys to the text in three languages:

    queue.position:
      ar: "…{n:number}…"
      zgh: "…"
      fr: "…"
      review: draft          # or, by language: {fr: "reviewed by NAME on 2026-12-01"}

`{n:number}` is a slot: its name, its kind (`ivr.spoken.KINDS`, or `language` and `subject`, which say the name
in `language.name.…` and `subject.name.…`), and for some kinds a form: `{n:count minute}`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from ivr.prompts import Phrase, PromptMissing
from ivr.spoken import KINDS, PRIVATE_KINDS, BadValue, spoken
from ivr.spoken.slots import check_form
from routing.model import Language
from speech import alphabets

NAMED_KINDS: Mapping[str, str] = MappingProxyType({"language": "language.name", "subject": "subject.name"})
"""Slot kinds whose words are prompts themselves, by the prefix of their keys."""
REVIEWED = re.compile(r"reviewed by \S.* on \d{4}-\d{2}-\d{2}")
_SLOT = re.compile(r"\{([^{}]*)\}")
_SLOT_PARTS = re.compile(r"([a-z_]+):([a-z]+)(?: ([a-z]+(?: [a-z]+)?))?")
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_LANGUAGES = tuple(Language)
_FIELDS = frozenset({*_LANGUAGES, "review", "context"})


class CatalogueError(Exception):
    """All the mistakes of the catalogue, one a line: file, key, what is wrong, how to mend it."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a text that a value fills."""

    name: str
    kind: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One key in all languages. `parts` are literal text and slots in order."""

    key: str
    file: str
    parts: Mapping[Language, tuple[str | Slot, ...]]
    reviews: Mapping[Language, str] = field(default_factory=dict)
    context: str = ""

    @property
    def slots(self) -> Mapping[str, Slot]:
        """The slots by name; the same in every language but for their form."""
        parts = self.parts[Language.FRENCH]
        return {part.name: part for part in parts if isinstance(part, Slot)}

    @property
    def is_static(self) -> bool:
        """Whether the prompt always has the same words."""
        return not self.slots

    @property
    def is_private(self) -> bool:
        """Whether its words lead to a person: a telephone number, a reference."""
        return any(slot.kind in PRIVATE_KINDS for slot in self.slots.values())

    def needs_review(self, language: Language) -> bool:
        """Whether no person has signed off the text in this language."""
        return language not in self.reviews


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every prompt by key."""

    prompts: Mapping[str, Prompt]

    @staticmethod
    def load(folder: Path) -> "Catalogue":
        """Read every YAML file of the folder. Raises `CatalogueError` with all mistakes at once."""
        mistakes: list[str] = []
        prompts: dict[str, Prompt] = {}
        files = sorted(folder.glob("*.yaml"))
        if not files:
            raise CatalogueError([f"{folder}: has no .yaml file; put the prompts there"])
        for file in files:
            for prompt in _prompts_of(file, mistakes):
                if prompt.key in prompts:
                    other = prompts[prompt.key].file
                    mistakes.append(f"{file.name}: {prompt.key}: is also in {other}; keep one of them")
                else:
                    prompts[prompt.key] = prompt
        mistakes += _missing_names(prompts)
        if mistakes:
            raise CatalogueError(mistakes)
        return Catalogue(MappingProxyType(prompts))

    def static(self) -> Iterator[Prompt]:
        """Every prompt without slots."""
        return (prompt for prompt in self.prompts.values() if prompt.is_static)

    def prompt(self, key: str, language: Language) -> Prompt:
        """Return the prompt. Raises `PromptMissing`."""
        found = self.prompts.get(key)
        if found is None:
            raise PromptMissing(
                f"there is no prompt {key!r} in {language.value}; "
                f"write it in config/prompts/{key.partition('.')[0]}.yaml in ar, zgh and fr"
            )
        return found

    def text(self, language: Language, phrase: Phrase) -> str:
        """Return the words of a phrase in its own language, or in `language`. Raises `PromptMissing`."""
        said_in = phrase.language or language
        prompt = self.prompt(phrase.key, said_in)
        if phrase.slots.keys() != prompt.slots.keys():
            raise PromptMissing(
                f"{phrase.key} in {said_in.value}: needs the slots "
                f"{_listed(prompt.slots)}, was given {_listed(phrase.slots)}"
            )
        parts = prompt.parts[said_in]
        return "".join(
            part if isinstance(part, str) else self._filled(part, said_in, phrase) for part in parts
        )

    def _filled(self, slot: Slot, language: Language, phrase: Phrase) -> str:
        value = phrase.slots[slot.name]
        prefix = NAMED_KINDS.get(slot.kind)
        if prefix is not None:
            return self.text(language, Phrase(f"{prefix}.{value}", language=language))
        try:
            return spoken(slot.kind, value, language, slot.form)
        except BadValue as bad:
            raise PromptMissing(f"{phrase.key} in {language.value}: slot {slot.name}: {bad}") from None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


# ---- reading ----


def _prompts_of(file: Path, mistakes: list[str]) -> Iterator[Prompt]:
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
        found = _entry_faults(key, entry)
        if found:
            mistakes += [f"{file.name}: {key}: {fault}" for fault in found]
        else:
            yield _prompt(key, entry, file.name)


def _entry_faults(key: object, entry: object) -> list[str]:
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        return ["is not a key; use small letters, digits, _ and dots"]
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
        _, kind, form = parts.groups()
        if kind not in KINDS and kind not in NAMED_KINDS:
            found.append(f"{{{inside}}}: no kind {kind}; use one of {_listed({*KINDS, *NAMED_KINDS})}")
            continue
        try:
            check_form(kind, form or "")
        except ValueError as error:
            found.append(f"{{{inside}}}: {error}; leave the form out or mend it")
    literal = _SLOT.sub("", text)
    # A text may be nothing but a slot.
    return found or ([] if literal != text and not literal.strip() else alphabets.faults(language, literal))


def _slot_faults(entry: Mapping[str, str]) -> list[str]:
    kinds = {
        language: {(slot.name, slot.kind) for slot in _parts(entry[language.value]) if isinstance(slot, Slot)}
        for language in _LANGUAGES
    }
    if len({frozenset(found) for found in kinds.values()}) == 1:
        return []
    shown = "; ".join(
        f"{language.value}: {_listed(f'{{{name}:{kind}}}' for name, kind in found)}"
        for language, found in kinds.items()
    )
    return [f"the languages have different slots ({shown}); give them the same"]


def _review_faults(review: object) -> list[str]:
    if review == "draft":
        return []
    if isinstance(review, dict) and review.keys() <= set(_LANGUAGES):
        wrong = [name for name, text in review.items() if not REVIEWED.fullmatch(str(text))]
        return [f'review: {name}: write "reviewed by NAME on 2026-12-01"' for name in wrong]
    return ["review: write draft, or by language «fr: reviewed by NAME on 2026-12-01»"]


def _prompt(key: str, entry: Mapping[str, str], file: str) -> Prompt:
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
            name, _, kind = piece.partition(":")
            kind, _, form = kind.partition(" ")
            parts.append(Slot(name, kind, form))
        elif piece:
            parts.append(piece)
    return tuple(parts)


def _missing_names(prompts: Mapping[str, Prompt]) -> Iterator[str]:
    """Name kinds need at least the names of the three languages."""
    if any(slot.kind == "language" for prompt in prompts.values() for slot in prompt.slots.values()):
        for language in _LANGUAGES:
            key = f"{NAMED_KINDS['language']}.{language.value}"
            if key not in prompts:
                yield f"{key}: is missing, and a slot says it; write it in ar, zgh and fr"
