"""Between which moments a person may be promised a call: what is offered to her, soonest first. Pure.

Windows are parts of the opening times: two hours of today, the morning or the afternoon of another day. One that has
begun is not offered (who wants a call sooner is called as soon as possible), nor one whose promises fill it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from routing.hours import OpeningHours, Span, moment_of_clock

MOST_OFFERED = 3  # keys 1 to 3; a fourth would not be remembered
MOST_OF_A_DAY = 2  # whom today does not suit hears of another day
DAYS_AHEAD = 8
"""How many days on are looked at: a week with a feast of two days in it has an open day all the same."""
SHORTEST = timedelta(hours=1)
"""What is left over before or after a cut is joined to its neighbour, if it is shorter."""
NOON = time(12)
DAYTIME = Span(time(8), time(20))
"""When people may be rung, however long the centre is open."""
_CUTS_TODAY = tuple(time(hour) for hour in range(0, 24, 2))


class Part(StrEnum):
    """How a window is called."""

    BETWEEN = "between"
    """By its two times of day: today."""
    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens` (included) until `closes`, in UTC; on `day`, and called so, in the centre's own time."""

    opens: datetime
    closes: datetime
    day: date
    part: Part

    def holds(self, moment: datetime) -> bool:
        """Whether the moment is in it."""
        return self.opens <= moment < self.closes


def capacity(agents: int, length: timedelta, handling: timedelta, share: float) -> int:
    """How many promises so many agents can keep in a time of this length with a `share` of their time."""
    if handling <= timedelta(0):
        return 0
    return int(agents * share * (length / handling))


def windows(
    hours: OpeningHours, now: datetime, ringing: Span = DAYTIME, days: int = DAYS_AHEAD
) -> Iterator[Window]:
    """The windows that begin after `now`, soonest first, as far as `days` on; each within one opening time.

    `ringing`: the time of day in which people may be rung. Of two parts of a day that are called the same, one
    before and one after a break, only the first.
    """
    now = now.astimezone(UTC)
    today = now.astimezone(hours.zone).date()
    named: set[tuple[date, Part]] = set()
    for opens, closes in hours.intervals(now - timedelta(days=1), now + timedelta(days=days)):
        for begins, ends in _in_daytime(hours, opens, closes, ringing):
            for window in _parts(hours, begins, ends, today):
                name = (window.day, window.part)
                if window.opens < now or (name in named and window.part is not Part.BETWEEN):
                    continue
                named.add(name)
                yield window


def offers(
    hours: OpeningHours,
    now: datetime,
    full: Callable[[Window], bool],
    *,
    ringing: Span = DAYTIME,
    soon: bool = False,
    most: int = MOST_OFFERED,
) -> tuple[Window, ...]:
    """What she may choose from, soonest first; none that is `full`. `soon`: she is offered «soon» beside it."""
    chosen: list[Window] = []
    today = now.astimezone(hours.zone).date()
    of_a_day = {today: 1} if soon else {}
    for window in windows(hours, now, ringing):
        if len(chosen) + soon >= most:
            break
        if of_a_day.get(window.day, 0) < MOST_OF_A_DAY and not full(window):
            of_a_day[window.day] = of_a_day.get(window.day, 0) + 1
            chosen.append(window)
    return tuple(chosen)


def filled(window: Window, promised: Iterable[datetime]) -> int:
    """How many of these promises are due in the window, by the moment from which each is."""
    return sum(window.holds(moment) for moment in promised)


def _in_daytime(
    hours: OpeningHours, opens: datetime, closes: datetime, ringing: Span
) -> Iterator[tuple[datetime, datetime]]:
    """What of an opening time is in the time of day in which people may be rung, day by day."""
    day, last = opens.astimezone(hours.zone).date(), closes.astimezone(hours.zone).date()
    while day <= last:
        begins = max(opens, moment_of_clock(hours.zone, day, ringing.opens, second_time=False))
        ends = min(closes, moment_of_clock(hours.zone, day, ringing.closes, second_time=True))
        if begins < ends:
            yield begins, ends
        day += timedelta(days=1)


def _parts(hours: OpeningHours, opens: datetime, closes: datetime, today: date) -> Iterator[Window]:
    """An opening time, cut where the clock on the wall shows it; too short ends are left to their neighbours."""
    marks = [opens, *_cuts(hours, opens, closes, today), closes]
    if len(marks) > 2 and marks[1] - marks[0] < SHORTEST:
        del marks[1]
    if len(marks) > 2 and marks[-1] - marks[-2] < SHORTEST:
        del marks[-2]
    for begins, ends in pairwise(marks):
        local = begins.astimezone(hours.zone)
        half = Part.MORNING if local.time() < NOON else Part.AFTERNOON
        yield Window(begins, ends, local.date(), Part.BETWEEN if local.date() == today else half)


def _cuts(hours: OpeningHours, opens: datetime, closes: datetime, today: date) -> list[datetime]:
    day = opens.astimezone(hours.zone).date()
    clocks = _CUTS_TODAY if day == today else (NOON,)
    found = {moment_of_clock(hours.zone, day, clock, second_time=False) for clock in clocks}
    return sorted(moment for moment in found if opens < moment < closes)
