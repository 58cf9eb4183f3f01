"""The codes agents dial, and what they hear is true."""

import asyncio

import pytest

from dialplan import names
from ivr.flows.agent_codes import agent_code, nobodys_code
from routing.events import AgentSignedOut, DeviceChanged
from routing.model import (
    AgentId,
    Available,
    CallEnding,
    Device,
    EntryId,
    Language,
    OnBreak,
    QueueEntry,
    SignedOut,
)
from tests.support.house import AR, FR, LEGAL, ZGH, House


async def dials(house: House, agent: str, code: str, *, hangs_up: bool = False) -> list[str]:
    """What the agent hears."""
    caller = house.calls(number=None)
    if hangs_up:
        caller.hangs_up_at_step(0)
    ending = await house.serves(caller, agent_code, house.centre.agents[AgentId(agent)], code)
    assert ending is CallEnding.SELF_SERVED
    assert {said.language for said in caller.said} <= {house.centre.agents[AgentId(agent)].languages[0]}
    return caller.heard


async def test_a_day_at_work(house: House) -> None:
    assert await dials(house, "nadia", names.CODE_SIGN_IN) == ["agent.signed_in"]
    assert await dials(house, "nadia", names.CODE_BREAK) == ["agent.on_break"]
    assert isinstance(house.seat("nadia").state, OnBreak)
    assert await dials(house, "nadia", names.CODE_BACK) == ["agent.back"]
    assert isinstance(house.seat("nadia").state, Available)
    assert await dials(house, "nadia", names.CODE_SIGN_OUT) == ["agent.signed_out"]
    assert isinstance(house.seat("nadia").state, SignedOut)


@pytest.mark.parametrize("code", [names.CODE_BREAK, names.CODE_BACK])
async def test_who_is_not_signed_in_is_told_so_whatever_he_dials(house: House, code: str) -> None:
    assert await dials(house, "nadia", code) == ["agent.signed_out"]
    assert isinstance(house.seat("nadia").state, SignedOut)


async def test_a_code_on_a_telephone_that_is_no_agents_is_said_to_be_unknown(house: House) -> None:
    before = house.room.desk
    caller = house.calls(number=None)
    assert await house.serves(caller, nobodys_code, "115") is CallEnding.SELF_SERVED
    assert caller.heard == ["agent.unknown_code"]
    assert house.room.desk == before


@pytest.mark.parametrize(("telephone", "language"), [("110", FR), ("115", AR)])
async def test_a_supervisors_own_telephone_is_spoken_to_in_her_language(
    house: House, telephone: str, language: Language
) -> None:
    caller = house.calls(number=None)
    await house.serves(caller, nobodys_code, telephone)
    assert [said.language for said in caller.said] == [language]


async def test_an_unknown_code_changes_nothing_and_is_said_to_be_unknown(house: House) -> None:
    before = house.room.desk
    assert await dials(house, "amal", "*15") == ["agent.unknown_code"]
    assert house.room.desk == before


@pytest.mark.parametrize(("agent", "language"), [("amal", AR), ("idir", ZGH), ("nadia", FR)])
async def test_each_agent_hears_the_first_of_his_languages(house: House, agent: str, language) -> None:
    caller = house.calls(number=None)
    await house.serves(caller, agent_code, house.centre.agents[AgentId(agent)], names.CODE_SIGN_IN)
    assert [said.language for said in caller.said] == [language]


async def test_a_code_counts_even_if_the_agent_does_not_wait_for_the_answer(house: House) -> None:
    assert await dials(house, "nadia", names.CODE_SIGN_IN, hangs_up=True) == []
    assert isinstance(house.seat("nadia").state, Available)


@pytest.mark.parametrize(("code", "before"), [(names.CODE_SIGN_IN, SignedOut), (names.CODE_BACK, OnBreak)])
async def test_who_comes_is_offered_nobody_before_he_has_heard_that_he_is_there(
    house: House, code: str, before: type
) -> None:
    """Asterisk tells that his telephone is in use only after the code's call has come."""
    house.room.tell(AgentSignedOut(AgentId("amal")))
    if before is OnBreak:
        house.signs_in("nadia")
        await dials(house, "nadia", names.CODE_BREAK)
    house.room.tell(DeviceChanged(AgentId("nadia"), Device.IDLE))
    entry = QueueEntry(EntryId("waits"), FR, LEGAL, house.now(), house.now())
    async with house.room.line(entry) as place:
        coming = asyncio.create_task(dials(house, "nadia", code))
        await asyncio.sleep(0.1)
        house.room.tell(DeviceChanged(AgentId("nadia"), Device.IN_USE))
        assert isinstance(house.seat("nadia").state, before)
        await coming
        assert house.room.desk.offers == {}, "his telephone is still in use"
        house.room.tell(DeviceChanged(AgentId("nadia"), Device.IDLE))
        assert dict(house.room.desk.offers) == {entry.id: "nadia"}
        assert place.told.qsize() > 0
