"""What a call leaves in its trace for the figures of menus and callbacks."""

from collections.abc import Callable

from routing.events import AgentTookBreak
from routing.model import AgentId, BreakReason
from tests.support.house import FR, MONDAY_10, SUNDAY, House
from tests.support.scripted_caller import ScriptedCaller


def menus(house: House, caller: ScriptedCaller) -> list[tuple[str, str, str]]:
    return [
        (line.what, line.facts["menu"], line.facts.get("because", ""))
        for line in house.lines_of(caller)
        if line.what.startswith("menu ")
    ]


async def test_a_wrong_key_and_a_silence_are_told_apart_in_a_menu_without_words_too(house: House) -> None:
    caller = house.calls().keys("7").silent().keys("*").keys("3").hangs_up(at=60)
    await house.serves(caller)
    assert menus(house, caller)[:4] == [
        ("menu asked again", "language", "invalid"),
        ("menu asked again", "language", "silence"),
        ("menu asked again", "language", "repeat"),
        ("menu answered", "language", ""),
    ]


async def test_a_hang_up_in_a_menu_says_in_which(house: House) -> None:
    caller = house.calls().keys("3").hangs_up(at=12)
    await house.serves(caller)
    last = [line for line in house.lines_of(caller) if line.what.startswith("menu ")][-1]
    assert (last.what, last.facts) == ("menu left", {"menu": "subject", "language": "fr"})


async def test_the_menu_that_is_given_up_says_why(house: House) -> None:
    caller = house.calls(known=FR).keys("7").keys("7").keys("7").hangs_up(at=90)
    await house.serves(caller)
    assert ("menu given up", "subject", "invalid") in menus(house, caller)


async def test_a_callback_offered_in_the_line_is_noted_once(open_house: Callable[..., House]) -> None:
    house = open_house(MONDAY_10)
    house.signs_in("amal")
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    caller = house.calls(known=FR).keys("1").presses("*", at=200).presses("*", at=240).hangs_up(at=300)
    await house.serves(caller)
    assert house.trace_of(caller).count("callback offered") == 1


async def test_a_callback_offered_out_of_hours_is_noted_once(open_house: Callable[..., House]) -> None:
    house = open_house(SUNDAY)
    caller = house.calls(known=FR).keys("9").keys("1").keys("1").keys("1")
    await house.serves(caller)
    assert house.trace_of(caller).count("callback offered") == 1
    assert house.record_of(caller).callback is not None
