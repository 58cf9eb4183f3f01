"""An agent holds, consults and passes a caller on, in virtual time: what the desk knows and what is kept."""

import pytest

from ivr.call import Wish
from ivr.flows.wait_for_agent import wait_for_agent
from ivr.targets import Contact
from routing.model import CallEnding
from routing.record import AgentTalk
from tests.support.house import AGENTS, FR, FUNDING, LEGAL, House, centre
from tests.support.scripted_caller import ScriptedCaller, StepsOut, answers, no_answer, refuses

WILAYA = Contact("801", "Wilaya", "+212537000001")


def parts(house: House, caller: ScriptedCaller) -> list[AgentTalk]:
    """Each agent's part as it was last written down."""
    kept = {record.id: record for record in house.kept.records if isinstance(record, AgentTalk)}
    return [part for part in kept.values() if part.call == caller.id]


def seconds(part: AgentTalk) -> float:
    assert part.ended_at is not None
    return (part.ended_at - part.began_at).total_seconds()


async def test_after_a_consultation_the_colleague_has_her_and_each_has_his_own_time(house: House) -> None:
    house.signs_in("amal", "nadia")
    house.telephones.script(
        "amal", answers(3, 60, StepsOut(20, Wish.CONSULT, ("103#",), hangs_up_in_talk=10))
    )
    caller = house.calls()
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    first, second = parts(house, caller)
    assert (first.agent, first.ended_by, second.agent, second.ended_by) == (
        "amal",
        "colleague",
        "nadia",
        "agent",
    )
    assert seconds(first) - first.hold_seconds == pytest.approx(20)
    assert seconds(second) == pytest.approx(30)
    record = house.record_of(caller)
    assert record.agent == "nadia"
    assert record.hold_seconds == first.hold_seconds > 10
    assert record.talk_seconds == pytest.approx(50, abs=0.1)
    assert house.states[AGENTS[0].id][-2:] == ["WrappingUp", "Available"]


async def test_a_colleague_who_is_on_break_takes_her_and_is_on_break_again(house: House) -> None:
    house.signs_in("amal")
    house.signs_in("nadia")
    from routing.events import AgentTookBreak
    from routing.model import BreakReason, OnBreak

    house.room.tell(AgentTookBreak(AGENTS[2].id, BreakReason.PAUSE))
    house.telephones.script("amal", answers(3, 60, StepsOut(20, Wish.PASS, ("103#",))))
    caller = house.calls()
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    assert parts(house, caller)[1].agent == "nadia"
    assert isinstance(house.seat("nadia").state, OnBreak)


async def test_a_colleague_who_refuses_gives_the_agent_back(house: House) -> None:
    house.signs_in("amal", "nadia")
    house.telephones.script("amal", answers(3, 60, StepsOut(20, Wish.CONSULT, ("103#",))))
    house.telephones.script("nadia", refuses())
    caller = house.calls()
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    (part,) = parts(house, caller)
    assert (part.agent, part.ended_by) == ("amal", "agent")
    assert caller.agent_legs[0].heard[-2:] == ["agent.person_refused", "transfer.back"]
    assert seconds(part) - part.hold_seconds == pytest.approx(20 + 60)


async def test_who_is_passed_on_in_vain_is_first_in_line_with_her_age(house: House) -> None:
    house.signs_in("amal", "nadia")
    house.telephones.script("amal", answers(3, 60, StepsOut(20, Wish.PASS, ("103#",))), answers(3, 40))
    house.telephones.script("nadia", no_answer())
    caller = house.calls()
    caller_began = house.now()
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    first, second = parts(house, caller)
    assert (first.ended_by, second.agent) == ("colleague", "amal")
    record = house.record_of(caller)
    assert record.queued_at == caller_began
    assert record.talk_seconds == pytest.approx(20 + 40, abs=3)


async def test_a_number_that_is_in_no_list_is_refused_and_she_is_not_lost(house: House) -> None:
    house.signs_in("amal", "nadia")
    step = StepsOut(20, Wish.PASS, ("0661234567#", "101#", "79#"))
    house.telephones.script("amal", answers(3, 60, step))
    caller = house.calls()
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    leg = caller.agent_legs[0]
    assert leg.heard.count("transfer.not_in_directory") == 3
    assert leg.heard[-1] == "transfer.back"
    assert [who for who, _ in house.telephones.rung] == ["amal"]


async def test_an_agent_who_hangs_up_before_he_said_to_whom_leaves_her_in_the_line(house: House) -> None:
    house.signs_in("amal")
    step = StepsOut(20, Wish.PASS, (), hangs_up_at="transfer.to_whom")
    house.telephones.script("amal", answers(3, 60, step), answers(3, 40))
    caller = house.calls()
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    assert [part.ended_by for part in parts(house, caller)] == ["line", "agent"]


