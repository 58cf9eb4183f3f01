"""The hours as they are now: the calendar of `center.yaml`, and what supervisors said since. Survives a restart."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from recordings.files import Damaged
from routing import overrides
from routing.hours import OpeningHours
from routing.overrides import Becomes, HoursChange, Reason
from server.hours_file import HoursFile, with_changes

log = structlog.get_logger()


class Opening:
    """The one who changes the hours. `changed` is told of the hours that hold from now on."""

    def __init__(
        self,
        calendar: OpeningHours,
        state: Path,
        now: Callable[[], datetime],
        changed: Callable[[OpeningHours], None],
    ) -> None:
        self._calendar, self._file, self._now, self._changed = calendar, HoursFile(state), now, changed
        try:
            self._changes = self._file.changes()
        except (Damaged, OSError) as problem:
            log.error("what was said of the hours cannot be read; the calendar holds", why=str(problem))
            self._changes = ()

    @property
    def hours(self) -> OpeningHours:
        """As they are now."""
        return with_changes(self._calendar, self._changes, self._now())

    @property
    def said(self) -> HoursChange | None:
        """The change that holds now."""
        return overrides.holds(self._changes, self._now())

    def change(self, becomes: Becomes, until: datetime | None, why: Reason, by: str) -> HoursChange:
        """From now on. Raises `WrongEnd`; `Damaged` and OSError when it cannot be kept: then nothing changes."""
        change = overrides.change(self._now(), becomes, until, why, by)
        self._file.add(change)
        self._changes = (*self._changes, change)
        log.warning(
            "the hours were changed",
            becomes=change.becomes.value,
            until=change.until.isoformat(),
            why=change.why.value,
            by=by,
        )
        self._changed(self.hours)
        return change
