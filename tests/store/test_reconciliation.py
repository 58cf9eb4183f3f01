"""Calls that only Asterisk's own record knows are recovered once, whatever restarts, rotation and retention do."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import create_async_engine

from db.store import Store
from db.tables import calls
from routing.record import CallRecord, Record
from server.reconciliation import REACH, Reconciliation
from tests.store.records import NOON
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

        class Recorder:
            def record(self, record: Record) -> None:
                found.append(record)

        store = Store(self.url)
        try:
            await store.connect()
            reconciliation = Reconciliation(
                self.record,
                self.position,
                store,
                Recorder(),
                NoPromises(),  # type: ignore[arg-type]
                lambda: now,
            )
            await reconciliation.recover(())
            await store.write(found)
        finally:
            await store.close()
        return [record.id for record in found if isinstance(record, CallRecord)]

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
