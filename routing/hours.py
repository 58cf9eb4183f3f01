"""When the centre is open: weekly hours, holidays, special days."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo


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


@dataclass(frozen=True, slots=True)
class Open:
    """Open now, until `until` (UTC)."""

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

    def at(self, moment: datetime) -> Open | Closed:
        """Open or closed at `moment` (aware)."""
        raise NotImplementedError
