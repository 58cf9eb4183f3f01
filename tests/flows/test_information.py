"""Recorded information in the line: heard now and then, and in nobody's way."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
import pytest_asyncio

from ivr.centre import QueueRules
from ivr.flows.wait_for_agent import wait_for_agent
from routing.events import AgentReturned, AgentTookBreak
from routing.model import AgentId, BreakReason, CallEnding
from simulator.stand_in import PHRASE
from tests.support.house import FR, LEGAL, MONDAY_10, OTHER, ZGH, House, centre
from tests.support.scripted_caller import ScriptedCaller, no_answer

Opened = Callable[..., House]
EVERY = timedelta(seconds=100)
ARTICLES = {LEGAL: ("founding", "assembly")}
FOUNDING, ASSEMBLY, SITE = (f"article.text.{code}" for code in ("founding", "assembly", "site"))


@pytest_asyncio.fixture
async def busy_house(open_house: Opened) -> House:
    """Amal and Idir are on a break; on legal matters there are two articles, and one for everybody."""
    rules = QueueRules(information_every=EVERY, information=("site",))
    house = open_house(MONDAY_10, centre(queue=rules, articles=ARTICLES))
    house.signs_in("amal", "idir")
    for agent in ("amal", "idir"):
        house.room.tell(AgentTookBreak(AgentId(agent), BreakReason.PAUSE))
    return house


def back(house: House, agent: str = "amal") -> None:
    house.room.tell(AgentReturned(AgentId(agent)))


async def waits(house: House, caller: ScriptedCaller, language=FR, subject=LEGAL) -> CallEnding:
    return await house.serves(caller, wait_for_agent, language, subject)


def articles(caller: ScriptedCaller) -> list[str]:
    return [key for key in caller.heard if key.startswith("article.")]


async def test_who_waits_hears_articles_on_her_subject_then_those_for_everybody_each_once(
    busy_house: House,
) -> None:
    caller = busy_house.calls().hangs_up(at=900)
    assert await waits(busy_house, caller) is CallEnding.ABANDONED
    assert articles(caller) == [FOUNDING, ASSEMBLY, SITE]
    moments = [said.at for said in caller.said if said.key.startswith("article.")]
    assert moments[0] >= EVERY.total_seconds()
    assert all(after - before > EVERY.total_seconds() - 0.1 for before, after in pairwise(moments))
    told = [line.facts for line in busy_house.lines_of(caller) if line.what == "information told"]
    assert told == [{"article": code} for code in ("founding", "assembly", "site")]


async def test_a_subject_without_articles_has_those_for_everybody_in_her_language(busy_house: House) -> None:
    caller = busy_house.calls().hangs_up(at=500)
    await waits(busy_house, caller, ZGH, OTHER)
    assert articles(caller) == [SITE]
    assert caller.heard == caller.heard_in(ZGH)


async def test_information_never_follows_her_place_at_once_and_her_place_is_still_told(
    open_house: Opened,
) -> None:
    """The first article is due at 91 seconds; she has just begun to hear her place and what key 1 does."""
    rules = QueueRules(information_every=timedelta(seconds=91), information=("site",))
    house = open_house(MONDAY_10, centre(queue=rules, articles=ARTICLES))
    house.signs_in("amal")
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    caller = house.calls().hangs_up(at=900)
    await waits(house, caller)
    first = next(said for said in caller.said if said.key == FOUNDING)
    assert first.at == pytest.approx(90 + 2 * PHRASE + 5, abs=0.1)
    for before, after in pairwise(caller.said):
        if after.key.startswith("article."):
            assert after.at - (before.at + PHRASE) >= 5 - 0.1, "she had just been told something"
    assert caller.heard.count("queue.next") == 900 // 45


@pytest.mark.parametrize("starts", [133.0, 134.0, 179.5, 224.0])
async def test_a_place_that_is_due_during_an_article_follows_it(open_house: Opened, starts: float) -> None:
    rules = QueueRules(information_every=timedelta(seconds=starts))
    house = open_house(MONDAY_10, centre(queue=rules, articles={LEGAL: ("founding",)}))
    house.signs_in("amal")
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    caller = house.calls().hangs_up(at=300)
    await waits(house, caller)
    said = {said.key: said for said in caller.said}
    place = caller.said[caller.said.index(said[FOUNDING]) + 1]
    assert place.key == "queue.next"
    assert place.at == pytest.approx(said[FOUNDING].at + PHRASE, abs=0.1)
    assert caller.heard.count("queue.next") == 7


async def test_a_free_agent_is_rung_in_the_middle_of_an_article(busy_house: House) -> None:
    house = busy_house
    caller = house.calls().hangs_up(at=400)
    began = EVERY.total_seconds()  # her place and key 1 were told from 90 to 94
    house.later(began + PHRASE / 2 + 0.1, back, house)
    house.telephones.script("amal", no_answer())
    await waits(house, caller)
    first = next(said for said in caller.said if said.key == FOUNDING)
    assert first.at == pytest.approx(began, abs=0.2)
    assert house.telephones.rung[0][1] == pytest.approx(began + PHRASE / 2 + 0.1, abs=0.02)
    assert articles(caller)[:2] == [FOUNDING, ASSEMBLY], "nobody answered: she goes on where she was"


async def test_a_star_during_an_article_says_her_place_and_key_1_takes_a_callback(busy_house: House) -> None:
    caller = busy_house.calls().presses("*", at=101).presses("1", at=230).keys("1")
    assert await waits(busy_house, caller) is CallEnding.CALLBACK_TAKEN
    at = caller.heard.index(FOUNDING)
    assert caller.heard[at + 1] == "queue.next"
    said = caller.said[at + 1]
    assert said.at < caller.said[at].at + PHRASE


async def test_who_changes_her_language_hears_in_the_new_one_what_she_heard_before(busy_house: House) -> None:
    caller = busy_house.calls().presses("#", at=130).keys("2").hangs_up(at=400)
    await waits(busy_house, caller)
    told = [(said.key, said.language) for said in caller.said if said.key.startswith("article.")]
    assert told[:2] == [(FOUNDING, FR), (FOUNDING, ZGH)]


async def test_nothing_is_told_where_the_setting_is_none_or_there_is_no_article(open_house: Opened) -> None:
    never = centre(queue=QueueRules(information_every=timedelta()), articles=ARTICLES)
    for plan in (never, centre(articles={})):
        house = open_house(MONDAY_10, plan)
        house.signs_in("amal")
        house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
        caller = house.calls().hangs_up(at=900)
        await waits(house, caller)
        assert articles(caller) == []


async def test_two_who_wait_hear_each_their_own(busy_house: House) -> None:
    first, second = busy_house.calls().hangs_up(at=300), busy_house.calls("+212699999999").hangs_up(at=300)
    await asyncio.gather(waits(busy_house, first), waits(busy_house, second, FR, OTHER))
    assert articles(first) == [FOUNDING, ASSEMBLY]
    assert articles(second) == [SITE]
