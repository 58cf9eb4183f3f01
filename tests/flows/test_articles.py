"""Recorded information, day and night: heard, heard again, its link sent, and a person when she wants one."""

from collections.abc import Callable

import pytest
import pytest_asyncio

from ivr.centre import CallbackRules
from routing.model import CallEnding, LinkRequest, RequestState
from tests.support.house import (
    FR,
    FUNDING,
    LEGAL,
    MONDAY_10,
    NUMBER,
    SUNDAY,
    WELCOME_BACK,
    ZGH,
    House,
    centre,
)
from tests.support.scripted_caller import ScriptedCaller

Opened = Callable[..., House]
ARTICLES = {LEGAL: ("founding", "assembly"), FUNDING: ("calls",)}
SUBJECTS = ["article.which", "menu.subject.legal", "menu.subject.funding"]
LEGAL_ONES = ["article.which", "article.name.founding", "article.name.assembly"]
FOUNDING = ["article.text.founding", "menu.repeat"]
OUT = ["menu.person", "menu.language"]
AFTER = ["article.link", "article.others", *OUT]


@pytest_asyncio.fixture
async def house(open_house: Opened) -> House:
    house = open_house(MONDAY_10, centre(articles=ARTICLES))
    house.signs_in("amal", "idir")
    return house


@pytest_asyncio.fixture
async def closed(open_house: Opened) -> House:
    return open_house(SUNDAY, centre(articles=ARTICLES))


def links(house: House) -> list[LinkRequest]:
    return [record for record in house.kept.records if isinstance(record, LinkRequest)]


def after_menu(caller: ScriptedCaller, *, first: str = "article.which") -> list[str]:
    return caller.heard[caller.heard.index(first) :]


async def test_she_hears_an_article_and_then_talks_about_its_subject(house: House) -> None:
    caller = house.calls(known=ZGH).keys("8").keys("1").keys("1").keys("0")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert "menu.articles" in caller.heard
    assert after_menu(caller) == [*SUBJECTS, *OUT, *LEGAL_ONES, *OUT, *FOUNDING, *AFTER]
    assert caller.heard_in(ZGH) == caller.heard
    record = house.record_of(caller)
    assert (record.subject, record.agent) == ("legal", "idir")


async def test_a_star_says_the_article_again(house: House) -> None:
    caller = house.calls(known=FR).keys("8").keys("1").keys("1").keys("*").keys("0")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard.count("article.text.founding") == 2


async def test_a_key_silences_an_article(house: House) -> None:
    caller = house.calls(known=FR).keys("8").keys("1").keys("1").keys("0", after=1)
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert caller.heard[-1] == "article.text.founding"


async def test_other_information_is_a_key_away(house: House) -> None:
    caller = house.calls(known=FR).keys("8").keys("1").keys("1").keys("2").keys("2").keys("1").keys("0")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert [key for key in caller.heard if key.startswith("article.text")] == [
        "article.text.founding",
        "article.text.calls",
    ]
    assert house.record_of(caller).subject == "funding"


async def test_who_changes_the_language_hears_the_article_in_the_new_one(house: House) -> None:
    caller = house.calls(known=FR).keys("8").keys("1").keys("1").keys("#").keys("2").keys("0")
    assert await house.serves(caller) is CallEnding.ANSWERED
    heard = [said.language for said in caller.said if said.key == "article.text.founding"]
    assert heard == [FR, ZGH]
    assert house.record_of(caller).language is ZGH


async def test_who_has_heard_and_hangs_up_has_served_herself(house: House) -> None:
    caller = house.calls(known=FR).keys("8").keys("1").keys("1").hangs_up_after("article.text.founding")
    assert await house.serves(caller) is CallEnding.SELF_SERVED


async def test_who_has_heard_and_says_nothing_more_is_thanked(house: House) -> None:
    caller = house.calls(known=FR).keys("8").keys("1").keys("1").silent(3)
    assert await house.serves(caller) is CallEnding.SELF_SERVED
    assert caller.heard[-1] == "goodbye"


async def test_who_finds_no_article_gets_a_person(house: House) -> None:
    caller = house.calls(known=FR).keys("8").silent(3)
    assert await house.serves(caller) is CallEnding.ANSWERED


async def test_a_stuck_key_among_the_articles_does_not_keep_a_call_for_ever(house: House) -> None:
    caller = house.calls(known=FR).keys("8").keys("1").keys("1")
    for _ in range(30):
        caller.keys("2").keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED


async def test_who_hangs_up_while_she_looks_for_an_article_left_in_the_menu(house: House) -> None:
    caller = house.calls(known=FR).keys("8").hangs_up_after("article.which")
    assert await house.serves(caller) is CallEnding.LEFT_IN_MENU


