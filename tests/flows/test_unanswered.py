"""Out of hours she hears that it is closed before the call is answered: a call that ends there costs her nothing."""

from collections.abc import Callable
from datetime import UTC, datetime

from ivr.centre import CallbackRules
from routing.model import CallEnding, Language
from simulator.stand_in import PHRASE
from tests.support.house import (
    AR,
    FR,
    LEGAL,
    MONDAY_10,
    NUMBER,
    SUNDAY,
    WELCOME,
    WELCOME_BACK,
    ZGH,
    House,
    centre,
)
from tests.support.scripted_caller import ScriptedCaller

Opened = Callable[..., House]
NEWS = ["closed.now", "closed.reopens_day", "closed.stay"]


def calls(house: House, number: str | None = NUMBER, known: Language | None = None) -> ScriptedCaller:
    caller = house.calls(number, known)
    caller.heard_unanswered = True
    return caller


async def test_who_hears_that_it_is_closed_and_hangs_up_pays_nothing(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    caller = calls(house, known=ZGH).hangs_up_after("closed.reopens_day")
    assert await house.serves(caller) is CallEnding.CLOSED
    assert caller.heard_in(ZGH) == caller.heard == NEWS[:2]
    assert house.record_of(caller).answered_at is None
    assert house.promises == []


async def test_who_is_not_known_hears_it_in_every_language_hers_first(open_house: Opened) -> None:
    zgh_first = {"+212528": (ZGH, AR, FR)}
    house = open_house(SUNDAY, centre(languages_by_prefix=zgh_first))
    caller = calls(house, "+212528212345").hangs_up_after("closed.stay")
    assert await house.serves(caller) is CallEnding.CLOSED
    assert [said.language for said in caller.said] == [ZGH] * 3
    caller = calls(house, "+212528212345").keys("3").silent(3)
    assert await house.serves(caller) is CallEnding.CLOSED
    assert [said.language for said in caller.said[:9]] == [ZGH] * 3 + [AR] * 3 + [FR] * 3
    assert caller.heard[:9] == NEWS * 3


async def test_who_stays_is_answered_and_hears_the_news_only_once(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    caller = calls(house, known=FR).keys("1").keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert caller.heard[: len(NEWS) + 4] == [*NEWS, *WELCOME_BACK, "callback.offer", "menu.language"]
    answered = house.record_of(caller).answered_at
    assert answered is not None
    assert (answered - SUNDAY).total_seconds() >= len(NEWS) * PHRASE + 3
    assert len(house.promises) == 1


async def test_a_key_before_the_answer_saves_her_the_rest_and_counts(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    caller = calls(house).presses("3", at=1).keys("1").keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert caller.heard[:2] == ["closed.now", WELCOME[0]], "the key chose French"
    assert house.promises[0].language is FR


async def test_a_changed_language_tells_the_news_again_in_it(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    caller = calls(house, known=FR).keys("#").keys("1").keys("1").keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert "closed.reopens_day" in caller.heard_in(AR)


async def test_where_nothing_can_be_promised_or_told_the_call_is_never_answered(open_house: Opened) -> None:
    house = open_house(SUNDAY, centre(callbacks=CallbackRules(offered=False)))
    caller = calls(house, known=FR)
    assert await house.serves(caller) is CallEnding.CLOSED
    assert caller.heard == ["closed.now", "closed.reopens_day"]
    assert house.record_of(caller).answered_at is None


async def test_recorded_information_is_worth_staying_for(open_house: Opened) -> None:
    plan = centre(callbacks=CallbackRules(offered=False), articles={LEGAL: ("founding",)})
    house = open_house(SUNDAY, plan)
    caller = calls(house, known=FR).keys("8").keys("1").keys("1").silent(3)
    assert await house.serves(caller) is CallEnding.SELF_SERVED
    assert "article.text.founding" in caller.heard


async def test_in_open_hours_the_call_is_answered_at_once(open_house: Opened) -> None:
    house = open_house(MONDAY_10)
    caller = calls(house, known=FR).hangs_up_after("menu.subject_intro")
    assert await house.serves(caller) is CallEnding.LEFT_IN_MENU
    assert caller.heard[:2] == WELCOME_BACK
    assert caller.steps[0] == "answer"


async def test_who_stays_over_the_opening_is_served(open_house: Opened) -> None:
    house = open_house(datetime(2026, 11, 23, 8, 29, 58, tzinfo=UTC))
    caller = calls(house, known=FR).hangs_up_after("menu.subject_intro")
    assert await house.serves(caller) is CallEnding.CLOSED
    assert caller.heard[:3] == NEWS
    assert "menu.subject.legal" not in caller.heard
    assert house.record_of(caller).answered_at is not None
