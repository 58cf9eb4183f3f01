"""The studio as flows see it: who may record by telephone, what, and what becomes of a recording."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NewType, Protocol

from ivr.prompts import Phrase
from routing.model import Language

SupervisorId = NewType("SupervisorId", str)

MESSAGE = "message.today"
"""The message of the day: a prompt that callers hear only as somebody recorded it, and until it expires."""
MESSAGE_NUMBER = "0"
LONGEST_MESSAGE = timedelta(seconds=30)
"""Nobody who calls for help should listen longer before she is asked what she needs."""


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Someone who may record prompts, from the telephone `extension` or, when that is None, from any."""

    id: SupervisorId
    name: str
    language: Language
    extension: str | None = None


class Refusal(StrEnum):
    """Why nobody is let in."""

    WRONG = "wrong"
    LOCKED = "locked"
    """Too many wrong PINs; for some minutes the right one does not help either."""


@dataclass(frozen=True, slots=True)
class Usable:
    """A recording that may be kept: `sound` is how callers would hear it; `doubts` are prompts to say with it."""

    sound: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unusable:
    """A recording that callers could not follow; `why` are the prompts that say so."""

    why: tuple[str, ...]


class Studio(Protocol):
    """Recordings of prompts, kept outside the flows."""

    def message(self, language: Language) -> tuple[Phrase, ...]:
        """The message of the day for callers of this language; nothing when none stands."""
        ...

    def language_at(self, telephone: str) -> Language | None:
        """The language of the supervisor whose own telephone this is; None where it is nobody's."""
        ...

    def admit(self, telephone: str, pin: str) -> Supervisor | Refusal:
        """Who keys this PIN on the telephone with this extension."""
        ...

    def prompt(self, number: str) -> str | None:
        """The key of the prompt with this number of the recording sheet."""
        ...

    async def spoken(self, key: str, language: Language) -> Phrase | None:
        """What is to be recorded, to be heard before; None where nothing is, in this language."""
        ...

    def new_take(self) -> str:
        """Where the telephone exchange may put a recording: an absolute path without extension."""
        ...

    async def judge(self, take: str, key: str, language: Language) -> Usable | Unusable:
        """What callers would make of the recording `take` as this prompt."""
        ...

    async def keep(
        self, take: str, key: str, language: Language, by: Supervisor, days: int | None = None
    ) -> bool:
        """Callers hear it from the next call on; a message of the day for `days`, today included.

        False when it could not be kept.
        """
        ...

    def discard(self, take: str) -> None:
        """Remove what is left of a recording."""
        ...
