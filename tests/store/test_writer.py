"""Records reach the database, also one that is locked, missing, slow, or offended by a value."""

import asyncio
import json
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from db import journal as journal_module
from db.journal import Journal
from db.store import Store
from db.writer import Writer
from routing.model import CallId
from routing.record import Record
from tests.store.conftest import owner, postgresql_url
from tests.store.records import a_call, a_callback, a_change, a_line

STALL = 0.05  # seconds; a tick of speech is 0.02
TAKEN = "database takes records again"
REFUSED = "database takes no records; they wait in the journal"


def alarms(said: list[dict[str, object]]) -> list[object]:
    return [entry["event"] for entry in said if entry["event"] in (TAKEN, REFUSED, "record rejected")]


async def until_in_trouble(writer: Writer) -> None:
    async with asyncio.timeout(20):
        while writer.trouble is None:  # noqa: ASYNC110 - only its own word tells
            await asyncio.sleep(0.01)


def record_all(journal: Journal, records: Sequence[Record]) -> float:
    """Record; the longest time one took, in seconds."""
    longest = 0.0
    for record in records:
        before = time.perf_counter()
        journal.record(record)
        longest = max(longest, time.perf_counter() - before)
    return longest


async def test_records_reach_the_database(journal: Journal, store: Store, writer: Writer) -> None:
    lines = [a_line(seq, prompt="welcome") for seq in range(1, 4)]
    record_all(journal, (a_call(), *lines, a_callback(), a_change("1")))
    assert await writer.flush()
    assert await store.calls() == [a_call()]
    assert await store.trace(CallId("1700000000.1")) == lines
    assert await store.callbacks() == [a_callback()]
    assert await store.agent_changes() == [a_change("1")]


async def test_without_a_flush_they_reach_it_too(journal: Journal, store: Store, writer: Writer) -> None:
    journal.record(a_call())
    async with asyncio.timeout(5):
        while await store.call(CallId("1700000000.1")) is None:  # noqa: ASYNC110 - only the row tells
            await asyncio.sleep(0.001)


async def test_the_highest_version_wins_in_any_order(journal: Journal, store: Store, writer: Writer) -> None:
    for version in (2, 3, 1):
        record_all(journal, [a_call(version=version, dialled=f"v{version}"), a_callback(version=version)])
        assert await writer.flush()
    assert [call.dialled for call in await store.calls()] == ["v3"]
    assert [promise.version for promise in await store.callbacks()] == [3]


async def test_a_replayed_journal_leaves_equal_rows(tmp_path: Path, store: Store) -> None:
    records: list[Record] = [
        a_call(version=1),
        a_call(version=2),
        a_line(1),
        a_line(2),
        a_change("1"),
        a_callback(),
    ]
    for _ in range(2):
        journal = Journal(tmp_path / "journal")
        record_all(journal, records)
        writer = Writer(journal, store)
        writer.start()
        assert await writer.flush()
        await writer.close()
    assert await store.calls() == [a_call(version=2)]
    assert len(await store.trace(CallId("1700000000.1"))) == 2
    assert len(await store.agent_changes()) == 1


