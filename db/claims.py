"""Whose attempt it is: a promise is begun by compare-and-set in the database: of two controllers one calls her."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from db.store import Store
from db.tables import callbacks
from routing.model import Callback, CallbackState

c = callbacks.c
COLUMNS = tuple(field.name for field in fields(Callback))


class Claims:
    """The lease of an attempt: the row itself, in progress under a fence of its own until `lease_until`.

    Every method raises DatabaseUnreachable when the database is gone; then it is not known whether it was done.
    """

    def __init__(self, store: Store) -> None:
        """Nothing is read yet."""
        self._store = store

    async def begin(self, begun: Callback) -> bool:
        """Write the beginning of an attempt. False when the promise is not due any more, or was changed meanwhile."""
        insert = (sqlite if self._store.file else postgresql).insert(callbacks)
        statement = (
            insert.values(_row(begun))
            .on_conflict_do_update(
                index_elements=[c.id],
                set_={name: insert.excluded[name] for name in COLUMNS if name != "id"},
                where=(c.state == CallbackState.DUE) & (c.fence < begun.fence) & (c.version < begun.version),
            )
            .returning(c.id)
        )
        return bool(await self._store.change(statement))

    async def renew(self, promise: Callback, until: datetime) -> bool:
        """It stands longer. False when it is not this holder's, in this state and under this fence, any more."""
        statement = (
            update(callbacks)
            .where(
                c.id == promise.id,
                c.fence == promise.fence,
                c.holder == promise.holder,
                c.state == promise.state,
            )
            .values(lease_until=until)
            .returning(c.id)
        )
        return bool(await self._store.change(statement))

    async def seize(self, lapsed: Callback, ended: Callback, now: datetime) -> bool:
        """Take from its holder what he has not renewed; `ended` has a higher fence. False when he has after all."""
        statement = (
            update(callbacks)
            .where(
                c.id == lapsed.id,
                c.fence == lapsed.fence,
                c.state == lapsed.state,
                c.lease_until <= now,
            )
            .values(_row(ended))
            .returning(c.id)
        )
        return bool(await self._store.change(statement))


def _row(promise: Callback) -> dict[str, Any]:
    return {name: getattr(promise, name) for name in COLUMNS}
