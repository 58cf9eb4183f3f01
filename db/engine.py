"""The database behind a URL: SQLite in a file, or PostgreSQL; and errors in words without a password."""

import contextlib
import os
import secrets
import sqlite3
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Engine, StaticPool, event, make_url
from sqlalchemy import create_engine as create_sync_engine
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
LOCK_WAIT = 1.0  # seconds SQLite itself waits for another writer; the journal's writer tries again after that
CONNECT_TIMEOUT = 5.0  # seconds
COMMAND_TIMEOUT = 10.0  # seconds; a write takes milliseconds
WRITES = "mowakaba_writes"


def to_json(value: object) -> str:
    """As the database keeps it."""
    return orjson.dumps(value, default=str).decode()


class DatabaseUnreachable(Exception):  # noqa: N818 - named for what is wrong
    """The database cannot be used now; the message says what is wrong and what to do."""


def parse_url(url: str | URL) -> URL:
    """Return `url` with its asyncio driver; `sqlite:///file` and `postgresql://…` do. Raises ValueError."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ValueError(
            "database.url is not a URL; write sqlite:///var/mowakaba.db or postgresql://…"
        ) from error
    driver = DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise ValueError(
            f"database.url: {parsed.drivername} is not supported; use sqlite:/// or postgresql://"
        )
    return parsed.set(drivername=driver)


def sqlite_file(url: URL) -> Path | None:
    """Return the file of an SQLite URL; None for PostgreSQL and for a database in memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def create_engine(url: URL, lock_wait: float = LOCK_WAIT) -> AsyncEngine:
    """Return an engine; nothing is connected yet. Its errors never show parameters: personal data.

    `lock_wait`: seconds that SQLite waits for another writer.
    """
    options: dict[str, Any] = {
        "hide_parameters": True,
        "json_serializer": to_json,
    }
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, connect_args={"timeout": lock_wait}, **options)
        _prepare_sqlite(engine.sync_engine)
        return engine
    arguments = {
        "timeout": CONNECT_TIMEOUT,
        "command_timeout": COMMAND_TIMEOUT,
        "server_settings": {"application_name": "mowakaba", "timezone": "UTC"},
    }
    return create_async_engine(url, connect_args=arguments, pool_pre_ping=True, **options)


def create_sqlite_writer(url: URL, *, at_once: bool = False) -> Engine:
    """Return an engine for writes, with one connection.

    `at_once`: one that waits for nobody and nothing. It raises when another writes, and leaves it to other connections
    to bring the log of writes into the file, which waits for the disk.
    """
    engine = create_sync_engine(
        url.set(drivername="sqlite"),
        connect_args={"timeout": 0.0 if at_once else LOCK_WAIT, "check_same_thread": False},
        poolclass=StaticPool,
        hide_parameters=True,
        json_serializer=to_json,
    )
    _prepare_sqlite(engine)
    if at_once:
        event.listen(engine, "connect", _leave_checkpoints)
    return engine.execution_options(**{WRITES: True})


def make_private(file: Path) -> None:
    """Create an SQLite file that only its owner reads, unless it is there; its -wal and -shm take its mode.

    It appears with write-ahead logging already on: two connections that turn it on at once wait for each other until
    both give up. A file that is there is not even opened: closing it again would end this process's locks on it.
    """
    if file.exists():
        return
    new = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        with contextlib.closing(sqlite3.connect(new)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        os.link(new, file)
    except FileExistsError:
        pass  # another made it in this moment
    except OSError:  # a file system without links
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    finally:
        new.unlink()


def reason(error: BaseException) -> str:
    """Say what a database error is, without the values it was about: they are personal data."""
    for cause in causes(error):
        match cause:
            case sqlite3.Error():
                return str(cause)
            case OSError() if cause.strerror:
                return cause.strerror
            case TimeoutError():
                return "no answer in time"
        if sqlstate := getattr(cause, "sqlstate", None):
            return f"{type(cause).__name__} ({sqlstate})"
    return type(error).__name__


def causes(error: BaseException) -> list[BaseException]:
    """Return `error` and what it was raised from, the root first."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or getattr(current, "orig", None) or current.__context__
    return chain[::-1]


def _prepare_sqlite(engine: Engine) -> None:
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver then begins no transaction of its own; `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    # WAL: readers and the one writer do not wait for each other. With NORMAL a power cut may take the last
    # transactions but never damages the file; the journal still has them only if not yet acknowledged.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _leave_checkpoints(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA wal_autocheckpoint=0")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns to writing fails at once when another writes, whatever the time-out.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
