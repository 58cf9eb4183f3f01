"""Which windows a person may choose from for her call, soonest first, and how each is called. Pure.

They are parts of the time in which people may be called: two hours of today, the morning or the afternoon of another
day. One that has begun is not offered (who wants a call sooner is called as soon as possible), nor one whose
promises fill it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from routing.calling_hours import CallingHours
from routing.hours import moment_of_clock
from routing.promised_window import LEAST, Window

MOST_OFFERED = 3  # keys 1 to 3; a fourth would not be remembered
MOST_OF_A_DAY = 2  # whom today does not suit hears of another day
DAYS_AHEAD = 14
"""How many days are looked at: a fortnight with feasts in it has open days all the same."""
SHORTEST = timedelta(hours=1)
"""What is left over before or after a cut is joined to its neighbour, if it is shorter."""
NOON = time(12)
MORNING_ENDS = time(13)  # at the latest, with what was joined to it
_CUTS_TODAY = tuple(time(hour) for hour in range(0, 24, 2))


class Part(StrEnum):
    """How a window is called."""

    BETWEEN = "between"
    """By its two times of day: today."""
    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True, slots=True)
class NamedWindow:
    """A window on one `day` of the centre's own calendar."""

    window: Window
    day: date
    part: Part

    def holds(self, moment: datetime) -> bool:
        """Whether the moment is in it."""
        return self.window.begins <= moment < self.window.ends


def capacity(agents: int, length: timedelta, handling: timedelta, share: float) -> int:
    """How many promises so many agents can keep in a time of this length with a `share` of their time."""
    if handling <= timedelta(0):
        return 0
    return int(agents * share * (length / handling))


def named(window: Window, now: datetime, zone: ZoneInfo) -> NamedWindow | None:
    """What a window is called at `now`; None for one that is neither of today nor a half of another day."""
    begins, ends = window.begins.astimezone(zone), window.ends.astimezone(zone)
    day = begins.date()
    if day != ends.date() and ends.time() != time(0):
        return None
    if day == now.astimezone(zone).date():
        return NamedWindow(window, day, Part.BETWEEN)
    if begins.time() >= NOON:
        return NamedWindow(window, day, Part.AFTERNOON)
    morning = day == ends.date() and ends.time() <= MORNING_ENDS
    return NamedWindow(window, day, Part.MORNING) if morning else None


def windows(calling: CallingHours, now: datetime, days: int = DAYS_AHEAD) -> Iterator[NamedWindow]:
    """The windows that begin after `now`, soonest first, as far as `days` on; people may be called in all of each.

    Of two parts of a day that are called the same, one before and one after a break, only the first.
    """
    now, zone = now.astimezone(UTC), calling.opening.zone
    called: set[tuple[date, Part]] = set()
    today = now.astimezone(zone).date()
    first, last = (
        moment_of_clock(zone, today + timedelta(days=n), time(0), second_time=False) for n in (0, days)
    )
    for begins, ends in _calling_times(calling, first, last):
        for part in _parts(begins, ends, now, zone):
            found = named(part, now, zone)
            if found is None or part.begins < now or part.ends - part.begins < LEAST:
                continue
            if found.part is not Part.BETWEEN and (found.day, found.part) in called:
                continue
            called.add((found.day, found.part))
            yield found


def offers(
    calling: CallingHours,
    now: datetime,
    full: Callable[[NamedWindow], bool],
    *,
    soon: bool = False,
    most: int = MOST_OFFERED,
) -> tuple[NamedWindow, ...]:
    """What she may choose from, soonest first; none that is `full`. `soon`: she is offered «soon» beside it."""
    chosen: list[NamedWindow] = []
    of_a_day = {now.astimezone(calling.opening.zone).date(): 1} if soon else {}
    for window in windows(calling, now):
        if len(chosen) + soon >= most:
            break
        if of_a_day.get(window.day, 0) < MOST_OF_A_DAY and not full(window):
            of_a_day[window.day] = of_a_day.get(window.day, 0) + 1
            chosen.append(window)
    return tuple(chosen)


def filled(window: NamedWindow, promised: Iterable[datetime]) -> int:
    """How many of these promises are due in the window, by the moment from which each is."""
    return sum(window.holds(moment) for moment in promised)


def _calling_times(calling: CallingHours, since: datetime, until: datetime) -> Iterator[Window]:
    """Opening times without quiet hours, cut at midnight."""
    for opens, closes in calling.opening.intervals(since, until):
        quiet = [] if calling.quiet is None else calling.quiet.intervals(opens, closes)
        marks = [opens, *(moment for silent in quiet for moment in silent), closes]
        for begins, ends in zip(marks[::2], marks[1::2], strict=True):
            days = _cuts(begins, ends, (time(0),), calling.opening.zone)
            for first, last in pairwise([begins, *days, ends]):
                if first < last:
                    yield Window(first, last)


def _parts(begins: datetime, ends: datetime, now: datetime, zone: ZoneInfo) -> Iterator[Window]:
    """A time of one day, cut where the clock on the wall shows it; too short ends are left to their neighbours."""
    today = begins.astimezone(zone).date() == now.astimezone(zone).date()
    marks = [begins, *_cuts(begins, ends, _CUTS_TODAY if today else (NOON,), zone), ends]
    if len(marks) > 2 and marks[1] - marks[0] < SHORTEST:
        del marks[1]
    if len(marks) > 2 and marks[-1] - marks[-2] < SHORTEST:
        del marks[-2]
    for first, last in pairwise(marks):
        yield Window(first, last)


def _cuts(begins: datetime, ends: datetime, clocks: Iterable[time], zone: ZoneInfo) -> list[datetime]:
    """When the clock on the wall shows one of `clocks` between the two moments."""
    wanted = tuple(clocks)
    day, last = begins.astimezone(zone).date(), ends.astimezone(zone).date()
    found: set[datetime] = set()
    while day <= last:
        found |= {moment_of_clock(zone, day, clock, second_time=False) for clock in wanted}
        day += timedelta(days=1)
    return sorted(moment for moment in found if begins < moment < ends)
