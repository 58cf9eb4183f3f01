"""Signing in with a PIN, at one's own telephone or at another's; what goes wrong is said and changes nothing."""

import asyncio
from dataclasses import replace

import pytest

from dialplan import names
from ivr.centre import AgentRules
from ivr.flows.agent_codes import agent_code
from routing.events import AgentSignedOut
from routing.model import AgentId, Available, OnBreak, Seat, SignedOut, Talking
from tests.support.house import FR, PINS, House, centre
from tests.support.scripted_caller import ScriptedCaller, answers

SIGN_IN = names.CODE_SIGN_IN
AMAL, NADIA = AgentId("amal"), AgentId("nadia")
RIGHT = PINS[NADIA]


@pytest.fixture
async def strict(house: House) -> House:
    """The same house, where a PIN is asked for; nobody is at work."""
    house.room.tell(AgentSignedOut(AMAL))
    plan = centre(agent_rules=AgentRules(sign_in_pin=True))
    house.centre, house.office = plan, replace(house.office, centre=plan)
    return house


async def dials(house: House, telephone: str, code: str, *keys: str) -> ScriptedCaller:
    """Somebody dials a code, and keys an answer to each question."""
    caller = house.calls(number=None)
    for answer in keys:
        caller.keys(answer)
    await house.serves(caller, agent_code, telephone, code)
    return caller


def does(house: House, caller: ScriptedCaller) -> str:
    """What the trace says the code did."""
    return [line.facts["does"] for line in house.lines_of(caller) if line.what == "agent code"][-1]


async def test_who_keys_the_pin_is_at_work_and_no_trace_has_it(strict: House) -> None:
    caller = await dials(strict, "103", SIGN_IN, f"{RIGHT}#")
    assert caller.heard == ["agent.pin", "agent.signed_in"]
    assert isinstance(strict.seat("nadia").state, Available)
    assert not any(RIGHT in fact for line in strict.lines_of(caller) for fact in line.facts.values())


async def test_signing_in_twice_is_said_again_and_asks_nothing(strict: House) -> None:
    await dials(strict, "103", SIGN_IN, f"{RIGHT}#")
    before = strict.seat("nadia")
    assert (await dials(strict, "103", SIGN_IN)).heard == ["agent.signed_in"]
    assert strict.seat("nadia") == before


async def test_after_three_wrong_pins_the_right_one_does_not_help_for_five_minutes(strict: House) -> None:
    wrong = await dials(strict, "103", SIGN_IN, "111111#", "222222#", "333333#")
    assert wrong.heard[-1] == "agent.locked"
    assert wrong.heard.count("agent.wrong_pin") == 2
    assert strict.trace_of(wrong).count("sign-in refused") == 2
    assert does(strict, wrong) == "agent.locked"
    assert (await dials(strict, "103", SIGN_IN, f"{RIGHT}#")).heard == ["agent.locked"]
    assert isinstance(strict.seat("nadia").state, SignedOut)
    await asyncio.sleep(300)
    assert (await dials(strict, "103", SIGN_IN, f"{RIGHT}#")).heard == ["agent.pin", "agent.signed_in"]


async def test_wrong_pins_keyed_elsewhere_do_not_lock_her_out_of_her_own_telephone(strict: House) -> None:
    prank = await dials(strict, "102", SIGN_IN + "103", "111111#", "222222#", "333333#")
    assert prank.heard[-1] == "agent.locked"
    assert (await dials(strict, "103", SIGN_IN, f"{RIGHT}#")).heard[-1] == "agent.signed_in"


@pytest.mark.parametrize("step", range(4))
async def test_who_hangs_up_before_the_pin_is_right_is_not_signed_in(strict: House, step: int) -> None:
    caller = strict.calls(number=None).keys("111111#").hangs_up_at_step(step)
    await strict.serves(caller, agent_code, "103", SIGN_IN)
    assert isinstance(strict.seat("nadia").state, SignedOut)


