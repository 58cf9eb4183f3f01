"""Who comes on a simulated day: when, for what, how patient, for how long. Drawn from given rates, or from history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from ivr.centre import Centre
from routing.model import AgentId, Language, Subject

TAKES_CALLBACK = 0.3  # of those who have waited long enough to be offered one, where nothing else is known
REACHED = 0.7  # of attempts at promises, likewise


@dataclass(frozen=True, slots=True)
class Visitor:
    """One who calls at `at` (UTC). `patience` (infinite: she never gives up) and `talks` in seconds.

    `takes_callback`: she takes one when she has waited long enough to be offered it.
    """

    at: datetime
    language: Language
    subject: Subject
    patience: float
    talks: float
    takes_callback: bool


class Crowd(Protocol):
    """Where the people of a day come from."""

    @property
    def agents(self) -> int:
        """How many are at work all day."""
        ...

    @property
    def staff(self) -> tuple[AgentId, ...]:
        """Who of the centre's agents come first."""
        ...

    @property
    def reached(self) -> float:
        """The share of attempts at promises that find the person."""
        ...

    @property
    def wrap_up(self) -> timedelta | None:
        """How long agents write after a call; None: as the configuration says."""
        ...

    def visitors(
        self, centre: Centre, opens: datetime, closes: datetime, random: Random
    ) -> Iterator[Visitor]:
        """Those who call in [`opens`, `closes`), in order. The same for the same state of `random`."""
        ...

    def talk(self, subject: Subject, random: Random) -> float:
        """Seconds that a conversation on this subject takes."""
        ...


@dataclass(frozen=True, slots=True)
class Rates:
    """Given means: the same all day, every language and subject alike. Implements `Crowd`."""

    calls_per_hour: float
    agents: int
    mean_talk: timedelta = timedelta(minutes=4)
    patience: timedelta = timedelta(minutes=5)
    takes_callback: float = TAKES_CALLBACK
    reached: float = REACHED
    staff: tuple[AgentId, ...] = ()
    wrap_up: timedelta | None = None

    def visitors(
        self, centre: Centre, opens: datetime, closes: datetime, random: Random
    ) -> Iterator[Visitor]:
        """As `Crowd.visitors`."""
        at = opens
        while (at := at + timedelta(hours=random.expovariate(self.calls_per_hour))) < closes:
            subject = random.choice(centre.subjects)
            yield Visitor(
                at,
                random.choice(centre.languages),
                subject,
                random.expovariate(1 / self.patience.total_seconds()),
                self.talk(subject, random),
                random.random() < self.takes_callback,
            )

    def talk(self, subject: Subject, random: Random) -> float:
        """As `Crowd.talk`."""
        return random.expovariate(1 / self.mean_talk.total_seconds())
