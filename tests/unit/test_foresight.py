"""The wait that is told: learnt from what happened, and judged by what follows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from routing.decide import decide
from routing.events import (
    AgentAnswered,
    AgentSignedIn,
    CallEnded,
    CallerJoined,
    DeviceChanged,
    MomentArrived,
)
from routing.foresight import Foresight, WaitRange
from routing.lessons import FEWEST
from routing.model import Agent, AgentId, Desk, Device, EntryId, Language, QueueEntry, Subject, desk_for
from routing.offered_waits import OfferedWaits
from simulator.invented import Rates, invent_day
from simulator.replay import replay

LEGAL = Subject("legal")
EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)
BUSY = Rates(
    calls_per_hour=(70, 90, 90, 80, 80, 80),
    agents=6,
    talk={Subject("legal"): timedelta(minutes=3), Subject("funding"): timedelta(minutes=5)},
)


class Watching:
    """What was told at entry, and the waits that followed."""

    def __init__(self) -> None:
        self.foresight = Foresight()
        self.offered = OfferedWaits()
        self.said: dict[EntryId, WaitRange | None] = {}
        self.waits: dict[EntryId, float] = {}
        self.talks_before_first = 0
        self.answered = 0

    def saw(self, before, event, after, now) -> None:
        self.foresight.saw(before, event, after, now)
        for wait in self.offered.found(before, event, after, now):
            self.waits[wait.entry] = wait.seconds

    def told(self, desk: Desk, entry: EntryId, place: int, now: datetime) -> None:
        if entry not in self.said:
            self.said[entry] = self.foresight.wait_of(desk, entry, now)


@pytest.mark.parametrize("seed", [11, 12])
def test_about_four_of_five_waits_end_within_what_was_told(seed):
    watching = Watching()
    replay(invent_day(BUSY, EIGHT, seed=seed), [watching])
    told = {entry: said for entry, said in watching.said.items() if said and entry in watching.waits}
    inside = [
        said.low.total_seconds() <= watching.waits[entry] <= said.high.total_seconds()
        for entry, said in told.items()
    ]
    assert len(inside) > 100
    assert 0.68 <= sum(inside) / len(inside) <= 0.92


def test_what_is_told_depends_on_nothing_that_has_not_happened():
    """The same morning told alike, whatever the afternoon brings."""
    day = invent_day(BUSY, EIGHT, seed=11)
    noon = EIGHT + timedelta(hours=3)
    whole, half = Watching(), Watching()
    replay(day, [whole])
    morning = replace(day, contacts=tuple(one for one in day.contacts if one.joined_at < noon))
    replay(morning, [half])
    first = [one.id for one in morning.contacts if one.id in half.said]
    assert len(first) > 30
    assert {id: whole.said[id] for id in first} == {id: half.said[id] for id in first}


def test_the_first_callers_of_the_first_day_are_told_nothing():
    watching = Watching()
    replay(invent_day(BUSY, EIGHT, seed=11), [watching])
    said = list(watching.said.values())
    first = next(n for n, one in enumerate(said) if one is not None)
    assert all(one is None for one in said[:first])
    assert 0 < first <= 4 * FEWEST


def test_one_who_joins_a_moment_later_and_far_behind_the_last_of_her_kind_is_told_her_own_wait():
    """A caller in French joins right after others were told; only the first in line speaks French too."""
    agents = [
        Agent(AgentId(f"a{n}"), "", str(n), (Language.FRENCH, Language.ARABIC), frozenset({LEGAL}))
        for n in range(2)
    ]
    desk = desk_for(agents)
    foresight = Foresight()
    now = EIGHT

    def happens(event, after=0.0):
        nonlocal desk, now
        now += timedelta(seconds=after)
        before, desk = desk, decide(desk, event, now).desk
        foresight.saw(before, event, desk, now)

    def joins(name, language):
        happens(MomentArrived(), 0.01)
        happens(CallerJoined(QueueEntry(EntryId(name), language, LEGAL, now, now)))

    for agent in agents:
        happens(DeviceChanged(agent.id, Device.IDLE))
        happens(AgentSignedIn(agent.id))
    for n in range(FEWEST):
        joins(f"earlier-{n}", Language.ARABIC)
        (free,) = desk.offers.values()
        happens(AgentAnswered(free, EntryId(f"earlier-{n}")))
        happens(CallEnded(free, EntryId(f"earlier-{n}")), 300)
        happens(MomentArrived(), 60)
    for n in range(2):
        joins(f"talks-{n}", Language.ARABIC)
        happens(AgentAnswered(desk.offers[EntryId(f"talks-{n}")], EntryId(f"talks-{n}")))
    joins("first", Language.FRENCH)
    for n in range(5):
        joins(f"between-{n}", Language.ARABIC)
    first = foresight.wait_of(desk, EntryId("first"), now)
    joins("last", Language.FRENCH)
    last = foresight.wait_of(desk, EntryId("last"), now)
    assert first is not None
    assert last is not None
    assert timedelta(minutes=4) < first.middle < timedelta(minutes=6)
    assert last.low > first.high
