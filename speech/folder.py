"""The names in a folder of sounds, known without reading it again while it stays as it is."""

import os
import time
from pathlib import Path

_SETTLED = 2_000_000_000  # ns; two changes at nearly the same time may leave the same time stamp


class Folder:
    """A folder that others write to, by renaming whole files into it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._place = str(path)
        self._names: frozenset[str] = frozenset()
        self._seen: int | None = None

    def names(self) -> frozenset[str]:
        """The names in it now; none when it can't be read."""
        try:
            changed = os.stat(self._place).st_mtime_ns
            if changed != self._seen:
                self._names = frozenset(os.listdir(self._place))
                self._seen = changed if time.time_ns() - changed > _SETTLED else None
        except OSError:
            self._names, self._seen = frozenset(), None
        return self._names

    def state(self, name: str) -> tuple[Path, str] | None:
        """Return where a file is, and what changes when another takes its place."""
        if name not in self.names():
            return None
        path = self._path / name
        try:
            found = path.stat()
        except OSError:
            return None
        return path, f"{found.st_size} {found.st_mtime_ns} {found.st_ino}"
