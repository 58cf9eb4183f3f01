"""The line when she hangs up, the link is lost, or the switch is due."""

import asyncio

import pytest

from dialplan import names
from ivr.call import AgentPhone, CallerHungUp, Question, TalkEnd
from ivr.prompts import phrase
from pbx.events import (
    AgiEnded,
    DialBegan,
    DialEnded,
    HangUpAsked,
    LegGone,
    PbxEvent,
)
from pbx.talks import LineTalk
from tests.edge.line_story import AMAL, FR, HERS, HIS, RING, Story, answered, rings

# ---- hang-up


WAITS = {
    "answer": lambda line: line.answer(),
    "say": lambda line: line.say(phrase("welcome"), in_=FR),
    "ask": lambda line: line.ask(Question((phrase("menu"),)), FR),
    "next_key": lambda line: line.next_key(),
    "ring": lambda line: line.ring(AgentPhone(AMAL, "x"), RING),
}


@pytest.mark.parametrize("ending", [HangUpAsked(HERS), AgiEnded(HERS), LegGone(HERS, 16, None)])
@pytest.mark.parametrize("wait", WAITS)
async def test_a_hang_up_is_raised_at_once_from_whatever_is_awaited(
    story: Story, wait: str, ending: PbxEvent
) -> None:
    waiting = asyncio.ensure_future(WAITS[wait](story.line))
    for _ in range(5):
        await asyncio.sleep(0)
    story.tells(ending)
    with pytest.raises(CallerHungUp):
        async with asyncio.timeout(0.5):
            await waiting


@pytest.mark.parametrize("wait", WAITS)
async def test_nothing_is_sent_to_a_channel_that_is_gone(story: Story, wait: str) -> None:
    story.tells(HangUpAsked(HERS), LegGone(HERS, 16, None))
    with pytest.raises(CallerHungUp):
        await WAITS[wait](story.line)
    await story.line.remember(stage="queue")
    story.line.push_switch()
    await story.line.hang_up()
    assert story.wire.commands == []
    assert story.wire.hung_up == []
    assert story.wire.set(names.V_STAGE) == []


@pytest.mark.parametrize("wait", [name for name in WAITS if name != "next_key"])
async def test_a_command_refused_by_asterisk_fails_at_once(story: Story, wait: str) -> None:
    waiting = asyncio.ensure_future(WAITS[wait](story.line))
    for _ in range(5):
        await asyncio.sleep(0)
    story.wire.refuse()
    with pytest.raises(CallerHungUp):
        async with asyncio.timeout(0.5):
            await waiting


async def test_a_hang_up_of_the_agents_leg_is_not_hers(story: Story) -> None:
    talk = await answered(story)
    story.tells(HangUpAsked(HIS), AgiEnded(HIS), LegGone(HIS, 16, None))
    assert not story.line.gone
    story.tells(story.done("GOSUB"))
    assert await talk.ended() is TalkEnd.AGENT


async def test_a_channel_that_leaves_alive_went_to_the_fallback(story: Story) -> None:
    story.tells(AgiEnded(HERS))
    assert story.line.went_to_fallback
    story.tells(LegGone(HERS, 16, None))
    assert not story.line.went_to_fallback


# ---- after the link was lost


async def test_answers_lost_with_the_link_are_unknown_when_the_channel_speaks_up(story: Story) -> None:
    said = asyncio.ensure_future(story.line.say(phrase("welcome"), in_=FR))
    await story.sent("EXEC Playback")
    story.line.answers_lost()
    await story.sent("NOOP")
    assert not said.done()
    story.tells(story.done("NOOP"))
    await said


async def test_a_conversation_whose_end_was_lost_ends_without_blame(story: Story) -> None:
    talk = await answered(story)
    ended = asyncio.ensure_future(talk.ended())
    story.line.answers_lost()
    await story.sent("NOOP")
    story.tells(story.done("NOOP"))
    assert await ended is TalkEnd.UNKNOWN


async def test_nothing_open_asks_nothing(story: Story) -> None:
    story.line.answers_lost()
    assert story.wire.posts == []


# ---- the switch


async def test_a_switch_pushed_a_moment_ago_is_not_pushed_again(story: Story) -> None:
    story.line.push_switch()
    story.line.push_switch()
    assert len(story.wire.set("TIMEOUT(absolute)")) == 1


async def test_the_switch_is_pushed_while_she_waits_and_not_while_people_talk(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pbx.line.SWITCH_FRESH", -1.0)

    def pushes() -> int:
        story.line.push_switch()
        return len(story.wire.set("TIMEOUT(absolute)"))

    assert pushes() == 1
    ringing = await rings(story)
    assert pushes() == 1
    story.tells(DialBegan(HERS, HIS), DialEnded(HERS, HIS, "ANSWER"))
    talk = await ringing
    assert isinstance(talk, LineTalk)
    assert pushes() == 1
    story.tells(story.done("GOSUB"))
    await talk.ended()
    assert pushes() == 2
    assert story.wire.set("TIMEOUT(absolute)")[-1] == str(names.SWITCH_SECONDS)
