"""Whose attempt it is (docs/adr/0014): the lease of an attempt, taken in the database before the first ring."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import structlog

from db.claims import Claims
from db.engine import DatabaseUnreachable
from db.store import Store
from ivr.centre import CallbackRules
from routing.callbacks import begin_attempt, next_attempt
from routing.model import AttemptResult, Callback, CallbackState
from routing.promise_changes import OPEN_STATES
from server.promises import PromiseBook

log = structlog.get_logger()
T = TypeVar("T")

LEASE = timedelta(
    minutes=5
)  # longer than agents and she ring, so that a short trouble of the database ends nothing
ANSWERS_WITHIN = 3.0  # seconds; an attempt can wait, and is tried again each second
HOLDER = "controller-id"
"""File of the state folder: the name under which this controller holds leases, the same after a restart."""


def holder_of(state: Path) -> str:
    """The name of the controller whose state folder this is; made at its first start."""
    file = state / HOLDER
    try:
        known = file.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        known = ""
    if not known:
        known = secrets.token_hex(8)
        file.write_text(f"{known}\n", encoding="ascii")
    return known


class JournalLeases:
    """Of a controller that shares its database with no other: one process has the journal, and so every lease."""

    def __init__(self, book: PromiseBook, holder: str, now: Callable[[], datetime]) -> None:
        """`now` is the machine's time, which controllers have in common."""
        self._book, self.holder, self._now = book, holder, now
        book.held = self._held

    def mine(self, promise: Callback) -> bool:
        """Whether the attempt under way is this controller's, or one of a time before leases."""
        return promise.holder in (None, self.holder)

    async def take(self, promise: Callback) -> Callback | None:
        """The promise with its attempt begun; the caller of this writes it."""
        return self._begun(promise)

    async def renewed(self, promise: Callback, least: timedelta) -> Callback | None:
        """The promise: nobody else can have it."""
        return promise

    def _held(self, promise: Callback) -> Callback:
        """Only this controller may begin an attempt: it has the telephone that took the promise over."""
        return replace(promise, holder=self.holder, lease_until=self._now() + LEASE)

    def _begun(self, promise: Callback) -> Callback:
        return begin_attempt(promise, self.holder, self._now() + LEASE)


class DatabaseLeases(JournalLeases):
    """Of controllers that may share a database: the lease is a compare-and-set on the promise's row.

    A promise that a telephone took over is its controller's too, before an attempt: nobody else has that telephone.

    `alone`: the database is a file of this state folder, which has one controller. While it takes nothing the
    journal is enough there; elsewhere no attempt begins before the database is back: rather late than twice.
    """

    def __init__(
        self, store: Store, book: PromiseBook, holder: str, now: Callable[[], datetime], *, alone: bool
    ) -> None:
        super().__init__(book, holder, now)
        self._store, self._claims, self.alone = store, Claims(store), alone
        self.trouble: str | None = None
        """Why no attempt begins, for the administrator."""

    def mine(self, promise: Callback) -> bool:
        """Whether the attempt, or the promise that a telephone took over, is this controller's."""
        return self.alone or super().mine(promise)

    async def take(self, promise: Callback) -> Callback | None:
        """The promise with its attempt begun, in the database already; None when another has it or nothing is known."""
        begun = self._begun(promise)
        try:
            if await self._asked(self._claims.begin(begun)):
                return begun
            row = await self._asked(self._store.callback(promise.id))
        except _Away as away:
            return begun if self._journal_is_enough(away) else None
        if row is not None and self._is_lost_answer(row) and row.fence == begun.fence:
            return replace(
                begun, lease_until=row.lease_until
            )  # written by an earlier try whose answer was lost
        if row is not None and row.order > promise.order:
            log.info("a promise was changed elsewhere", reference=promise.id, state=row.state)
            self._book.learn([row])
        return None  # or its row is still on the way from the journal

    async def renewed(self, promise: Callback, least: timedelta) -> Callback | None:
        """The promise, its lease good for `least` at least; None when it is lost or may be.

        With `least` the database is asked in any case: another controller may have changed the promise a moment ago.
        """
        now = self._now()
        until = promise.lease_until
        if until is not None and until - now >= LEASE / 2 and (self.alone or not least):
            return promise
        longer = replace(promise, lease_until=now + max(LEASE, 2 * least))
        try:
            if not await self._asked(self._claims.renew(promise, now + max(LEASE, 2 * least))):
                row = await self._asked(self._store.callback(promise.id))
                if row is not None and row.order > promise.order:
                    log.warning("an attempt was taken over by another controller", reference=promise.id)
                    self._book.learn([row])
                    return None
                # Its beginning is in the journal alone: the database was away.
        except _Away as away:
            still = until is not None and until - now >= least
            return promise if self._journal_is_enough(away) or still else None
        self._book.renewed(longer)
        return longer

    async def look(self, rules: CallbackRules) -> None:
        """Learn what other controllers did, and end the attempts that one of them left without an end."""
        if self.alone:
            return
        try:
            rows = await self._asked(self._store.callbacks(OPEN_STATES))
            known = {row.id for row in rows}
            closed = [
                await self._asked(self._store.callback(one.id))
                for one in self._book.open()
                if one.id not in known
            ]
            news = [*rows, *(row for row in closed if row is not None)]
            self._book.learn(row for row in news if not self._is_lost_answer(row))
            for row in rows:
                await self._end_lapsed(row, rules)
            for one in self._book.open():
                if one.assigned_to is not None and one.holder == self.holder:
                    await self.renewed(one, timedelta())
        except _Away:
            pass  # `take` tells of it

    def _is_lost_answer(self, row: Callback) -> bool:
        """Whether this controller began an attempt and does not know: `take` finds it at its next try."""
        known = self._book.find(row.id)
        began = row.state is CallbackState.IN_PROGRESS and row.holder == self.holder
        return began and known is not None and known.fence < row.fence

    async def _end_lapsed(self, row: Callback, rules: CallbackRules) -> None:
        now = self._now()
        if self.mine(row) or row.lease_until is None or row.lease_until > now:
            return
        ended = next_attempt(row, AttemptResult.INTERRUPTED, self._book.now(), rules, self._book.calling)
        ended = replace(
            ended,
            assigned_to=None,
            holder=None,
            lease_until=None,
            fence=row.fence + 1,
            version=row.version + 1,
        )
        if await self._asked(self._claims.seize(row, ended, now)):
            log.warning("another controller left a promise of its own", reference=row.id, state=row.state)
            self._book.learn([ended])

    async def _asked(self, answer: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                found = await answer
        except (DatabaseUnreachable, TimeoutError) as problem:
            raise _Away(str(problem) or "the database is slow") from None
        if self.trouble is not None:
            log.info("the database is there; callbacks go on")
        self.trouble = None
        return found

    def _journal_is_enough(self, away: "_Away") -> bool:
        if not self.alone and self.trouble is None:
            self.trouble = str(away)
            log.error("nobody is called back while the database is away", why=self.trouble)
        return self.alone


class _Away(Exception):  # noqa: N818 - not an error: what to do then is decided where it is caught
    """The database does not answer."""
