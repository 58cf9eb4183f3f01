"""After a restart a call goes on where it was."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.flows.resume import Found, resume
from routing.events import AgentTookBreak
from routing.model import AgentId, BreakReason, CallEnding, WrappingUp
from routing.record import AgentTalk
from tests.support.house import AR, FR, LEGAL, MONDAY_10, OTHER, SUNDAY, House
from tests.support.scripted_caller import ScriptedTalk, answers

Opened = Callable[..., House]
NOTHING = Found("", None, None, None, None, None)


def found(stage: str = "", **facts: object) -> Found:
    plain = {"language": None, "subject": None, "entered": None, "agent": None, "talk": None}
    return Found(stage, **{**plain, **facts})  # type: ignore[arg-type]


async def test_who_waited_keeps_language_subject_and_age(house: House) -> None:
    joined = MONDAY_10 - timedelta(minutes=7)
    caller = house.calls(began=joined)
    ending = await house.serves(caller, resume, found("queue", language=FR, subject=LEGAL, entered=joined))
    assert ending is CallEnding.ANSWERED
    record = house.record_of(caller)
    assert record.wait_seconds == pytest.approx(7 * 60 + 3, abs=0.1)
    assert caller.heard == []


async def test_who_waited_is_before_who_came_after_the_restart(house: House) -> None:
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    joined = MONDAY_10 - timedelta(minutes=1)
    old = house.calls(began=joined).hangs_up(at=200)
    new = house.calls("+212611111111").keys("3").keys("1").hangs_up(at=60)

    async def later() -> CallEnding:
        await asyncio.sleep(1)
        return await house.serves(old, resume, found("queue", language=FR, subject=LEGAL, entered=joined))

    await asyncio.gather(house.serves(new), later())
    places = [said.slots["n"] for said in new.said if said.key == "queue.position"]
    assert places[:1] == ["2"]


async def test_who_waited_in_vain_too_long_during_the_outage_is_promised_a_callback(house: House) -> None:
    joined = MONDAY_10 - timedelta(minutes=31)
    caller = house.calls(began=joined).keys("1")
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    ending = await house.serves(caller, resume, found("queue", language=FR, subject=LEGAL, entered=joined))
    assert ending is CallEnding.CALLBACK_TAKEN
    assert house.promises[0].asked_at == joined


@pytest.mark.parametrize("stage", ["", "menu"])
async def test_who_had_no_language_yet_begins_again(house: House, stage: str) -> None:
    caller = house.calls().keys("3").keys("1")
    assert await house.serves(caller, resume, found(stage)) is CallEnding.ANSWERED
    assert caller.heard[0] == "language.choose"


async def test_who_had_chosen_a_language_is_not_asked_for_it_again(house: House) -> None:
    caller = house.calls().keys("1")
    assert await house.serves(caller, resume, found("menu", language=AR)) is CallEnding.ANSWERED
    assert caller.heard[0] == "menu.subject_intro"
    assert caller.heard_in(AR) == caller.heard


async def test_out_of_hours_she_hears_the_news_again(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    caller = house.calls().keys("1").keys("1").keys("1")
    ending = await house.serves(caller, resume, found("after-hours", language=FR))
    assert ending is CallEnding.CALLBACK_TAKEN
    assert caller.heard[0] == "closed.now"


async def test_a_conversation_goes_on_and_the_agent_is_not_free(house: House) -> None:
    caller = house.calls()
    caller.log.set(connected_at=MONDAY_10, agent=AgentId("amal"))
    waiting = house.calls("+212611111111")
    talk = ScriptedTalk(caller, answers(talks=50))
    from ivr.flows.wait_for_agent import wait_for_agent

    async def other() -> CallEnding:
        await asyncio.sleep(1)
        return await house.serves(waiting, wait_for_agent, FR, OTHER)

    facts = found("talk", language=FR, subject=LEGAL, agent="amal", talk=talk)
    endings = await asyncio.gather(house.serves(caller, resume, facts), other())
    assert list(endings) == [CallEnding.ANSWERED, CallEnding.ANSWERED]
    assert house.record_of(caller).talk_seconds == pytest.approx(50)
    assert house.telephones.rung[0][1] >= 50 + 15


async def test_a_conversation_with_an_agent_who_was_removed_goes_on(house: House) -> None:
    caller = house.calls()
    caller.log.set(connected_at=MONDAY_10, agent=AgentId("gone"))
    facts = found("talk", language=FR, agent="gone", talk=ScriptedTalk(caller, answers(talks=5)))
    assert await house.serves(caller, resume, facts) is CallEnding.ANSWERED


async def test_a_conversation_that_ended_meanwhile_is_not_begun_again(house: House) -> None:
    caller = house.calls()
    caller.log.set(connected_at=MONDAY_10, agent=AgentId("amal"), talk_ended_at=MONDAY_10)
    facts = found("talk", language=FR, subject=LEGAL, agent="amal")
    assert await house.serves(caller, resume, facts) is CallEnding.ANSWERED
    assert caller.steps == []
    assert not isinstance(house.seat("amal").state, WrappingUp)


@pytest.mark.parametrize("stage", ["", "menu", "queue"])
async def test_a_hang_up_at_once_after_the_restart_is_an_ending_too(house: House, stage: str) -> None:
    caller = house.calls().hangs_up_at_step(0)
    facts = found(stage, language=FR, subject=LEGAL, entered=MONDAY_10) if stage else NOTHING
    ending = await house.serves(caller, resume, facts)
    assert ending is (CallEnding.ABANDONED if stage == "queue" else CallEnding.LEFT_IN_MENU)


async def test_a_stop_of_the_centre_is_no_end_of_a_conversation(house: House) -> None:
    caller = house.calls()
    caller.log.set(connected_at=MONDAY_10, agent=AgentId("amal"))
    facts = found("talk", language=FR, subject=LEGAL, agent="amal", connected=MONDAY_10)
    stopped = asyncio.create_task(
        resume(caller, house.office, replace(facts, talk=ScriptedTalk(caller, answers(talks=500))))
    )
    await asyncio.sleep(10)
    stopped.cancel()
    await asyncio.gather(stopped, return_exceptions=True)
    assert house.record_of(caller).talk_ended_at is None
    again = replace(facts, talk=ScriptedTalk(caller, answers(talks=50)))
    assert await house.serves(caller, resume, again) is CallEnding.ANSWERED
    assert house.record_of(caller).talk_seconds == pytest.approx(60)
    parts = [part for part in house.kept.records if isinstance(part, AgentTalk)]
    ends = [(part.version, part.ended_at) for part in parts if part.ended_at is not None]
    assert ends == [(2, MONDAY_10 + timedelta(seconds=60))]
