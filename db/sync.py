"""Brings the journal's files to the disk itself, off the event loop: a power cut loses a quarter of a second at most.

`write` alone is enough for a killed process; only a power cut or a kernel crash loses what is not synced.
"""

import os
import threading
from pathlib import Path

SYNC_EVERY = 0.2  # seconds; with the sync itself a record is on the disk within about a quarter of a second


class Syncer:
    """One thread that syncs the file being written; it closes the files that were left."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._current = -1
        self._retired: list[int] = []
        self._new_files = False
        self._dirty = threading.Event()
        self._stop = threading.Event()
        self.failed = False
        """Whether the last sync failed."""
        self._thread = threading.Thread(target=self._run, name="journal-sync", daemon=True)
        self._thread.start()

    def follow(self, fd: int) -> None:
        """Sync `fd` from now on; its name in the folder too."""
        with self._guard:
            self._current = fd
            self._new_files = True
        self._dirty.set()

    def retire(self, fd: int) -> None:
        """Sync `fd` a last time, then close it."""
        with self._guard:
            self._retired.append(fd)
        self._dirty.set()

    def touch(self) -> None:
        """Something was written."""
        if not self._dirty.is_set():
            self._dirty.set()

    def close(self, fd: int) -> None:
        """Sync and close everything, `fd` included, and end the thread."""
        self.retire(fd)
        with self._guard:
            self._current = -1
        self._stop.set()
        self._dirty.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._dirty.wait()
            self._stop.wait(SYNC_EVERY)
            self._dirty.clear()
            self._sync()
        self._sync()

    def _sync(self) -> None:
        with self._guard:
            current = self._current
            retired, self._retired = self._retired, []
            new_files, self._new_files = self._new_files, False
        try:
            for fd in (*retired, current):
                if fd >= 0:
                    os.fdatasync(fd)
            if new_files:
                _sync_names(self._folder)
            self.failed = False
        except OSError:
            self.failed = True
        finally:
            for fd in retired:
                os.close(fd)


def _sync_names(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
