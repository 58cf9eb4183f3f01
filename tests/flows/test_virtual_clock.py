"""The clock that jumps, and the caller with a script: the tools these stories stand on."""

import asyncio
import time

import pytest

from ivr.call import CallerHungUp, Keys, Question, Silence
from ivr.prompts import phrase
from tests.support.house import FR, House
from tests.support.virtual_clock import NobodyMoves, VirtualLoop, left_behind


async def test_hours_pass_at_once_and_in_order() -> None:
    began, order = time.monotonic(), []

    async def after(seconds: float) -> None:
        await asyncio.sleep(seconds)
        order.append(seconds)

    await asyncio.gather(*(after(seconds) for seconds in (7200, 0.5, 60)))
    assert order == [0.5, 60, 7200]
    assert asyncio.get_running_loop().time() == pytest.approx(7200)
    assert time.monotonic() - began < 1


def _fails(story) -> None:
    loop = VirtualLoop()
    try:
        with pytest.raises(NobodyMoves):
            loop.run_until_complete(story())
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
    finally:
        loop.close()


def test_a_dead_end_fails_at_once() -> None:
    async def waits() -> None:
        await asyncio.Event().wait()

    _fails(waits)


def test_asking_again_and_again_without_waiting_fails() -> None:
    async def spins() -> None:
        while True:  # noqa: ASYNC110 - this is what must fail
            await asyncio.sleep(0)

    _fails(spins)


async def test_a_task_left_behind_is_seen() -> None:
    task = asyncio.create_task(asyncio.sleep(10))
    assert len(left_behind()) == 1
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert left_behind() == []


async def test_a_key_silences_a_question_and_what_follows_is_not_heard(house: House) -> None:
    caller = house.calls().keys("1", after=1)
    heard = await caller.ask(Question((phrase("welcome"), phrase("goodbye"))), FR)
    assert heard == Keys("1")
    assert caller.heard == ["welcome"]
    assert asyncio.get_running_loop().time() == pytest.approx(1)
    await _ends(house, caller)


async def test_silence_lasts_as_long_as_the_question_waits(house: House) -> None:
    caller = house.calls().silent()
    assert await caller.ask(Question((phrase("welcome"),)), FR) == Silence()
    assert asyncio.get_running_loop().time() == pytest.approx(2 + 5)
    await _ends(house, caller)


async def test_a_hang_up_is_raised_from_whatever_is_awaited(house: House) -> None:
    caller = house.calls().hangs_up(at=3)
    with pytest.raises(CallerHungUp):
        await caller.next_key()
    with pytest.raises(CallerHungUp):
        await caller.say(phrase("welcome"), in_=FR)
    assert caller.heard == []
    await _ends(house, caller)


async def _ends(house: House, caller) -> None:
    from routing.model import CallEnding

    async def over(call, office) -> CallEnding:
        return CallEnding.LEFT_IN_MENU

    await house.serves(caller, over)
