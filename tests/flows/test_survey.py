"""Who stays on the line after a conversation is asked one thing; who was not satisfied is called by a supervisor."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ivr.centre import CallbackRules
from routing.model import CallbackOrigin, CallEnding, Language, Satisfaction
from tests.support.house import (
    FR,
    HIND,
    LEGAL,
    MONDAY_10,
    NUMBER,
    OMAR,
    ZINEB,
    House,
    centre,
)
from tests.support.scripted_caller import ScriptedCaller, answers

Opened = Callable[..., House]
ASKED = centre(survey=True, supervisors=(OMAR, HIND, ZINEB))
QUESTION = ["survey.question", "survey.satisfied", "survey.partly", "survey.not_satisfied_callback"]


def talks(house: House, known: Language = FR, number: str | None = NUMBER) -> ScriptedCaller:
    """She talks with an agent, who hangs up first."""
    house.signs_in("amal", "idir")
    house.telephones.script("amal", answers(talks=20))
    house.telephones.script("idir", answers(talks=20))
    return house.calls(number, known) if number else house.calls(number)


@pytest.mark.parametrize("known", list(Language))
@pytest.mark.parametrize(("key", "answer"), [("1", "satisfied"), ("2", "partly"), ("3", "not")])
async def test_her_answer_is_kept_with_the_call(
    open_house: Opened, known: Language, key: str, answer: str
) -> None:
    house = open_house(MONDAY_10, ASKED)
    caller = talks(house, known).keys("1").keys(key)
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert house.record_of(caller).satisfaction == answer
    assert caller.heard[-5:] == [*QUESTION, "goodbye"]
    assert {said.language for said in caller.said[-5:]} == {known}


async def test_who_is_not_satisfied_is_called_by_a_supervisor(open_house: Opened) -> None:
    house = open_house(MONDAY_10, ASKED)
    caller = talks(house).keys("1").keys("3")
    await house.serves(caller)
    (promise,) = house.promises
    assert (promise.number, promise.subject, promise.language) == (NUMBER, LEGAL, FR)
    assert promise.origin is CallbackOrigin.UNSATISFIED
    assert promise.assigned_to == HIND.extension == "101"


async def test_without_a_supervisors_telephone_no_call_is_promised(open_house: Opened) -> None:
    house = open_house(MONDAY_10, replace(ASKED, supervisors=(OMAR,)))
    caller = talks(house).keys("1").keys("3")
    await house.serves(caller)
    assert house.record_of(caller).satisfaction is Satisfaction.NOT
    assert "survey.not_satisfied" in caller.heard
    assert house.promises == []


@pytest.mark.parametrize("number", [None, "+33612345678"])
async def test_nor_to_a_number_that_may_not_be_called(open_house: Opened, number: str | None) -> None:
    house = open_house(MONDAY_10, ASKED)
    caller = talks(house, number=number).keys("3") if number is None else talks(house, number=number)
    caller.keys("1").keys("3")
    await house.serves(caller)
    assert "survey.not_satisfied" in caller.heard
    assert house.promises == []


async def test_who_says_nothing_is_not_asked_again(open_house: Opened) -> None:
    house = open_house(MONDAY_10, ASKED)
    caller = talks(house).keys("1").silent()
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard.count("survey.question") == 1
    assert house.record_of(caller).satisfaction is None


async def test_a_key_that_is_no_answer_is_asked_once_more(open_house: Opened) -> None:
    house = open_house(MONDAY_10, ASKED)
    caller = talks(house).keys("1").keys("7").keys("2")
    await house.serves(caller)
    assert house.record_of(caller).satisfaction is Satisfaction.PARTLY


async def test_who_hangs_up_first_is_asked_nothing(open_house: Opened) -> None:
    house = open_house(MONDAY_10, ASKED)
    caller = talks(house).keys("1").hangs_up(at=25)
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert "survey.question" not in caller.heard


async def test_who_hangs_up_at_the_question_was_answered_all_the_same(open_house: Opened) -> None:
    house = open_house(MONDAY_10, ASKED)
    caller = talks(house).keys("1").hangs_up_during("survey.question")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert house.record_of(caller).satisfaction is None


async def test_the_agent_takes_the_next_call_while_she_answers(open_house: Opened) -> None:
    house = open_house(MONDAY_10, ASKED)
    caller = talks(house).keys("1").keys("1")
    await house.serves(caller)
    record = house.record_of(caller)
    assert record.talk_ended_at is not None
    assert record.ended_at is not None
    assert record.talk_ended_at < record.ended_at


async def test_without_the_setting_nobody_is_asked(open_house: Opened) -> None:
    house = open_house(MONDAY_10, centre(callbacks=CallbackRules()))
    caller = talks(house).keys("1")
    await house.serves(caller)
    assert "survey.question" not in caller.heard
