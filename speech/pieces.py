"""Which sounds a phrase is played from: one for the whole of it, or a person's recordings with what lies between.

A phrase no literal piece of which is recorded stays one synthetic sentence, which sounds better than pieces of one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from ivr.prompts import Phrase
from ivr.spoken import Parts, text_of
from routing.model import Language
from speech.cache import Shelf
from speech.catalogue import Catalogue
from speech.level import TAIL
from speech.made import MadeSounds
from speech.prompt import Prompt

_BREATH = 0.03
"""Seconds of silence after a piece in the middle of a clause."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One sound: which prompt it belongs to, its words, and the key under which a person may record it."""

    prompt: Prompt
    language: Language
    text: str
    recorded_as: str | None
    shelf: Shelf
    tail: float = TAIL

    @property
    def is_static(self) -> bool:
        """Whether it is a prompt that always has the same words."""
        return self.shelf is Shelf.STATIC

    @property
    def is_private(self) -> bool:
        """Whether its words lead to a person."""
        return self.shelf is Shelf.PRIVATE

    @property
    def name(self) -> str:
        """For messages. Never the key of a value: that would tell it."""
        return f"{self.prompt.key} in {self.language.value}"


def pieces(catalogue: Catalogue, made: MadeSounds, language: Language, phrase: Phrase) -> list[Piece]:
    """The sounds of a phrase in their order. Raises `PromptMissing`."""
    said_in = phrase.language or language
    parts = catalogue.parts(said_in, phrase)
    prompt = catalogue.prompt(phrase.key, said_in)
    if prompt.is_static:
        return [Piece(prompt, said_in, text_of(parts), prompt.key, Shelf.STATIC)]
    if _is_recorded(prompt, made, said_in, parts):
        return list(_by_part(prompt, made, said_in, parts))
    return [Piece(prompt, said_in, text_of(parts), None, _shelf(prompt))]


def _shelf(prompt: Prompt) -> Shelf:
    return Shelf.PRIVATE if prompt.is_private else Shelf.SLOTS


def _is_recorded(prompt: Prompt, made: MadeSounds, language: Language, parts: Parts) -> bool:
    """Whether a person said some of its literal words, or all of it where it is nothing but values."""
    if not made.has_recordings(language):
        return False
    literal = [part for part in parts if _is_literal(prompt, part.key)]
    if literal:
        return any(made.recording(language, part.key) is not None for part in literal)
    return all(made.recording(language, part.key) is not None for part in parts)


def _is_literal(prompt: Prompt, key: str) -> bool:
    return key.startswith(f"{prompt.key}.part")


def _by_part(prompt: Prompt, made: MadeSounds, language: Language, parts: Parts) -> Iterator[Piece]:
    """Each recorded part, and what lies between two of them as one piece."""

    def key(numbered: tuple[int, str]) -> tuple[bool, int]:
        place, name = numbered
        recorded = made.recording(language, name) is not None
        return recorded, place if recorded else -1

    places = enumerate(part.key for part in parts)
    for (recorded, _), group in groupby(places, key):
        run = [place for place, _ in group]
        first, last = run[0], run[-1]
        said = parts[first : last + 1]
        value = not all(_is_literal(prompt, part.key) for part in said)
        yield Piece(
            prompt,
            language,
            text_of(said).strip(),
            said[0].key if recorded else None,
            _shelf(prompt) if value else Shelf.SLOTS,
            TAIL if last == len(parts) - 1 else max(_BREATH, said[-1].pause),
        )
