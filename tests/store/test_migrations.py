"""The tables come and go, and are what the program thinks they are."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from db.engine import DatabaseUnreachable, parse_url
from db.migrate import current, downgrade, newest, upgrade
from db.store import Store
from db.tables import metadata
from tests.store.records import a_call


def differences(connection: Connection) -> list[object]:
    return list(
        compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    )


async def test_up_and_down(empty_url: str) -> None:
    engine = create_async_engine(parse_url(empty_url))
    assert await current(empty_url) is None
    await upgrade(empty_url)
    assert await current(empty_url) == newest()
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await downgrade(empty_url)
    assert await current(empty_url) is None
    async with engine.connect() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert tables == ["alembic_version"]
    await upgrade(empty_url)
    await engine.dispose()


async def test_an_upgrade_keeps_rows(empty_url: str) -> None:
    store = Store(empty_url)
    await store.write([a_call()])
    await upgrade(empty_url)
    assert await store.calls() == [a_call()]
    await store.close()


async def test_two_processes_that_start_together_do_not_disturb_each_other(empty_url: str) -> None:
    await asyncio.gather(upgrade(empty_url), upgrade(empty_url), upgrade(empty_url))
    assert await current(empty_url) == newest()


async def test_a_database_of_a_newer_program_is_refused(empty_url: str) -> None:
    await upgrade(empty_url)
    engine = create_async_engine(parse_url(empty_url))
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    store = Store(empty_url)
    with pytest.raises(DatabaseUnreachable, match="newer version of the program"):
        await store.connect()
    await store.close()
