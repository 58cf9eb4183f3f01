"""The log of a time, and the part of it that a figure is about: an interval, a language, a subject, an agent."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from routing.indicators.certainty import unwatched
from routing.indicators.interval import Interval
from routing.indicators.outcome import Goal
from routing.indicators.regions import region_of
from routing.indicators.states import Ring, Stretch, rings, stretches
from routing.indicators.talks import Share, agents_of, shares
from routing.model import AgentId, Callback, CallbackId, Direction
from routing.record import AgentChange, AgentTalk, CallRecord, TraceLine, Watched

AGAIN = timedelta(days=7)  # a call within this time of an earlier one is about the same
InCall = TypeVar("InCall", TraceLine, AgentTalk)
UNKNOWN = ""
"""The language or subject of who did not choose one."""


@dataclass(frozen=True, slots=True)
class About:
    """What a call or a promise is about, and whose it is."""

    language: str = UNKNOWN
    subject: str = UNKNOWN
    number: str | None = None

    @classmethod
    def call(cls, call: CallRecord) -> "About":
        """Of a call."""
        return cls(call.language or UNKNOWN, call.subject or UNKNOWN, call.caller)

    @classmethod
    def promise(cls, promise: Callback) -> "About":
        """Of a promise."""
        return cls(promise.language, promise.subject, promise.number)


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


def without_third(entry: str) -> str:
    """The entry of the caller with whom somebody talked as a third, whose own is `ENTRY+EXTENSION`."""
    return entry.partition("+")[0]


def reference_of(entry: str) -> str:
    """The promise's reference in `callback-REFERENCE-VERSION`; empty for another entry."""
    parts = entry.split("-")
    return parts[1] if len(parts) > 2 and parts[0] == "callback" else ""


@dataclass(frozen=True)
class Part:
    """The part of a log that figures are about. A call belongs to the interval in which it began, whole.

    `language`, `subject`, `agent` and `region` are None for all of them, `UNKNOWN` for who has none.
    """

    log: Log
    interval: Interval
    goal: Goal = field(default_factory=Goal)
    language: str | None = None
    subject: str | None = None
    agent: str | None = None
    region: str | None = None

    def within(self, interval: Interval) -> "Part":
        """The same in another interval."""
        return replace(self, interval=interval)

    def of_language(self, language: str) -> "Part":
        """Those who were served in this language."""
        return replace(self, language=language)

    def of_subject(self, subject: str) -> "Part":
        """Those who named this subject."""
        return replace(self, subject=subject)

    def of_region(self, region: str) -> "Part":
        """Those whose number is of this region, as `region_of` tells."""
        return replace(self, region=region)

    @property
    def is_of_callers(self) -> bool:
        """Whether it is about some callers only, to whom nobody's free time belongs."""
        return any(one is not None for one in (self.language, self.subject, self.region))

    def of_agent(self, agent: str) -> "Part":
        """What this agent did, and the calls that he had: one that was passed on is everybody's who talked in it."""
        return replace(self, agent=agent)

    @cached_property
    def calls(self) -> tuple[CallRecord, ...]:
        """Calls that came in."""
        return tuple(call for call in self._begun if call.direction is Direction.INBOUND)

    @cached_property
    def conversations(self) -> tuple[CallRecord, ...]:
        """Calls of either direction in which an agent talked with a person, and which are over."""
        return tuple(
            call for call in self._begun if call.direction is not Direction.INTERNAL and self.shares(call.id)
        )

    def shares(self, call: str) -> tuple[Share, ...]:
        """The shares of its conversation that belong to this part: all agents', or this agent's."""
        return tuple(share for share in self.log.shares_of.get(call, ()) if self.agent in (None, share.agent))

    def after_call_work(self, entry: str) -> float:
        """Seconds of writing after it: all agents', or this agent's."""
        written = self.log.after_call_work.get(entry, {})
        return sum(seconds for agent, seconds in written.items() if self.agent in (None, agent))

    @cached_property
    def callbacks(self) -> tuple[Callback, ...]:
        """Promises asked for in the interval. No agent has promises."""
        return tuple(one for one in self.every_promise if one.asked_at in self.interval)

    @cached_property
    def every_promise(self) -> tuple[Callback, ...]:
        """Promises of the language and subject, of whatever time."""
        if self.agent is not None:
            return ()
        return tuple(one for one in self.log.callbacks if self._has(About.promise(one)))

    @cached_property
    def rings(self) -> tuple[Ring, ...]:
        """Offers to agents that began in the interval."""
        return tuple(
            ring
            for ring in self.log.rings
            if ring.start in self.interval
            and self.agent in (None, ring.agent)
            and self._has(self.log.about(ring.entry))
        )

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """What the agents did in the interval. Free time has no language: nothing is left out."""
        return tuple(one for one in self.log.stretches_in(self.interval) if self.agent in (None, one.agent))

    @cached_property
    def notes(self) -> tuple[TraceLine, ...]:
        """Trace lines of the calls that came in."""
        notes_of = self.log.notes_of
        return tuple(note for call in self.calls for note in notes_of.get(call.id, ()))

    @cached_property
    def unwatched(self) -> tuple[Interval, ...]:
        """The times of the interval in which something may have been missed."""
        return unwatched(self.log.watched, self.interval, self.log.as_of)

    @cached_property
    def _begun(self) -> tuple[CallRecord, ...]:
        return tuple(
            call
            for call in self.log.begun_in(self.interval)
            if (self.agent is None or self.agent in self.log.agents_of[call.id])
            and self._has(About.call(call))
        )

    def _has(self, one: About) -> bool:
        return (
            self.language in (None, one.language)
            and self.subject in (None, one.subject)
            and (self.region is None or self.region == region_of(one.number))
        )
