"""She asks for a call out of hours, calls again, and hears, moves and cancels what she was promised."""

from datetime import UTC, datetime

import pytest

from routing.model import CallbackState, CallEnding
from tests.asterisk.centre import SUNDAY

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]
AFTERNOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


async def in_the_database(centre, promise):
    assert await centre.controller.writer.flush(10)
    return await centre.controller.store.callback(promise.id)


async def test_a_promise_is_heard_moved_and_cancelled_by_its_caller(centre):
    await centre.opens(SUNDAY)
    caller = await centre.call("0612345681")
    await caller.keys("3111")
    promise = await centre.promise()
    await caller.until(
        "asked", keys="callback.other_time window.tomorrow_afternoon window.key window.day_morning window.key"
    )
    await caller.hangs_up()
    assert (await caller.closed()).ending is CallEnding.CALLBACK_TAKEN

    again = await centre.calls_again(caller.phone)
    heard = await again.until("asked")
    assert heard.facts["keys"].split()[2:] == [
        "promise.yours", "callback.at", "window.tomorrow_morning", "promise.change",
    ]  # fmt: skip
    await again.keys("111")
    await again.until("promise moved")
    await again.hangs_up()
    assert (await again.closed()).ending is CallEnding.SELF_SERVED
    moved = await in_the_database(centre, promise)
    assert (moved.promised_from, moved.not_before, moved.state) == (AFTERNOON, AFTERNOON, CallbackState.DUE)

    once_more = await centre.calls_again(caller.phone)
    await once_more.keys("121")
    await once_more.until("promise cancelled")
    await once_more.call.ended()
    assert (await once_more.closed()).ending is CallEnding.SELF_SERVED
    assert (await in_the_database(centre, promise)).state is CallbackState.CANCELLED
    assert centre.controller.book.open() == []


async def test_from_another_telephone_the_reference_needs_its_pin(centre):
    controller = await centre.opens(SUNDAY)
    caller = await centre.call("0612345682")
    await caller.keys("31120524123456#1")
    promise = await centre.promise()
    assert promise.number == "+212524123456"
    pin = controller.office.door.pin(promise, caller.id)
    await caller.until("said")
    await caller.hangs_up()

    other = await centre.call("0612345683")
    await other.keys(f"388{promise.id}0000" if pin != "0000" else f"388{promise.id}1111")
    await other.until("promise refused")
    await other.keys(f"{promise.id}{pin}")
    await other.until("promise opened")
    await other.keys("21")
    await other.until("promise cancelled")
    await other.hangs_up()
    assert (await in_the_database(centre, promise)).state is CallbackState.CANCELLED
    assert pin not in str([dict(line.facts) for line in centre.story.lines(None, other.id)])
