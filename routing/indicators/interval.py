"""Half-open intervals of time, and the hours and days of the centre's own clock within them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Interval:
    """[`start`, `end`): what begins at `end` belongs to the next one. Aware moments, kept in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("the interval ends before it starts")

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start).total_seconds()

    def overlap(self, start: datetime, end: datetime) -> "Interval | None":
        """What it has in common with [`start`, `end`); None where they do not meet."""
        first, last = max(self.start, start), min(self.end, end)
        return Interval(first, last) if first < last else None


def day_of(moment: datetime, zone: ZoneInfo) -> Interval:
    """The day of `moment` in `zone`, 23 or 25 hours long where a clock is set."""
    return Interval(_midnight(moment, zone, 0), _midnight(moment, zone, 1))


def days(interval: Interval, zone: ZoneInfo) -> Iterator[Interval]:
    """The days of `zone` in `interval`, the first and the last as far as they are within it."""
    at = interval.start
    while at < interval.end:
        end = min(day_of(at, zone).end, interval.end)
        yield Interval(at, end)
        at = end


def hours(interval: Interval, zone: ZoneInfo) -> Iterator[Interval]:
    """The hours of `zone`'s clock in `interval`, the first and the last as far as they are within it."""
    at = interval.start
    while at < interval.end:
        local = at.astimezone(zone)
        into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        # In UTC, where no hour is skipped or comes twice.
        end = min(at.astimezone(UTC) + timedelta(hours=1) - into, interval.end)
        yield Interval(at, end)
        at = end


def _midnight(moment: datetime, zone: ZoneInfo, later: int) -> datetime:
    day = moment.astimezone(zone).date() + timedelta(days=later)
    return datetime.combine(day, time(), zone).astimezone(UTC)
