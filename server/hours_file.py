"""What people said of the hours, as it is kept: read by commands beside the running centre, so it imports little.

<state>/hours.json: every change, the oldest first: when, what, until when, why, and who said it
"""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from recordings.files import damaged, locked, read_json, write_json
from routing import overrides
from routing.hours import OpeningHours
from routing.overrides import Becomes, HoursChange, Reason

FILE = "hours.json"
LATELY = timedelta(days=2)  # who called before a change is served as the hours were then
KEPT = 1000  # changes: more than a year of several a day


class HoursFile:
    """Every change, for the running centre and for commands alike."""

    def __init__(self, state: Path) -> None:
        self._file = state.absolute() / FILE

    def changes(self) -> tuple[HoursChange, ...]:
        """The oldest first. Raises `Damaged`."""
        try:
            return tuple(_change(kept) for kept in read_json(self._file, []))
        except (TypeError, KeyError, ValueError):
            raise damaged(self._file) from None

    def add(self, change: HoursChange) -> None:
        """Keep it. Raises `Damaged` and OSError."""
        with locked(self._file.parent):
            kept: list[Any] = read_json(self._file, [])
            kept.append(
                {
                    "at": change.at.isoformat(),
                    "becomes": change.becomes,
                    "until": change.until.isoformat(),
                    "why": change.why,
                    "by": change.by,
                }
            )
            write_json(self._file, kept[-KEPT:])


def with_changes(calendar: OpeningHours, changes: tuple[HoursChange, ...], now: datetime) -> OpeningHours:
    """The calendar with what was said lately."""
    spans = overrides.spans(changes)
    return replace(calendar, overrides=tuple(one for one in spans if one.until > now - LATELY))


def _change(kept: dict[str, Any]) -> HoursChange:
    at, until = (datetime.fromisoformat(kept[name]) for name in ("at", "until"))
    if at.tzinfo is None or until.tzinfo is None:
        raise ValueError("a moment without its zone")
    return HoursChange(at, Becomes(kept["becomes"]), until, Reason(kept["why"]), str(kept["by"]))
