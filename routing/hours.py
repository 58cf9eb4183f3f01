"""When the centre is open: weekly hours, seasons, holidays, special days, and what a person said for now.

That wins over everything, a special day over a holiday, a holiday over a season, a season over the week. Spans are
what the clock on the wall shows in the centre's zone, also on the days on which that clock is changed. Everything is
half-open.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from heapq import merge
from zoneinfo import ZoneInfo

from routing.overrides import Override


@dataclass(frozen=True, slots=True)
class Span:
    """Open from `opens` until `closes` (half-open), local time of one day."""

    opens: time
    closes: time


class Certainty(StrEnum):
    """Islamic dates are estimates until an administrator confirms them."""

    FIXED = "fixed"
    ESTIMATED = "estimated"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which the centre is closed, with its English name, the key under which others translate it."""

    day: date
    name: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs: other spans, or none at all; wins over week and holidays."""

    day: date
    spans: tuple[Span, ...]
    why: str


@dataclass(frozen=True, slots=True)
class SeasonalWeek:
    """Another week between two days, both included (Ramadan timetable)."""

    first: date
    last: date
    week: tuple[tuple[Span, ...], ...]
    why: str


Interval = tuple[datetime, datetime]
"""From (included) until, in UTC."""

SATURDAY = 5
HORIZON = timedelta(days=400)  # how far an opening is looked for: further than any holiday or season


@dataclass(frozen=True, slots=True)
class Open:
    """Open now, until `until` (UTC): the next moment at which it is closed, or the horizon."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """Closed now; `reopens_at` (UTC) is None when nothing opens within 400 days. `why` in plain words."""

    reopens_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """`week` has seven entries, Monday first, each a tuple of spans."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    holidays: tuple[Holiday, ...] = field(default=())
    special_days: tuple[SpecialDay, ...] = field(default=())
    seasons: tuple[SeasonalWeek, ...] = field(default=())
    overrides: tuple[Override, ...] = field(default=())
    """Ascending, none overlaps."""
    _days: dict[date, tuple[Interval, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Days looked at before: every call asks for the same few."""
    _last_open: list[Interval] = field(default_factory=list, init=False, repr=False, compare=False)
    """The time of opening last found: nearly every call asks in the same."""

    def at(self, moment: datetime) -> Open | Closed:
        """Open or closed at `moment` (aware)."""
        moment = moment.astimezone(UTC)
        for opens, closes in self._last_open:
            if opens <= moment < closes:
                return Open(closes)
        for opens, closes in self._merged(moment, moment + HORIZON):
            if opens <= moment < closes:
                self._last_open[:] = [(opens, closes)]
                return Open(closes)
            if opens > moment:
                return Closed(opens, self._why_closed(moment))
        return Closed(None, self._why_closed(moment))

    def intervals(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """The times of opening within `since` to `until` (aware), as (opens, closes) in UTC, ascending."""
        since, until = since.astimezone(UTC), until.astimezone(UTC)
        clipped = ((max(opens, since), min(closes, until)) for opens, closes in self._merged(since, until))
        return [(opens, closes) for opens, closes in clipped if opens < closes]

    def first_open(self, moment: datetime) -> datetime | None:
        """`moment` itself (UTC) when the centre is open then, else the next opening; None as in `Closed`."""
        match self.at(moment):
            case Open():
                return moment.astimezone(UTC)
            case Closed(reopens_at):
                return reopens_at

    def _merged(self, since: datetime, until: datetime) -> Iterator[Interval]:
        """The same as `_ordinary`, with what people said."""
        found = self._ordinary(since, until)
        for override in self.overrides:
            found = _without(found, override)
        said = tuple((one.since, one.until) for one in self.overrides if one.is_open)
        return _joined(merge(found, said)) if said else found

    def _ordinary(self, since: datetime, until: datetime) -> Iterator[Interval]:
        """The opening times of the calendar that touch the days from `since` to `until`, those that meet made one."""
        day, last = since.astimezone(self.zone).date(), until.astimezone(self.zone).date()
        return _joined(
            interval for n in range((last - day).days + 1) for interval in self._of(day + timedelta(n))
        )

    def _of(self, day: date) -> tuple[Interval, ...]:
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = tuple(self._intervals_of(day))
        return known

    def _intervals_of(self, day: date) -> Iterator[Interval]:
        spans, _ = self._spans_of(day)
        for span in sorted(spans, key=lambda span: span.opens):
            opens = moment_of_clock(self.zone, day, span.opens, second_time=False)
            closes = moment_of_clock(self.zone, day, span.closes, second_time=True)
            if opens < closes:
                yield opens, closes

    def _spans_of(self, day: date) -> tuple[tuple[Span, ...], str]:
        """What holds on `day`, and in words why it is not an ordinary day; empty words when it is."""
        for special in self.special_days:
            if special.day == day:
                return special.spans, special.why
        names = [_named(holiday) for holiday in self.holidays if holiday.day == day]
        if names:
            return (), ", ".join(dict.fromkeys(names))
        for season in self.seasons:
            if season.first <= day <= season.last:
                return season.week[day.weekday()], season.why
        return self.week[day.weekday()], ""

    def _why_closed(self, moment: datetime) -> str:
        for override in self.overrides:
            if override.since <= moment < override.until:
                return override.why
        local = moment.astimezone(self.zone)
        day = local.date()
        spans, special = self._spans_of(day)
        if not spans:
            ordinary = not special or any(season.why == special for season in self.seasons)
            if ordinary and day.weekday() >= SATURDAY:
                return "weekend"
            return special or f"closed on {day:%A}s"
        clock = local.time()
        if clock < min(span.opens for span in spans):
            when = "before opening"
        elif clock >= max(span.closes for span in spans):
            when = "after closing"
        else:
            when = "between the opening times"
        return f"{when} ({special})" if special else when


def _without(intervals: Iterator[Interval], override: Override) -> Iterator[Interval]:
    """What is left of the intervals outside of the override."""
    for opens, closes in intervals:
        if opens < override.since:
            yield opens, min(closes, override.since)
        if closes > override.until:
            yield max(opens, override.until), closes


def _joined(intervals: Iterator[Interval]) -> Iterator[Interval]:
    """Ascending intervals, those that meet made one."""
    current: Interval | None = None
    for opens, closes in intervals:
        if current is not None and opens <= current[1]:
            current = (current[0], max(closes, current[1]))
        else:
            if current is not None:
                yield current
            current = (opens, closes)
    if current is not None:
        yield current


def moment_of_clock(zone: ZoneInfo, day: date, clock: time, *, second_time: bool) -> datetime:
    """When the clock on the wall reaches `clock` on `day`, in UTC.

    A time shown twice is the second one if `second_time`; a time left out is the moment of the change.
    """
    local = datetime.combine(day, clock, tzinfo=zone)
    first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return second if second_time else first
    before, after = second, first  # the clock was put forward between these two
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def _named(holiday: Holiday) -> str:
    return f"{holiday.name} (estimated)" if holiday.certainty is Certainty.ESTIMATED else holiday.name
