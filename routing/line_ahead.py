"""When each who waits will be served, tried out many times over from what the desk is now. Pure.

Each trial draws how much longer the agents talk and pause, and how long those who wait stay, from what was seen lately
(`routing/lessons.py`), and then gives callers to agents as the desk does: the oldest whom the agent serves first. So a
trial knows what no formula of place and agents knows: who has talked for long already, who speaks which language, who
is on break, and that some of those ahead will hang up. The same values give the same trials.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
from math import inf
from random import Random

from routing.lessons import Lessons, Memory
from routing.model import (
    Agent,
    Available,
    Desk,
    Device,
    EntryId,
    Language,
    Offered,
    QueueEntry,
    SignedOut,
    Subject,
    Talking,
)
from routing.skills import Relaxation

TRIALS = 60
FEWEST_TRIALS = 16
STEPS = 1500
"""Of all trials together, about: one or two milliseconds. In a long line fewer do: chance evens out along it."""
DEPTH = 100
"""So many of those who wait are tried out."""
FEWEST_LONGER = 3
"""Conversations longer than this one has lasted that tell how long it goes on; with fewer, all tell."""


@dataclass(frozen=True, slots=True)
class Server:
    """An agent at work. `since`: seconds in conversation on `subject`, or pausing (`away`); neither: free or rung."""

    agent: Agent
    since: float
    subject: Subject | None
    away: bool
    talking: bool


@dataclass(frozen=True, slots=True)
class Waiter:
    """One who waits: `waited` seconds so far, since she first asked `age`, not served before `held` seconds from now.

    A callback is held by the reserve, until its time is over: who waits at the telephone is served before it.
    """

    entry: QueueEntry
    waited: float
    age: float
    held: float


@dataclass(frozen=True, slots=True)
class LineNow:
    """Those at work, and those who wait in the order in which they are served."""

    servers: tuple[Server, ...]
    waiters: tuple[Waiter, ...]
    relax: Relaxation


def line_now(desk: Desk, memory: Memory, now: datetime, due: Sequence[QueueEntry] = ()) -> LineNow:
    """The line at `now`. `due`: callbacks that are to be tried and not in it yet; they come by their age."""
    entries = [*desk.queue, *due]
    if due:
        entries.sort(key=lambda entry: (entry.age_from, entry.id))
    servers, waiters = (
        tuple(_servers(desk, memory, now)),
        tuple(_waiter(desk, one, now) for one in entries[:DEPTH]),
    )
    return LineNow(servers, waiters, desk.rules.relax)


def _waiter(desk: Desk, entry: QueueEntry, now: datetime) -> Waiter:
    waited = max(0.0, (now - entry.entered_at).total_seconds())
    held = desk.rules.reserve_for.total_seconds() - waited if entry.callback and desk.rules.reserve else 0.0
    return Waiter(entry, waited, (now - entry.age_from).total_seconds(), held)


def _servers(desk: Desk, memory: Memory, now: datetime) -> list[Server]:
    found = []
    for seat in desk.seats.values():
        if isinstance(seat.state, SignedOut) or seat.next_state is not None:
            continue
        if seat.device is Device.UNREACHABLE:
            continue
        doing = memory.doing.get(seat.agent.id)
        talking = isinstance(seat.state, Talking)
        began = seat.state.since if isinstance(seat.state, Talking) else doing.since if doing else now
        since = max(0.0, (now - began).total_seconds())
        away = not talking and not isinstance(seat.state, Available | Offered)
        found.append(Server(seat.agent, since, doing.subject if doing else None, away, talking))
    return found


def waits_ahead(line: LineNow, lessons: Lessons, seed: int = 1) -> dict[EntryId, list[float]]:
    """For each who waits the seconds from now until an agent answers her, one for each trial in which one did.

    Who gives up in a trial has the wait she would have had. Empty when nobody waits or nobody is at work.
    """
    if not line.servers or not line.waiters or not lessons.enough:
        return {}
    work = len(line.servers) + len(line.waiters)
    trials = max(FEWEST_TRIALS, min(TRIALS, STEPS // work))
    trial = _Trial(line, lessons, Random(seed))
    for _ in range(trials):
        trial.run()
    return {
        waiter.entry.id: waits
        for waiter, waits in zip(line.waiters, trial.waits, strict=True)
        if 2 * len(waits) >= trials  # else nobody at work serves her
    }


class _Trial:
    def __init__(self, line: LineNow, lessons: Lessons, random: Random) -> None:
        self.chance = random.random
        self.lessons = lessons
        self.waiters = line.waiters
        self.waits: list[list[float]] = [[] for _ in line.waiters]
        self.talks = [lessons.by_subject.get(one.entry.subject, lessons.talks) for one in line.waiters]
        found = enumerate(_first_free(server, lessons) for server in line.servers)
        self.first_free = [(*first, i) for i, first in found if first is not None]
        kinds = {(one.entry.language, one.entry.subject) for one in line.waiters}
        ages = {kind: _fitting_ages(line, *kind) for kind in kinds}
        self.fits_at = [
            [max(age - one.age, one.held) for age in ages[one.entry.language, one.entry.subject]]
            for one in line.waiters
        ]
        """By waiter and server: the moment from which he may serve her, infinite for never."""

    def run(self) -> None:
        """One trial more."""
        chance, lessons, fits_at = self.chance, self.lessons, self.fits_at
        pauses, patience = lessons.pauses, lessons.patience
        free = [
            (
                base
                + drawn[int(chance() * len(drawn))]
                + (pauses[int(chance() * len(pauses))] if pause else 0.0),
                i,
            )
            for base, drawn, pause, i in self.first_free
        ]
        heapify(free)
        left = list(range(len(self.waiters)))
        while free and left:
            at, i = heappop(free)
            place = 0
            while place < len(left):
                w = left[place]
                if fits_at[w][i] > at:
                    place += 1
                    continue
                del left[place]
                answered = max(0.0, at) + lessons.ringing
                self.waits[w].append(answered)
                one = self.waiters[w]
                if one.entry.callback or patience.of_one(one.waited, chance()) > one.waited + at:
                    talks = self.talks[w]
                    talk = talks[int(chance() * len(talks))] + pauses[int(chance() * len(pauses))]
                    heappush(free, (answered + talk, i))
                    break
            else:
                later = min((fits_at[w][i] for w in left), default=inf)
                if later < inf:
                    heappush(free, (later, i))


def _fitting_ages(line: LineNow, language: Language, subject: Subject) -> list[float]:
    """By server the age in seconds from which he serves such a caller; infinite for never."""
    found = (
        line.relax.fits_from(one.agent.speaks(language), one.agent.knows(subject)) for one in line.servers
    )
    return [inf if age is None else age.total_seconds() for age in found]


def _first_free(server: Server, lessons: Lessons) -> tuple[float, Sequence[float], bool] | None:
    """Seconds to add, what to draw from, and whether a pause follows, for the moment he is first free.

    None for one who is away for longer than anyone lately was: nobody knows whether he comes back.
    """
    if server.talking:
        talks = lessons.by_subject.get(server.subject, lessons.talks) if server.subject else lessons.talks
        longer = talks[bisect_right(talks, server.since) :]
        return (-server.since, longer, True) if len(longer) >= FEWEST_LONGER else (0.0, talks, True)
    if server.away:
        longer = lessons.pauses[bisect_right(lessons.pauses, server.since) :]
        return (-server.since, longer, False) if longer else None
    return 0.0, (0.0,), False