async def test_what_a_killed_process_left_comes_first(tmp_path: Path, store: Store) -> None:
    left = Journal(tmp_path / "journal")
    record_all(left, [a_line(seq) for seq in range(1, 1001)])
    left.close()
    journal = Journal(tmp_path / "journal")
    writer = Writer(journal, store)
    writer.start()
    journal.record(a_call())
    assert await writer.flush()
    assert len(await store.trace(CallId("1700000000.1"))) == 1000
    assert await store.calls() == [a_call()]
    assert journal.health().segments == 1
    await writer.close()
    assert list((tmp_path / "journal").glob("*.journal")) == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_locked_sqlite_delays_rows_and_nothing_else(
    journal: Journal, store: Store, writer: Writer, said: list[dict[str, object]]
) -> None:
    other = sqlite3.connect(str(store.file), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    longest = record_all(journal, [a_line(seq) for seq in range(1, 1501)])
    await until_in_trouble(writer)
    assert writer.trouble is not None
    assert writer.trouble.why == "database is locked"
    assert not await writer.flush(timeout=2.5)
    longest = max(longest, record_all(journal, [a_line(seq) for seq in range(1501, 2001)]))
    assert await store.trace(CallId("1700000000.1")) == []
    other.execute("COMMIT")
    other.close()
    assert await writer.flush(timeout=10)
    assert await store.trace(CallId("1700000000.1")) == [a_line(seq) for seq in range(1, 2001)]
    assert longest < STALL
    assert alarms(said) == [REFUSED, TAKEN]


@pytest.mark.postgresql
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_locked_postgresql_delays_rows_and_nothing_else(
    postgresql: Path, journal: Journal, store: Store, writer: Writer
) -> None:
    other = await asyncpg.connect(host=str(postgresql), user=owner(postgresql), database="made")
    async with other.transaction():
        await other.execute("LOCK TABLE trace_lines IN ACCESS EXCLUSIVE MODE")
        assert record_all(journal, [a_line(seq) for seq in range(1, 1001)]) < STALL
        assert not await writer.flush(timeout=1)
    await other.close()
    assert await writer.flush(timeout=10)
    assert len(await store.trace(CallId("1700000000.1"))) == 1000


@pytest.mark.postgresql
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_cut_connection_is_made_anew(
    postgresql: Path, journal: Journal, store: Store, writer: Writer
) -> None:
    journal.record(a_line(1))
    assert await writer.flush()
    other = await asyncpg.connect(host=str(postgresql), user=owner(postgresql), database="made")
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mowakaba'"
    )
    await other.close()
    journal.record(a_line(2))
    assert await writer.flush(timeout=10)
    assert len(await store.trace(CallId("1700000000.1"))) == 2


async def recorded_before_the_database(
    url: str, journal: Journal, said: list[dict[str, object]]
) -> tuple[Store, Writer]:
    store = Store(url)
    writer = Writer(journal, store)
    writer.start()
    journal.record(a_call())
    await until_in_trouble(writer)
    assert alarms(said) == [REFUSED]
    return store, writer


async def test_an_sqlite_folder_that_appears_later(
    tmp_path: Path, journal: Journal, said: list[dict[str, object]]
) -> None:
    folder = tmp_path / "later"
    store, writer = await recorded_before_the_database(f"sqlite:///{folder}/centre.db", journal, said)
    folder.mkdir()
    assert await writer.flush(timeout=10)
    assert await store.calls() == [a_call()]
    assert alarms(said) == [REFUSED, TAKEN]
    await writer.close()
    await store.close()


@pytest.mark.postgresql
async def test_a_postgresql_that_appears_later(
    postgresql: Path, tmp_path: Path, journal: Journal, said: list[dict[str, object]]
) -> None:
    folder = tmp_path / "sock"
    url = postgresql_url(postgresql, "postgres").replace(f"host={postgresql}", f"host={folder}")
    store, writer = await recorded_before_the_database(url, journal, said)
    folder.symlink_to(postgresql)
    assert await writer.flush(timeout=10)
    assert await store.calls() == [a_call()]
    await writer.close()
    await store.close()


async def test_a_value_the_database_refuses_does_not_hold_the_others(
    journal: Journal, store: Store, writer: Writer, said: list[dict[str, object]]
) -> None:
    poison = replace(a_line(call="1700000000.2"), seq=2**63)
    record_all(journal, [*[a_line(seq) for seq in range(1, 20)], poison, a_call(), a_line(20)])
    assert await writer.flush(timeout=10)
    assert len(await store.trace(CallId("1700000000.1"))) == 20
    assert await store.calls() == [a_call()]
    rejected = [json.loads(line) for line in (journal.folder / "rejected.jsonl").read_text().splitlines()]
    assert [json.loads(entry["record"])["seq"] for entry in rejected] == [2**63]
    assert "the database refuses it" in rejected[0]["reason"]
    assert alarms(said) == ["record rejected"]
    assert journal.health().rejected == 1


