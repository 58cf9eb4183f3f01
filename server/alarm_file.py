"""What stands and who knows of it, kept for the next start: nobody is called again about what he has acknowledged.

<state>/alerts.json: when it was written, each standing threshold, and when somebody was last called about what
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from recordings.files import Damaged, read_json, write_json
from routing.alerts import Kind, Standing, Watch

log = structlog.get_logger()

FILE = "alerts.json"
WRITTEN_EVERY = timedelta(minutes=1)
"""While something stands: so is known how long no controller looked."""
CONTINUES = timedelta(minutes=15)
"""What stood so long ago, and stands now, may have cleared meanwhile."""


class AlarmFile:
    """`path` None: nothing outlives this process."""

    def __init__(self, path: Path | None) -> None:
        """Nothing is read yet."""
        self._path = path
        self._written: tuple[Watch, datetime] | None = None

    def read(self, now: datetime) -> Watch:
        """What stood when the last controller looked; nothing where that is long ago."""
        if self._path is None:
            return Watch()
        try:
            kept: dict[str, Any] = read_json(self._path, {})
            if not kept or not timedelta(0) <= now - _moment(kept["at"]) <= CONTINUES:
                return Watch()
            standing = {Kind(name): _standing(Kind(name), one) for name, one in kept["standing"].items()}
            called = {Kind(name): _moment(at) for name, at in kept["called"].items()}
            return Watch(standing, called)
        except (Damaged, OSError, AttributeError, KeyError, TypeError, ValueError) as problem:
            log.warning("it is not known who acknowledged which alert", why=str(problem))
            return Watch()

    def write(self, watch: Watch, now: datetime) -> None:
        """Keep it, if that has changed. A disk that refuses costs a second call of the supervisor."""
        if self._path is None or not self._is_news(watch, now):
            return
        self._written = (watch, now)
        standing = {
            kind.value: {
                "since": one.since.isoformat(),
                "value": one.value,
                "raised": one.raised,
                "acknowledged_by": one.acknowledged_by,
            }
            for kind, one in watch.standing.items()
        }
        called = {kind.value: at.isoformat() for kind, at in watch.called.items()}
        try:
            write_json(self._path, {"at": now.isoformat(), "standing": standing, "called": called})
        except OSError as problem:
            log.warning("an alert is not kept for the next start", why=str(problem))

    def _is_news(self, watch: Watch, now: datetime) -> bool:
        if self._written is None:
            return bool(watch.standing or watch.called)
        before, at = self._written
        return _told(before) != _told(watch) or (bool(watch.standing) and now - at >= WRITTEN_EVERY)


def _told(watch: Watch) -> tuple[object, ...]:
    """All but the values, which change with every look."""
    standing = {kind: (one.since, one.raised, one.acknowledged_by) for kind, one in watch.standing.items()}
    return standing, dict(watch.called)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text}: a moment without a time zone")
    return moment


def _standing(kind: Kind, kept: dict[str, Any]) -> Standing:
    by = kept["acknowledged_by"]
    return Standing(
        kind,
        _moment(kept["since"]),
        float(kept["value"]),
        bool(kept["raised"]),
        None if by is None else str(by),
    )