async def test_the_link_is_kept_for_staff_to_send_to_her_mobile(house: House) -> None:
    caller = house.calls(known=ZGH).keys("8").keys("1").keys("2").keys("1").keys("0")
    assert await house.serves(caller) is CallEnding.ANSWERED
    (link,) = links(house)
    assert (link.number, link.language, link.article) == (NUMBER, ZGH, "assembly")
    assert (link.asked_in, link.state) == (caller.id, RequestState.OPEN)
    at = caller.heard.index("article.link_taken")
    assert caller.heard[at:] == ["article.link_taken", "article.others", *OUT]


@pytest.mark.parametrize("number", [None, "+212524123456"])
async def test_who_calls_from_no_mobile_keys_one_for_the_link(house: House, number: str | None) -> None:
    caller = house.calls(number=number, known=FR)
    if number is None:
        caller.keys("3")
    caller.keys("8").keys("1").keys("1").keys("1").keys("0524123456#").keys("0612345678#").keys("1").keys("0")
    assert await house.serves(caller) is CallEnding.ANSWERED
    (link,) = links(house)
    assert link.number == NUMBER
    assert caller.heard.count("article.mobile_needed") == 1
    assert "callback.not_allowed_number" not in caller.heard, "a landline may be called, but gets no message"


async def test_a_number_abroad_keyed_for_the_link_is_not_allowed_rather_than_no_mobile(house: House) -> None:
    caller = house.calls(number=None, known=FR).keys("3")
    caller.keys("8").keys("1").keys("1").keys("1").keys("0033612345678#").keys("0612345678#").keys("1").keys(
        "0"
    )
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert "callback.not_allowed_number" in caller.heard
    assert "article.mobile_needed" not in caller.heard


async def test_without_a_number_there_is_no_link_and_the_call_goes_on(house: House) -> None:
    caller = house.calls(number=None).keys("3").keys("8").keys("1").keys("1").keys("1").silent(3).keys("0")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert links(house) == []
    assert "callback.not_taken" in caller.heard


async def test_out_of_hours_the_articles_are_there_too(closed: House) -> None:
    caller = closed.calls(known=FR).keys("8").keys("1").keys("1").hangs_up_after("article.others")
    assert await closed.serves(caller) is CallEnding.SELF_SERVED
    assert caller.heard[: len(WELCOME_BACK) + 3] == [
        *WELCOME_BACK,
        "closed.now",
        "closed.reopens_day",
        "callback.offer",
    ]
    assert "menu.articles" in caller.heard


async def test_out_of_hours_zero_after_an_article_promises_a_callback_on_its_subject(closed: House) -> None:
    caller = closed.calls(known=FR).keys("8").keys("2").keys("1").keys("0").keys("1")
    assert await closed.serves(caller) is CallEnding.CALLBACK_TAKEN
    (promise,) = closed.promises
    assert promise.subject == "funding"
    assert "article.call_back" in caller.heard
    assert "menu.person" not in caller.heard
    assert "menu.subject_intro" not in caller.heard, "she is asked for her subject again"
    assert closed.record_of(caller).subject == "funding"


async def test_out_of_hours_who_says_nothing_among_the_articles_is_not_called_back(closed: House) -> None:
    caller = closed.calls(known=FR).keys("8").silent(3)
    assert await closed.serves(caller) is CallEnding.CLOSED
    assert closed.promises == []
    assert caller.heard[-2:] == ["callback.not_taken", "goodbye"]


@pytest.mark.parametrize("rules", [CallbackRules(offered=False), CallbackRules(a_day=0)])
async def test_out_of_hours_without_promises_the_articles_are_still_there(
    open_house: Opened, rules: CallbackRules
) -> None:
    house = open_house(SUNDAY, centre(articles=ARTICLES, callbacks=rules))
    caller = house.calls(known=FR).keys("1").keys("0").keys("8").keys("1").keys("1").keys("0").silent(3)
    assert await house.serves(caller) is CallEnding.SELF_SERVED
    assert "callback.offer" not in caller.heard
    assert "article.call_back" not in caller.heard
    assert ("callback.none_left" in caller.heard) is rules.offered
    assert caller.heard[-1] == "goodbye"


async def test_a_centre_without_articles_does_not_speak_of_them(open_house: Opened) -> None:
    house = open_house(MONDAY_10)
    house.signs_in("amal")
    caller = house.calls(known=FR).keys("8").silent(9).keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert "menu.articles" not in caller.heard
    assert "article.which" not in caller.heard