async def test_a_caller_passed_on_who_gives_up_was_answered_all_the_same(house: House) -> None:
    house.signs_in("amal")
    house.telephones.script("amal", answers(3, 60, StepsOut(20, Wish.PASS, ("72#",))), no_answer())
    caller = house.calls().hangs_up(at=60)
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    assert house.record_of(caller).subject == FUNDING


async def test_an_entry_of_the_directory_takes_her_out_of_the_centre(open_house) -> None:
    house: House = open_house(plan=centre(directory=(WILAYA,)))
    house.signs_in("amal")
    house.telephones.script("amal", answers(3, 60, StepsOut(20, Wish.PASS, ("801#",))))
    caller = house.calls()
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.DIVERTED
    assert parts(house, caller)[1].outside == "801"
    assert house.record_of(caller).agent == "amal"


async def test_time_on_hold_is_kept_apart(house: House) -> None:
    house.signs_in("amal")
    house.telephones.script("amal", answers(3, 60, StepsOut(20, None, ("1",))))
    caller = house.calls()
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    (part,) = parts(house, caller)
    assert part.hold_seconds == pytest.approx(3)  # the prompt, and a second to think
    assert caller.agent_legs[0].returned


async def test_a_caller_who_leaves_while_the_agent_is_away_ends_it_for_all(house: House) -> None:
    house.signs_in("amal", "nadia")
    house.telephones.script(
        "amal", answers(3, 60, StepsOut(20, Wish.CONSULT, ("103#",), hangs_up_in_talk=100))
    )
    caller = house.calls().hangs_up(at=45)
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    (part,) = parts(house, caller)
    assert part.ended_by == "caller"
    assert caller.agent_legs[0].hung_up


async def test_a_caller_who_leaves_as_the_agent_steps_out_leaves_him_no_open_telephone(open_house) -> None:
    async def served(step: int | None) -> ScriptedCaller:
        house: House = open_house()
        house.signs_in("amal", "nadia")
        house.telephones.script("amal", answers(3, 60, StepsOut(20, Wish.PASS, ("103#",))))
        caller = house.calls() if step is None else house.calls().hangs_up_at_step(step)
        assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
        return caller

    steps = (await served(None)).steps
    music = steps.index("music", steps.index("talk"))
    (leg,) = (await served(music)).agent_legs
    assert leg.hung_up


async def test_three_talk_and_who_leaves_first_writes_it_up_while_the_others_go_on(house: House) -> None:
    house.signs_in("amal", "nadia")
    step = StepsOut(20, Wish.CONSULT, ("103#",), in_talk=((5, "3"),), third_stays=15)
    house.telephones.script("amal", answers(3, 60, step))
    caller = house.calls()
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    first, second = parts(house, caller)
    assert (first.agent, first.ended_by, second.agent, second.ended_by) == ("amal", "agent", "nadia", "agent")
    assert seconds(second) == pytest.approx(15)
    assert seconds(first) - first.hold_seconds == pytest.approx(20 + 60)
    assert "WrappingUp" in house.states[AGENTS[2].id]
    assert house.record_of(caller).talk_seconds == pytest.approx(80, abs=0.1)


async def test_when_the_agent_leaves_the_three_the_caller_goes_on_with_the_colleague(house: House) -> None:
    house.signs_in("amal", "nadia")
    step = StepsOut(20, Wish.CONSULT, ("103#",), in_talk=((5, "3"),))
    house.telephones.script("amal", answers(3, 60, step))
    caller = house.calls()
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    first, second = parts(house, caller)
    assert (first.ended_by, second.agent, second.ended_by) == ("colleague", "nadia", "agent")
    assert seconds(second) == pytest.approx(60 + 30)
    assert house.record_of(caller).agent == "nadia"
    assert house.record_of(caller).talk_seconds == pytest.approx(20 + 60 + 30, abs=0.1)
    assert house.states[AGENTS[2].id].count("WrappingUp") == 1


async def test_a_caller_who_leaves_the_three_ends_it_for_all(house: House) -> None:
    house.signs_in("amal", "nadia")
    step = StepsOut(20, Wish.CONSULT, ("103#",), in_talk=((5, "3"),))
    house.telephones.script("amal", answers(3, 90, step))
    caller = house.calls().hangs_up(at=80)
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    assert [part.ended_by for part in parts(house, caller)] == ["caller", "caller"]
    assert not house.room.desk.talks
