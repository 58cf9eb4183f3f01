"""The people of a day as the centre's own log has them: who calls when and for what, talks how long, gives up when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from ivr.centre import Centre
from routing.indicators.interval import Interval, hours
from routing.model import AgentId, Language, Subject
from routing.patience import Patience
from server.simulation.crowd import Visitor

FEWEST_ALIKE = 5
"""Conversations on one subject from which another's length is drawn; with fewer, all of them are."""
LEAST_SEEN = timedelta(minutes=15)
"""Of an hour of the clock, before it is known how many call in it."""
Kind = tuple[Language, Subject]


class TooLittle(ValueError):  # noqa: N818 - named for what is wrong
    """The log does not say enough; the message tells what is missing and what to do."""


@dataclass(frozen=True, slots=True)
class History:
    """What a day is drawn from. Implements `Crowd`.

    `calls` of each kind and `seen`, the hours watched, by the clock's hour. `talks` in seconds, those with a caller on
    hold included. `staff`: who were at work, who was longest first; `agents` of them, on average, together.
    """

    calls: Mapping[int, Mapping[Kind, int]]
    seen: Mapping[int, float]
    talks: Mapping[Subject, tuple[float, ...]]
    patience: Patience
    agents: int
    staff: tuple[AgentId, ...]
    takes_callback: float
    reached: float
    wrap_up: timedelta | None

    @property
    def every_talk(self) -> tuple[float, ...]:
        """The conversations on all subjects."""
        return tuple(seconds for alike in self.talks.values() for seconds in alike)

    def summary(self) -> dict[str, object]:
        """For people: how much it is made of, and the means."""
        calls, seen = sum(sum(kinds.values()) for kinds in self.calls.values()), sum(self.seen.values())
        talks = self.every_talk
        return {
            "calls": calls,
            "open_hours": round(seen, 1),
            "calls_per_hour": round(calls / seen, 1),
            "conversations": len(talks),
            "mean_talk": f"{sum(talks) / len(talks):.0f} s",
            "give_up_within_5_minutes": f"{self.patience.gone_within(300):.0%}",
            "work_after_calls": "–" if self.wrap_up is None else f"{self.wrap_up.total_seconds():.0f} s",
            "agents": self.agents,
        }

    def visitors(
        self, centre: Centre, opens: datetime, closes: datetime, random: Random
    ) -> Iterator[Visitor]:
        """As `Crowd.visitors`. Raises TooLittle for an hour of which the log knows nothing."""
        for hour in hours(Interval(opens, closes), centre.zone):
            clock = hour.start.astimezone(centre.zone).hour
            seen = self.seen.get(clock, 0.0)
            if seen * 3600 < LEAST_SEEN.total_seconds():
                raise TooLittle(
                    f"the log has no open time from {clock}:00 to {clock + 1}:00, so nobody knows how many call "
                    "then; take a longer time"
                )
            kinds = self.calls.get(clock, {})
            rate = sum(kinds.values()) / seen
            at = hour.start
            while rate > 0 and (at := at + timedelta(hours=random.expovariate(rate))) < hour.end:
                language, subject = random.choices(list(kinds), list(kinds.values()))[0]
                yield Visitor(
                    at,
                    language,
                    subject,
                    self.patience.of_one(0.0, random.random()),
                    self.talk(subject, random),
                    random.random() < self.takes_callback,
                )

    def talk(self, subject: Subject, random: Random) -> float:
        """One of those that there were."""
        alike = self.talks.get(subject, ())
        return random.choice(alike if len(alike) >= FEWEST_ALIKE else self.every_talk)
