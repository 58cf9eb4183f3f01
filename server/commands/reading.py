"""Reads the database for a command and leaves nothing behind: no file is made where there was none."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from server.commands.place import CommandFailed, Place

if TYPE_CHECKING:
    from config.schema import Settings
    from db.store import Store
    from routing.indicators.interval import Interval
    from routing.indicators.log import Log

T = TypeVar("T")


def read_store(place: Place, settings: "Settings", read: Callable[["Store"], Awaitable[T]], nothing: T) -> T:
    """What `read` finds in the database; `nothing` when the centre has not run yet."""
    from config.build import database_url
    from db.engine import DatabaseUnreachable
    from db.store import Store

    async def run() -> T:
        try:
            store = Store(database_url(settings, place.state))
        except ValueError as error:
            raise CommandFailed(str(error)) from None
        if store.file is not None and not store.file.exists():
            return nothing
        try:
            return await read(store)
        except DatabaseUnreachable as error:
            raise CommandFailed(str(error)) from None
        finally:
            await store.close()

    return asyncio.run(run())


def read_figures(place: Place, settings: "Settings", interval: "Interval", now: datetime) -> "Log":
    """What every figure of an interval needs."""
    from db.log import read_log
    from routing.indicators.log import Log

    async def read(store: "Store") -> Log:
        return await read_log(store, interval, now)

    return read_store(place, settings, read, Log(interval, now))


def centre_time(place: Place) -> datetime:
    """The running centre's time, which may be a pretended one; else this machine's."""
    from server.control import NoController, ask

    try:
        return datetime.fromisoformat(asyncio.run(ask(place.state, "status"))["at"])
    except (NoController, OSError):
        return datetime.now(UTC)
