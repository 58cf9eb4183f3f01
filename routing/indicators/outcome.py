"""What became of a call: exactly one outcome each, the abandoned ones by how long they had waited."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from routing.model import CallEnding
from routing.record import CallRecord


@dataclass(frozen=True, slots=True)
class Goal:
    """What was agreed: answered `within` so much. Hanging up within `short` is nobody's fault.

    `share`: how many of them, as agreed; people compare with it.
    """

    within: timedelta = timedelta(seconds=20)
    short: timedelta = timedelta(seconds=5)
    share: float = 0.8


class Outcome(StrEnum):
    """The ending, as figures need it; and the two kinds of calls that have none yet."""

    ANSWERED = "answered"
    ABANDONED_SHORT = "abandoned_short"
    ABANDONED_BEFORE = "abandoned_before"
    """Later than short, within the goal."""
    ABANDONED_AFTER = "abandoned_after"
    TIMED_OUT = "timed_out"
    CALLBACK_TAKEN = "callback_taken"
    VOICEMAIL = "voicemail"
    QUEUE_FULL = "queue_full"
    NO_AGENT = "no_agent"
    CLOSED = "closed"
    DIVERTED = "diverted"
    SYSTEM_FAILURE = "system_failure"
    SELF_SERVED = "self_served"
    LEFT_IN_MENU = "left_in_menu"
    NOT_REACHED = "not_reached"
    WAITING = "waiting"
    """In the line now."""
    GOING_ON = "going_on"
    """Not in the line yet, or its end was not seen."""


ABANDONED = frozenset({Outcome.ABANDONED_SHORT, Outcome.ABANDONED_BEFORE, Outcome.ABANDONED_AFTER})


def outcome(call: CallRecord, goal: Goal) -> Outcome:
    """What became of `call`; who talks now is answered."""
    match call.ending:
        case None:
            if call.connected_at is not None:
                return Outcome.ANSWERED
            return Outcome.GOING_ON if call.queued_at is None else Outcome.WAITING
        case CallEnding.ABANDONED:
            return _abandoned(call, goal)
        case CallEnding.ANSWERED:
            return Outcome.ANSWERED
        case CallEnding.TIMED_OUT:
            return Outcome.TIMED_OUT
        case CallEnding.CALLBACK_TAKEN:
            return Outcome.CALLBACK_TAKEN
        case CallEnding.VOICEMAIL:
            return Outcome.VOICEMAIL
        case CallEnding.QUEUE_FULL:
            return Outcome.QUEUE_FULL
        case CallEnding.NO_AGENT:
            return Outcome.NO_AGENT
        case CallEnding.CLOSED:
            return Outcome.CLOSED
        case CallEnding.DIVERTED:
            return Outcome.DIVERTED
        case CallEnding.SYSTEM_FAILURE:
            return Outcome.SYSTEM_FAILURE
        case CallEnding.SELF_SERVED:
            return Outcome.SELF_SERVED
        case CallEnding.LEFT_IN_MENU:
            return Outcome.LEFT_IN_MENU
        case CallEnding.NOT_REACHED:
            return Outcome.NOT_REACHED
        case _:
            assert_never(call.ending)


def _abandoned(call: CallRecord, goal: Goal) -> Outcome:
    waited = call.wait_seconds or 0.0
    if waited <= goal.short.total_seconds():
        return Outcome.ABANDONED_SHORT
    within = waited <= goal.within.total_seconds()
    return Outcome.ABANDONED_BEFORE if within else Outcome.ABANDONED_AFTER
