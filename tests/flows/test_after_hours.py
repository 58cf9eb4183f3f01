"""Out of hours: a time, and a promise that is kept even for who has no credit left to finish asking for it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from ivr.centre import CallbackRules
from routing.hours import OpeningHours, SpecialDay
from routing.model import CallbackState, CallEnding
from tests.support.house import (
    AR,
    FR,
    NOTICE,
    NUMBER,
    OTHER,
    SUNDAY,
    WEEK,
    WELCOME_BACK,
    ZGH,
    ZONE,
    House,
    centre,
)

Opened = Callable[..., House]
CLOSED = ["closed.now", "closed.reopens_day", "callback.offer", "menu.language"]
SUBJECTS = [
    "menu.subject_intro",
    "menu.subject.legal",
    "menu.subject.funding",
    "menu.subject.other",
    "menu.language",
]
PROMISED = [
    "callback.taken",
    "callback.at",
    "window.tomorrow_morning",
    "callback.other_time",
    "window.tomorrow_afternoon",
    "window.key",
    "window.day_morning",
    "window.key",
    "goodbye",
]


@pytest_asyncio.fixture
async def house(open_house: Opened) -> House:
    return open_house(SUNDAY)


async def test_she_hears_when_the_centre_opens_and_is_promised_a_call_on_her_number(house: House) -> None:
    caller = house.calls(known=FR).keys("1").keys("2").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert caller.heard == [*WELCOME_BACK, *CLOSED, *SUBJECTS, "callback.confirm_number", *PROMISED]
    said = {said.key: said.slots for said in caller.said}
    assert said["closed.reopens_day"] == {"on": "2026-11-23", "at": "08:30"}
    assert said["window.day_morning"] == {"on": "2026-11-24"}
    assert said["callback.confirm_number"] == {"number": NUMBER}
    (promise,) = house.promises
    assert said["callback.taken"] == {"reference": promise.id}
    assert (promise.number, promise.language, promise.subject) == (NUMBER, FR, "funding")
    assert promise.asked_in == caller.id
    assert house.record_of(caller).callback == promise.id


async def test_nobody_is_promised_who_is_not_there(house: House) -> None:
    caller = house.calls(known=FR).keys("1").keys("7").silent().keys("7").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert "menu.person" not in caller.heard
    assert "menu.to_a_person" not in caller.heard
    assert house.promises[0].subject == OTHER


async def test_zero_out_of_hours_is_a_wish_to_be_called(house: House) -> None:
    caller = house.calls(known=FR).keys("0").keys("0").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN


async def test_a_known_callers_neighbour_changes_the_language_out_of_hours(house: House) -> None:
    caller = house.calls(known=ZGH).keys("#").keys("1").keys("1").keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    after = caller.heard.index("language.changed")
    assert {said.language for said in caller.said[after:]} == {AR}
    assert "closed.reopens_day" in caller.heard[after:]
    assert house.promises[0].language is AR


async def test_nine_reads_the_notice_out_of_hours_too(house: House) -> None:
    caller = house.calls(known=FR).keys("9").silent(3)
    assert await house.serves(caller) is CallEnding.CLOSED
    assert caller.heard[6:11] == [*NOTICE, *CLOSED[:2]]


async def test_the_star_repeats_the_closing_news(house: House) -> None:
    caller = house.calls(known=FR).keys("*").keys("1").keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert caller.heard.count("closed.reopens_day") == 2


async def test_a_wrong_key_out_of_hours_is_not_a_no(house: House) -> None:
    caller = house.calls(known=FR).keys("4").keys("1").keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert "menu.wrong_key" in caller.heard


async def test_who_wants_nothing_is_told_that_nothing_was_noted(house: House) -> None:
    caller = house.calls(known=FR).silent(3)
    assert await house.serves(caller) is CallEnding.CLOSED
    assert caller.heard[-2:] == ["callback.not_taken", "goodbye"]
    assert house.promises == []


async def test_a_hang_up_at_the_news_is_closed_and_no_promise(house: House) -> None:
    caller = house.calls(known=FR).hangs_up_after("closed.reopens_day")
    assert await house.serves(caller) is CallEnding.CLOSED
    assert house.promises == []


@pytest.mark.parametrize("phrase", ["menu.subject_intro", "menu.subject.other", "callback.confirm_number"])
async def test_who_asked_and_ran_out_of_credit_is_called_back_all_the_same(house: House, phrase: str) -> None:
    caller = house.calls(known=ZGH).keys("1", after=1).keys("1").hangs_up_during(phrase)
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    (promise,) = house.promises
    assert (promise.number, promise.language) == (NUMBER, ZGH)
    assert house.record_of(caller).callback == promise.id


async def test_an_anonymous_caller_who_hangs_up_after_asking_leaves_no_promise(house: House) -> None:
    caller = house.calls(number=None).keys("3").keys("1").hangs_up_during("menu.subject_intro")
    assert await house.serves(caller) is CallEnding.CLOSED
    assert house.promises == []


async def test_a_hang_up_while_the_reference_is_read_keeps_the_promise(house: House) -> None:
    caller = house.calls(known=FR).keys("1").keys("1").keys("1").hangs_up_during("callback.taken")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert len(house.promises) == 1


async def test_another_number_is_keyed_heard_and_confirmed(house: House) -> None:
    caller = house.calls(known=FR).keys("1").keys("1").keys("2").keys("0524123456#").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert house.promises[0].number == "+212524123456"
    confirmed = [said.slots["number"] for said in caller.said if said.key == "callback.confirm_number"]
    assert confirmed == [NUMBER, "+212524123456"]


async def test_a_number_without_the_square_ends_by_itself(house: House) -> None:
    caller = house.calls(number=None).keys("3").keys("1").keys("1").keys("0612345678").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert house.promises[0].number == NUMBER


async def test_a_miskeyed_number_is_keyed_again(house: House) -> None:
    caller = (
        house.calls(number=None).keys("3").keys("1").keys("1")
        .keys("0612345679#").keys("2").keys("0612345678#").keys("1")
    )  # fmt: skip
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert house.promises[0].number == NUMBER


async def test_a_star_hears_the_number_again_and_is_not_a_yes(house: House) -> None:
    caller = house.calls(known=FR).keys("1").keys("1").keys("*").keys("2").keys("0524123456#").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert house.promises[0].number == "+212524123456"


async def test_a_late_square_is_not_a_yes_either(house: House) -> None:
    caller = (
        house.calls(number=None).keys("3").keys("1").keys("1")
        .keys("0612345679").keys("#").keys("2").keys("0612345678#").keys("1")
    )  # fmt: skip
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert house.promises[0].number == NUMBER


async def test_who_stays_silent_when_her_number_is_read_has_agreed(house: House) -> None:
    caller = house.calls(known=FR).keys("1").keys("1").silent(2)
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert house.promises[0].number == NUMBER


@pytest.mark.parametrize(
    ("keyed", "said"),
    [
        ("150#", "callback.impossible_number"),
        ("061234567#", "callback.impossible_number"),  # a digit left out
        ("06123456789#", "callback.impossible_number"),
        ("06*12345678#", "callback.impossible_number"),
        ("0033612345678#", "callback.not_allowed_number"),
        ("0890123456#", "callback.not_allowed_number"),
        ("#", "menu.nothing_heard"),
    ],
)
async def test_an_impossible_number_three_times_ends_kindly(house: House, keyed: str, said: str) -> None:
    caller = house.calls(number=None).keys("3").keys("1").keys("1").keys(keyed).keys(keyed).keys(keyed)
    assert await house.serves(caller) is CallEnding.CLOSED
    assert caller.heard.count(said) == 2
    assert caller.heard.count("callback.key_number") == 3
    assert caller.heard[-2:] == ["callback.not_taken", "goodbye"]
    assert house.promises == []


async def test_a_star_repeats_the_question_for_the_number_without_costing_a_try(house: House) -> None:
    caller = house.calls(number=None).keys("3").keys("1").keys("1")
    caller.keys("*").keys("*").keys("*").keys("0612345678#").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN


@pytest.mark.parametrize("number", ["+33612345678", "+212890123456"])
async def test_a_number_that_may_not_be_called_is_never_offered(house: House, number: str) -> None:
    caller = house.calls(number=number).keys("3").keys("1").keys("1").keys("0612345678#").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert caller.heard.count("callback.confirm_number") == 1
    assert house.promises[0].number == NUMBER


async def test_who_rejects_her_own_number_and_hangs_up_is_not_called_on_it(house: House) -> None:
    caller = house.calls(known=FR).keys("1").keys("1").keys("2").hangs_up_during("callback.key_number")
    assert await house.serves(caller) is CallEnding.CLOSED
    assert house.promises == []


async def test_a_number_that_was_promised_often_today_is_not_promised_again(open_house: Opened) -> None:
    house = open_house(SUNDAY, centre(callbacks=CallbackRules(per_number_a_day=1)))
    given_up(house, NUMBER)
    caller = house.calls(known=FR).keys("1").keys("1").keys("0612345678#").keys("0612345679#").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert caller.heard.count("callback.confirm_number") == 1, "only the number that may be called"
    assert "callback.not_allowed_number" in caller.heard
    assert [promise.number for promise in house.promises] == ["+212612345679"]


async def test_when_the_days_promises_are_made_nobody_keys_a_number_in_vain(open_house: Opened) -> None:
    house = open_house(SUNDAY, centre(callbacks=CallbackRules(a_day=1)))
    given_up(house, "+212612345679")
    caller = house.calls(known=FR).keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.CLOSED
    assert caller.heard[-2:] == ["callback.none_left", "goodbye"]
    assert house.promises == []


async def test_who_has_a_promise_may_ask_again_when_the_days_promises_are_made(open_house: Opened) -> None:
    house = open_house(SUNDAY, centre(callbacks=CallbackRules(a_day=1)))
    first = house.book.promise(NUMBER, ZGH, house.centre.subjects[0], None, house.now())
    caller = house.calls(known=FR).silent().keys("1").keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert [promise.id for promise in house.promises] == [first.id]


def given_up(house: House, number: str) -> None:
    """A promise of today that is closed."""
    promise = house.book.promise(number, FR, OTHER, None, house.now())
    house.book.keep(replace(promise, state=CallbackState.GIVEN_UP, version=promise.version + 1))


async def test_without_callbacks_the_news_is_all(open_house: Opened) -> None:
    house = open_house(SUNDAY, centre(callbacks=CallbackRules(offered=False)))
    caller = house.calls(known=FR)
    assert await house.serves(caller) is CallEnding.CLOSED
    assert caller.heard == [*WELCOME_BACK, "closed.now", "closed.reopens_day", "goodbye"]


async def test_a_centre_without_an_opening_in_sight_names_no_day(open_house: Opened) -> None:
    house = open_house(SUNDAY, centre(hours=OpeningHours(ZONE, ((),) * 7)))
    caller = house.calls(known=FR).keys("1").keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert "closed.reopens_day" not in caller.heard


async def test_an_opening_after_a_long_holiday_has_its_whole_date(open_house: Opened) -> None:
    closed_week = tuple(SpecialDay(SUNDAY.date() + timedelta(days=n), (), "holiday") for n in range(1, 6))
    house = open_house(SUNDAY, centre(hours=OpeningHours(ZONE, WEEK, special_days=closed_week)))
    caller = house.calls(known=FR).keys("1").keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    said = {said.key: said.slots for said in caller.said}
    assert said["closed.reopens"] == {"on": "2026-11-30", "at": "08:30"}
    assert said["window.date_morning"] == {"on": "2026-12-01"}, "the first one is on the 30th"
