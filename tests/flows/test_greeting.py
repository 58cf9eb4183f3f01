"""What a caller hears first, and how she gets to a person."""

import pytest

from routing.model import CallEnding, Language
from tests.support.house import AR, FR, NOTICE, NUMBER, OTHER, WELCOME, WELCOME_BACK, ZGH, House

THREE = ["language.choose"] * 3
SUBJECTS = ["menu.subject.legal", "menu.subject.funding", "menu.subject.other"]
MENU = ["menu.subject_intro", *SUBJECTS, "menu.person", "menu.language"]


async def test_the_language_menu_says_each_line_in_its_own_language(house: House) -> None:
    caller = house.calls().hangs_up(at=7)
    assert await house.serves(caller) is CallEnding.LEFT_IN_MENU
    assert [(said.key, said.language, said.slots["n"]) for said in caller.said] == [
        ("language.choose", AR, "1"),
        ("language.choose", ZGH, "2"),
        ("language.choose", FR, "3"),
    ]


@pytest.mark.parametrize(
    ("key", "language", "agent"), [("1", AR, "amal"), ("2", ZGH, "idir"), ("3", FR, "amal")]
)
async def test_a_caller_talks_with_someone_in_the_language_she_chose(
    house: House, key: str, language: Language, agent: str
) -> None:
    caller = house.calls().keys(key).keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard == [*THREE, *WELCOME, *MENU]
    assert {said.language for said in caller.said[3:]} == {language}
    record = house.record_of(caller)
    assert (record.language, record.subject, record.agent) == (language, "legal", agent)
    assert house.telephones.shown == [f"{language.upper()} legal"]


async def test_keys_pressed_at_once_silence_the_questions(house: House) -> None:
    caller = house.calls().keys("3", after=0.5).keys("1", after=0.5)
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard == ["language.choose", "welcome"]


async def test_who_knows_the_menu_keys_ahead_and_hears_nothing_of_it(house: House) -> None:
    caller = house.calls().keys_ahead("32")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard == []
    assert house.record_of(caller).subject == "funding"


async def test_a_known_caller_is_welcomed_in_her_language(house: House) -> None:
    caller = house.calls(known=ZGH).keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard == [*WELCOME_BACK, *MENU]
    assert caller.heard_in(ZGH) == caller.heard


async def test_another_person_on_a_known_telephone_changes_the_language(house: House) -> None:
    caller = house.calls(known=ZGH).keys("#").keys("3").keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard == [*WELCOME_BACK, *MENU, *THREE, "language.changed", *MENU]
    assert caller.said[-1].language is FR
    assert house.record_of(caller).language is FR
    assert house.memory.language_of(NUMBER) is FR


async def test_an_anonymous_caller_is_nobody_known(house: House) -> None:
    caller = house.calls(number=None).keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard[:4] == [*THREE, "welcome"]


async def test_who_keys_no_language_goes_on_in_the_first_one(house: House) -> None:
    caller = house.calls().silent(3).keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    # No word of why: nobody knows yet which language she understands.
    assert caller.heard[:10] == [*THREE, *THREE, *THREE, "welcome"]
    assert house.record_of(caller).language is AR


async def test_wrong_keys_are_told_kindly_and_end_with_a_person(house: House) -> None:
    caller = house.calls(known=FR).keys("7").keys("5").keys("7")
    assert await house.serves(caller) is CallEnding.ANSWERED
    again = ["menu.wrong_key", *MENU, "menu.repeat"]
    assert caller.heard == [*WELCOME_BACK, *MENU, *again, *again, "menu.to_a_person"]
    assert house.record_of(caller).subject == OTHER


async def test_silence_and_wrong_keys_together_end_with_a_person(house: House) -> None:
    caller = house.calls(known=FR).silent().keys("7").silent()
    assert await house.serves(caller) is CallEnding.ANSWERED
    because = [key for key in caller.heard if key in ("menu.nothing_heard", "menu.wrong_key")]
    assert because == ["menu.nothing_heard", "menu.wrong_key"]
    assert caller.heard[-1] == "menu.to_a_person"


async def test_the_star_repeats_without_costing_a_try(house: House) -> None:
    caller = house.calls(known=FR).keys("*").keys("*").keys("*").keys("7").keys("7").keys("2")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert "menu.to_a_person" not in caller.heard
    assert caller.heard.count("welcome_back") == 1
    assert house.record_of(caller).subject == "funding"


async def test_a_stuck_star_does_not_keep_a_call_for_ever(house: House) -> None:
    caller = house.calls(known=FR).keys_ahead("*" * 60)
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert "menu.to_a_person" in caller.heard


async def test_zero_is_a_person_at_once(house: House) -> None:
    caller = house.calls(known=FR).keys("0", after=1)
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard == ["welcome_back"]
    assert house.record_of(caller).subject == OTHER


async def test_nine_reads_the_notice_and_returns_to_the_menu(house: House) -> None:
    caller = house.calls(known=FR).keys("9").keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard == [*WELCOME_BACK, *MENU, *NOTICE, *MENU]


async def test_who_reads_the_notice_again_and_again_ends_with_a_person(house: House) -> None:
    caller = house.calls(known=FR).keys_ahead("9" * 20)
    assert await house.serves(caller) is CallEnding.ANSWERED


async def test_a_centre_with_one_language_does_not_ask_for_it(open_house) -> None:
    from tests.support.house import MONDAY_10, centre

    house = open_house(MONDAY_10, centre(languages=(FR,)))
    house.signs_in("nadia")
    caller = house.calls().keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard == [*WELCOME, *MENU]


async def test_a_declaration_is_named_when_there_is_one(open_house) -> None:
    from tests.support.house import MONDAY_10, centre

    house = open_house(MONDAY_10, centre(cndp_receipt="1232026"))
    house.signs_in("nadia")
    caller = house.calls(known=FR).keys("9").keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard[len([*WELCOME_BACK, *MENU]) :] == [*NOTICE, "notice.receipt", *MENU]


async def test_the_language_of_her_region_is_said_first_on_the_key_it_always_has(open_house) -> None:
    from tests.support.house import MONDAY_10, centre

    house = open_house(MONDAY_10, centre(languages_by_prefix={"+21252": (FR,), "+2125282": (ZGH, AR)}))
    house.signs_in("idir")
    caller = house.calls("+212528212345").keys("2").keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert [(said.language, said.slots["n"]) for said in caller.said[:3]] == [
        (ZGH, "2"),
        (AR, "1"),
        (FR, "3"),
    ]
    assert house.record_of(caller).language is ZGH


async def test_who_keys_no_language_goes_on_in_the_first_of_her_region(open_house) -> None:
    from tests.support.house import MONDAY_10, centre

    house = open_house(MONDAY_10, centre(languages_by_prefix={"+2125282": (ZGH, AR, FR)}))
    house.signs_in("idir")
    caller = house.calls("+212528212345").silent(3).keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert house.record_of(caller).language is ZGH
