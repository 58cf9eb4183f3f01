"""She is told when she will be called and may change it; who hangs up or keys nothing keeps what she heard."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from ivr.centre import CallbackRules
from routing.model import Callback, CallEnding, CallId, Language
from routing.promise_changes import cancelled
from routing.promised_window import Window
from tests.support.house import FR, LEGAL, MONDAY_10, NUMBER, OTHER, SUNDAY, ZGH, House, centre
from tests.support.scripted_caller import ScriptedCaller

Opened = Callable[..., House]
OTHERS = "+212524123456"
MORNING = Window(datetime(2026, 11, 23, 8, 30, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC))
AFTERNOON = Window(datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 11, 23, 16, 30, tzinfo=UTC))
TUESDAY = Window(datetime(2026, 11, 24, 8, 30, tzinfo=UTC), datetime(2026, 11, 24, 12, tzinfo=UTC))


def asks(house: House, known: Language = FR) -> ScriptedCaller:
    """Out of hours: a callback, the first subject, this number; what she keys next answers the windows."""
    return house.calls(known=known).keys("1").keys("1").keys("1")


def window_of(promise: Callback) -> Window | None:
    if promise.promised_from is None or promise.promised_until is None:
        return None
    return Window(promise.promised_from, promise.promised_until)


@pytest.mark.parametrize("known", list(Language))
@pytest.mark.parametrize(
    ("key", "window"), [("1", MORNING), ("0", MORNING), ("2", AFTERNOON), ("3", TUESDAY)]
)
async def test_a_key_chooses_the_window(
    open_house: Opened, known: Language, key: str, window: Window
) -> None:
    house = open_house(SUNDAY)
    caller = asks(house, known).keys(key)
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    (promise,) = house.promises
    assert window_of(promise) == window
    assert promise.not_before == window.begins
    assert ("callback.noted" in caller.heard) == (window is not MORNING)
    assert caller.heard[-1] == "goodbye"


async def test_who_says_nothing_pays_three_seconds_and_has_the_soonest(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    caller = asks(house).silent()
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert window_of(house.promises[0]) == MORNING
    last, goodbye = caller.said[-2:]
    assert (last.key, goodbye.key) == ("window.key", "goodbye")
    assert goodbye.at - last.at < 6


@pytest.mark.parametrize("phrase", ["callback.taken", "callback.other_time", "window.key", "callback.noted"])
async def test_who_hangs_up_at_the_windows_keeps_her_promise(open_house: Opened, phrase: str) -> None:
    house = open_house(SUNDAY)
    caller = asks(house).keys("2").hangs_up_during(phrase)
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert window_of(house.promises[0]) == (AFTERNOON if phrase == "callback.noted" else MORNING)


async def test_a_key_that_is_no_window_is_asked_again(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    caller = asks(house).keys("7").keys("2")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert "menu.wrong_key" in caller.heard
    assert window_of(house.promises[0]) == AFTERNOON


async def test_the_star_says_the_reference_again(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    caller = asks(house).keys("*").keys("2")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert caller.heard.count("callback.taken") == 2
    assert window_of(house.promises[0]) == AFTERNOON


async def test_a_stuck_star_ends(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    caller = asks(house)
    for _ in range(40):
        caller.keys("*")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert caller.heard[-1] == "goodbye"


def promises(house: House, count: int, window: Window) -> None:
    for n in range(count):
        house.book.promise(f"+2126990000{n:02}", FR, OTHER, CallId(f"before-{n}"), house.now(), window)


async def test_a_full_window_is_not_offered(open_house: Opened) -> None:
    house = open_house(SUNDAY, centre(callbacks=CallbackRules(per_window=2)))
    promises(house, 2, MORNING)
    caller = asks(house).silent()
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    promise = next(one for one in house.promises if one.number == NUMBER)
    assert window_of(promise) == AFTERNOON
    assert caller.heard[caller.heard.index("callback.at") + 1] == "window.tomorrow_afternoon"


async def test_what_the_agents_can_keep_follows_from_their_number(open_house: Opened) -> None:
    """Two of the three speak French: 3.5 hours of half their time, six minutes and a breath each."""
    house = open_house(SUNDAY)
    promises(house, 32, MORNING)
    caller = asks(house).silent()
    await house.serves(caller)
    assert window_of(next(one for one in house.promises if one.number == NUMBER)) == MORNING
    house = open_house(SUNDAY)
    promises(house, 33, MORNING)
    caller = asks(house).silent()
    await house.serves(caller)
    assert window_of(next(one for one in house.promises if one.number == NUMBER)) == AFTERNOON


async def test_when_every_window_is_full_she_is_promised_a_call_all_the_same(open_house: Opened) -> None:
    speaks_none = {agent.id: agent for agent in centre().agents.values() if ZGH not in agent.languages}
    house = open_house(SUNDAY, centre(agents=speaks_none))
    caller = asks(house, ZGH).keys("2")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert caller.heard[-3:] == ["callback.taken", "callback.when_day", "goodbye"]
    assert house.promises[0].not_before == MORNING.begins


async def test_who_asks_again_keeps_the_window_that_she_chose(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    await house.serves(asks(house).keys("3"))
    again = house.calls(known=FR).silent().keys("1").keys("1").keys("1").silent()
    assert await house.serves(again) is CallEnding.CALLBACK_TAKEN
    (promise,) = house.promises
    assert window_of(promise) == TUESDAY
    told = again.heard.index("callback.taken")
    assert again.heard[told + 1 : told + 3] == ["callback.at", "window.day_morning"]


async def test_a_strangers_request_for_her_number_neither_moves_nor_tells_her_window(
    open_house: Opened,
) -> None:
    house = open_house(SUNDAY)
    house.book.promise(OTHERS, FR, LEGAL, CallId("hers"), house.now(), TUESDAY)
    stranger = house.calls(known=FR).keys("1").keys("1").keys("2").keys("0524123456#").keys("1").keys("2")
    assert await house.serves(stranger) is CallEnding.CALLBACK_TAKEN
    (promise,) = house.promises
    assert window_of(promise) == TUESDAY
    house.book.keep(cancelled(promise))
    other = house.calls(known=FR).keys("1").keys("1").keys("2").keys("0524123456#").keys("1").keys("2")
    assert await house.serves(other) is CallEnding.CALLBACK_TAKEN
    assert other.heard == stranger.heard, "she cannot tell whether there was one"


async def test_in_open_hours_soon_comes_first_and_may_be_changed(open_house: Opened) -> None:
    house = open_house(MONDAY_10)
    caller = house.calls(known=FR).keys("1").presses("1", at=40).keys("1").keys("2")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    (promise,) = house.promises
    assert promise.promised_from == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert "callback.soon" in caller.heard


async def test_a_window_that_can_no_longer_be_promised_changes_nothing(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    caller = asks(house).keys("2", after=1)
    kept = house.book.keep

    def kept_and_over(promise: Callback) -> None:
        kept(promise)
        house.later(3, lambda: kept(cancelled(promise)))

    house.book.keep = kept_and_over  # type: ignore[method-assign]
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    assert caller.heard[-2:] == ["callback.too_late", "goodbye"]
