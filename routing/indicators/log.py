"""The log of a time, and the part of it that a figure is about: an interval, a language, a subject, an agent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from routing.indicators.interval import Interval
from routing.indicators.outcome import Goal
from routing.indicators.states import Ring, Stretch, rings, stretches
from routing.model import AgentId, Callback, CallbackId, Direction, Language, Subject
from routing.record import AgentChange, CallRecord, TraceLine

AGAIN = timedelta(days=7)  # a call within this time of an earlier one is about the same


@dataclass(frozen=True)
class Log:
    """What is known of `interval` at `as_of`, and of the 7 days on both sides of it where figures look there.

    `changes` hold each agent's last one before the interval too. `attempts` are the moments at which a promise's
    person was dialled. `notes` are the trace lines of menus and of offered callbacks.
    """

    interval: Interval
    as_of: datetime
    calls: tuple[CallRecord, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    changes: tuple[AgentChange, ...] = ()
    attempts: Mapping[CallbackId, tuple[datetime, ...]] = field(default_factory=dict)
    notes: tuple[TraceLine, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, CallRecord]:
        """The calls by id."""
        return {call.id: call for call in self.calls}

    @cached_property
    def promises(self) -> Mapping[CallbackId, Callback]:
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
        for ring in self.rings:
            if ring.work is not None and ring.entry not in found:
                found[ring.entry] = ring
        return found

    def about(self, entry: str) -> tuple[Language | None, Subject | None]:
        """Language and subject of who waits under this entry."""
        call = self.by_id.get(entry)
        if call is not None:
            return call.language, call.subject
        promise = self.promises.get(CallbackId(reference_of(entry)))
        return (None, None) if promise is None else (promise.language, promise.subject)


def reference_of(entry: str) -> str:
    """The promise's reference in `callback-REFERENCE-VERSION`; empty for another entry."""
    parts = entry.split("-")
    return parts[1] if len(parts) > 2 and parts[0] == "callback" else ""


@dataclass(frozen=True)
class Part:
    """The part of a log that figures are about. A call belongs to the interval in which it began, whole."""

    log: Log
    interval: Interval
    goal: Goal = field(default_factory=Goal)
    language: Language | None = None
    subject: Subject | None = None
    agent: AgentId | None = None

    def only(self, **narrower: object) -> "Part":
        """The same, narrower: `interval`, `language`, `subject` or `agent`."""
        return replace(self, **narrower)  # type: ignore[arg-type]

    @cached_property
    def calls(self) -> tuple[CallRecord, ...]:
        """Calls that came in."""
        return tuple(call for call in self._begun if call.direction is Direction.INBOUND)

    @cached_property
    def outgoing(self) -> tuple[CallRecord, ...]:
        """Attempts at promises that reached an agent's ear."""
        return tuple(
            call for call in self._begun if call.direction is Direction.OUTBOUND and call.callback is not None
        )

    @cached_property
    def callbacks(self) -> tuple[Callback, ...]:
        """Promises asked for in the interval. They are nobody's: an agent has none."""
        return tuple(
            one for one in self.log.callbacks if one.asked_at in self.interval and self._is_promise(one)
        )

    @cached_property
    def falling_due(self) -> tuple[Callback, ...]:
        """Promises whose promised time ends in the interval."""
        return tuple(
            one
            for one in self.log.callbacks
            if one.promised_until is not None
            and one.promised_until in self.interval
            and self._is_promise(one)
        )

    @cached_property
    def rings(self) -> tuple[Ring, ...]:
        """Offers to agents that began in the interval."""
        return tuple(
            ring
            for ring in self.log.rings
            if ring.start in self.interval
            and self.agent in (None, ring.agent)
            and self._is_about(*self.log.about(ring.entry))
        )

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """What the agents did in the interval, cut at its ends. Free time has no language: nothing is left out."""
        found: list[Stretch] = []
        for one in self.log.stretches:
            within = self.interval.overlap(one.start, one.end)
            if within is not None and self.agent in (None, one.agent):
                found.append(replace(one, start=within.start, end=within.end))
        return tuple(found)

    @cached_property
    def notes(self) -> tuple[TraceLine, ...]:
        """Trace lines of the calls that came in."""
        calls = {call.id for call in self.calls}
        return tuple(note for note in self.log.notes if note.call in calls)

    @cached_property
    def _begun(self) -> tuple[CallRecord, ...]:
        return tuple(
            call
            for call in self.log.calls
            if call.started_at in self.interval
            and self.agent in (None, call.agent)
            and self._is_about(call.language, call.subject)
        )

    def _is_promise(self, promise: Callback) -> bool:
        return self.agent is None and self._is_about(promise.language, promise.subject)

    def _is_about(self, language: Language | None, subject: Subject | None) -> bool:
        return self.language in (None, language) and self.subject in (None, subject)
