"""She calls again: what she was promised is told, moved or cancelled; nobody else hears, moves or cancels it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from routing.model import Callback, CallbackState, CallEnding, CallId, Language, Subject
from routing.pins import LOCKED_FOR, MOST_WRONG
from routing.promise_changes import talking
from routing.promised_window import Window
from tests.support.house import (
    FR,
    FUNDING,
    LEGAL,
    MONDAY_10,
    NUMBER,
    SUNDAY,
    WELCOME_BACK,
    House,
    centre,
)
from tests.support.scripted_caller import ScriptedCaller

Opened = Callable[..., House]
MADE_IN = CallId("the call in which she asked")
TUESDAY = Window(datetime(2026, 11, 24, 8, 30, tzinfo=UTC), datetime(2026, 11, 24, 12, tzinfo=UTC))
ABOUT = ["promise.about", "subject.name.legal", "callback.at", "window.day_morning"]
ELSEWHERE = "+212524123456"


def promised(house: House, subject: Subject = LEGAL, number: str = NUMBER) -> Callback:
    return house.book.promise(number, FR, subject, MADE_IN, house.now(), TUESDAY)


def as_it_is(house: House, promise: Callback) -> Callback | None:
    return house.book.find(promise.id)


@pytest.mark.parametrize("known", list(Language))
async def test_a_caller_with_a_promise_is_greeted_with_it_and_moves_it(
    open_house: Opened, known: Language
) -> None:
    house = open_house(SUNDAY)
    promise = promised(house)
    caller = house.calls(known=known).keys("1").keys("1").keys("2").silent()
    assert await house.serves(caller) is CallEnding.SELF_SERVED
    greeting = [*WELCOME_BACK, "promise.yours", "callback.at", "window.day_morning", "promise.change"]
    assert caller.heard[: len(greeting)] == greeting
    now = as_it_is(house, promise)
    assert now is not None
    assert now.promised_from == datetime(2026, 11, 23, 12, tzinfo=UTC)
    after = caller.heard[caller.heard.index("callback.noted") :]
    assert after[:5] == ["callback.noted", *ABOUT[:3], "window.tomorrow_afternoon"]
    assert after[-1] == "goodbye"


async def test_a_star_says_the_promise_again_and_a_stuck_one_leads_on(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    promise = promised(house)
    told = ["promise.yours", "callback.at", "window.day_morning", "promise.change"]
    caller = house.calls(known=FR).keys("*").keys("*").keys("1").keys("0")
    assert await house.serves(caller) is CallEnding.SELF_SERVED
    assert caller.heard[:14] == [*WELCOME_BACK, *told * 3]
    assert caller.heard[14:18] == ABOUT
    stuck = house.calls(known=FR).keys_ahead("*" * 400).hangs_up(at=600)
    await house.serves(stuck)
    assert as_it_is(house, promise) == promise


async def test_who_cancels_confirms_with_another_key(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    promise = promised(house)
    pressed_twice = house.calls(known=FR).keys("1").keys("2").keys("2").silent(2)
    assert await house.serves(pressed_twice) is CallEnding.SELF_SERVED
    assert as_it_is(house, promise) == promise
    caller = house.calls(known=FR).keys("1").keys("2").keys("1")
    assert await house.serves(caller) is CallEnding.SELF_SERVED
    assert caller.heard[-2:] == ["promise.cancelled", "goodbye"]
    assert as_it_is(house, promise) is None
    kept = [record for record in house.kept.records if isinstance(record, Callback)]
    assert kept[-1].state is CallbackState.CANCELLED


async def test_three_seconds_of_silence_lead_her_on(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    promise = promised(house)
    caller = house.calls(known=FR).silent(4)
    assert await house.serves(caller) is CallEnding.CLOSED
    assert "closed.now" in caller.heard
    assert as_it_is(house, promise) == promise


async def test_a_key_that_is_meant_for_what_follows_is_not_lost(house: House) -> None:
    promised(house)
    caller = house.calls(known=FR).keys("2")
    await house.serves(caller)
    assert house.record_of(caller).subject == FUNDING


async def test_in_open_hours_she_goes_on_to_the_menu_after_it(house: House) -> None:
    promise = promised(house)
    caller = house.calls(known=FR).keys("1").silent().keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert house.record_of(caller).subject == LEGAL
    assert as_it_is(house, promise) == promise


async def test_in_open_hours_a_promise_may_be_brought_forward(house: House) -> None:
    promise = promised(house)
    caller = house.calls(known=FR).keys("1").keys("1").keys("1").hangs_up_after("callback.noted")
    assert await house.serves(caller) is CallEnding.SELF_SERVED
    assert "window.soon" in caller.heard
    now = as_it_is(house, promise)
    assert now is not None
    assert now.not_before <= house.now()


async def test_who_has_two_promises_hears_both(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    first = promised(house)
    house._at += timedelta(minutes=1)
    second = promised(house, FUNDING)
    caller = house.calls(known=FR).keys("1").keys("3").keys("2").keys("1")
    assert await house.serves(caller) is CallEnding.SELF_SERVED
    assert "subject.name.funding" in caller.heard
    assert as_it_is(house, first) == first
    assert as_it_is(house, second) is None


@pytest.mark.parametrize("phrase", ["promise.about", "promise.sure", "window.key", "callback.noted"])
async def test_who_hangs_up_in_the_middle_changes_nothing_that_she_has_not_confirmed(
    open_house: Opened, phrase: str
) -> None:
    house = open_house(SUNDAY)
    promise = promised(house)
    caller = house.calls(known=FR).keys("1")
    caller.keys("2") if phrase == "promise.sure" else caller.keys("1").keys("2")
    caller.hangs_up_during(phrase)
    ending = await house.serves(caller)
    assert ending in {CallEnding.SELF_SERVED, CallEnding.LEFT_IN_MENU}
    now = as_it_is(house, promise)
    assert now is not None
    assert (now == promise) == (phrase != "callback.noted")


# ---- from another telephone


def opens(caller: ScriptedCaller, reference: str, pin: str) -> ScriptedCaller:
    """Out of hours, in French: key 8, then the two."""
    return caller.keys("8").keys(reference).keys(pin)


async def test_the_pin_is_told_to_who_does_not_call_from_the_number_and_opens_the_promise(
    open_house: Opened,
) -> None:
    house = open_house(SUNDAY)
    asking = house.calls(number=None).keys("3").keys("1").keys("1").keys("0524123456#").keys("1").silent()
    assert await house.serves(asking) is CallEnding.CALLBACK_TAKEN
    told = {said.key: said.slots for said in asking.said}
    assert told["callback.pin"]["keys"] == "8"
    (promise,) = house.promises
    caller = opens(house.calls(number=None).keys("3"), promise.id, told["callback.pin"]["pin"])
    caller.keys("2").keys("1")
    assert await house.serves(caller) is CallEnding.SELF_SERVED
    assert house.promises == []
    digits = [fact for line in house.lines_of(caller) for fact in line.facts.values()]
    assert told["callback.pin"]["pin"] not in digits, "a PIN in the trace"


async def test_who_calls_from_her_own_number_is_told_no_pin(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    caller = house.calls(known=FR).keys("1").keys("1").keys("1").silent()
    await house.serves(caller)
    assert "callback.pin" not in caller.heard


async def test_behind_recorded_information_it_is_eight_twice(open_house: Opened) -> None:
    house = open_house(SUNDAY, centre(articles={LEGAL: ("founding",)}))
    promise = promised(house, number=ELSEWHERE)
    pin = house.door.pin(promise, MADE_IN)
    caller = opens(house.calls(known=FR).keys("8"), promise.id, pin).keys("2").keys("1").silent(3)
    assert await house.serves(caller) is CallEnding.SELF_SERVED
    assert house.promises == []


async def test_in_open_hours_the_same_keys_lead_to_it(house: House) -> None:
    promise = promised(house, number=ELSEWHERE)
    caller = opens(house.calls(known=FR), f"{promise.id}", "#").keys(house.door.pin(promise, MADE_IN))
    caller.keys("#").keys("2").keys("1")
    assert await house.serves(caller) is CallEnding.SELF_SERVED
    assert house.promises == []


async def test_with_the_reference_alone_nobody_learns_whether_there_is_such_a_promise(
    open_house: Opened,
) -> None:
    house = open_house(SUNDAY)
    promise = promised(house, number=ELSEWHERE)
    right = house.door.pin(promise, MADE_IN)
    wrong = f"{(int(right) + 1) % 10_000:04d}"
    stranger = house.calls(known=FR)
    nobodys = house.calls("+212612345679", known=FR)
    unused = "100000" if promise.id != "100000" else "100001"
    for caller, reference in ((stranger, promise.id), (nobodys, unused)):
        opens(caller, reference, wrong).keys(reference).keys(wrong).keys(reference).keys(wrong).silent(3)
        assert await house.serves(caller) is CallEnding.CLOSED
    assert stranger.heard == nobodys.heard
    assert stranger.heard.count("promise.unknown") == 3
    assert as_it_is(house, promise) == promise


async def test_the_pin_of_a_second_request_opens_nothing(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    promise = promised(house, number=ELSEWHERE)
    stranger = house.calls(known=FR).keys("1").keys("1").keys("2").keys("0524123456#").keys("1").silent()
    assert await house.serves(stranger) is CallEnding.CALLBACK_TAKEN
    told = {said.key: said.slots for said in stranger.said}
    assert told["callback.taken"] == {"reference": promise.id}
    caller = opens(house.calls(number=None).keys("3"), promise.id, told["callback.pin"]["pin"]).silent(8)
    assert await house.serves(caller) is CallEnding.CLOSED
    assert "promise.about" not in caller.heard


async def test_after_some_wrong_pins_a_reference_is_locked_for_an_hour_but_not_for_her_own_telephone(
    open_house: Opened,
) -> None:
    house = open_house(SUNDAY)
    promise = promised(house)
    right = house.door.pin(promise, MADE_IN)
    for _ in range(MOST_WRONG):
        house.door.admit(promise.id, "none", None)
    locked = opens(house.calls(number=None).keys("3"), promise.id, right).silent(3)
    assert await house.serves(locked) is CallEnding.CLOSED
    assert "promise.locked" in locked.heard
    own = house.calls(known=FR).keys("1").keys("2").keys("1")
    await house.serves(own)
    assert as_it_is(house, promise) is None


async def test_a_telephone_that_tries_many_references_is_locked_too(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    promise = promised(house, number=ELSEWHERE)
    for n in range(MOST_WRONG):
        house.door.admit(f"{200_000 + n}", "none", NUMBER)
    right = house.door.pin(promise, MADE_IN)
    locked = opens(house.calls(known=FR), promise.id, right).silent(3)
    assert await house.serves(locked) is CallEnding.CLOSED
    assert "promise.locked" in locked.heard
    await_an_hour = house.now() + LOCKED_FOR
    house._at += await_an_hour - house.now() + timedelta(seconds=1)
    opened = opens(house.calls(known=FR), promise.id, right).silent()
    assert await house.serves(opened) is CallEnding.SELF_SERVED


async def test_what_is_being_kept_is_not_cancelled(open_house: Opened) -> None:
    house = open_house(MONDAY_10)
    promise = promised(house)
    under_way = talking(house.book.move(promise.id, TUESDAY), house.now())
    house.book.keep(replace(under_way, state=CallbackState.IN_PROGRESS, version=under_way.version + 1))
    caller = house.calls(known=FR).keys("1").keys("2").keys("1").hangs_up_after("promise.being_kept")
    assert await house.serves(caller) is CallEnding.SELF_SERVED
    assert as_it_is(house, promise) is not None
