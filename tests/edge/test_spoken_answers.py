"""A line that listens: her words, her keys, and which of them counts."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from ivr.call import CallerHungUp, Keys, Question, Sayable, Silence, Words
from ivr.prompts import phrase
from pbx.events import HangUpAsked, Leg
from pbx.listening import Ear
from routing.model import Language
from tests.edge.line_story import FR, HERS, Story, asks

MENU = Question((phrase("menu"),), may_say=(Sayable("1", "menu.legal"),))


class Hearing:
    """`Ears` that a test speaks into."""

    def __init__(self) -> None:
        self.ears: list[Ear] = []
        self.deaf = False

    def understands(self, language: Language) -> bool:
        return language is FR

    def open(
        self, leg: Leg, may_say: tuple[Sayable, ...], language: Language, news: Callable[[], None]
    ) -> Ear | None:
        assert (leg, may_say, language) == (HERS, MENU.may_say, FR)
        if self.deaf:
            return None
        self.ears.append(Ear(news))
        return self.ears[-1]

    @property
    def ear(self) -> Ear:
        return self.ears[-1]


@pytest.fixture
def hearing() -> Hearing:
    return Hearing()


@pytest_asyncio.fixture
async def story(hearing: Hearing) -> AsyncIterator[Story]:
    told = Story(hearing)
    yield told
    told.line.close()
    await asyncio.sleep(0)
    assert all(ear.closed for ear in hearing.ears)
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_words_that_choose_cut_the_question(story: Story, hearing: Hearing) -> None:
    asked = asks(story, MENU)
    await story.sent("EXEC Read")
    hearing.ear.speaks(True)
    hearing.ear.heard(Words("1", 0.9))
    assert await asked == Words("1", 0.9)
    assert story.wire.cuts == 1
    assert hearing.ear.closed


async def test_a_key_wins_over_words_heard_just_before_it(story: Story, hearing: Hearing) -> None:
    asked = asks(story, MENU)
    await story.sent("EXEC Read")
    hearing.ear.heard(Words("1", 1.0))
    story.keys("2")
    assert await asked == Keys("2")


async def test_a_key_ends_the_listening(story: Story, hearing: Hearing) -> None:
    asked = asks(story, MENU)
    await story.sent("EXEC Read")
    hearing.ear.speaks(True)
    story.keys("2")
    assert await asked == Keys("2")
    assert hearing.ear.closed


async def test_words_of_no_choice_end_nothing_and_are_told_when_the_time_is_up(
    story: Story, hearing: Hearing
) -> None:
    asked = asks(story, MENU)
    await story.sent("EXEC Read")
    hearing.ear.heard(Words(None))
    await asyncio.sleep(0)
    assert not asked.done()
    story.tells(story.done("EXEC Read"))
    assert await asked == Words(None)
    assert story.wire.cuts == 0


async def test_silence_is_silence(story: Story, hearing: Hearing) -> None:
    asked = asks(story, MENU)
    await story.sent("EXEC Read")
    hearing.ear.heard(None)
    story.tells(story.done("EXEC Read"))
    assert await asked == Silence()


@pytest.mark.parametrize("how", ["words", "key", "nothing", "lost"])
async def test_who_speaks_as_the_time_is_up_is_heard_to_her_end(
    story: Story, hearing: Hearing, how: str
) -> None:
    asked = asks(story, MENU)
    await story.sent("EXEC Read")
    hearing.ear.speaks(True)
    story.tells(story.done("EXEC Read"))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not asked.done()
    match how:
        case "words":
            hearing.ear.heard(Words("1", 0.9))
            assert await asked == Words("1", 0.9)
        case "key":
            story.keys("3")
            assert await asked == Keys("3")
        case "nothing":
            hearing.ear.speaks(False)
            assert await asked == Silence()
        case _:
            hearing.ear.lost()
            assert await asked == Silence()


async def test_a_hang_up_ends_the_listening(story: Story, hearing: Hearing) -> None:
    asked = asks(story, MENU)
    await story.sent("EXEC Read")
    hearing.ear.speaks(True)
    story.tells(HangUpAsked(HERS))
    with pytest.raises(CallerHungUp):
        await asked


async def test_a_recogniser_that_goes_leaves_the_keypad(story: Story, hearing: Hearing) -> None:
    asked = asks(story, MENU)
    await story.sent("EXEC Read")
    hearing.ear.lost()
    hearing.ear.heard(Words("1", 1.0))
    story.keys("2")
    assert await asked == Keys("2")


async def test_no_one_listens_to_who_keyed_ahead_or_where_only_keys_are_asked_for(
    story: Story, hearing: Hearing
) -> None:
    story.keys("1")
    assert await asks(story, MENU) == Keys("1")
    asked = asks(story)
    await story.sent("EXEC Read")
    story.keys("2")
    await asked
    assert hearing.ears == []


async def test_where_nothing_can_be_heard_the_question_is_as_ever(story: Story, hearing: Hearing) -> None:
    hearing.deaf = True
    asked = asks(story, MENU)
    await story.sent("EXEC Read")
    story.tells(story.done("EXEC Read"))
    assert await asked == Silence()
