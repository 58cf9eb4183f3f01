"""Our rows and Asterisk's own record of calls made to agree: what ended unseen is closed, what is missing recovered."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from db import cdr_position
from db.cdr import CdrRow, close_unfinished, lost, read_cdr, reconcile
from db.engine import DatabaseUnreachable
from db.store import Store
from ivr.numbers import normalise
from routing.model import CallEnding, CallId
from routing.record import CallRecord, Recorder
from server.promises import PromiseBook

log = structlog.get_logger()

SETTLED = timedelta(
    seconds=30
)  # a call in Asterisk's own record that is younger may still be on its way here
REACH = timedelta(days=7)
"""How far back calls are recovered when it is not known how far the record was read: less than any retention."""
EVER = datetime.min.replace(tzinfo=UTC)
ANSWERS_WITHIN = 0.5  # seconds; a locked database must not hold the taking of stock


class Reconciliation:
    """`file` is Asterisk's record; `now` the machine's time, by which Asterisk writes it.

    `position` is the file that keeps how far it was read.
    """

    def __init__(
        self,
        file: Path,
        position: Path,
        store: Store,
        recorder: Recorder,
        book: PromiseBook,
        now: Callable[[], datetime],
    ) -> None:
        self._file, self._kept = file, position
        self._store, self._recorder, self._book, self._now = store, recorder, book, now
        self._position = cdr_position.load(position)
        self._not_before = EVER
        self._in_vain: set[CallId] = set()
        """Unfinished rows of which Asterisk's record knows nothing: the whole of it is not read again for them."""
        self._died_before: datetime | None = None
        """Asterisk did, and what went with it has not been closed yet."""

    async def recover(self, known_here: Collection[CallId]) -> None:
        """Calls that only Asterisk knows become rows marked as recovered; `known_here` are under way."""
        while True:
            reading = await asyncio.to_thread(read_cdr, self._file, self._position)
            now = self._now()
            if reading.anew:
                self._not_before = now - REACH
            settled = [row for row in reading.rows if row.end < now - SETTLED]
            recent = [row for row in settled if row.end >= self._not_before]
            try:
                known = await self._store.known_call_ids({CallId(row.linked_id) for row in recent})
            except DatabaseUnreachable:
                return
            for record in reconcile(recent, known.union(known_here), normalise):
                log.warning("a call was found only in Asterisk's own record", call=record.id)
                self._recorder.record(self._with_promise(record))
            if len(settled) < len(reading.rows):
                return  # read again in the next round, when the rest is settled too
            if reading.position != self._position:
                self._position = reading.position
                await asyncio.to_thread(cdr_position.save, self._kept, reading.position)
            if not reading.more:
                self._not_before = EVER
                return

    async def close(
        self,
        alive: Collection[str],
        settled: timedelta = timedelta(0),
        *,
        died_before: datetime | None = None,
    ) -> None:
        """Rows of calls that ended at least `settled` ago and are not among `alive` (linked ids).

        `died_before`: Asterisk did since the last controller, and what began before that moment, by the clock of the
        rows, went with it where its record knows nothing. While the database is away that is kept in mind.
        """
        self._died_before = died_before or self._died_before
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                rows = await self._store.unfinished_calls()
        except (DatabaseUnreachable, TimeoutError):
            return
        died_before, self._died_before = self._died_before, None
        ended = [row for row in rows if row.id not in alive and row.id not in self._in_vain]
        if not ended:
            return
        before = self._now() - settled
        written = await asyncio.to_thread(_all_rows, self._file)
        closed = close_unfinished([row for row in written if row.end <= before], ended)
        if died_before is not None:
            known = {row.linked_id for row in written}
            closed += [lost(row) for row in ended if row.id not in known and row.started_at < died_before]
        for record in closed:
            self._recorder.record(self._with_promise(record))
        found = {record.id for record in closed}
        self._in_vain |= {
            row.id for row in ended if row.id not in found and self._now() - row.started_at > 4 * SETTLED
        }
        log.info("calls that ended unseen are closed", count=len(closed))

    def _with_promise(self, record: CallRecord) -> CallRecord:
        """A call that ended in the fallback may have left a request, which is a promise by now."""
        for promise in self._book.open():
            if promise.asked_in == record.id:
                return replace(record, ending=CallEnding.CALLBACK_TAKEN, callback=promise.id)
        return record


def _all_rows(file: Path) -> list[CdrRow]:
    reading = read_cdr(file)
    rows = reading.rows
    while reading.more:
        reading = read_cdr(file, reading.position)
        rows += reading.rows
    return rows
