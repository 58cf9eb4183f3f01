"""The local journal: a record is in a file before `record` returns, whatever the database does.

The journal is a log in segments: files of lines, oldest first, then what a full disk did not take, in memory.
The writer takes records from its start and acknowledges them; a segment goes when the database has all of it.
A new process replays what it finds: records are idempotent, so twice is once.
"""

import fcntl
import json
import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import structlog

from db.lines import TRACE_MARK, DamagedLine, as_kept, from_line, to_line
from db.sync import Syncer
from routing.record import Record

log = structlog.get_logger(__name__)

SEGMENT_SIZE = (
    1 << 20
)  # bytes, about 3 000 records: what is replayed at most after a crash with a healthy database
SEGMENT_AGE = 3600.0  # seconds; numbers of callers stay in the journal no longer than they must
KEPT_DECODED = 5_000  # records; beyond it the writer reads the files
UNWRITTEN_LIMIT = 16 << 20  # bytes kept in memory while the disk is full: minutes of a busy centre
RETRY_EVERY = 0.25  # seconds between two attempts at a full disk
READ_SIZE = 128 << 10  # bytes read from a segment at a time


class JournalInUse(Exception):  # noqa: N818 - named for what is wrong
    """Another running process keeps its journal in this folder."""


class Position(NamedTuple):
    """A place in the journal: after byte `offset` of segment `segment`."""

    segment: int
    offset: int


@dataclass(slots=True)
class Unwritten:
    """A line that the disk did not take."""

    number: int
    line: bytes
    record: Record


@dataclass(frozen=True, slots=True)
class Batch:
    """Records to be written, and what to acknowledge when they are. `position` None: nothing in the files."""

    records: list[Record]
    position: Position | None
    unwritten: int = 0
    damaged: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class JournalHealth:
    """The journal at a glance, for the page, the metrics and `status`."""

    disk_failing: bool
    in_memory: int
    """Records that only memory holds because the disk refused them."""
    lost: int
    """Records given up because memory was full too."""
    damaged: int
    rejected: int
    segments: int
    sync_failed: bool


