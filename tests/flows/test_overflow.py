"""Waiting is no use: too many before her for those at work, or nobody who could serve her. She gets a clear end."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from ivr.centre import CallbackRules, QueueRules
from ivr.flows.wait_for_agent import wait_for_agent
from routing.events import AgentSignedOut, AgentTookBreak
from routing.model import AgentId, BreakReason, CallEnding, Language
from tests.support.house import AR, FR, LEGAL, MONDAY_10, ZGH, House, centre
from tests.support.scripted_caller import ScriptedCaller

Opened = Callable[..., House]
SOON = QueueRules(nobody_for=timedelta(seconds=40))


async def waits(house: House, caller: ScriptedCaller, language: Language = FR) -> CallEnding:
    return await house.serves(caller, wait_for_agent, language, LEGAL)


async def test_more_agents_let_more_callers_wait(open_house: Opened) -> None:
    """Two for each agent: Nadia alone works for French, then Amal comes too."""
    house = open_house(MONDAY_10, centre(queue=QueueRules(most_per_agent=2)))
    house.signs_in("nadia")
    talks = house.calls("+212600000000").hangs_up(at=300)
    crowd = [asyncio.create_task(waits(house, talks))]
    await asyncio.sleep(30)
    crowd += [
        asyncio.create_task(waits(house, house.calls(f"+21260000000{n}").hangs_up(at=300 + n)))
        for n in range(1, 3)
    ]
    await asyncio.sleep(1)
    late = house.calls("+212611111111").keys("1")
    assert await waits(house, late) is CallEnding.CALLBACK_TAKEN
    assert late.heard[:2] == ["queue.full", "callback.confirm_number"]
    house.room.tell(AgentTookBreak(AgentId("nadia"), BreakReason.PAUSE))
    house.signs_in("amal")
    tamazight = house.calls("+212622222222").hangs_up(at=20)
    assert await waits(house, tamazight, ZGH) is CallEnding.ABANDONED, (
        "another language has a line of its own"
    )
    await asyncio.gather(*crowd)


async def test_a_line_too_long_for_those_at_work_without_callbacks_ends_kindly(open_house: Opened) -> None:
    rules = QueueRules(most_per_agent=1)
    house = open_house(MONDAY_10, centre(queue=rules, callbacks=CallbackRules(offered=False)))
    house.signs_in("nadia")
    first = asyncio.create_task(waits(house, house.calls("+212600000000").hangs_up(at=300)))
    await asyncio.sleep(20)
    second = asyncio.create_task(waits(house, house.calls("+212600000001").hangs_up(at=300)))
    await asyncio.sleep(1)
    late = house.calls()
    assert await waits(house, late) is CallEnding.QUEUE_FULL
    assert late.heard == ["queue.full", "goodbye"]
    await asyncio.gather(first, second)


async def test_with_nobody_signed_in_she_is_promised_a_call_after_a_while(open_house: Opened) -> None:
    house = open_house(MONDAY_10, centre(queue=SOON))
    caller = house.calls().keys("1")
    assert await waits(house, caller, ZGH) is CallEnding.CALLBACK_TAKEN
    assert caller.heard[:4] == [
        "queue.nobody",
        "queue.callback_hint",
        "queue.nobody",
        "callback.confirm_number",
    ]
    at = {said.key: said.at for said in caller.said}["callback.confirm_number"]
    assert 40 <= at <= 45
    (promise,) = house.promises
    assert promise.asked_at == MONDAY_10, "her place counts from when she joined"


async def test_with_nobody_signed_in_and_no_callbacks_the_call_ends_kindly(open_house: Opened) -> None:
    house = open_house(MONDAY_10, centre(queue=SOON, callbacks=CallbackRules(offered=False)))
    caller = house.calls()
    assert await waits(house, caller, ZGH) is CallEnding.NO_AGENT
    assert caller.heard == ["queue.nobody", "queue.nobody", "goodbye"]
    assert house.now() - MONDAY_10 < timedelta(seconds=60)


async def test_somebody_comes_to_work_in_time(open_house: Opened) -> None:
    house = open_house(MONDAY_10, centre(queue=SOON))
    house.later(35, house.signs_in, "idir")
    caller = house.calls()
    assert await waits(house, caller, AR) is CallEnding.ANSWERED


async def test_the_while_begins_anew_when_somebody_was_there(open_house: Opened) -> None:
    house = open_house(MONDAY_10, centre(queue=SOON))

    def comes_and_rests() -> None:
        house.signs_in("idir")
        house.room.tell(AgentTookBreak(AgentId("idir"), BreakReason.PAUSE))

    house.signs_in("amal")  # she speaks no Tamazight
    house.later(5, comes_and_rests)
    house.later(100, house.room.tell, AgentSignedOut(AgentId("idir")))
    caller = house.calls().silent(3)
    assert await waits(house, caller, ZGH) in (CallEnding.NO_AGENT, CallEnding.CALLBACK_TAKEN)
    assert house.now() - MONDAY_10 > timedelta(seconds=140)
