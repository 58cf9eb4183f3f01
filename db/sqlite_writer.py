"""The writes of an SQLite database, a batch at a time, on connections of their own.

The driver for asyncio goes to its thread and back for every statement, and SQLAlchemy prepares each statement anew;
with twenty small batches a second that was most of what a call cost. Reads go the ordinary way (docs/adr/0005).

A small batch is written where it is given, in a few tenths of a millisecond: a commit appends to a file, as the
journal does, and going to a thread and back costs as much again. What may take long goes to the thread: a large
batch, a file that another writes, and now and then a batch whose commit brings the log of writes into the file and
to the disk.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Sequence
from typing import cast

from sqlalchemy import URL, Engine, PoolProxiedConnection

from db.engine import create_sqlite_writer
from db.rows import prepared, rows_of, statements
from routing.record import Record

AT_ONCE = 40  # records: written in less than a millisecond
THREAD_EVERY = 5.0
"""Seconds between two batches of the thread at most: its connection alone checkpoints, so the log stays small."""

_Job = tuple[Sequence[Record], "asyncio.Future[None]", asyncio.AbstractEventLoop]


class SqliteWriter:
    """Writes batches in the order in which they are given. Its methods are called from one thread, the event loop's."""

    def __init__(self, url: URL) -> None:
        """Nothing is connected before the first batch."""
        self._patient, self._prompt = create_sqlite_writer(url), create_sqlite_writer(url, at_once=True)
        self._prepared = prepared(statements("sqlite"), self._patient.dialect)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._under_way = 0
        self._thread: threading.Thread | None = None
        self._thread_due = 0.0
        self._connections: dict[Engine, PoolProxiedConnection] = {}  # the pools keep them open

    async def write(self, batch: Sequence[Record]) -> None:
        """Write `batch` in one transaction. Raises what SQLite raises.

        Who stops waiting does not stop the write.
        """
        if self._may_at_once(batch):
            # Locked, or worse: the thread waits, or says it.
            with contextlib.suppress(sqlite3.OperationalError):
                self._write(self._prompt, batch)
                return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="sqlite-writes", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._under_way += 1
        self._jobs.put((batch, done, loop))
        await done

    async def close(self) -> None:
        """End the thread after what it was given, and close the connections."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(thread.join)

    def _may_at_once(self, batch: Sequence[Record]) -> bool:
        """Small, behind nothing, and the thread has had its turn and found the file."""
        return (
            len(batch) <= AT_ONCE
            and self._under_way == 0
            and self._prompt in self._connections
            and time.monotonic() < self._thread_due
        )

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            batch, done, loop = job
            error: BaseException | None = None
            try:
                self._connect()
                self._write(self._patient, batch)
            except BaseException as problem:
                error = problem
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._settle, done, error)
        self._connections.clear()
        self._prompt.dispose()
        self._patient.dispose()

    def _connect(self) -> None:
        for engine in (self._patient, self._prompt):
            if engine not in self._connections:
                self._connections[engine] = engine.raw_connection()

    def _settle(self, done: "asyncio.Future[None]", error: BaseException | None) -> None:
        self._under_way -= 1
        self._thread_due = time.monotonic() + THREAD_EVERY
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def _write(self, engine: Engine, batch: Sequence[Record]) -> None:
        rows = rows_of(batch)
        cursor: sqlite3.Cursor = cast(sqlite3.Connection, self._connections[engine].dbapi_connection).cursor()
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
