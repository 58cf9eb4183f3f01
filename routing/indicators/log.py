"""The log of a time: calls, promises, what agents did and said, as figures look at them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from routing.indicators.entries import About, reference_of, without_third
from routing.indicators.interval import Interval
from routing.indicators.states import Ring, Stretch, rings, stretches
from routing.indicators.talks import Share, agents_of, shares
from routing.model import AgentId, Callback, CallbackId, Direction
from routing.record import AgentChange, AgentTalk, CallRecord, TraceLine, Watched

AGAIN = timedelta(days=7)  # a call within this time of an earlier one is about the same
InCall = TypeVar("InCall", TraceLine, AgentTalk)


@dataclass(frozen=True)
class Log:
    """What is known of `interval` at `as_of`, and of the 7 days on both sides of it where figures look there.

    `calls` in the order in which they began. `changes` hold each agent's last one before the interval too. `notes`
    are the trace lines of menus and of offered callbacks. `watched`: the times of which nothing is missing. `talks`:
    the agents' parts of the conversations.
    """

    interval: Interval
    as_of: datetime
    calls: tuple[CallRecord, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    changes: tuple[AgentChange, ...] = ()
    notes: tuple[TraceLine, ...] = ()
    watched: tuple[Watched, ...] = ()
    talks: tuple[AgentTalk, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, CallRecord]:
        """The calls by id."""
        return {call.id: call for call in self.calls}

    @cached_property
    def by_number(self) -> Mapping[str, tuple[CallRecord, ...]]:
        """The calls with each person, by her number; who has none is nobody."""
        found: dict[str, list[CallRecord]] = {}
        for call in self.calls:
            if call.caller and call.direction is not Direction.INTERNAL:
                found.setdefault(call.caller, []).append(call)
        return {number: tuple(calls) for number, calls in found.items()}

    @cached_property
    def promises(self) -> Mapping[str, Callback]:
        """The promises by reference."""
        return {promise.id: promise for promise in self.callbacks}

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """What the agents did, as far as it is known."""
        return stretches(self.changes, self.as_of)

    @cached_property
    def rings(self) -> tuple[Ring, ...]:
        """The offers to agents."""
        return tuple(rings(self.stretches))

    @cached_property
    def answering(self) -> Mapping[str, Ring]:
        """By entry, the ring that an agent picked up; the first, where there were several."""
        found: dict[str, Ring] = {}
        for ring in sorted(self.rings, key=lambda one: one.start):
            if ring.work is not None:
                found.setdefault(ring.entry, ring)
        return found

    @cached_property
    def after_call_work(self) -> Mapping[str, Mapping[AgentId, float]]:
        """By call or attempt, the seconds that each agent wrote after talking in it."""
        found: dict[str, dict[AgentId, float]] = {}
        before: Stretch | None = None
        for one in self.stretches:
            if one.state == "wrapping_up" and before is not None and before.agent == one.agent:
                wrote = found.setdefault(without_third(before.detail), {})
                wrote[one.agent] = wrote.get(one.agent, 0.0) + (one.end - one.start).total_seconds()
            before = one if one.state == "talking" else None
        return found

    @cached_property
    def shares_of(self) -> Mapping[str, tuple[Share, ...]]:
        """By call, each agent's share of the conversation, where there was one and it is over."""
        return {call.id: shares(call, self.parts_of.get(call.id, ())) for call in self.calls}

    @cached_property
    def agents_of(self) -> Mapping[str, frozenset[AgentId]]:
        """By call, whose it is."""
        return {call.id: agents_of(call, self.parts_of.get(call.id, ())) for call in self.calls}

    @cached_property
    def parts_of(self) -> Mapping[str, tuple[AgentTalk, ...]]:
        """The agents' parts by call."""
        return _by_call(self.talks)

    @cached_property
    def notes_of(self) -> Mapping[str, tuple[TraceLine, ...]]:
        """The notes by call."""
        return _by_call(self.notes)

    def begun_in(self, interval: Interval) -> tuple[CallRecord, ...]:
        """The calls that began in `interval`."""
        first = bisect_left(self._starts, interval.start)
        return self.calls[first : bisect_left(self._starts, interval.end)]

    def stretches_in(self, interval: Interval) -> Iterator[Stretch]:
        """What the agents did in `interval`, cut at its ends."""
        for starts, found in self._by_agent.values():
            first = max(bisect_right(starts, interval.start) - 1, 0)
            for one in found[first : bisect_left(starts, interval.end)]:
                within = interval.overlap(one.start, one.end)
                if within is not None:
                    yield replace(one, start=within.start, end=within.end)

    def about(self, entry: str) -> "About":
        """Who waits under this entry."""
        call = self.by_id.get(entry)
        if call is not None:
            return About.call(call)
        promise = self.promises.get(CallbackId(reference_of(entry)))
        return About() if promise is None else About.promise(promise)

    @cached_property
    def _starts(self) -> list[datetime]:
        return [call.started_at for call in self.calls]

    @cached_property
    def _by_agent(self) -> Mapping[AgentId, tuple[list[datetime], list[Stretch]]]:
        found: dict[AgentId, tuple[list[datetime], list[Stretch]]] = {}
        for one in self.stretches:
            starts, of_agent = found.setdefault(one.agent, ([], []))
            starts.append(one.start)
            of_agent.append(one)
        return found


def _by_call(records: Iterable[InCall]) -> dict[str, tuple[InCall, ...]]:
    found: dict[str, list[InCall]] = {}
    for record in records:
        found.setdefault(record.call, []).append(record)
    return {call: tuple(its) for call, its in found.items()}
