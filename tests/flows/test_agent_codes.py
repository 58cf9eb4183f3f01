"""The codes agents dial, and what they hear is true."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from dialplan import names
from ivr.flows.agent_codes import agent_code
from routing.events import AgentSignedOut, DeviceChanged
from routing.model import (
    AgentId,
    Available,
    BreakReason,
    CallEnding,
    Device,
    EntryId,
    Language,
    OnBreak,
    QueueEntry,
    SignedOut,
)
from tests.support.house import AR, FR, LEGAL, ZGH, House
from tests.support.scripted_caller import no_answer

TELEPHONES = {"amal": "101", "idir": "102", "nadia": "103"}


async def dials(house: House, agent: str, code: str, keys: str = "", *, hangs_up: bool = False) -> list[str]:
    """What the agent hears at his own telephone."""
    caller = house.calls(number=None)
    if keys:
        caller.keys(keys)
    if hangs_up:
        caller.hangs_up_at_step(0)
    ending = await house.serves(caller, agent_code, TELEPHONES[agent], code)
    assert ending is CallEnding.SELF_SERVED
    assert {said.language for said in caller.said} <= {house.centre.agents[AgentId(agent)].languages[0]}
    return caller.heard


async def test_a_day_at_work(house: House) -> None:
    assert await dials(house, "nadia", names.CODE_SIGN_IN) == ["agent.signed_in"]
    assert (await dials(house, "nadia", names.CODE_BREAK))[0] == "agent.on_break"
    assert isinstance(house.seat("nadia").state, OnBreak)
    assert await dials(house, "nadia", names.CODE_BACK) == ["agent.back"]
    assert isinstance(house.seat("nadia").state, Available)
    assert await dials(house, "nadia", names.CODE_SIGN_OUT) == ["agent.signed_out"]
    assert isinstance(house.seat("nadia").state, SignedOut)


@pytest.mark.parametrize("code", [names.CODE_BREAK, names.CODE_BREAK + "1", names.CODE_BACK])
async def test_who_is_not_signed_in_is_told_so_whatever_he_dials(house: House, code: str) -> None:
    assert await dials(house, "nadia", code) == ["agent.signed_out"]
    assert isinstance(house.seat("nadia").state, SignedOut)


async def test_a_code_on_a_telephone_that_is_no_agents_is_said_to_be_unknown(house: House) -> None:
    before = house.room.desk
    caller = house.calls(number=None)
    assert await house.serves(caller, agent_code, "115", names.CODE_BACK) is CallEnding.SELF_SERVED
    assert caller.heard == ["agent.unknown_code"]
    assert house.room.desk == before


@pytest.mark.parametrize(("telephone", "language"), [("110", FR), ("115", AR)])
async def test_a_supervisors_own_telephone_is_spoken_to_in_her_language(
    house: House, telephone: str, language: Language
) -> None:
    caller = house.calls(number=None)
    await house.serves(caller, agent_code, telephone, names.CODE_BACK)
    assert [said.language for said in caller.said] == [language]


@pytest.mark.parametrize("code", ["*99", names.CODE_BREAK + "9", names.CODE_OUTCOME + "0"])
async def test_an_unknown_code_changes_nothing_and_is_said_to_be_unknown(house: House, code: str) -> None:
    house.signs_in("amal")
    before = house.room.desk
    assert await dials(house, "amal", code) == ["agent.unknown_code"]
    assert house.room.desk == before


@pytest.mark.parametrize(("agent", "language"), [("amal", AR), ("idir", ZGH), ("nadia", FR)])
async def test_each_agent_hears_the_first_of_his_languages(house: House, agent: str, language) -> None:
    caller = house.calls(number=None)
    await house.serves(caller, agent_code, TELEPHONES[agent], names.CODE_SIGN_IN)
    assert [said.language for said in caller.said] == [language]


async def test_a_code_counts_even_if_the_agent_does_not_wait_for_the_answer(house: House) -> None:
    assert await dials(house, "nadia", names.CODE_SIGN_IN, hangs_up=True) == []
    assert isinstance(house.seat("nadia").state, Available)
    assert await dials(house, "nadia", names.CODE_BREAK, hangs_up=True) == []
    assert house.seat("nadia").state == OnBreak(BreakReason.PAUSE, house.now())


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
        assert len(place) > 0


# ---- breaks


BREAKS = [
    ("1", BreakReason.LUNCH),
    ("2", BreakReason.PRAYER),
    ("3", BreakReason.TRAINING),
    ("4", BreakReason.PAUSE),
    ("5", BreakReason.OTHER),
]


@pytest.mark.parametrize(("key", "reason"), BREAKS)
async def test_the_reason_of_a_break_is_dialled_with_it_or_chosen_after_it(
    house: House, key: str, reason: BreakReason
) -> None:
    house.signs_in("idir")
    name = f"break.name.{reason}"
    assert await dials(house, "idir", names.CODE_BREAK + key) == ["agent.on_break", name]
    state = house.seat("idir").state
    assert isinstance(state, OnBreak)
    assert state.reason is reason
    await dials(house, "idir", names.CODE_BACK)
    heard = await dials(house, "idir", names.CODE_BREAK, key)
    assert [said for said in heard if said.startswith("break.")] == [
        *(f"break.name.{offered}" for _, offered in BREAKS),
        name,
    ]
    state = house.seat("idir").state
    assert isinstance(state, OnBreak)
    assert state.reason is reason


async def test_a_wrong_key_is_asked_again_and_silence_leaves_a_plain_pause(house: House) -> None:
    house.signs_in("idir", "nadia")
    caller = house.calls(number=None).keys("9").keys("2")
    await house.serves(caller, agent_code, "102", names.CODE_BREAK)
    assert "menu.wrong_key" in caller.heard
    assert caller.heard[-2:] == ["break.name.prayer", "agent.noted"]
    assert (await dials(house, "nadia", names.CODE_BREAK))[-1] == "agent.key"
    state = house.seat("nadia").state
    assert isinstance(state, OnBreak)
    assert state.reason is BreakReason.PAUSE


# ---- the last one at work


@asynccontextmanager
async def dialling(house: House, *agents: str) -> AsyncIterator[None]:
    """Their telephones are in use: nobody is offered to them."""
    for agent in agents:
        house.room.tell(DeviceChanged(AgentId(agent), Device.IN_USE))
    yield
    for agent in agents:
        house.room.tell(DeviceChanged(AgentId(agent), Device.IDLE))


@pytest.mark.parametrize("code", [names.CODE_SIGN_OUT, names.CODE_BREAK, names.CODE_BREAK + "1"])
@pytest.mark.parametrize("answer", ["", "2", "1"])
async def test_the_last_one_at_work_hears_who_waits_and_stays_unless_he_presses_one(
    house: House, code: str, answer: str
) -> None:
    house.signs_in("idir", "nadia")
    now = house.now()
    async with (
        dialling(house, "idir"),
        house.room.line(QueueEntry(EntryId("a"), ZGH, LEGAL, now, now)),
        house.room.line(QueueEntry(EntryId("b"), ZGH, LEGAL, now, now)),
    ):
        caller = house.calls(number=None)
        if answer:
            caller.keys(answer)
        await house.serves(caller, agent_code, "102", code)
        assert caller.heard[:2] == ["agent.callers_waiting", "agent.press_to_leave"]
        assert caller.said[0].slots == {"n": "2"}
        stays = answer != "1"
        assert (caller.heard[-1] == "agent.stays") is stays
        assert isinstance(house.seat("idir").state, OnBreak | SignedOut) is not stays


async def test_who_hangs_up_on_the_warning_stays(house: House) -> None:
    house.signs_in("idir")
    entry = QueueEntry(EntryId("a"), ZGH, LEGAL, house.now(), house.now())
    async with dialling(house, "idir"), house.room.line(entry):
        caller = house.calls(number=None).hangs_up_during("agent.callers_waiting")
        await house.serves(caller, agent_code, "102", names.CODE_SIGN_OUT)
        assert house.room.signed_in(AgentId("idir"))
        assert "agent.stays" in [line.facts.get("does") for line in house.lines_of(caller)]


async def test_who_leaves_callers_to_a_colleague_is_not_warned(house: House) -> None:
    house.signs_in("amal", "idir")
    entry = QueueEntry(EntryId("a"), AR, LEGAL, house.now(), house.now())
    async with dialling(house, "amal", "idir"), house.room.line(entry):
        assert await dials(house, "idir", names.CODE_SIGN_OUT) == ["agent.signed_out"]
        assert (await dials(house, "amal", names.CODE_SIGN_OUT))[0] == "agent.callers_waiting"


# ---- set aside


async def missed(house: House, agent: str) -> None:
    house.room.tell(AgentSignedOut(AgentId("amal")))
    house.signs_in(agent)
    house.telephones.script(agent, no_answer())
    await house.serves(house.calls(known=FR).keys("1").hangs_up(at=90))
    state = house.seat(agent).state
    assert isinstance(state, OnBreak)
    assert state.reason is BreakReason.MISSED_OFFER


@pytest.mark.parametrize("code", [names.CODE_SIGN_IN, names.CODE_MORE_TIME, names.CODE_OUTCOME])
async def test_who_was_set_aside_hears_why_whatever_he_dials_and_one_brings_him_back(
    house: House, code: str
) -> None:
    await missed(house, "nadia")
    assert await dials(house, "nadia", code) == ["agent.set_aside", "agent.press_to_return"]
    assert isinstance(house.seat("nadia").state, OnBreak), "he may still hear why, and stay aside"
    assert await dials(house, "nadia", code, "1") == [
        "agent.set_aside",
        "agent.press_to_return",
        "agent.back",
    ]
    assert isinstance(house.seat("nadia").state, Available)


async def test_back_tells_why_too(house: House) -> None:
    await missed(house, "nadia")
    assert await dials(house, "nadia", names.CODE_BACK) == ["agent.set_aside", "agent.back"]
    assert isinstance(house.seat("nadia").state, Available)
