"""A prompt: one key, its words in every language, the slots that values fill, and who reviewed it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ivr.spoken import KINDS, PRIVATE_KINDS, takes
from routing.model import Language

NAMED_KINDS: Mapping[str, str] = MappingProxyType({"language": "language.name", "subject": "subject.name"})
"""Slot kinds whose words are prompts themselves, by the prefix of their keys."""
DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a text that one value fills, or several by name: `{low,high:wait}`."""

    names: tuple[str, ...]
    kind: str
    form: str = ""

    @property
    def takes(self) -> str:
        """What may be given for it, in words."""
        prefix = NAMED_KINDS.get(self.kind)
        return takes(self.kind) if prefix is None else f"a word after {prefix}. in the catalogue"

    def __str__(self) -> str:
        return f"{{{','.join(self.names)}:{self.kind}}}"


def values_of(kind: str) -> int | None:
    """How many values a slot of this kind takes; None when there is no such kind."""
    return 1 if kind in NAMED_KINDS else KINDS.get(kind)


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
        """The slots by the names of their values; the same in every language but for their form."""
        parts = self.parts[Language.FRENCH]
        return {name: part for part in parts if isinstance(part, Slot) for name in part.names}

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

    def review(self, language: Language) -> str:
        """`draft`, or who signed it off and when."""
        return self.reviews.get(language, DRAFT)
