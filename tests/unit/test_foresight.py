"""The wait that is told: learnt from what happened, and judged by what follows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from routing.foresight import Foresight, WaitRange
from routing.lessons import FEWEST
from routing.model import Desk, EntryId, Subject
from routing.offered_waits import OfferedWaits
from simulator.invented import Rates, invent_day
from simulator.replay import replay

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
