"""Everything that a person may record, as one catalogue: whole prompts, and the pieces of those that values fill."""

from types import MappingProxyType

from ivr.prompts import Phrase
from ivr.studio import MESSAGE
from routing.model import Language
from speech.catalogue import Catalogue
from speech.prompt import Prompt

VALUES = "said."
"""Pieces of values, by hundreds: recorded as files, never keyed on a telephone."""


def with_pieces(catalogue: Catalogue) -> Catalogue:
    """The catalogue and each piece as a prompt of its own; one has no words in a language that lacks the piece."""
    texts: dict[str, dict[Language, str]] = {}
    for language in Language:
        for part in catalogue.recordable(language):
            if part.key not in catalogue.prompts:
                texts.setdefault(part.key, {})[language] = part.text
    pieces = {
        key: Prompt(
            key,
            "",
            MappingProxyType({language: (said.get(language, ""),) for language in Language}),
            context="" if key.startswith(VALUES) else f"a piece of {key.rpartition('.')[0]}",
        )
        for key, said in texts.items()
    }
    return Catalogue(MappingProxyType({**catalogue.prompts, **pieces}))


def recordable(whole: Catalogue) -> tuple[str, ...]:
    """Keys of a catalogue with pieces that a person may record, the message of the day left out."""
    return tuple(prompt.key for prompt in whole.static() if prompt.key != MESSAGE)


def numbered(whole: Catalogue) -> tuple[str, ...]:
    """Those that have a number to be keyed on a telephone."""
    return tuple(key for key in recordable(whole) if not key.startswith(VALUES))


def words(whole: Catalogue, language: Language, key: str) -> str | None:
    """What is to be recorded; None where this language is said without it."""
    return whole.text(language, Phrase(key)).strip() or None
