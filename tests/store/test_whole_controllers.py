"""Whole controllers on one database: what a late database and another controller do to promises."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.store import Store
from pbx.attempt import Hold
from routing.callbacks import begin_attempt
from routing.model import AttemptResult, Callback, CallbackState, Language
from routing.promise_changes import rung
from routing.promised_window import Window
from server.leases import HOLDER, LEASE
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


# ---- two controllers


@pytest.fixture
async def two(url: str, tmp_path: Path) -> AsyncIterator[tuple[Composed, Composed]]:
    """Two centres that share the database; a promise in French is due, and nobody is at work."""
    await put(url, a_promise(language=Language.FRENCH))
    async with (
        Composed(tmp_path / "rabat", url, MONDAY_10) as rabat,
        Composed(tmp_path / "agadir", url, MONDAY_10) as agadir,
    ):
        yield rabat, agadir


DUE = a_promise().id
TOMORROW = Window(MONDAY_10 + timedelta(days=1), MONDAY_10 + timedelta(days=1, hours=2))
HERE = "110"


async def test_a_promise_taken_over_in_agadir_is_not_given_back_in_rabat_where_that_telephone_is_not(
    two: tuple[Composed, Composed],
) -> None:
    rabat, agadir = two
    rabat.telephone(HERE, "UNAVAILABLE")
    agadir.telephone(HERE, "INUSE")
    taken = agadir.controller.book.take_over(DUE, HERE)
    await agadir.kept()
    await rabat.looks()
    rabat.works("nadia")
    for _ in range(3):
        await rabat.ticks()
    await rabat.kept()
    assert rabat.promise(DUE) == taken, "the supervisor still speaks with the menu"
    agadir.telephone(HERE, "NOT_INUSE")
    await eventually(lambda: agadir.rung, "the supervisor's telephone")
    assert rabat.rung == []


async def test_what_a_supervisor_took_over_is_anybodys_when_his_controller_is_gone(
    two: tuple[Composed, Composed],
) -> None:
    rabat, agadir = two
    agadir.telephone(HERE, "INUSE")
    agadir.controller.book.take_over(DUE, HERE)
    await agadir.kept()
    await agadir.looks()
    await agadir.controller.stop()
    await rabat.looks()
    assert (rabat.promise(DUE) or a_promise()).assigned_to == HERE
    rabat.ahead = LEASE + timedelta(days=2)  # the office pretends its time, leases go by the machine's
    await rabat.looks()
    assert (rabat.promise(DUE) or a_promise()).assigned_to is None
    rabat.works("nadia")
    await eventually(lambda: rabat.rung, "an agent's telephone")
    await agadir.begins()


CHANGES = {
    "moved": lambda book: book.move(DUE, TOMORROW),
    "cancelled": lambda book: book.cancel(DUE),
    "taken over": lambda book: book.take_over(DUE, HERE),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_she_asks_of_one_in_the_second_in_which_the_other_begins_is_done(
    two: tuple[Composed, Composed], url: str, change: str
) -> None:
    rabat, agadir = two
    agadir.telephone(HERE, "INUSE")
    rabat.works("nadia")
    await eventually(lambda: rabat.rung, "an agent's telephone")
    assert (agadir.promise(DUE) or a_promise(state=CallbackState.REACHED)).state is CallbackState.DUE
    asked = CHANGES[change](agadir.controller.book)
    await agadir.kept()
    await agadir.looks()
    await agadir.kept()
    row = await in_table(url, asked)
    assert row.state is asked.state
    assert (row.promised_from, row.assigned_to) == (asked.promised_from, asked.assigned_to)
    await rabat.looks()
    await rabat.asterisk.receives("Hangup")
    assert await in_table(url, asked) == row, "the attempt that was under way changes nothing"


async def test_who_has_cancelled_at_one_is_not_dialled_by_the_other_that_has_not_heard_of_it(
    two: tuple[Composed, Composed],
) -> None:
    rabat, agadir = two
    rabat.works("nadia")
    await eventually(lambda: rabat.rung, "an agent's telephone")
    begun = rabat.promise(DUE)
    assert begun is not None
    hold = Hold(begun, rabat.controller.book, rabat.controller.leases, rabat.clock, timedelta(seconds=45))
    assert hold.stands
    await agadir.looks()
    agadir.controller.book.cancel(DUE)
    await agadir.kept()
    assert not await hold.may_dial()


async def test_a_reference_that_the_other_gave_and_closed_meanwhile_loses_nobody(
    two: tuple[Composed, Composed], url: str
) -> None:
    rabat, agadir = two
    theirs = agadir.asks("+212612345601")
    agadir.controller.book.cancel(theirs.id)
    await agadir.kept()
    rabat.draws(theirs.id)
    ours = rabat.asks("+212612345602")
    assert ours.id == theirs.id, "it cannot know"
    await rabat.kept()
    await rabat.looks()
    (again,) = rabat.controller.book.of(ours.number)
    await rabat.kept()
    assert again.id != theirs.id
    assert (await in_table(url, again)).number == ours.number
    assert (await in_table(url, theirs)).number == theirs.number


async def test_who_asks_at_both_within_seconds_is_called_once(
    two: tuple[Composed, Composed], url: str
) -> None:
    rabat, agadir = two
    asked = rabat.asks("+212612345601"), agadir.asks("+212612345601")
    first, second = sorted(asked, key=lambda one: one.asked_at)  # their pretended clocks differ
    assert first.id != second.id
    for one in (rabat, agadir):
        await one.kept()
    for one in (rabat, agadir):
        await one.looks()
        await one.kept()
    for one in (agadir, rabat):
        await one.looks()
    for one in (rabat, agadir):
        (known,) = one.controller.book.of("+212612345601")
        assert (known.id, known.state) == (first.id, CallbackState.DUE)
    assert (await in_table(url, second)).state is CallbackState.CANCELLED
    assert (await in_table(url, first)).promised_until == second.promised_until
