"""Callers who say their choice, in a language that has a model of speech."""

import pytest

from routing.model import CallEnding, Language
from tests.flows.test_greeting import MENU, THREE
from tests.support.house import AR, FR, SUNDAY, WELCOME, WELCOME_BACK, ZGH, House

INVITED = ["menu.subject_intro", "menu.say_or_press", *MENU[1:]]


async def test_she_says_the_subject_and_is_connected(house: House) -> None:
    caller = house.calls().keys("3").chooses_aloud("2", confidence=0.91)
    caller.understood = frozenset({AR, FR})
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard == [*THREE, *WELCOME, *INVITED]
    assert house.record_of(caller).subject == "funding"


async def test_the_trace_tells_the_choice_and_how_sure_it_was_and_no_word_of_hers(house: House) -> None:
    caller = house.calls(known=FR).chooses_aloud("1", confidence=0.914)
    caller.understood = frozenset({FR})
    await house.serves(caller)
    (answered,) = [line for line in house.lines_of(caller) if line.what == "menu answered"]
    assert answered.facts == {"menu": "subject", "language": "fr", "key": "1", "spoken": "0.91"}


async def test_who_was_not_understood_is_told_so_and_may_press(house: House) -> None:
    caller = house.calls(known=FR).chooses_aloud(None).keys("1")
    caller.understood = frozenset({FR})
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard == [*WELCOME_BACK, *INVITED, "menu.not_understood", *INVITED, "menu.repeat"]


async def test_who_is_never_understood_is_brought_to_a_person(house: House) -> None:
    caller = house.calls(known=AR).chooses_aloud(None).chooses_aloud(None).chooses_aloud(None)
    caller.understood = frozenset({AR})
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard[-1] == "menu.to_a_person"
    assert house.record_of(caller).subject == "other"


@pytest.mark.parametrize("language", [AR, FR, ZGH])
async def test_nobody_is_invited_to_speak_a_language_without_a_model(
    house: House, language: Language
) -> None:
    caller = house.calls(known=language).keys("1")
    caller.understood = frozenset({AR, FR}) - {language}
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert "menu.say_or_press" not in caller.heard


async def test_she_may_say_the_other_language_and_be_asked_by_keys_there(house: House) -> None:
    caller = house.calls(known=FR).chooses_aloud("#").keys("2").keys("1")
    caller.understood = frozenset({FR})
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard.count("menu.say_or_press") == 1
    assert house.record_of(caller).language is ZGH


async def test_out_of_hours_a_callback_may_be_asked_for_in_words(open_house) -> None:
    house = open_house(SUNDAY)
    caller = house.calls(known=FR).chooses_aloud("1").chooses_aloud("1").keys("1")
    caller.understood = frozenset({FR})
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    (confirmed,) = [at for at, key in enumerate(caller.heard) if key == "callback.confirm_number"]
    assert caller.heard[confirmed - 1] != "menu.say_or_press", (
        "a number is confirmed by key: silence means yes"
    )
