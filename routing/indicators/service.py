"""How soon callers were answered, and how many gave up: the calls that joined the line."""

from dataclasses import dataclass
from functools import cached_property

from routing.indicators.figure import Figure, count, longest, mean, middle, percentile, share
from routing.indicators.outcome import OUTCOMES, Abandoned, Now, Outcome, outcome
from routing.indicators.part import Part
from routing.model import CallEnding

REACHED_THE_LINE = frozenset({*Abandoned, CallEnding.ANSWERED})
"""Ends that are only had in the line, also where the log does not know when she joined it."""


@dataclass(frozen=True)
class Service:
    """The calls of a part by what became of them. Offered: joined the line, and it is known how that ended."""

    part: Part

    @cached_property
    def outcomes(self) -> dict[str, Outcome]:
        """What became of each call, by id."""
        return {call.id: outcome(call, self.part.goal) for call in self.part.calls}

    @cached_property
    def offered(self) -> tuple[str, ...]:
        """Who waits still is not among them: nobody knows yet what becomes of her."""
        return tuple(
            call.id
            for call in self.part.calls
            if self.outcomes[call.id] in REACHED_THE_LINE
            or (call.queued_at is not None and self.outcomes[call.id] is not Now.WAITING)
        )

    @cached_property
    def answered(self) -> tuple[str, ...]:
        """An agent talked with her."""
        return self._that(CallEnding.ANSWERED)

    @cached_property
    def abandoned(self) -> tuple[str, ...]:
        """She hung up while she waited, the short ones included."""
        return self._that(*Abandoned)

    @cached_property
    def deferred(self) -> tuple[str, ...]:
        """She took a callback in the line: neither answered nor abandoned."""
        offered = set(self.offered)
        return tuple(id for id in self._that(CallEnding.CALLBACK_TAKEN) if id in offered)

    @cached_property
    def waits(self) -> dict[str, float]:
        """Seconds from joining to the agent's voice or to leaving, where both are known."""
        return {
            call.id: call.wait_seconds
            for call in self.part.calls
            if call.wait_seconds is not None and self.outcomes[call.id] is not Now.WAITING
        }

    @cached_property
    def in_time(self) -> tuple[str, ...]:
        """Answered within the goal. One whose wait nobody knows is not counted as in time."""
        limit = self.part.goal.within.total_seconds()
        return tuple(id for id in self.answered if id in self.waits and self.waits[id] <= limit)

    def published(self) -> Figure:
        """Service level: short abandonments are nobody's fault."""
        short = set(self._that(Abandoned.SHORT))
        whole = (*self.answered, *(id for id in self.abandoned if id not in short))
        return share("service_level_published", self.in_time, whole)

    def strict(self) -> Figure:
        """Service level, every abandonment counted."""
        return share("service_level_strict", self.in_time, (*self.answered, *self.abandoned))

    def abandonment(self) -> Figure:
        """Of those who did not take a callback."""
        deferred = set(self.deferred)
        return share("abandonment", self.abandoned, (id for id in self.offered if id not in deferred))

    def counts(self) -> tuple[Figure, ...]:
        """How many were offered; of all calls, how many ended in each way."""
        by_outcome = tuple(count(f"calls_{one}", self._that(one)) for one in OUTCOMES)
        return (
            count("calls", self.outcomes),
            count("offered", self.offered),
            count("abandoned", self.abandoned),
            count("deferred", self.deferred),
            *by_outcome,
        )

    def speed(self) -> tuple[Figure, ...]:
        """The waits of the answered and of the abandoned."""
        answered = {id: self.waits[id] for id in self.answered if id in self.waits}
        abandoned = {id: self.waits[id] for id in self.abandoned if id in self.waits}
        return (
            mean("speed_of_answer", answered),
            mean("speed_of_answer_without_ringing", self._without_ringing(answered)),
            middle("wait_of_answered_median", answered),
            percentile("wait_of_answered_p90", answered, 90),
            longest("wait_of_answered_longest", answered),
            mean("wait_of_abandoned", abandoned),
            middle("wait_of_abandoned_median", abandoned),
            percentile("wait_of_abandoned_p90", abandoned, 90),
            longest("wait_of_abandoned_longest", abandoned),
        )

    def _without_ringing(self, waits: dict[str, float]) -> dict[str, float]:
        """To the moment at which the telephone that was picked up began to ring, where it is known."""
        found: dict[str, float] = {}
        for id in waits:
            ring, joined = self.part.log.answering.get(id), self.part.log.by_id[id].queued_at
            if ring is not None and joined is not None:
                found[id] = max((ring.start - joined).total_seconds(), 0.0)
        return found

    def _that(self, *wanted: Outcome) -> tuple[str, ...]:
        return tuple(id for id, one in self.outcomes.items() if one in wanted)
