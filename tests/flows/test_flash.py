"""Who hangs up while she is greeted is called back, where the centre wants that: once a day, and with few rings."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ivr.centre import CallbackRules
from routing.callbacks import begin_attempt, next_attempt
from routing.model import AttemptResult, Callback, CallbackOrigin, CallbackState, CallEnding, Language
from tests.support.house import AR, FR, MONDAY_10, NUMBER, OTHER, SUNDAY, ZGH, House, centre

Opened = Callable[..., House]
FLASH = centre(callbacks=CallbackRules(flash=True))


async def test_who_hangs_up_at_the_greeting_is_called_back_in_her_language(open_house: Opened) -> None:
    house = open_house(MONDAY_10, FLASH)
    caller = house.calls(known=ZGH).hangs_up_during("welcome_back")
    assert await house.serves(caller) is CallEnding.LEFT_IN_MENU
    (promise,) = house.promises
    assert (promise.number, promise.language, promise.subject) == (NUMBER, ZGH, OTHER)
    assert (promise.origin, promise.asked_in) == (CallbackOrigin.FLASH, caller.id)
    assert promise.not_before <= house.now()


@pytest.mark.parametrize("known", list(Language))
@pytest.mark.parametrize("unanswered", [True, False])
async def test_who_hangs_up_hearing_that_it_is_closed_is_called_when_it_opens(
    open_house: Opened, known: Language, unanswered: bool
) -> None:
    house = open_house(SUNDAY, FLASH)
    caller = house.calls(known=known).hangs_up_after("closed.now")
    caller.heard_unanswered = unanswered
    assert await house.serves(caller) is CallEnding.CLOSED
    (promise,) = house.promises
    assert (promise.origin, promise.language) == (CallbackOrigin.FLASH, known)
    assert promise.not_before.isoformat() == "2026-11-23T08:30:00+00:00"


async def test_an_unknown_caller_is_called_in_the_first_language_of_her_region(open_house: Opened) -> None:
    house = open_house(MONDAY_10, FLASH)
    caller = house.calls().hangs_up(at=1)
    await house.serves(caller)
    assert house.promises[0].language is AR


async def test_a_second_flash_of_the_day_makes_no_second_promise(open_house: Opened) -> None:
    house = open_house(MONDAY_10, FLASH)
    await house.serves(house.calls(known=FR).hangs_up(at=1))
    (promise,) = house.promises
    house.book.cancel(promise.id)
    await house.serves(house.calls(known=FR).hangs_up(at=1))
    assert house.promises == [], "also when the first one is over"
    house._at += timedelta(days=1)
    await house.serves(house.calls(known=FR).hangs_up(at=1))
    assert len(house.promises) == 1


async def test_who_has_a_promise_already_gets_no_other(open_house: Opened) -> None:
    house = open_house(MONDAY_10, FLASH)
    before = house.book.promise(NUMBER, FR, house.centre.subjects[0], None, house.now())
    await house.serves(house.calls(known=FR).hangs_up(at=1))
    assert house.promises == [before]


@pytest.mark.parametrize("number", [None, "+33612345678", "+212890123456"])
async def test_nobody_is_called_who_may_not_be(open_house: Opened, number: str | None) -> None:
    house = open_house(MONDAY_10, FLASH)
    await house.serves(house.calls(number).hangs_up(at=1))
    assert house.promises == []


async def test_the_days_limits_hold_for_flashes_too(open_house: Opened) -> None:
    house = open_house(MONDAY_10, centre(callbacks=CallbackRules(flash=True, a_day=1)))
    await house.serves(house.calls("+212612345679").hangs_up(at=1))
    await house.serves(house.calls(NUMBER).hangs_up(at=1))
    assert [promise.number for promise in house.promises] == ["+212612345679"]


async def test_who_heard_the_menus_in_open_hours_has_not_flashed(open_house: Opened) -> None:
    house = open_house(MONDAY_10, FLASH)
    assert await house.serves(house.calls(known=FR).hangs_up(at=21)) is CallEnding.LEFT_IN_MENU
    assert house.promises == []


async def test_who_was_told_that_nothing_is_noted_has_not_flashed(open_house: Opened) -> None:
    house = open_house(SUNDAY, FLASH)
    await house.serves(house.calls(known=FR).silent(3))
    assert house.promises == []


async def test_without_the_setting_nobody_is_called_who_has_not_asked(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    await house.serves(house.calls(known=FR).hangs_up_after("closed.now"))
    assert house.promises == []


@pytest.mark.parametrize("result", [AttemptResult.NO_ANSWER, AttemptResult.BUSY, AttemptResult.REFUSED])
async def test_one_attempt_is_all(open_house: Opened, result: AttemptResult) -> None:
    house = open_house(MONDAY_10, FLASH)
    await house.serves(house.calls(known=FR).hangs_up(at=1))
    begun: Callback = begin_attempt(house.promises[0])
    ended = next_attempt(begun, result, house.now(), FLASH.callbacks, house.book.calling)
    assert ended.state is CallbackState.GIVEN_UP


async def test_who_calls_again_and_is_served_is_not_called_for_having_hung_up(open_house: Opened) -> None:
    house = open_house(MONDAY_10, FLASH)
    house.signs_in("amal")
    await house.serves(house.calls(known=FR).hangs_up(at=1))
    assert len(house.promises) == 1
    again = house.calls(known=FR).keys("1")
    assert await house.serves(again) is CallEnding.ANSWERED
    assert "promise.yours" not in again.heard, "she has asked for nothing"
    assert house.promises == []


async def test_who_calls_again_and_asks_for_a_call_gets_one(open_house: Opened) -> None:
    house = open_house(SUNDAY, FLASH)
    await house.serves(house.calls(known=FR).hangs_up(at=1))
    again = house.calls(known=FR).keys("1").keys("1").keys("1")
    assert await house.serves(again) is CallEnding.CALLBACK_TAKEN
    (promise,) = house.promises
    assert promise.origin is CallbackOrigin.ASKED


async def test_who_hangs_up_again_is_still_called(open_house: Opened) -> None:
    house = open_house(MONDAY_10, FLASH)
    for _ in range(2):
        await house.serves(house.calls(known=FR).hangs_up(at=1))
    assert len(house.promises) == 1