async def test_silence_is_asked_again_three_times_and_signs_nobody_in(strict: House) -> None:
    caller = await dials(strict, "103", SIGN_IN)
    assert caller.heard.count("agent.pin") == 3
    assert caller.heard[-1] == does(strict, caller) == "agent.not_signed_in"
    assert isinstance(strict.seat("nadia").state, SignedOut)


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        (SIGN_IN + "101", (f"{PINS[AMAL]}#",)),
        (SIGN_IN, ("*101#", f"{PINS[AMAL]}#")),
        (SIGN_IN, ("*#", "101#", f"{PINS[AMAL]}#")),
    ],
)
async def test_an_agent_signs_in_at_a_colleagues_telephone_and_her_calls_ring_there(
    strict: House, code: str, keys: tuple[str, ...]
) -> None:
    caller = await dials(strict, "103", code, *keys)
    assert caller.heard[-2:] == ["agent.signed_in", "agent.rings_here"]
    assert sits(strict.seat("amal")) == (Available, "103")
    strict.telephones.script("amal", answers(talks=5))
    await strict.serves(strict.calls(known=FR).keys("1"))
    assert strict.telephones.rung_at == ["103"]
    assert (await dials(strict, "103", names.CODE_BREAK + "1")).heard[0] == "agent.on_break"
    assert sits(strict.seat("amal")) == (OnBreak, "103"), "the codes dialled there are hers"
    await dials(strict, "103", names.CODE_SIGN_OUT)
    assert sits(strict.seat("amal")) == (SignedOut, "101")


def sits(seat: Seat) -> tuple[type, str]:
    return type(seat.state), seat.extension


async def test_a_telephone_that_is_nobodys_asks_who_and_always_for_the_pin(house: House) -> None:
    house.room.tell(AgentSignedOut(AMAL))
    caller = await dials(house, "115", SIGN_IN, "101#", f"{PINS[AMAL]}#")
    assert caller.heard == ["agent.extension", "agent.pin", "agent.signed_in", "agent.rings_here"]
    assert sits(house.seat("amal")) == (Available, "115")


async def test_an_extension_that_nobody_has_is_answered_like_a_wrong_pin(strict: House) -> None:
    caller = await dials(strict, "115", SIGN_IN, "999#", "111111#", "222222#", "333333#")
    assert caller.heard[:3] == ["agent.extension", "agent.pin", "agent.wrong_pin"]
    assert caller.heard[-1] == "agent.locked"


async def test_a_telephone_has_one_agent_at_a_time(strict: House) -> None:
    await dials(strict, "103", SIGN_IN, f"{RIGHT}#")
    caller = await dials(strict, "103", SIGN_IN + "101", f"{PINS[AMAL]}#")
    assert caller.heard[-1] == "agent.telephone_taken"
    assert sits(strict.seat("amal")) == (SignedOut, "101")
    assert sits(strict.seat("nadia")) == (Available, "103")


async def test_the_owner_finds_a_guest_at_her_telephone_signs_him_out_and_in(strict: House) -> None:
    await dials(strict, "103", SIGN_IN + "101", f"{PINS[AMAL]}#")
    assert (await dials(strict, "103", SIGN_IN)).heard == ["agent.telephone_taken"]
    assert (await dials(strict, "103", names.CODE_SIGN_OUT)).heard == ["agent.signed_out"]
    assert (await dials(strict, "103", SIGN_IN, f"{RIGHT}#")).heard[-1] == "agent.signed_in"
    assert sits(strict.seat("nadia")) == (Available, "103")


async def test_who_is_at_work_moves_and_what_is_dialled_at_the_old_place_does_not_reach_her(
    strict: House,
) -> None:
    await dials(strict, "101", SIGN_IN, f"{PINS[AMAL]}#")
    await dials(strict, "103", SIGN_IN + "101", f"{PINS[AMAL]}#")
    assert sits(strict.seat("amal")) == (Available, "103")
    assert (await dials(strict, "101", names.CODE_SIGN_OUT)).heard == ["agent.signed_out"]
    assert sits(strict.seat("amal")) == (Available, "103")
    assert (await dials(strict, "101", SIGN_IN, f"{PINS[AMAL]}#")).heard[-1] == "agent.rings_here"
    assert sits(strict.seat("amal")) == (Available, "101")


async def test_who_talks_with_a_caller_cannot_move_meanwhile(strict: House) -> None:
    await dials(strict, "101", SIGN_IN, f"{PINS[AMAL]}#")
    strict.telephones.script("amal", answers(talks=60))
    talking = asyncio.create_task(strict.serves(strict.calls(known=FR).keys("1")))
    await asyncio.sleep(30)
    assert isinstance(strict.seat("amal").state, Talking)
    caller = await dials(strict, "103", SIGN_IN + "101", f"{PINS[AMAL]}#")
    assert caller.heard[-1] == "agent.busy_elsewhere"
    assert sits(strict.seat("amal")) == (Talking, "101")
    await talking
