"""The estimate of waits at work: learns from every event of the desk and says the range for one who waits.

It is the same object in the centre (`server/desk_room.py`) and in a replayed day, so what a replay shows of its
ranges is true of those that callers hear.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.events import DeskEvent
from routing.lessons import Memory
from routing.line_ahead import DEPTH, line_now, waits_ahead
from routing.model import Desk, EntryId, Language, QueueEntry, Subject
from routing.offered_waits import OfferedWaits
from routing.waiting import Likely, Reach, likely_wait

MOST_OPEN = 10_000  # expectations whose waits have not ended: the oldest is forgotten


@dataclass(frozen=True, slots=True)
class WaitRange:
    """From now: four of five end between `low` and `high`; `middle` is as likely passed as not."""

    low: timedelta
    middle: timedelta
    high: timedelta


FRESH = timedelta(seconds=5)
"""For so long trials tell also those who hear their place a little later; each hears what is left of hers."""
NEARLY = 1.1
"""Who joins in that time and is hardly further back than the last of her kind is told as she: a rush costs little."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """Trials of the whole line: by entry, and by language and subject place and trials of the last of them."""

    at: datetime
    waits: dict[EntryId, list[float]]
    last: dict[tuple[Language, Subject], tuple[int, list[float]]]


class Foresight:
    """One for the whole line."""

    def __init__(self, due: Callable[[], Sequence[QueueEntry]] = tuple) -> None:
        """`due` gives the callbacks that are to be tried and have not joined the line yet."""
        self.memory = Memory()
        self._reach = Reach()
        self._offered = OfferedWaits()
        self._due = due
        self._tried: _Tried | None = None
        self._expected: dict[EntryId, Likely] = {}
        """What was expected at entry of those whose wait has not ended."""

    def saw(self, before: Desk, event: DeskEvent, after: Desk, now: datetime) -> None:
        """`event` made `before` into `after`."""
        self.memory.saw(before, event, after, now)
        for wait in self._offered.found(before, event, after, now):
            expected = self._expected.pop(wait.entry, None)
            if expected is not None:
                self._reach.learn(expected.deviation(wait.seconds))

    def wait_of(self, desk: Desk, entry: EntryId, now: datetime) -> WaitRange | None:
        """How long `entry` will wait from `now`; None when it is too early to tell, or nobody at work serves her."""
        waiting = desk.queue.get(entry)
        trials = self._trials(desk, waiting, now) if waiting is not None else None
        if waiting is None or not trials:
            return None
        likely = likely_wait(trials)
        if waiting.entered_at == now and entry not in self._expected:
            if len(self._expected) >= MOST_OPEN:
                del self._expected[next(iter(self._expected))]
            self._expected[entry] = likely
        low, high = self._reach.range_of(likely)
        return WaitRange(low, timedelta(seconds=likely.at(0.0)), high)

    def _trials(self, desk: Desk, entry: QueueEntry, now: datetime) -> list[float] | None:
        tried, kind = self._tried, (entry.language, entry.subject)
        place = desk.queue.place(entry.id) or 1
        age = now - tried.at if tried is not None else FRESH
        if tried is not None and timedelta() <= age < FRESH:
            waits = tried.waits.get(entry.id)
            last_place, last_waits = tried.last.get(kind, (0, []))
            if waits is None and place <= NEARLY * last_place + 1:
                waits = last_waits
            if waits:
                return [max(0.0, wait - age.total_seconds()) for wait in waits]
        lessons = self.memory.lessons(now, desk.rules.wrap_up)
        if not lessons.enough:
            return None
        line = line_now(desk, self.memory, now, self._due())
        waits_now = waits_ahead(line, lessons)
        last = {
            (one.entry.language, one.entry.subject): (its_place, waits_now[one.entry.id])
            for its_place, one in enumerate(line.waiters, start=1)
            if one.entry.id in waits_now
        }
        self._tried = _Tried(now, waits_now, last)
        if entry.id in waits_now:
            return waits_now[entry.id]
        further = max(1.0, place / DEPTH)  # behind those who were tried out, waits grow with the place
        return [further * wait for wait in last.get(kind, (0, []))[1]]
