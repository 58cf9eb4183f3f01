"""Calls that only Asterisk's own record knows are recovered once, whatever restarts, rotation and retention do."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import create_async_engine

from db.store import Store
from db.tables import calls
from routing.model import CallEnding, CallId
from routing.record import CallRecord, Record
from server.reconciliation import REACH, Reconciliation
from tests.store.records import NOON, a_call
from tests.store.test_cdr import a_row

LATER = NOON + timedelta(minutes=10)


class NoPromises:
    def open(self) -> list[object]:
        return []


class Centre:
    """Asterisk's record, a database, and one controller after the other."""

    def __init__(self, folder: Path) -> None:
        self.record, self.position = folder / "Master.csv", folder / "cdr-position"
        self.url = f"sqlite+aiosqlite:///{folder / 'mowakaba.db'}"
        self.found: list[str] = []

    async def looks(self, now: datetime = LATER) -> list[str]:
        """A controller starts, compares, and ends; the calls that it recovered."""
        found: list[Record] = []
        store = Store(self.url)
        try:
            await store.connect()
            await self.compares(store, found, now).recover(())
            await store.write(found)
        finally:
            await store.close()
        return [record.id for record in found if isinstance(record, CallRecord)]

    def compares(self, store: Store, found: list[Record], now: datetime = LATER) -> Reconciliation:
        """One that writes what it has `found`."""

        class Recorder:
            def record(self, record: Record) -> None:
                found.append(record)

        return Reconciliation(
            self.record,
            self.position,
            store,
            Recorder(),
            NoPromises(),  # type: ignore[arg-type]
            lambda: now,
        )

    async def forgets(self) -> None:
        """Retention deletes every call."""
        engine = create_async_engine(self.url)
        async with engine.begin() as connection:
            await connection.execute(delete(calls))
        await engine.dispose()


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path)


async def test_a_call_that_retention_deleted_does_not_come_back_at_a_restart(centre: Centre) -> None:
    centre.record.write_text(a_row("1.1"))
    assert await centre.looks() == ["1.1"]
    await centre.forgets()
    assert await centre.looks() == []
    with centre.record.open("a") as file:
        file.write(a_row("1.2"))
    assert await centre.looks() == ["1.2"], "what came while no controller ran is found"


def renamed(record: Path) -> None:
    record.rename(record.with_name("Master.csv.1"))


def copied_and_emptied(record: Path) -> None:
    record.with_name("Master.csv.1").write_bytes(record.read_bytes())
    with record.open("r+") as file:
        file.truncate()


@pytest.mark.parametrize("rotates", [renamed, copied_and_emptied])
async def test_a_record_that_was_rotated_while_no_controller_ran(
    centre: Centre, rotates: Callable[[Path], None]
) -> None:
    centre.record.write_text(a_row("1.1"))
    assert await centre.looks() == ["1.1"]
    await centre.forgets()
    rotates(centre.record)
    with centre.record.open("a") as file:
        file.write(a_row("1.2") + a_row("1.3"))
    assert await centre.looks() == ["1.2", "1.3"]


async def test_where_the_place_is_lost_only_recent_calls_are_recovered(centre: Centre) -> None:
    long_ago = {"start": "2026-10-01 09:00:00", "answer": "", "end": "2026-10-01 09:00:40"}
    centre.record.write_text(a_row("1.1", **long_ago) + a_row("1.2"))
    assert datetime.fromisoformat("2026-10-01T09:00:40+00:00") < LATER - REACH
    assert await centre.looks() == ["1.2"]
    await centre.forgets()
    centre.position.unlink()
    assert await centre.looks(LATER + REACH + timedelta(days=1)) == []


async def test_calls_that_went_with_asterisk_while_the_database_was_away_are_closed_when_it_is_back(
    centre: Centre, tmp_path: Path
) -> None:
    folder = tmp_path / "not there yet"
    store = Store(f"sqlite+aiosqlite:///{folder / 'mowakaba.db'}")
    found: list[Record] = []
    reconciliation = centre.compares(store, found)
    try:
        await reconciliation.close((), died_before=LATER)
        assert found == []
        folder.mkdir()
        await store.connect()
        known_to_asterisk, began_since = CallId("1.2"), CallId("1.3")
        centre.record.write_text(a_row(known_to_asterisk))
        await store.write(
            [
                a_call(id=CallId("1.1")),
                a_call(id=known_to_asterisk),
                a_call(id=began_since, started_at=LATER + timedelta(seconds=1)),
            ]
        )
        await reconciliation.close((), settled=LATER - NOON)
        assert [(record.id, record.ending) for record in found if isinstance(record, CallRecord)] == [
            ("1.1", CallEnding.SYSTEM_FAILURE)
        ]
        await store.write(found)
        await reconciliation.close((), settled=LATER - NOON)
        assert len(found) == 1
    finally:
        await store.close()
