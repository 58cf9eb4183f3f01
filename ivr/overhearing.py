"""A supervisor beside a conversation: what may be overheard, as her flow knows it. `pbx/floor.py` has the real one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from routing.model import AgentId, CallId


class Mode(StrEnum):
    """How she is there."""

    LISTEN = "listen"
    """She hears both, nobody hears her."""
    WHISPER = "whisper"
    """The agent hears her too."""
    BARGE = "barge"
    """Both hear her."""


KEYS = {"4": Mode.LISTEN, "5": Mode.WHISPER, "6": Mode.BARGE}
"""What she keys meanwhile; these keys are the exchange's own."""


@dataclass(frozen=True, slots=True)
class Overheard:
    """An agent's conversation with a caller: the call, and the unique id of his leg."""

    call: CallId
    leg: str


class Floor(Protocol):
    """Who talks now."""

    def talk_of(self, agent: AgentId) -> Overheard | None:
        """His conversation with a caller; None when he has none, or is out of it."""
        ...
