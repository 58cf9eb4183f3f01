"""The pulse ends in the middle of its ticks, and nobody takes that for an error."""

import asyncio

import pytest

from server.pulse import Pulse


async def test_ticks_that_the_end_finds_under_way_are_no_errors(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pulse, under_way, stopped = Pulse(), asyncio.Event(), asyncio.Event()

    async def lasts() -> None:
        under_way.set()
        await asyncio.Event().wait()

    async def ends_it() -> None:
        await under_way.wait()
        pulse.stop()
        stopped.set()

    pulse.every(0.01, "lasts", lasts)
    pulse.every(0.02, "ends it", ends_it)
    pulse.start()
    async with asyncio.timeout(5):
        await stopped.wait()
    await asyncio.sleep(0.05)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_tick_that_fails_is_still_told(caplog: pytest.LogCaptureFixture) -> None:
    pulse, failed = Pulse(), asyncio.Event()

    async def fails() -> None:
        failed.set()
        raise BaseException("something that no tick should raise")

    pulse.every(0.01, "fails", fails)
    pulse.start()
    async with asyncio.timeout(5):
        await failed.wait()
    await asyncio.sleep(0.05)
    pulse.stop()
    assert "something that no tick should raise" in caplog.text
