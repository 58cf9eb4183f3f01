"""The words callers hear, read from `config/prompts/*.yaml` and checked as a whole.

What a file may hold is in `speech.prompt_file`. A phrase is said as a text, or played as parts: literal pieces
named `KEY.part1`, `KEY.part2`, … and the parts of its values (`ivr.spoken`). A prompt without slots is one part
named like its key.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from ivr.prompts import Phrase, PromptMissing
from ivr.spoken import BadValue, Part, Parts, recordable, said, text_of
from ivr.spoken.parts import EDGES, with_after
from routing.model import Language
from speech.prompt import NAMED_KINDS, Prompt, Slot
from speech.prompt_file import listed, prompts_of

__all__ = ["Catalogue", "CatalogueError", "Prompt", "Slot"]


_EVERY = "ar, zgh and fr"


class CatalogueError(Exception):
    """All the mistakes of the catalogue, one a line: file, key, what is wrong, how to mend it."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


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
            for prompt in prompts_of(file, mistakes):
                if prompt.key in prompts:
                    other = prompts[prompt.key].file
                    mistakes.append(f"{file.name}: {prompt.key}: is also in {other}; keep one of them")
                else:
                    prompts[prompt.key] = prompt
        mistakes += _missing_names(prompts)
        if mistakes:
            raise CatalogueError(mistakes)
        return Catalogue(MappingProxyType(prompts))

    def with_names(self, names: Mapping[str, Mapping[Language, str]]) -> "Catalogue":
        """The same with other words for these prompts, by language; nobody has signed those off."""
        prompts = dict(self.prompts)
        for key, texts in names.items():
            parts = {language: (" ".join(text.split()),) for language, text in texts.items()}
            old = prompts.get(key)
            if old is None:
                continue  # told with all that is missing
            prompts[key] = replace(old, parts=MappingProxyType({**old.parts, **parts}), reviews={})
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
                f"write it in config/prompts/{_area(key)}.yaml in {_EVERY}"
            )
        return found

    def lacks(self, key: str, *values: str) -> Iterator[str]:
        """Tell what keeps this key from being said with these values: each fault with key, languages and mend."""
        found = self.prompts.get(key)
        if found is None:
            yield f"{key}: is missing in {_EVERY}; write it in a file of config/prompts"
        elif found.slots.keys() != set(values):
            yield (
                f"{found.file}: {key}: has the slots {listed(found.slots)} in {_EVERY}, and is played with "
                f"{listed(values)}; give it those"
            )

    def text(self, language: Language, phrase: Phrase) -> str:
        """Return the words of a phrase in its own language, or in `language`. Raises `PromptMissing`."""
        return text_of(self.parts(language, phrase))

    def parts(self, language: Language, phrase: Phrase) -> Parts:
        """Return the pieces a phrase is played from; their texts are its text. Raises `PromptMissing`."""
        said_in = phrase.language or language
        prompt = self.prompt(phrase.key, said_in)
        if phrase.slots.keys() != prompt.slots.keys():
            raise PromptMissing(
                f"{phrase.key} in {said_in.value}: needs the slots "
                f"{listed(prompt.slots)}, was given {listed(phrase.slots)}"
            )
        pieces = prompt.parts[said_in]
        return _in_a_row(
            prompt.key,
            (piece if isinstance(piece, str) else self._filled(piece, said_in, phrase) for piece in pieces),
            alone=prompt.is_static,
        )

    def recordable(self, language: Language) -> Parts:
        """Every part that any phrase may be played from, once each: what a person may record."""
        found = (part for prompt in self.prompts.values() for part in self.pieces(prompt, language))
        return tuple({part.key: part for part in found}.values())

    def pieces(self, prompt: Prompt, language: Language) -> Iterator[Part]:
        """Every part that this prompt may be played from: its literal ones, then those of any value."""
        pieces = prompt.parts[language]
        silent = Part("", "")
        literals = _in_a_row(
            prompt.key,
            (piece if isinstance(piece, str) else (silent,) for piece in pieces),
            alone=prompt.is_static,
        )
        yield from (Part(part.key, part.text.strip()) for part in literals if part.key)
        for piece in pieces:
            if isinstance(piece, Slot) and piece.kind not in NAMED_KINDS:
                yield from recordable(piece.kind, language, piece.form)

    def _filled(self, slot: Slot, language: Language, phrase: Phrase) -> Parts:
        values = tuple(phrase.slots[name] for name in slot.names)
        prefix = NAMED_KINDS.get(slot.kind)
        if prefix is not None:
            return self.parts(language, Phrase(f"{prefix}.{values[0]}", language=language))
        try:
            return said(slot.kind, values, language, slot.form)
        except BadValue as bad:
            raise PromptMissing(
                f"{phrase.key} in {language.value}: slot {' and '.join(slot.names)}: {bad}"
            ) from None


def _area(key: str) -> str:
    return key.partition(".")[0]


def _in_a_row(key: str, pieces: Iterable[str | Parts], *, alone: bool) -> Parts:
    """Name the literal pieces; signs that follow a value belong to it."""
    found: Parts = ()
    number = 0
    for piece in pieces:
        if not isinstance(piece, str):
            found += piece
            continue
        words = piece.lstrip(EDGES) if found else piece
        if found:
            found = with_after(found, piece[: len(piece) - len(words)])
        if words:
            number += 1
            found = (*found, Part(key if alone else f"{key}.part{number}", words))
    return found


def _missing_names(prompts: Mapping[str, Prompt]) -> Iterator[str]:
    """Name kinds need at least the names of the three languages."""
    if any(slot.kind == "language" for prompt in prompts.values() for slot in prompt.slots.values()):
        for language in Language:
            key = f"{NAMED_KINDS['language']}.{language.value}"
            if key not in prompts:
                yield f"{key}: is missing in {_EVERY}, and a slot says it; write it"
