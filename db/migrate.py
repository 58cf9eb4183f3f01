"""Brings a database to the shape this version needs, and back. One transaction: all of it or nothing."""

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import WRITES, DatabaseUnreachable, create_engine, make_private, parse_url, sqlite_file

NOTHING = "base"
NEWEST = "head"
MIGRATION_WAIT = 10.0  # seconds for another process that brings the same SQLite file forward
LOCK = 0x6D776B61  # any number: two processes of ours that migrate one PostgreSQL database take turns


async def upgrade(url: str | URL, revision: str = NEWEST) -> None:
    """Bring the database at `url` forward to `revision`. Does nothing when it is there.

    Raises DatabaseUnreachable when the database was made by a newer version of the program.
    """
    engine = _engine(url)
    try:
        async with engine.connect() as connection:
            present = await connection.run_sync(_revision)
        if revision == NEWEST and present == newest():
            return
        async with engine.execution_options(**{WRITES: True}).begin() as connection:
            await connection.run_sync(_walk, command.upgrade, revision)
    finally:
        await engine.dispose()


async def downgrade(url: str, revision: str = NOTHING) -> None:
    """Take the database at `url` back to `revision`; newer tables go with their rows."""
    engine = _engine(url)
    try:
        async with engine.execution_options(**{WRITES: True}).begin() as connection:
            await connection.run_sync(_walk, command.downgrade, revision)
    finally:
        await engine.dispose()


async def current(url: str) -> str | None:
    """Return the revision of the database at `url`; None when it has no tables of ours."""
    engine = _engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_revision)
    finally:
        await engine.dispose()


def newest() -> str | None:
    """Return the revision that this version of the program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _engine(url: str | URL) -> AsyncEngine:
    parsed = parse_url(url)
    if file := sqlite_file(parsed):
        make_private(file)
    return create_engine(parsed, lock_wait=MIGRATION_WAIT)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "db:migrations")
    config.set_main_option("path_separator", "os")
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _walk(connection: Connection, walk: Callable[[Config, str], None], revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    config = _config()
    config.attributes["connection"] = connection
    present = _revision(connection)
    try:
        if present is not None:
            ScriptDirectory.from_config(config).get_revision(present)
    except CommandError as error:
        raise DatabaseUnreachable(
            f"the database was made by a newer version of the program (revision {present}); "
            "install that version again, or restore the database of before"
        ) from error
    walk(config, revision)
