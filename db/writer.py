"""One task that brings the journal's records to the database, and keeps trying when it cannot.

A record is in a healthy database within 50 ms. A database that is locked, slow or gone costs only time:
the records wait in the journal's files, one alarm says so, and one line says when it is over.
"""

import asyncio
import contextlib
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from db.engine import reason
from db.faults import Fault, fault_of
from db.journal import Batch, Journal, Position
from db.store import Store
from routing.record import Record, TraceLine

log = structlog.get_logger(__name__)

GATHER = 0.042  # seconds a record waits for others: a commit costs as much for one as for fifty
BATCH = 500  # records in one transaction
WRITE_TIMEOUT = 15.0  # seconds; then the connection is given up and made anew
FIRST_RETRY = 0.1  # seconds
LAST_RETRY = 2.0  # seconds between tries while the database is away
DISK_CHECK = 0.25  # seconds between tries while the journal's disk is full
REFUSALS = 3  # tries of one record alone, while the database takes others, after which it is set aside

Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Trouble:
    """The database has not taken records since `since`, for this reason."""

    since: datetime
    why: str


class Writer:
    """Drains `journal` into `store`. `start` needs a running loop; `close` ends it in order."""

    def __init__(self, journal: Journal, store: Store) -> None:
        self._journal = journal
        self._store = store
        self._hurry = asyncio.Event()
        self._gathered = asyncio.Event()
        self._gathering = False
        self._progress = asyncio.Condition()
        self._flushing = 0  # how many wait for it
        self._task: asyncio.Task[None] | None = None
        self._trouble: Trouble | None = None
        self._refusals: Counter[Key] = Counter()
        self._set_aside: set[Key] = set()
        self.written = 0
        """Records brought to the database by this process."""

    @property
    def trouble(self) -> Trouble | None:
        """Why the database takes nothing at present; None when all is well."""
        return self._trouble

    def start(self) -> None:
        """Begin; what an earlier process left in the journal comes first."""
        self._journal.on_record = self._recorded
        self._task = asyncio.create_task(self._run(), name="journal-writer")

    async def flush(self, timeout: float = 5.0) -> bool:  # noqa: ASYNC109 - a bound is what a shutdown needs
        """Wait until the database has all that is recorded by now; False after `timeout` seconds."""
        target = None if self._journal.disk_failing else self._journal.end
        self._hurry.set()
        self._gathered.set()
        self._flushing += 1
        try:
            async with asyncio.timeout(timeout), self._progress:
                await self._progress.wait_for(lambda: self._has(target))
        except TimeoutError:
            return False
        finally:
            self._flushing -= 1
            self._hurry.clear()
        return True

    async def close(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Write what can be written in `timeout` seconds, stop, close the journal; it keeps the rest."""
        task, self._task = self._task, None
        if task is not None:
            if not await self.flush(timeout):
                log.warning("records stay in the journal until the next start")
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._journal.on_record = _nobody
        keep = not self._journal.settled or not await self._made_durable()
        self._journal.close(keep=keep)

    # ---- the task ----

    async def _run(self) -> None:
        pause = FIRST_RETRY
        while True:
            await self._wait_for_records()
            batch = await self._take()
            records = [record for record in batch.records if _key(record) not in self._set_aside]
            try:
                if records:
                    await self._bring(records)
            except Exception as error:  # whatever it is, the records stay and the task goes on
                self._begin_trouble(error)
                await self._pause(pause)
                pause = min(2 * pause, LAST_RETRY)
            else:
                pause = FIRST_RETRY
                self.written += len(records)
                self._end_trouble()
                await self._done(batch)

    def _recorded(self) -> None:
        """The first record of a batch: what comes with it in the next moments goes with it."""
        if not self._gathering:
            self._gathering = True
            if self._hurry.is_set():
                self._gathered.set()
            else:
                asyncio.get_running_loop().call_later(GATHER, self._gathered.set)

    async def _wait_for_records(self) -> None:
        if not self._journal.settled:
            if self._journal.reads_files or self._journal.waiting >= BATCH or self._hurry.is_set():
                return
            self._recorded()
        await self._gathered.wait()
        self._gathered.clear()
        self._gathering = False

    async def _take(self) -> Batch:
        if self._journal.reads_files:
            return await asyncio.to_thread(self._journal.take, BATCH)
        return self._journal.take(BATCH)

    async def _bring(self, records: list[Record]) -> None:
        """Bring the records to the database, but those it refuses for ever. Raises when it is in trouble."""
        try:
            await self._write(records)
        except Exception as error:
            if fault_of(error) is Fault.OUTAGE:
                raise
            await self._bring_around_refused(records)

    async def _write(self, records: list[Record]) -> None:
        async with asyncio.timeout(WRITE_TIMEOUT):
            await self._store.write(records)

    async def _bring_around_refused(self, records: list[Record]) -> None:
        """Find the refused records by halving; the others pass. Raises if what is refused may yet pass."""
        pending = [records]
        passed = 0
        unexplained: list[tuple[Record, Exception]] = []
        while pending:
            part = pending.pop()
            try:
                await self._write(part)
                passed += len(part)
                continue
            except Exception as error:
                fault = fault_of(error)
                if fault is Fault.OUTAGE or (len(unexplained) >= REFUSALS and not passed):
                    raise
                refusal = error
            if len(part) > 1:
                middle = len(part) // 2
                pending += [part[middle:], part[:middle]]
            elif fault is Fault.DATA:
                await self._refused_again(part[0], refusal)
            else:
                unexplained.append((part[0], refusal))
        for record, refusal in unexplained:
            if passed:
                self._refusals[_key(record)] += 1
            if self._refusals[_key(record)] < REFUSALS:
                raise refusal
            self._reject(record, refusal)

    async def _refused_again(self, record: Record, refusal: Exception) -> None:
        """Try a refused record again, to be sure, then set it aside."""
        for _ in range(REFUSALS - 1):
            try:
                await self._write([record])
                return
            except Exception as error:
                if fault_of(error) is Fault.OUTAGE:
                    raise
                refusal = error
        self._reject(record, refusal)

    def _reject(self, record: Record, refusal: Exception) -> None:
        self._set_aside.add(_key(record))
        self._journal.reject(record, f"the database refuses it: {reason(refusal)}")

    async def _done(self, batch: Batch) -> None:
        self._journal.acknowledge(batch)
        self._refusals.clear()
        self._set_aside.clear()
        if self._journal.has_finished_segments and await self._made_durable():
            self._journal.delete_finished()
        if self._flushing:
            async with self._progress:
                self._progress.notify_all()

    async def _made_durable(self) -> bool:
        try:
            await self._store.sync()
        except OSError as error:
            log.error("database not brought to the disk", reason=reason(error))
            return False
        return True

    async def _pause(self, seconds: float) -> None:
        """Wait before the next try; meanwhile a journal whose disk is full tries its disk."""
        until = time.monotonic() + (min(seconds, FIRST_RETRY) if self._hurry.is_set() else seconds)
        while (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(left, DISK_CHECK))
            self._journal.retry_disk()

    # ---- what is said ----

    def _has(self, target: Position | None) -> bool:
        return self._journal.settled if target is None else self._journal.acknowledged >= target

    def _begin_trouble(self, error: Exception) -> None:
        why = reason(error)
        if self._trouble is None:
            self._trouble = Trouble(datetime.now(UTC), why)
            log.error("database takes no records; they wait in the journal", reason=why)
        else:
            self._trouble = Trouble(self._trouble.since, why)

    def _end_trouble(self) -> None:
        if self._trouble is not None:
            seconds = round((datetime.now(UTC) - self._trouble.since).total_seconds(), 1)
            log.info("database takes records again", seconds=seconds, last_reason=self._trouble.why)
            self._trouble = None


def _key(record: Record) -> Key:
    if isinstance(record, TraceLine):
        return "trace", record.call, record.seq
    return type(record).__name__, record.id, getattr(record, "version", 0)


def _nobody() -> None:
    """Nobody listens any more."""
