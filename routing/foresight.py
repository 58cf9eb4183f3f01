"""The estimate of waits at work: learns from every event of the desk and says the range for one who waits.

It is the same object in the centre (`server/desk_room.py`) and in a replayed day, so what a replay shows of its
ranges is true of those that callers hear.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.events import DeskEvent
from routing.lessons import Memory
from routing.line_ahead import line_now, waits_ahead
from routing.model import Desk, EntryId, QueueEntry
from routing.offered_waits import OfferedWaits
from routing.waiting import Likely, Reach, likely_wait

MOST_OPEN = 10_000  # expectations whose waits have not ended: the oldest is forgotten


@dataclass(frozen=True, slots=True)
class WaitRange:
    """From now: four of five end between `low` and `high`; `middle` is as likely passed as not."""

    low: timedelta
    middle: timedelta
    high: timedelta


class Foresight:
    """One for the whole line."""

    def __init__(self, due: Callable[[], Sequence[QueueEntry]] = tuple) -> None:
        """`due` gives the callbacks that are to be tried and have not joined the line yet."""
        self.memory = Memory()
        self._reach = Reach()
        self._offered = OfferedWaits()
        self._due = due
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
        lessons = self.memory.lessons(now, desk.rules.wrap_up)
        trials = waits_ahead(line_now(desk, self.memory, now, self._due()), lessons).get(entry)
        if not trials:
            return None
        likely = likely_wait(trials)
        waiting = desk.queue.get(entry)
        if waiting is not None and waiting.entered_at == now and entry not in self._expected:
            if len(self._expected) >= MOST_OPEN:
                del self._expected[next(iter(self._expected))]
            self._expected[entry] = likely
        low, high = self._reach.range_of(likely)
        return WaitRange(low, timedelta(seconds=likely.at(0.0)), high)
