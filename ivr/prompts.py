"""What callers hear, by name. The words are in `config/prompts/`; how they become sound is in `speech/`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from routing.model import Language


@dataclass(frozen=True, slots=True)
class Phrase:
    """A prompt of the catalogue with its slots filled.

    `slots` values are text: "3", "15:30", "2026-11-23", "0612345678", by the slot's kind in the catalogue.
    `language` overrides the call's language: the language menu says each line in its own. `sound`, an absolute
    path without extension, is played in place of the prompt's own sound: a recording that is not accepted yet.
    """

    key: str
    slots: Mapping[str, str] = field(default_factory=dict)
    language: Language | None = None
    sound: str = ""


def phrase(key: str, /, *, language: Language | None = None, **slots: object) -> Phrase:
    """`phrase("position", n=3)`."""
    return Phrase(key, {name: str(value) for name, value in slots.items()}, language)


class PromptMissing(Exception):
    """No words or no sound for this key in this language; names both and where to put them."""


class Prompts(Protocol):
    """Turns phrases into sound files."""

    async def sounds(self, language: Language, *phrases: Phrase) -> tuple[str, ...]:
        """Absolute paths without extension, in playing order. Raises `PromptMissing`; renders what is not cached."""
        ...

    def text(self, language: Language, phrase: Phrase) -> str:
        """The words. Raises `PromptMissing`."""
        ...
