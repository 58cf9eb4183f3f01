"""What an agent does about a call: hears who it is, writes it up, asks for time, says what became of it."""

import asyncio
from datetime import timedelta

import pytest

from dialplan import names
from ivr.centre import AgentRules
from ivr.flows.agent_codes import agent_code
from routing.model import AgentId, Outcome, WrappingUp
from tests.support.house import FR, NUMBER, House, centre
from tests.support.scripted_caller import ScriptedCaller, answers

OUTCOMES = [
    ("1", Outcome.SOLVED),
    ("2", Outcome.SENT_ON),
    ("3", Outcome.FOLLOW_UP),
    ("4", Outcome.WRONG_NUMBER),
    ("5", Outcome.OTHER),
    ("6", Outcome.NOT_THERE),
]


async def dials(house: House, code: str, keys: str = "") -> list[str]:
    """What the agent at 101 hears."""
    caller = house.calls(number=None)
    if keys:
        caller.keys(keys)
    await house.serves(caller, agent_code, "101", code)
    return caller.heard


async def talks(house: House, number: str | None = NUMBER) -> ScriptedCaller:
    """Somebody has called and has talked with the agent at 101."""
    house.telephones.script("amal", answers(talks=20))
    caller = house.calls(number, known=FR) if number else house.calls(number).keys("3")
    await house.serves(caller.keys("1"))
    return caller


# ---- the outcome


@pytest.mark.parametrize(("key", "outcome"), OUTCOMES)
async def test_what_became_of_a_call_is_dialled_or_chosen_and_stands_in_its_row(
    house: House, key: str, outcome: Outcome
) -> None:
    first = await talks(house)
    assert await dials(house, names.CODE_OUTCOME + key) == ["agent.noted", f"outcome.name.{outcome}"]
    assert house.record_of(first).outcome is outcome
    await asyncio.sleep(60)
    second = await talks(house)
    heard = await dials(house, names.CODE_OUTCOME, key)
    assert [said for said in heard[1:-2] if said != "agent.key"] == [
        f"outcome.name.{offered}" for _, offered in OUTCOMES
    ]
    assert heard[-2:] == ["agent.noted", f"outcome.name.{outcome}"]
    assert house.record_of(second).outcome is outcome


async def test_the_last_word_counts_and_the_rest_of_the_row_is_as_it_was(house: House) -> None:
    caller = await talks(house)
    before = house.record_of(caller)
    await dials(house, names.CODE_OUTCOME + "1")
    await dials(house, names.CODE_OUTCOME + "3")
    after = house.record_of(caller)
    assert after.outcome is Outcome.FOLLOW_UP
    assert (after.ending, after.ended_at, after.agent) == (before.ending, before.ended_at, before.agent)


async def test_an_outcome_keyed_while_they_still_talk_is_kept_to_the_end(house: House) -> None:
    house.telephones.script("amal", answers(talks=60))
    caller = house.calls(known=FR).keys("1")
    going_on = asyncio.create_task(house.serves(caller))
    await asyncio.sleep(40)
    assert caller.talking
    await dials(house, names.CODE_OUTCOME + "2")
    await going_on
    assert house.record_of(caller).outcome is Outcome.SENT_ON
    assert house.record_of(caller).ended_at is not None


async def test_silence_notes_nothing_and_without_a_call_there_is_nothing_to_note(house: House) -> None:
    assert await dials(house, names.CODE_OUTCOME + "1") == ["agent.no_call"]
    caller = await talks(house)
    assert (await dials(house, names.CODE_OUTCOME))[-1] == "agent.not_noted"
    assert house.record_of(caller).outcome is None
    await asyncio.sleep(timedelta(hours=13).total_seconds())
    assert await dials(house, names.CODE_OUTCOME + "1") == ["agent.no_call"], "that was another day"


# ---- time to write


async def test_an_agent_who_needs_longer_gets_it_twice(house: House) -> None:
    await talks(house)
    state = house.seat("amal").state
    assert isinstance(state, WrappingUp)
    ends = state.until
    for times in (1, 2):
        assert await dials(house, names.CODE_MORE_TIME) == ["agent.more_time", "duration"]
        assert house.seat("amal").state == WrappingUp(ends + times * timedelta(seconds=30), times)
    assert await dials(house, names.CODE_MORE_TIME) == ["agent.no_more_time"]
    assert house.seat("amal").state == WrappingUp(ends + timedelta(seconds=60), 2)
    assert await dials(house, names.CODE_BACK) == ["agent.back"]
    assert await dials(house, names.CODE_MORE_TIME) == ["agent.not_writing"]


# ---- the whisper


async def test_the_agent_hears_who_it_is_and_how_often_she_called_today(house: House) -> None:
    await talks(house)
    await asyncio.sleep(60)
    await talks(house)
    await asyncio.sleep(60)
    await talks(house, number=None)
    plain = ["whisper.language.fr", "whisper.subject.legal"]
    assert house.telephones.whispered == [plain, [*plain, "whisper.calls_today"], plain]
    assert house.agents.calls_today(NUMBER) == 2
    await asyncio.sleep(timedelta(hours=15).total_seconds())
    assert house.agents.calls_today(NUMBER) == 0, "tomorrow is another day"


async def test_a_centre_may_do_without_the_whisper(open_house) -> None:
    house = open_house(plan=centre(agent_rules=AgentRules(whisper=False)))
    house.signs_in("amal")
    await talks(house)
    assert house.telephones.whispered == [[]]


async def test_the_last_call_is_the_agents_own(house: House) -> None:
    house.signs_in("idir")
    caller = await talks(house)
    last = house.agents.last_call(AgentId("amal"))
    assert last is not None
    assert last.id == caller.id
    assert house.agents.last_call(AgentId("idir")) is None
