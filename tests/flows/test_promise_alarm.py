"""The log tells of a promise that is about to break while it can still be kept."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from server.promise_alarm import PromiseAlarm
from tests.support.house import LEGAL, MONDAY_10, ZGH, House

HERS = "+212612345678"
HALF_AN_HOUR = timedelta(minutes=30)


async def test_the_log_tells_once_of_a_promise_that_nobody_is_there_to_keep(
    open_house: Callable[..., House],
) -> None:
    house = open_house(MONDAY_10)
    promise = house.book.promise(HERS, ZGH, LEGAL, None, house.now())
    assert promise.promised_until is not None
    alarm = PromiseAlarm(house.book, house.room, house.now, HALF_AN_HOUR)
    with structlog.testing.capture_logs() as logs:
        alarm.look()
        assert logs == []
        await asyncio.sleep((promise.promised_until - HALF_AN_HOUR - house.now()).total_seconds())
        for _ in range(3):
            alarm.look()
    assert [(one["event"], one["reference"], one["why"]) for one in logs] == [
        ("a promise is about to break", promise.id, "nobody_at_work")
    ]
    assert [risk.promise.id for risk in alarm.risks()] == [promise.id]
    await asyncio.sleep(HALF_AN_HOUR.total_seconds())
    assert (alarm.risks(), alarm.broken()) == ((), 1)
