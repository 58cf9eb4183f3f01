"""Two controllers on one database: one of them calls her, and what a stale one writes is not taken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from db.claims import Claims
from db.store import Store
from routing.callbacks import CallbackRules, begin_attempt, next_attempt
from routing.calling_hours import CallingHours
from routing.hours import OpeningHours, Span
from routing.model import AttemptResult, Callback, CallbackState
from routing.promise_changes import rung, talking
from routing.promised_window import Window
from routing.record import Record
from routing.zone import MOROCCO, centre_zone
from server.leases import LEASE, DatabaseLeases
from server.promises import PromiseBook
from tests.store.records import NOON, a_callback

HOURS = OpeningHours(centre_zone(MOROCCO), ((Span(time(8, 30), time(16, 30)),),) * 7)
RULES = CallbackRules()
RING = timedelta(seconds=60)


class Journal:
    """What a controller wrote, on its way to the database."""

    def __init__(self, store: Store) -> None:
        self.store, self.records = store, list[Record]()

    def record(self, record: Record) -> None:
        self.records.append(record)

    async def comes_home(self) -> None:
        await self.store.write(self.records)
        self.records.clear()


class Controller:
    """As much of one as keeps promises: its book, its leases, its way to the database that all share."""

    def __init__(self, url: str, name: str, *, alone: bool = False) -> None:
        self.time = NOON
        self.store = Store(url)
        self.journal = Journal(self.store)
        self.book = PromiseBook(self.journal, HOURS, self.now)
        self.leases = DatabaseLeases(self.store, self.book, name, self.now, alone=alone)

    def now(self) -> datetime:
        return self.time

    async def starts(self) -> "Controller":
        self.book.learn(await self.store.callbacks())
        return self

    async def begins(self, promise: Callback) -> Callback | None:
        begun = await self.leases.take(promise)
        if begun is not None:
            self.book.keep(begun)
            await self.journal.comes_home()
        return begun

    async def ends(self, promise: Callback, result: AttemptResult) -> None:
        self.book.keep(next_attempt(promise, result, self.time, RULES, self.book.calling))
        await self.journal.comes_home()

    async def aclose(self) -> None:
        await self.store.close()


@pytest.fixture
async def due(store: Store) -> Callback:
    """A promise in the database."""
    promise = a_callback(not_before=NOON - timedelta(hours=1))
    await store.write([promise])
    return promise


@pytest.fixture
async def two(url: str, due: Callback) -> AsyncIterator[tuple[Controller, Controller]]:
    """Two controllers that know the promise."""
    async with aclosing(Controller(url, "first")) as one, aclosing(Controller(url, "second")) as other:
        yield await one.starts(), await other.starts()


async def in_table(store: Store, promise: Callback) -> Callback:
    found = await store.callback(promise.id)
    assert found is not None
    return found


async def test_of_two_controllers_one_begins_the_attempt(
    store: Store, two: tuple[Controller, Controller], due: Callback
) -> None:
    for _ in range(10):
        begun = await asyncio.gather(*(one.leases.take(due) for one in two))
        assert sum(found is not None for found in begun) == 1
        (winner,) = [found for found in begun if found is not None]
        assert await in_table(store, due) == winner
        due = next_attempt(winner, AttemptResult.NO_AGENT, NOON, RULES, CallingHours(HOURS))
        await store.write([due])
        for one in two:
            one.book.learn([due])


async def test_who_came_too_late_knows_that_she_is_being_called(
    two: tuple[Controller, Controller], due: Callback
) -> None:
    one, other = two
    begun = await one.begins(due)
    assert await other.leases.take(due) is None
    assert other.book.due(NOON) == ()
    assert other.book.find(due.id) == begun
    assert begun is not None
    assert not other.leases.mine(begun)


async def test_what_a_stale_controller_writes_is_not_taken(
    store: Store, two: tuple[Controller, Controller], due: Callback
) -> None:
    """The first was cut off so long that the second took over and reached her: her row stays as the second left it."""
    one, other = two
    begun = await one.begins(due)
    assert begun is not None
    other.time = NOON + LEASE + timedelta(seconds=1)
    await other.leases.look(RULES)
    again = other.book.find(due.id)
    assert again is not None
    assert (again.state, again.last_result) == (CallbackState.DUE, AttemptResult.INTERRUPTED)
    second = await other.begins(again)
    assert second is not None
    stale = begun
    for _ in range(10):  # whatever its version
        stale = rung(stale, NOON)
    await store.write([stale])
    one.time = other.time
    assert (await in_table(store, due)).holder == "second"
    assert await one.leases.renewed(stale, RING) is None
    assert one.book.find(due.id) == second, "it has learnt whose attempt it is"
    await other.ends(talking(rung(second, NOON), NOON), AttemptResult.REACHED)
    await store.write([replace(stale, state=CallbackState.DUE, version=99)])
    assert (await in_table(store, due)).state is CallbackState.REACHED


async def test_a_lease_that_is_renewed_is_not_taken_over(
    two: tuple[Controller, Controller], due: Callback
) -> None:
    one, other = two
    begun = await one.begins(due)
    assert begun is not None
    one.time = other.time = NOON + LEASE * 2 / 3
    renewed = await one.leases.renewed(begun, RING)
    assert renewed is not None
    assert one.book.find(due.id) == renewed
    other.time = NOON + LEASE + timedelta(seconds=1)
    await other.leases.look(RULES)
    assert other.book.find(due.id) == renewed
    assert await one.leases.renewed(renewed, RING) is not None


async def test_the_same_controller_after_a_restart_has_its_attempt_at_once(
    url: str, two: tuple[Controller, Controller], due: Callback
) -> None:
    begun = await two[0].begins(due)
    async with aclosing(Controller(url, "first")) as again:
        await again.starts()
        assert again.book.in_progress() == [begun]
        assert begun is not None
        assert again.leases.mine(begun)


async def test_a_promise_that_was_moved_elsewhere_is_not_tried(
    two: tuple[Controller, Controller], due: Callback
) -> None:
    one, other = two
    tomorrow = NOON + timedelta(days=1)
    moved = other.book.move(due.id, Window(tomorrow, tomorrow + timedelta(hours=2)))
    await other.journal.comes_home()
    assert await one.leases.take(due) is None
    assert one.book.find(due.id) == moved
    await other.begins(replace(moved, not_before=NOON))
    other.book.cancel(due.id)
    await other.journal.comes_home()
    await one.leases.look(RULES)
    assert one.book.open() == []


async def test_an_answer_that_was_lost_does_not_lose_the_lease(
    store: Store, two: tuple[Controller, Controller], due: Callback
) -> None:
    one, _ = two
    begun = begin_attempt(due, "first", NOON + LEASE)
    assert await Claims(store).begin(begun)
    assert await one.leases.take(due) == begun


@pytest.mark.parametrize("looks", [False, True])
async def test_nor_does_the_next_try_a_second_later(
    store: Store, two: tuple[Controller, Controller], due: Callback, looks: bool
) -> None:
    one, other = two
    begun = begin_attempt(due, "first", NOON + LEASE)
    assert await Claims(store).begin(begun)
    one.time += timedelta(seconds=1)
    if looks:
        await one.leases.look(RULES)
    (still_due,) = one.book.due(one.now())
    assert await one.begins(still_due) == begun
    assert await other.leases.take(due) is None
    await one.ends(one.book.in_progress()[0], AttemptResult.REACHED)
    assert one.book.open() == []


@pytest.fixture
def nowhere(tmp_path: object) -> str:
    return f"sqlite:///{tmp_path}/no/such/folder/centre.db"


@pytest.mark.parametrize(("alone", "begins"), [(True, True), (False, False)])
async def test_without_the_database_only_a_controller_that_is_alone_goes_on(
    nowhere: str, alone: bool, begins: bool, said: list[dict[str, object]]
) -> None:
    """Rather late than twice. The file of the state folder has one controller: the journal's lock is the lease."""
    async with aclosing(Controller(nowhere, "first", alone=alone)) as one:
        promise = a_callback()
        one.book.keep(promise)
        for _ in range(2):
            begun = await one.leases.take(promise)
            assert (begun is not None) == begins
        assert (one.leases.trouble is None) == alone
        told = [line["event"] for line in said if line["log_level"] == "error"]
        assert told == ([] if alone else ["nobody is called back while the database is away"])
        if begun is not None:
            assert await one.leases.renewed(begun, RING) is not None


async def test_a_lease_stands_through_a_short_trouble_of_the_database(nowhere: str) -> None:
    async with aclosing(Controller(nowhere, "first")) as one:
        begun = begin_attempt(a_callback(), "first", NOON + LEASE)
        one.time = NOON + LEASE * 2 / 3
        assert await one.leases.renewed(begun, RING) == begun
        one.time = NOON + LEASE - RING / 2
        assert await one.leases.renewed(begun, RING) is None, (
            "her telephone may ring longer than the lease stands"
        )
