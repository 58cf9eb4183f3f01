"""The part of a log that a figure is about: an interval, a language, a subject, a region, an agent."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from routing.indicators.certainty import unwatched
from routing.indicators.entries import About
from routing.indicators.interval import Interval
from routing.indicators.log import Log
from routing.indicators.outcome import Goal
from routing.indicators.regions import region_of
from routing.indicators.states import Ring, Stretch
from routing.indicators.talks import Share
from routing.model import Callback, Direction
from routing.record import CallRecord, TraceLine


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