class Journal:
    """Keeps records in `folder` (made if missing, mode 0700). One process at a time: raises JournalInUse.

    All methods are called from one thread, the event loop's. `record` takes tens of microseconds.
    """

    def __init__(
        self, folder: Path, *, segment_size: int = SEGMENT_SIZE, unwritten_limit: int = UNWRITTEN_LIMIT
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.folder = folder
        self.on_record: Callable[[], None] = _nobody
        """Called after each record; the writer's alarm clock."""
        self._segment_size = segment_size
        self._unwritten_limit = unwritten_limit
        self._lock = _lock(folder)
        found = sorted(int(path.stem) for path in folder.glob("*.journal") if path.stem.isdigit())
        self._segments: deque[int] = deque(found)
        self._number = found[-1] if found else 0
        self._fd = -1
        self._size = 0
        self._opened_at = 0.0
        self._recent: deque[tuple[Position, Record]] = deque()
        self._unwritten: deque[Unwritten] = deque()
        self._unwritten_bytes = 0
        self._unwritten_count = 0
        self._retry_at = 0.0
        self._lost = self._damaged = self._rejected = 0
        self._syncer = Syncer(folder)
        self._torn = False
        self._open_segment()
        self._end = self._recent_from = Position(self._number, self._size)
        self._acknowledged = Position(found[0], 0) if found else self._end

    @property
    def end(self) -> Position:
        """After the last line in the files."""
        return self._end

    @property
    def acknowledged(self) -> Position:
        """Everything before is in the database."""
        return self._acknowledged

    @property
    def settled(self) -> bool:
        """Whether the database has everything."""
        return self._acknowledged >= self._end and not self._unwritten

    @property
    def disk_failing(self) -> bool:
        """Whether records wait in memory because the disk refused them."""
        return bool(self._unwritten)

    def health(self) -> JournalHealth:
        """Return the journal's state at a glance."""
        return JournalHealth(
            disk_failing=self.disk_failing,
            in_memory=len(self._unwritten),
            lost=self._lost,
            damaged=self._damaged,
            rejected=self._rejected,
            segments=len(self._segments),
            sync_failed=self._syncer.failed,
        )

    # ---- recording ----

    def record(self, record: Record) -> None:
        """Keep `record`; never raises. On return its line is in a file, or in memory if the disk is full."""
        try:
            line = to_line(record)
            kept = as_kept(line, record)
        except Exception as error:  # a call does not end because a record is odd
            self.reject(record, f"{type(error).__name__}: not a record that can be kept")
            return
        if self._unwritten or not self._append(line, kept):
            self._keep_in_memory(line, kept)
        self.on_record()

    def retry_disk(self) -> None:
        """Write to the disk what waits in memory, if it takes it now. The writer calls it often."""
        now = time.monotonic()
        if not self._unwritten or now < self._retry_at:
            return
        self._retry_at = now + RETRY_EVERY
        count = len(self._unwritten)
        while self._unwritten and self._append(self._unwritten[0].line, self._unwritten[0].record):
            self._forget_first_unwritten()
        if not self._unwritten:
            log.info("journal written to disk again", records=count, lost=self._lost)

    def reject(self, record: Record, reason: str) -> None:
        """Set aside in `rejected.jsonl` a record that no database will take, with the reason, and say so."""
        try:
            text = to_line(record).partition(b" ")[2].decode().rstrip("\n")
        except Exception:
            text = repr(record)
        self._set_aside(text, reason)
        log.error("record rejected", kind=type(record).__name__, reason=reason, file=str(self._rejects))

    # ---- for the writer ----

    @property
    def reads_files(self) -> bool:
        """Whether the next `take` reads files; it may then run in another thread while records come in."""
        return self._acknowledged < self._recent_from

    @property
    def waiting(self) -> int:
        """How many records memory holds for the writer."""
        return len(self._recent) + len(self._unwritten)

    def take(self, limit: int) -> Batch:
        """Return up to `limit` records that are not acknowledged, oldest first; does not remove them."""
        if self.reads_files:
            return self._take_from_file()
        records = [record for _, record in islice(self._recent, limit)]
        position = self._recent[len(records) - 1][0] if records else None
        extra = list(islice(self._unwritten, limit - len(records)))
        records += [item.record for item in extra]
        return Batch(records, position, extra[-1].number if extra else 0)

    def acknowledge(self, batch: Batch) -> None:
        """The database has all of `batch`: forget it."""
        if batch.position is not None:
            self._acknowledged = max(self._acknowledged, batch.position)
        while self._recent and self._recent[0][0] <= self._acknowledged:
            self._recent.popleft()
        if not self._recent:
            self._recent_from = max(self._recent_from, self._acknowledged)
        while self._unwritten and self._unwritten[0].number <= batch.unwritten:
            self._forget_first_unwritten()
        for line in batch.damaged:
            self._note_damaged(line)
        if self._acknowledged == self._end and self._is_stale():
            self._open_segment()
            self._acknowledged = self._recent_from = self._end = Position(self._number, self._size)

    @property
    def has_finished_segments(self) -> bool:
        """Whether files could go, once the database has brought what it was given to its own disk."""
        return bool(self._segments) and self._segments[0] < self._acknowledged.segment

    def delete_finished(self) -> None:
        """Delete the segments that are acknowledged whole."""
        while self.has_finished_segments:
            self._path(self._segments.popleft()).unlink(missing_ok=True)

    def close(self, *, keep: bool = True) -> None:
        """Sync and close; what is not acknowledged is replayed by the next process. Idempotent.

        With `keep` false, files go whose records are all acknowledged; else they are replayed needlessly.
        """
        if self._fd < 0:
            return
        self._retry_at = 0.0
        self.retry_disk()
        if self._unwritten:
            log.error("records lost: the disk is full and the program ends", records=len(self._unwritten))
        self._syncer.close(self._fd)
        self._fd = -1
        if self.settled and not keep:
            for number in self._segments:
                self._path(number).unlink(missing_ok=True)
        os.close(self._lock)

    # ---- steps ----

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:010d}.journal"

    @property
    def _rejects(self) -> Path:
        return self.folder / "rejected.jsonl"

    def _open_segment(self) -> None:
        """Begin the next segment; on a full disk the present one goes on."""
        try:
            fd = os.open(
                self._path(self._number + 1), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
            )
        except OSError:
            if self._fd < 0:
                raise
            return
        if self._fd >= 0:
            self._syncer.retire(self._fd)
        self._number += 1
        self._segments.append(self._number)
        self._fd = fd
        self._size = os.fstat(fd).st_size
        self._opened_at = time.monotonic()
        self._syncer.follow(fd)

    def _is_stale(self) -> bool:
        return self._size > 0 and time.monotonic() - self._opened_at > SEGMENT_AGE

    def _append(self, line: bytes, record: Record) -> bool:
        """Write the line at the end; False, and the file as it was, when the disk does not take all of it."""
        if self._size >= self._segment_size:
            self._open_segment()
        if self._torn:
            line = b"\n" + line
        try:
            written = os.write(self._fd, line)
        except OSError:
            return False
        if written < len(line):
            self._cut_back(written)
            return False
        self._torn = False
        self._size += len(line)
        self._end = Position(self._number, self._size)
        self._recent.append((self._end, record))
        if len(self._recent) > KEPT_DECODED:
            self._recent_from = self._recent.popleft()[0]
        self._syncer.touch()
        return True

    def _cut_back(self, written: int) -> None:
        """Take back the part of a line that reached the file."""
        try:
            os.ftruncate(self._fd, self._size)
        except OSError:
            self._size += written
            self._torn = True

    def _keep_in_memory(self, line: bytes, record: Record) -> None:
        if not self._unwritten:
            self._retry_at = time.monotonic() + RETRY_EVERY
            log.error(
                "journal: the disk is full or failing; records are kept in memory", folder=str(self.folder)
            )
        # Trace lines are given up first: the calls and promises themselves matter more.
        limit = self._unwritten_limit if TRACE_MARK in line[:40] else 2 * self._unwritten_limit
        if self._unwritten_bytes + len(line) > limit:
            if self._lost == 0:
                log.error("journal: memory is full too; records are being lost")
            self._lost += 1
            return
        self._unwritten_count += 1
        self._unwritten.append(Unwritten(self._unwritten_count, line, record))
        self._unwritten_bytes += len(line)
        self.retry_disk()

    def _forget_first_unwritten(self) -> None:
        self._unwritten_bytes -= len(self._unwritten.popleft().line)

    def _take_from_file(self) -> Batch:
        """Read on from the acknowledged position, at most to where the decoded records begin."""
        number, offset = self._acknowledged
        last, border = self._recent_from
        data = b""
        while not data and number <= last:
            data, at_end = self._read(number, offset, border if number == last else None)
            if not data:
                number, offset = number + 1, 0
        if not data:
            return Batch([], self._recent_from)
        *lines, rest = data.split(b"\n")
        consumed = len(data) - len(rest)
        damaged = []
        if rest and at_end:
            # The last line of a process that was killed while writing: nothing follows in this segment.
            damaged.append(rest)
            consumed = len(data)
        records: list[Record] = []
        for line in lines:
            try:
                records.append(from_line(line))
            except DamagedLine:
                damaged.append(line)
        return Batch(records, Position(number, offset + consumed), damaged=damaged)

    def _read(self, number: int, offset: int, stop: int | None) -> tuple[bytes, bool]:
        """About READ_SIZE bytes of a segment, one line at least, and whether they reach its end (`stop`)."""
        try:
            with self._path(number).open("rb") as segment:
                size = os.fstat(segment.fileno()).st_size if stop is None else stop
                segment.seek(offset)
                data = segment.read(min(READ_SIZE, size - offset))
                while b"\n" not in data and offset + len(data) < size:
                    data += segment.read(min(READ_SIZE, size - offset - len(data)))
                return data, offset + len(data) >= size
        except FileNotFoundError:
            return b"", True

    def _note_damaged(self, line: bytes) -> None:
        self._damaged += 1
        self._set_aside(line.decode(errors="replace"), "damaged line")
        log.warning("journal: a damaged line was skipped", length=len(line), file=str(self._rejects))

    def _set_aside(self, text: str, reason: str) -> None:
        self._rejected += 1
        entry = json.dumps(
            {"at": datetime.now(UTC).isoformat(), "reason": reason, "record": text}, ensure_ascii=False
        )
        try:
            fd = os.open(self._rejects, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                os.write(fd, entry.encode(errors="replace") + b"\n")
            finally:
                os.close(fd)
        except OSError as error:
            log.error("rejected record not set aside", reason=os.strerror(error.errno or 0))


def _nobody() -> None:
    """Nobody listens."""


def _lock(folder: Path) -> int:
    """Hold the folder for this process until the descriptor is closed."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise JournalInUse(
            f"{folder}: another running process keeps its journal here; stop it first"
        ) from error
    return lock
