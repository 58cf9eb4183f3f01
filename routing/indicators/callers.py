"""Persons, not calls: who called again, who was lost, whether one contact was enough. A person is a number."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from routing.indicators.figure import Figure, count, share
from routing.indicators.log import AGAIN, Log
from routing.indicators.part import Part
from routing.model import CallEnding, Direction
from routing.record import CallRecord

LOST = frozenset(
    {
        CallEnding.ABANDONED,
        CallEnding.TIMED_OUT,
        CallEnding.QUEUE_FULL,
        CallEnding.NO_AGENT,
        CallEnding.SYSTEM_FAILURE,
    }
)
"""She wanted a person while the centre was open, reached none and was promised nothing."""


class Callers:
    """The callers of a part. Each stands in the rows with the id of her first call in it."""

    def __init__(self, part: Part) -> None:
        """Who shows no number is nobody and not counted."""
        self.part = part

    @cached_property
    def calls_of(self) -> Mapping[str, list[CallRecord]]:
        """The calls that came in, by number."""
        found: dict[str, list[CallRecord]] = {}
        for call in self.part.calls:
            if call.caller:
                found.setdefault(call.caller, []).append(call)
        return found

    def figures(self) -> tuple[Figure, ...]:
        """Unique callers; who called before; who was lost, and what became of her."""
        unique = [calls[0].id for calls in self.calls_of.values()]
        again = [
            calls[0].id
            for number, calls in self.calls_of.items()
            if any(called_before(self.part.log, number, call.started_at) for call in calls)
        ]
        lost = {calls[0].id: lost_at for calls in self.calls_of.values() if (lost_at := _last_lost(calls))}
        reached = [id for id, one in lost.items() if reached_after(self.part.log, one)]
        given_up = [
            id
            for id, one in lost.items()
            if id not in set(reached) and one.started_at + AGAIN <= self.part.log.as_of
        ]
        return (
            count("unique_callers", unique),
            share("repeat_callers", again, unique),
            count("callers_lost", lost),
            share("callers_lost_then_reached", reached, lost),
            share("callers_finally_lost", given_up, lost),
        )


def first_contact_resolution(part: Part) -> Figure:
    """Conversations not followed within 7 days by another call of the same number on the same subject.

    Those of which the 7 days are not over are not counted yet.
    """
    ripe = [
        call
        for call in part.conversations
        if call.caller and call.subject and with_her(call) and _end(call) + AGAIN <= part.log.as_of
    ]
    resolved = [call.id for call in ripe if not _followed(part.log, call)]
    return share("first_contact_resolution", resolved, (call.id for call in ripe))


def called_before(log: Log, number: str, moment: datetime) -> bool:
    """Whether a call of this number came in within the 7 days before."""
    return any(
        moment - AGAIN <= call.started_at < moment
        for call in log.by_number[number]
        if call.direction is Direction.INBOUND
    )


def reached_after(log: Log, lost: CallRecord) -> bool:
    """Whether she and an agent talked within 7 days after this call, whoever called."""
    return any(
        lost.started_at < call.started_at <= lost.started_at + AGAIN and with_her(call)
        for call in _with(log, lost)
    )


def with_her(call: CallRecord) -> bool:
    """Whether an agent talked with the person herself: not where he says that he met a machine or a stranger."""
    return call.connected_at is not None and call.ending is not CallEnding.NOT_REACHED


def _followed(log: Log, contact: CallRecord) -> bool:
    end = _end(contact)
    return any(
        end <= call.started_at <= end + AGAIN
        and call.direction is Direction.INBOUND
        and call.subject == contact.subject
        for call in _with(log, contact)
        if call.id != contact.id
    )


def _with(log: Log, call: CallRecord) -> Iterable[CallRecord]:
    return log.by_number[call.caller or ""]


def _end(call: CallRecord) -> datetime:
    return call.talk_ended_at or call.ended_at or call.started_at


def _last_lost(calls: list[CallRecord]) -> CallRecord | None:
    return next((call for call in reversed(calls) if call.ending in LOST), None)
