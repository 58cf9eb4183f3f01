"""Agents as flows see them beside the desk: who may sign in, and what is known of the calls they had."""

from enum import StrEnum
from typing import Protocol

from routing.model import AgentId, CallId, Outcome
from routing.record import CallRecord


class Admission(StrEnum):
    """What a PIN opens."""

    ADMITTED = "admitted"
    WRONG = "wrong"
    LOCKED = "locked"
    """Too many wrong PINs; for some minutes the right one does not help either."""


class Agents(Protocol):
    """What the house keeps of its agents."""

    def admit(self, telephone: str, agent: AgentId | None, pin: str) -> Admission:
        """Whether this PIN, keyed at this telephone, is that agent's; for None it never is, and counts as a try."""
        ...

    def locked(self, telephone: str, agent: AgentId | None) -> bool:
        """Whether a PIN of that agent is of no use at this telephone now."""
        ...

    def last_call(self, agent: AgentId) -> CallRecord | None:
        """The last call in which this agent talked, or talks, with somebody; None when that is long ago."""
        ...

    def keep_outcome(self, call: CallId, outcome: Outcome) -> None:
        """Keep what became of a conversation that `last_call` told of."""
        ...

    def calls_today(self, number: str) -> int:
        """How often this number (E.164) has called since midnight, the present call included."""
        ...