async def test_a_record_that_fails_inexplicably_is_set_aside_in_the_end(
    journal: Journal, store: Store, monkeypatch: pytest.MonkeyPatch, said: list[dict[str, object]]
) -> None:
    write = store.write

    async def write_all_but_one(batch: Sequence[Record]) -> None:
        records = list(batch)
        if a_line(3) in records:
            raise RuntimeError("for the test")
        await write(records)

    monkeypatch.setattr(store, "write", write_all_but_one)
    writer = Writer(journal, store)
    writer.start()
    record_all(journal, [a_line(seq) for seq in range(1, 6)])
    assert await writer.flush(timeout=10)
    assert [line.seq for line in await store.trace(CallId("1700000000.1"))] == [1, 2, 4, 5]
    assert alarms(said) == [REFUSED, "record rejected", TAKEN]
    await writer.close()


async def test_memory_is_bounded_while_the_database_is_away(
    tmp_path: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "KEPT_DECODED", 50)
    store = Store(f"sqlite:///{tmp_path}/later/centre.db")
    writer = Writer(journal, store)
    writer.start()
    record_all(journal, [a_line(seq) for seq in range(1, 1001)])
    await until_in_trouble(writer)
    assert len(journal.take(10_000).records) <= 1000
    assert journal.reads_files
    (tmp_path / "later").mkdir()
    assert await writer.flush(timeout=10)
    assert len(await store.trace(CallId("1700000000.1"))) == 1000
    await writer.close()
    await store.close()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_shutdown_is_bounded_and_keeps_the_rest(tmp_path: Path, store: Store) -> None:
    other = sqlite3.connect(str(store.file), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    journal = Journal(tmp_path / "journal")
    writer = Writer(journal, store)
    writer.start()
    journal.record(a_call())
    before = time.monotonic()
    await writer.close(timeout=0.5)
    assert time.monotonic() - before < 4
    other.close()
    journal = Journal(tmp_path / "journal")
    writer = Writer(journal, store)
    writer.start()
    assert await writer.flush()
    assert await store.calls() == [a_call()]
    await writer.close()


RECORD_AND_WRITE = """
    import asyncio, itertools, sys
    from pathlib import Path
    from db.journal import Journal
    from db.store import Store
    from db.writer import Writer
    from tests.store.records import a_line

    async def main():
        journal, store = Journal(Path(sys.argv[1]), segment_size=20_000), Store(sys.argv[2])
        Writer(journal, store).start()
        for seq in itertools.count(1):
            journal.record(a_line(seq))
            print(seq, flush=True)
            await asyncio.sleep(0)

    asyncio.run(main())
"""


def record_until_killed(folder: Path, url: str) -> int:
    """The last record that the killed process had been promised."""
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(RECORD_AND_WRITE), folder, url],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    printed = "".join(child.stdout.readline() for _ in range(400))
    child.kill()
    printed += child.stdout.read()
    child.stdout.close()
    child.wait()
    complete = printed[: printed.rfind("\n")]
    return max(int(line) for line in complete.splitlines() if line.isdigit())


async def test_a_killed_controller_loses_no_row(tmp_path: Path, url: str) -> None:
    promised = 0
    for _ in range(3):
        promised = max(promised, record_until_killed(tmp_path / "journal", url))
    store = Store(url)
    writer = Writer(Journal(tmp_path / "journal"), store)
    writer.start()
    assert await writer.flush(timeout=20)
    found = [line.seq for line in await store.trace(CallId("1700000000.1"))]
    assert found[:promised] == list(range(1, promised + 1))
    await writer.close()
    await store.close()
