"""A journal in a folder, and both databases for real: SQLite in a file, PostgreSQL as a private server."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from structlog.testing import capture_logs

from db.engine import parse_url
from db.journal import Journal
from db.migrate import upgrade
from db.store import Store
from db.tables import metadata
from db.writer import Writer
from server.parts import find

UNPRIVILEGED = "nobody"  # PostgreSQL refuses to be run by root
OPTIONS = "-k {folder} -h '' -F -c max_connections=50 -c log_min_messages=warning"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """The folder of a PostgreSQL server of our own, with its socket; it listens nowhere else."""
    initdb, pg_ctl = find("initdb"), find("pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    name, data, log = owner(folder), folder / "data", folder / "log"

    def run(command: list[str], env: dict[str, str]) -> None:
        done = subprocess.run(
            command, env=env, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        assert done.returncode == 0, done.stderr.decode() + (log.read_text() if log.exists() else "")

    run(
        initdb.command("-D", data, "-U", name, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"),
        initdb.environment(),
    )
    options = OPTIONS.format(folder=folder)
    run(pg_ctl.command("-D", data, "-l", log, "-w", "-o", options, "start"), pg_ctl.environment())
    try:
        yield folder
    finally:
        run(pg_ctl.command("-D", data, "-w", "-m", "immediate", "stop"), pg_ctl.environment())
        shutil.rmtree(folder)


def owner(folder: Path) -> str:
    return pwd.getpwuid(folder.stat().st_uid).pw_name


def postgresql_url(folder: Path, database: str) -> str:
    return f"postgresql://{owner(folder)}@/{database}?host={folder}"


async def create_database(folder: Path, database: str) -> str:
    """A new, empty database."""
    connection = await asyncpg.connect(host=str(folder), user=owner(folder), database="postgres")
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {database}")
        await connection.execute(f"CREATE DATABASE {database}")
    finally:
        await connection.close()
    return postgresql_url(folder, database)


BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=BACKENDS)
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that nothing was done to."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    return await create_database(request.getfixturevalue("postgresql"), "empty")


_migrated: dict[str, str] = {}


@pytest.fixture(params=BACKENDS)
async def url(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A database with our tables and no rows."""
    kind = request.param
    if kind not in _migrated:
        if kind == "sqlite":
            _migrated[kind] = f"sqlite:///{tmp_path_factory.mktemp('made')}/made.db"
        else:
            _migrated[kind] = await create_database(request.getfixturevalue("postgresql"), "made")
        await upgrade(_migrated[kind])
    if kind == "sqlite":
        file = tmp_path / "centre.db"
        shutil.copyfile(_migrated[kind].removeprefix("sqlite:///"), file)
        return f"sqlite:///{file}"
    await empty_tables(_migrated[kind])
    return _migrated[kind]


async def empty_tables(url: str) -> None:
    engine = create_async_engine(parse_url(url))
    async with engine.begin() as connection:
        for table in metadata.sorted_tables:
            await connection.execute(text(f"DELETE FROM {table.name}"))
    await engine.dispose()


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    store = Store(url)
    await store.connect()
    yield store
    await store.close()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal")
    yield journal
    journal.close()


@pytest.fixture
async def writer(journal: Journal, store: Store) -> AsyncIterator[Writer]:
    """A writer at work."""
    writer = Writer(journal, store)
    writer.start()
    yield writer
    await writer.close(timeout=1)


@pytest.fixture
def said() -> Iterator[list[dict[str, object]]]:
    """What was logged."""
    with capture_logs() as logs:
        yield logs  # type: ignore[misc]
