"""Who called before is given to the agent she knows, if he is there."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from ivr.flows.wait_for_agent import wait_for_agent
from routing.model import AgentId, CallEnding
from routing.record import TraceLine
from tests.support.house import FR, LEGAL, NUMBER, House
from tests.support.scripted_caller import answers

Opened = Callable[..., House]


async def calls(house: House, number: str | None = NUMBER) -> str | None:
    """She waits and talks; with whom."""
    caller = house.calls(number)
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    return house.record_of(caller).agent


async def test_her_next_call_goes_to_the_agent_of_the_last_one(open_house: Opened) -> None:
    house = open_house()
    house.signs_in("nadia")
    house.telephones.script("nadia", answers(after=2, talks=30), answers(after=2, talks=30))
    house.telephones.script("amal", answers(after=2, talks=30))
    assert await calls(house) == "nadia"
    house.signs_in("amal")
    await asyncio.sleep(600)
    assert await calls(house, "+212699999999") == "amal", "a stranger is given to who is free longest"
    await asyncio.sleep(20)
    house.telephones.script("amal", answers(after=2, talks=30))
    assert await calls(house) == "nadia"
    assert house.seat("amal").free_since is not None, "though another was free"
    *_, why = [
        line.facts["why"]
        for line in house.kept.records
        if isinstance(line, TraceLine) and line.what == "offered"
    ]
    assert str(why).endswith("preferred: nadia had her last talk")


async def test_what_was_long_ago_is_forgotten_and_nobody_without_a_number_is_known(
    open_house: Opened,
) -> None:
    house = open_house()
    now = house.now()
    house.memory.learn_agents({NUMBER: (now - timedelta(days=31), AgentId("nadia"))})
    assert house.memory.last_agent(NUMBER, now - timedelta(days=30)) is None
    house.memory.learn_agents({NUMBER: (now - timedelta(days=3), AgentId("amal"))})
    house.memory.learn_agents({NUMBER: (now - timedelta(days=4), AgentId("nadia"))})
    assert house.memory.last_agent(NUMBER, now - timedelta(days=30)) == "amal", (
        "in whatever order it is learnt"
    )
    assert house.memory.last_agent(None, now - timedelta(days=30)) is None


@pytest.mark.parametrize("there", [True, False])
async def test_an_agent_who_left_the_centre_is_nobody_to_wait_for(open_house: Opened, there: bool) -> None:
    house = open_house()
    house.memory.learn_agents({NUMBER: (house.now(), AgentId("nadia" if there else "gone"))})
    house.signs_in("amal")
    house.telephones.script("amal", answers(after=2, talks=30))
    began = house.now()
    assert await calls(house) == "amal"
    assert house.now() - began < timedelta(seconds=35)
