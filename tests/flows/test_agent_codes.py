"""The codes agents dial, and what they hear is true."""

import pytest

from dialplan import names
from ivr.flows.agent_codes import agent_code
from routing.model import AgentId, Available, CallEnding, OnBreak, SignedOut
from tests.support.house import AR, FR, ZGH, House


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
