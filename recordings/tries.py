"""Wrong PINs, in a file too: a restart gives nobody new tries.

The file holds when a wrong one was keyed and against whom it counts, never what was keyed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from recordings.files import Damaged, read_json, write_json

log = structlog.get_logger()

Moments = Mapping[str, Iterable[datetime]]


class TriesFile:
    """Moments by name, for one door. `path` None: nothing outlives this process."""

    def __init__(self, path: Path | None) -> None:
        """Nothing is read yet."""
        self._path = path

    def read(self, now: datetime) -> dict[str, list[datetime]]:
        """What was kept; nothing where the file is damaged, which the log says.

        Nor what is to come, which a clock that was wrong, or a pretended one, has left: it would lock people out for
        as long.
        """
        if self._path is None:
            return {}
        try:
            kept: dict[str, list[Any]] = read_json(self._path, {})
            read = {name: [_moment(at) for at in moments] for name, moments in kept.items()}
        except (Damaged, OSError, TypeError, ValueError) as problem:
            log.warning("earlier wrong PINs are not known", why=str(problem))
            return {}
        return {name: [at for at in moments if at <= now] for name, moments in read.items()}

    def write(self, moments: Moments) -> None:
        """Keep it. Where the disk refuses, the door goes on with what it remembers."""
        if self._path is None:
            return
        kept = {name: [at.isoformat() for at in those] for name, those in moments.items()}
        try:
            write_json(self._path, {name: those for name, those in kept.items() if those})
        except OSError as problem:
            log.warning("a wrong PIN is not kept for the next start", why=str(problem))


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment without its zone")
    return at
