"""A day that never was: arrivals, conversations and patience drawn from given rates, agents who come, pause and go."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf, log, sqrt
from random import Random

from routing.events import AgentReturned, AgentSignedIn, AgentSignedOut, AgentTookBreak
from routing.model import Agent, AgentId, BreakReason, DeskRules, EntryId, Language, Subject
from simulator.day import Attendance, Contact, Day

SPREAD = 0.8  # standard deviation over mean of conversations, as call centres report it
STEP_AWAY = timedelta(minutes=90)  # an agent's time at work between two breaks, on average


@dataclass(frozen=True, slots=True)
class Rates:
    """What a day is drawn from. `calls_per_hour` by hour from the opening on.

    `talk`: the mean conversation by subject. `patience`: the mean time after which people give up; None: nobody does.
    """

    calls_per_hour: tuple[float, ...]
    agents: int
    talk: dict[Subject, timedelta]
    patience: timedelta | None = timedelta(minutes=4)
    pause: timedelta = timedelta(minutes=10)
    """The mean break."""
    language: Language = Language.ARABIC
    rules: DeskRules = field(default_factory=DeskRules)


def invent_day(rates: Rates, opens: datetime, *, seed: int) -> Day:
    """A day that begins at `opens` (UTC). The same rates and seed give the same day.

    Of each contact `handled` is how long she will talk and `patience` how long she will wait; only a replay tells what
    becomes of her.
    """
    random = Random(seed)
    subjects = tuple(rates.talk)
    contacts: list[Contact] = []
    for hour, rate in enumerate(rates.calls_per_hour):
        at = 0.0
        while rate > 0 and (at := at + random.expovariate(rate)) < 1:
            subject = random.choice(subjects)
            joined = opens + timedelta(hours=hour + at)
            patience = random.expovariate(1 / rates.patience.total_seconds()) if rates.patience else inf
            contacts.append(
                Contact(
                    id=EntryId(f"invented-{len(contacts) + 1}"),
                    language=rates.language,
                    subject=subject,
                    joined_at=joined,
                    waited=timedelta(),
                    handled=timedelta(seconds=_talk(rates.talk[subject].total_seconds(), random)),
                    patience=timedelta(seconds=patience) if patience < inf else None,
                )
            )
    agents = tuple(
        Agent(AgentId(f"agent-{n}"), f"Agent {n}", str(100 + n), (rates.language,), frozenset(subjects))
        for n in range(1, rates.agents + 1)
    )
    closes = opens + timedelta(hours=len(rates.calls_per_hour))
    attendance = [
        change for agent in agents for change in _attendance(agent.id, opens, closes, rates, random)
    ]
    return Day(tuple(contacts), agents, tuple(sorted(attendance, key=lambda one: one.at)), rates.rules)


def _talk(mean: float, random: Random) -> float:
    """Log-normal, as conversations are (Brown and others, JASA 100, 2005)."""
    variance = log(1 + SPREAD**2)
    return random.lognormvariate(log(mean) - variance / 2, sqrt(variance))


def _attendance(
    agent: AgentId, opens: datetime, closes: datetime, rates: Rates, random: Random
) -> list[Attendance]:
    found = [Attendance(opens, AgentSignedIn(agent))]
    at = opens
    while True:
        at += STEP_AWAY * random.expovariate(1.0)
        back = at + rates.pause * random.expovariate(1.0)
        if back >= closes:
            break
        found += [
            Attendance(at, AgentTookBreak(agent, BreakReason.PAUSE)),
            Attendance(back, AgentReturned(agent)),
        ]
        at = back
    return [*found, Attendance(closes + timedelta(hours=1), AgentSignedOut(agent))]
