"""Writes of SQLite where they are given: in order, nothing waited for there, and the log of writes stays small."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db import sqlite_writer
from db.engine import parse_url
from db.sqlite_writer import AT_ONCE, SqliteWriter
from db.store import Store
from tests.store.records import a_line

NAME = "sqlite-writes"


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """A database in its present shape."""
    store = Store(f"sqlite:///{tmp_path}/centre.db")
    await store.connect()
    await store.close()
    assert store.file is not None
    return store.file


@pytest.fixture
async def writer(file: Path) -> AsyncIterator[SqliteWriter]:
    """Its thread has had its turn."""
    writer = SqliteWriter(parse_url(f"sqlite:///{file}"))
    await writer.write([a_line(1)])
    yield writer
    await writer.close()
    assert NAME not in {thread.name for thread in threading.enumerate()}


def lines_of(file: Path) -> list[int]:
    connection = sqlite3.connect(file)
    try:
        return [seq for (seq,) in connection.execute("SELECT seq FROM trace_lines ORDER BY seq")]
    finally:
        connection.close()


def size_of(file: Path) -> int:
    return file.stat().st_size


def begun(writer: SqliteWriter, *seqs: int) -> "asyncio.Task[None]":
    return asyncio.create_task(writer.write([a_line(seq) for seq in seqs]))


async def test_a_small_batch_is_there_without_waiting_for_the_loop(writer: SqliteWriter, file: Path) -> None:
    writing = writer.write([a_line(2)])
    with pytest.raises(StopIteration):
        writing.send(None)
    assert lines_of(file) == [1, 2]


async def test_a_large_batch_does_not_hold_the_loop(writer: SqliteWriter, file: Path) -> None:
    large = begun(writer, *range(2, AT_ONCE + 3))
    await asyncio.sleep(0)
    assert not large.done()
    await large
    assert len(lines_of(file)) == AT_ONCE + 2


async def test_what_comes_behind_the_thread_does_not_overtake_it(writer: SqliteWriter, file: Path) -> None:
    large, small = begun(writer, *range(2, 400)), begun(writer, 400)
    await small
    assert large.done()
    assert lines_of(file) == list(range(1, 401))


async def test_a_locked_file_is_waited_for_beside_the_loop(writer: SqliteWriter, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = begun(writer, 2)
    longest = 0.0
    for _ in range(20):
        before = time.monotonic()
        await asyncio.sleep(0.01)
        longest = max(longest, time.monotonic() - before)
    assert not writing.done()
    other.execute("COMMIT")
    other.close()
    await writing
    assert lines_of(file) == [1, 2]
    assert longest < 0.25, "SQLite itself waits a second for the other"


async def test_a_refused_record_is_told_and_leaves_no_transaction(writer: SqliteWriter, file: Path) -> None:
    other = sqlite3.connect(file)
    other.execute(
        "CREATE TRIGGER no BEFORE INSERT ON trace_lines WHEN new.seq = 2 BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    other.commit()
    with pytest.raises(sqlite3.IntegrityError, match="no"):
        await writer.write([a_line(2), a_line(3)])
    other.execute("DROP TRIGGER no")
    other.commit()
    other.close()
    await writer.write([a_line(4)])
    assert lines_of(file) == [1, 4]


async def test_the_log_of_writes_is_brought_into_the_file_by_the_thread(
    writer: SqliteWriter, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_writer, "THREAD_EVERY", 0.01)
    await writer.write([a_line(seq) for seq in range(2, AT_ONCE + 10)])
    log = file.with_name(f"{file.name}-wal")
    largest = 0
    for seq in range(1000, 5000):
        await writer.write([a_line(seq, what="x" * 4000)])
        largest = max(largest, size_of(log))
    assert size_of(file) > 4000 * 4000
    assert largest < 4000 * 4000


async def test_who_stops_waiting_does_not_stop_the_write(writer: SqliteWriter, file: Path) -> None:
    large = begun(writer, *range(2, 400))
    await asyncio.sleep(0)
    large.cancel()
    await writer.write([a_line(400)])
    assert lines_of(file) == list(range(1, 401))
