"""`python -m bench waits FILE`: how good the told waits are on a recorded day, beside three published estimators.

The day is replayed through `routing.decide` with the production's own estimate running. Everyone who is told a place
when she joins counts; where she hangs up, against the wait she would have had.
"""

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from bench.estimators import Estimator, HandlingTimesPlace, LastToEnterService, MeanHoldTime
from bench.ranges import Quality, Told, in_hindsight, quality
from bench.waits_report import write
from ivr.spoken.waits import rounded
from routing.events import DeskEvent
from routing.foresight import Foresight, WaitRange
from routing.model import Desk, EntryId, Language, Subject
from routing.offered_waits import OfferedWait, OfferedWaits
from routing.waiting import Likely, Reach
from simulator.day import Day
from simulator.invented import Rates, invent_day
from simulator.published_day import MIDNIGHT, UnreadableDay, read_published_day
from simulator.replay import replay

OURS, SPOKEN = "ours", "as spoken, in minutes"
LEARNT, HINDSIGHT = "learnt as ours", "best in hindsight"
SEEDS = range(1, 6)
INVENTED = Rates(
    calls_per_hour=(60, 110, 130, 120, 70, 90, 110, 60),
    agents=9,
    talk={Subject("a"): timedelta(minutes=3), Subject("b"): timedelta(minutes=5)},
)
Row = tuple[str, str]
"""Whose ranges, and how they were made."""
Table = dict[Row, list[Told]]


@dataclass(slots=True)
class _At:
    """What was told, or known, when one joined."""

    at: datetime
    ours: WaitRange | None
    points: tuple[float, ...]


class Comparison:
    """Watches a replay: our ranges, the others' numbers, and the waits that follow."""

    def __init__(self) -> None:
        self.ours = Foresight()
        self.others: tuple[Estimator, ...] = (LastToEnterService(), HandlingTimesPlace(), MeanHoldTime())
        self._offered = OfferedWaits()
        self.at: dict[EntryId, _At] = {}
        self.order: list[tuple[bool, EntryId]] = []
        """True: a wait became known; False: one joined and was told."""
        self.waits: dict[EntryId, OfferedWait] = {}

    def saw(self, before: Desk, event: DeskEvent, after: Desk, now: datetime) -> None:
        self.ours.saw(before, event, after, now)
        for other in self.others:
            other.saw(before, event, after, now)
        for wait in self._offered.found(before, event, after, now):
            self.waits[wait.entry] = wait
            self.order.append((True, wait.entry))

    def told(self, desk: Desk, entry: EntryId, place: int, now: datetime) -> None:
        if entry not in self.at:
            points = tuple(other.seconds(desk, entry, now) for other in self.others)
            self.at[entry] = _At(now, self.ours.wait_of(desk, entry, now), points)
            self.order.append((False, entry))

    def table(self) -> Table:
        """The same callers in every row: those to whom ours says something."""
        known = {entry: at for entry, at in self.at.items() if at.ours is not None and entry in self.waits}
        ours = [
            self._told(
                e, at.ours.low.total_seconds(), at.ours.middle.total_seconds(), at.ours.high.total_seconds()
            )
            for e, at in known.items()
            if at.ours is not None
        ]
        rows: Table = {(OURS, ""): ours, (OURS, SPOKEN): [as_spoken(one) for one in ours]}
        waits = np.array([one.wait for one in ours])
        covers = quality(ours).coverage
        for number, other in enumerate(self.others):
            points = np.array([at.points[number] for at in known.values()])
            ends = zip(known, *in_hindsight(points, waits, covers), strict=True)
            rows[other.name, LEARNT] = list(self._learnt(number, known))
            rows[other.name, HINDSIGHT] = [self._told(e, *(float(end) for end in its)) for e, *its in ends]
        return rows

    def _learnt(self, number: int, known: dict[EntryId, _At]) -> Iterable[Told]:
        """By our own method from the errors so far; those supposed at first are the errors of this very day."""
        likely = {e: Likely(max(1.0, at.points[number]) ** (1 / 3), 1.0) for e, at in known.items()}
        errors = [likely[e].deviation(self.waits[e].seconds) for e in known]
        reach = Reach(supposed=tuple(np.quantile(errors, np.linspace(0.005, 0.995, 100))))
        for is_wait, entry in self.order:
            if entry not in known:
                continue
            if is_wait:
                reach.learn(likely[entry].deviation(self.waits[entry].seconds))
            else:
                low, high = (end.total_seconds() for end in reach.range_of(likely[entry]))
                yield self._told(entry, low, min(max(low, known[entry].points[number]), high), high)

    def _told(self, entry: EntryId, low: float, middle: float, high: float) -> Told:
        wait = self.waits[entry]
        return Told(low, middle, high, wait.seconds, wait.stayed, self.at[entry].at.hour)


def as_spoken(one: Told) -> Told:
    """The range as she hears it in French, rounded to the minutes that are said."""
    said = rounded(one.low / 60, one.high / 60, Language.FRENCH)
    return replace(one, low=60.0 * said.low, high=60.0 * said.high)


def compare(day: Day, seeds: Iterable[int]) -> Table:
    """All rows of the replays with these seeds together."""
    rows: Table = {}
    for seed in seeds:
        watching = Comparison()
        replay(day, [watching], seed=seed)
        for row, told in watching.table().items():
            rows.setdefault(row, []).extend(told)
    return rows


def some(rows: Table, which: Callable[[Told], bool]) -> dict[Row, Quality]:
    return {row: quality([one for one in told if which(one)]) for row, told in rows.items()}


def main(words: Sequence[str], results: Path) -> int:
    """Read, replay, write; 1 when the file cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m bench waits", description=__doc__)
    parser.add_argument("file", type=Path, help="a day with the columns of the published data")
    parser.add_argument("--results", type=Path, default=results, help="where table and plot go")
    asked = parser.parse_args(words)
    try:
        day = read_published_day(asked.file)
    except UnreadableDay as problem:
        print(problem)
        return 1
    rows = compare(day, SEEDS)
    invented: Table = {}
    for seed in SEEDS:
        for row, told in compare(invent_day(INVENTED, MIDNIGHT.replace(hour=8), seed=seed), [seed]).items():
            invented.setdefault(row, []).extend(told)
    tables = {
        "All who were told": some(rows, lambda one: True),
        "Those who stayed until they were answered": some(rows, lambda one: one.stayed),
        "Even hours": some(rows, lambda one: one.hour % 2 == 0),
        "Odd hours": some(rows, lambda one: one.hour % 2 == 1),
        "Invented days": some(invented, lambda one: True),
    }
    place = write(asked.results, tables, rows, len(SEEDS))
    print(place.read_text(encoding="utf-8"))
    return 0
