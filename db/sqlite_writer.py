"""The writes of an SQLite database: one thread, one connection, a batch at a time.

The driver for asyncio goes to its thread and back for every statement, and SQLAlchemy prepares each statement anew;
with twenty small batches a second that was most of what a call cost. Reads go the ordinary way (docs/adr/0005).
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Sequence
from typing import Any

from sqlalchemy import URL

from db.engine import create_sqlite_writer
from db.rows import prepared, rows_of, statements
from routing.record import Record

_Job = tuple[Sequence[Record], "asyncio.Future[None]", asyncio.AbstractEventLoop]


class SqliteWriter:
    """Writes batches in the order in which they are given."""

    def __init__(self, url: URL) -> None:
        """Nothing is connected before the first batch."""
        self._engine = create_sqlite_writer(url)
        self._prepared = prepared(statements("sqlite"), self._engine.dialect)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._connection: Any = None  # the pool's, which keeps it open

    async def write(self, batch: Sequence[Record]) -> None:
        """Write `batch` in one transaction. Raises what SQLite raises.

        Who stops waiting does not stop the write.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="sqlite-writes", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._jobs.put((batch, done, loop))
        await done

    async def close(self) -> None:
        """End the thread after what it was given, and close the connection."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(thread.join)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            batch, done, loop = job
            error: BaseException | None = None
            try:
                self._write(batch)
            except BaseException as problem:
                error = problem
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(_settle, done, error)
        self._connection = None
        self._engine.dispose()

    def _write(self, batch: Sequence[Record]) -> None:
        rows = rows_of(batch)
        if self._connection is None:
            self._connection = self._engine.raw_connection()
        cursor: sqlite3.Cursor = self._connection.cursor()
        try:
            # A deferred transaction that turns to writing fails at once when another writes, whatever the time-out.
            cursor.execute("BEGIN IMMEDIATE")
            for kind, values in rows.items():
                insert = self._prepared[kind]
                cursor.executemany(insert.text, insert.rows(values))
            cursor.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                cursor.execute("ROLLBACK")
            raise
        finally:
            cursor.close()


def _settle(done: "asyncio.Future[None]", error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
