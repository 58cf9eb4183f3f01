"""The centre at one moment: one picture for what a supervisor hears, what commands print, and alerts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from routing.hours import Closed, Open
from routing.indicators.day import Day
from routing.model import Callback, CallbackState, Language
from routing.overrides import HoursChange
from routing.snapshot import Snapshot

OPEN_STATES = frozenset({CallbackState.DUE, CallbackState.IN_PROGRESS})


@dataclass(frozen=True, slots=True)
class Overview:
    """`day` is None while the database cannot tell; `said` is the change of hours that holds, if one does."""

    desk: Snapshot
    hours: Open | Closed
    said: HoursChange | None
    day: Day | None

    @property
    def at(self) -> datetime:
        """The moment of the picture (UTC)."""
        return self.desk.at

    @property
    def waiting(self) -> Mapping[Language, int]:
        """Live callers by language, those of whom somebody waits."""
        return self.desk.by_language


def overdue(promises: tuple[Callback, ...], now: datetime) -> tuple[Callback, ...]:
    """Open promises whose promised time is over, the one to be kept first first; as `callbacks_overdue` counts."""
    late = [
        (one.promised_until, one.asked_at, one.id, one)
        for one in promises
        if one.state in OPEN_STATES and one.promised_until is not None and one.promised_until <= now
    ]
    return tuple(one for *_, one in sorted(late, key=lambda found: found[:3]))
