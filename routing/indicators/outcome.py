"""What became of a call: its ending, the abandoned ones by how long they had waited; or where it is now."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from routing.model import CallEnding
from routing.record import CallRecord


@dataclass(frozen=True, slots=True)
class Goal:
    """What was agreed: answered `within` so much. Hanging up within `short` is nobody's fault."""

    within: timedelta = timedelta(seconds=20)
    short: timedelta = timedelta(seconds=5)


class Abandoned(StrEnum):
    """She hung up while she waited."""

    SHORT = "abandoned_short"
    BEFORE = "abandoned_before"
    """Later than short, within the goal."""
    AFTER = "abandoned_after"


class Now(StrEnum):
    """It has no ending yet."""

    WAITING = "waiting"
    """In the line."""
    GOING_ON = "going_on"
    """Not in the line yet, or its end was not seen."""


Outcome = CallEnding | Abandoned | Now
"""Exactly one for each call; `CallEnding.ABANDONED` is none of them."""
OUTCOMES: tuple[Outcome, ...] = (
    *Abandoned,
    *(ending for ending in CallEnding if ending is not CallEnding.ABANDONED),
    *Now,
)


def outcome(call: CallRecord, goal: Goal) -> Outcome:
    """What became of `call`; who talks now is answered."""
    if call.ending is CallEnding.ABANDONED:
        return _abandoned(call.wait_seconds or 0.0, goal)
    if call.ending is not None:
        return call.ending
    if call.connected_at is not None:
        return CallEnding.ANSWERED
    return Now.GOING_ON if call.queued_at is None else Now.WAITING


def _abandoned(waited: float, goal: Goal) -> Abandoned:
    if waited <= goal.short.total_seconds():
        return Abandoned.SHORT
    return Abandoned.BEFORE if waited <= goal.within.total_seconds() else Abandoned.AFTER
