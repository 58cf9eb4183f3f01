"""Whole controllers on one database: what a late database and another controller do to promises."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.store import Store
from routing.callbacks import begin_attempt
from routing.model import AttemptResult, Callback, CallbackState
from routing.promise_changes import rung
from server.leases import HOLDER
from tests.store.records import a_callback
from tests.support.composed import Composed, eventually

MONDAY_10 = datetime(2026, 11, 23, 10, tzinfo=UTC)
EARLIER = MONDAY_10 - timedelta(minutes=5)
LEASED_UNTIL = datetime(2100, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.timeout(60)


def a_promise(id: str = "123456", **values: object) -> Callback:
    return a_callback(id, 1, **({"asked_at": EARLIER, "not_before": EARLIER} | values))


async def in_table(url: str, promise: Callback) -> Callback:
    store = Store(url)
    try:
        found = await store.callback(promise.id)
        assert found is not None
        return found
    finally:
        await store.close()


async def put(url: str, *promises: Callback) -> None:
    store = Store(url)
    try:
        await store.connect()
        await store.write(promises)
    finally:
        await store.close()


# ---- the database comes late


class Late:
    """A controller whose database is away at first; its last life left an attempt under way."""

    def __init__(self, folder: Path) -> None:
        self.away, self.here = folder / "away", folder / "db"
        self.url = f"sqlite:///{self.here}/centre.db"
        self.house = Composed(folder / "state", self.url, MONDAY_10)
        self.house.state.mkdir()
        (self.house.state / HOLDER).write_text("own\n")
        self.left = rung(begin_attempt(a_promise(), "own", LEASED_UNTIL), EARLIER)
        self.entry = f"callback-{self.left.id}-1"

    async def prepared(self) -> "Late":
        self.away.mkdir()
        await put(f"sqlite:///{self.away}/centre.db", self.left)
        return self

    async def comes(self) -> None:
        self.away.rename(self.here)
        await eventually(lambda: self.house.controller.book.find(self.left.id), "the promise")

    def ends(self, leg: str) -> None:
        self.house.channels()
        self.house.asterisk.event("Hangup", Channel="PJSIP/x", Uniqueid=leg, Linkedid=leg, Cause="16")

    async def settled(self) -> Callback:
        controller = self.house.controller
        await eventually(lambda: not controller.book.in_progress(), "the end of the attempt")
        await self.house.kept()
        return await in_table(self.url, self.left)


@pytest.fixture
async def late(tmp_path: Path) -> AsyncIterator[Late]:
    late = await Late(tmp_path).prepared()
    async with AsyncExitStack() as stack:
        leg = f"{late.entry}-1"
        late.house.channels(leg)
        await stack.enter_async_context(late.house)
        yield late


async def test_an_attempt_that_ended_before_the_database_came_is_settled_when_it_comes(late: Late) -> None:
    controller = late.house.controller
    heard = asyncio.Event()
    take = controller.dialer.take
    controller.dialer.take = lambda event: (take(event), heard.set())  # type: ignore[assignment, func-returns-value]
    late.ends(f"{late.entry}-1")
    await heard.wait()
    await late.comes()
    settled = await late.settled()
    assert (settled.state, settled.last_result) == (CallbackState.DUE, AttemptResult.INTERRUPTED)


async def test_whom_asterisk_connected_then_is_not_called_again(late: Late) -> None:
    late.house.globals[f"DB_EXISTS(mwk-reached/56/{late.entry})"] = "1"
    await late.comes()
    late.ends(f"{late.entry}-1")
    settled = await late.settled()
    assert (settled.state, settled.last_result) == (CallbackState.REACHED, AttemptResult.REACHED)
