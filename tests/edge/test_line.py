"""The line: keys, what is said, answers, recordings."""

import asyncio
from datetime import timedelta

import pytest

from dialplan import names
from ivr.call import Keys, Question, Silence, TalkEnd
from ivr.prompts import Phrase, phrase
from pbx.agi import UNKNOWN, parse_answer
from pbx.aside import comes_beside
from pbx.asking import READ_ENDS_WITHIN
from pbx.events import (
    AgiDone,
    HangUpAsked,
    KeyPressed,
    LegGone,
)
from pbx.playing import MUSIC_AFTER
from pbx.sounds import LONGEST_LINE
from pbx.wire import MAX_LINE
from routing.record import TraceLine
from tests.edge.line_story import FR, HERS, HIS, SECRET, Story, answered, asks

# ---- keys


async def test_a_key_answers_at_once_without_waiting_for_asterisk(story: Story) -> None:
    asked = asks(story)
    await story.sent("EXEC Read")
    story.keys("3")
    assert await asked == Keys("3")


async def test_every_command_is_followed_by_its_wake_up(story: Story) -> None:
    asked = asks(story)
    await story.sent("EXEC Read")
    (agi, read), (wake, control) = story.wire.posts
    assert (agi, wake) == ("AGI", "ControlPlayback")
    assert read["Command"] == "EXEC Read MWK_READ,/s/fr/menu,1,,1,5"
    assert control["Control"] == "reverse"
    story.keys("1")
    await asked


async def test_keys_ahead_answer_without_a_question(story: Story) -> None:
    story.keys("31")
    assert await asks(story) == Keys("3")
    assert await asks(story) == Keys("1")
    assert story.wire.posts == []


async def test_a_key_while_the_sounds_are_made_leaves_the_question_unasked(story: Story) -> None:
    story.sounds.ready = asyncio.Event()
    asked = asks(story)
    await asyncio.sleep(0)
    story.keys("2")
    story.sounds.ready.set()
    assert await asked == Keys("2")
    assert story.wire.commands == []


async def test_a_question_that_began_behind_the_key_is_cut(story: Story) -> None:
    asked = asks(story)
    await story.sent("EXEC Read")
    story.keys("1")
    assert await asked == Keys("1")
    assert story.wire.cuts == 0
    await asyncio.sleep(READ_ENDS_WITHIN + 0.05)
    assert story.wire.cuts == 1


async def test_a_question_of_several_prompts_is_cut_until_it_has_ended(story: Story) -> None:
    """Read goes on with its next file after a cut."""
    asked = asks(story)
    await story.sent("EXEC Read")
    story.keys("1")
    assert await asked == Keys("1")
    await asyncio.sleep(2 * READ_ENDS_WITHIN + 0.2)
    assert story.wire.cuts >= 2
    story.tells(story.done("EXEC Read"))
    await asyncio.sleep(0)
    before = story.wire.cuts
    await asyncio.sleep(2 * READ_ENDS_WITHIN)
    assert story.wire.cuts == before


async def test_a_question_that_the_key_has_ended_is_not_cut(story: Story) -> None:
    asked = asks(story)
    await story.sent("EXEC Read")
    story.keys("1")
    story.tells(story.done("EXEC Read"))
    assert await asked == Keys("1")
    await asyncio.sleep(READ_ENDS_WITHIN + 0.05)
    assert story.wire.cuts == 0


async def test_silence_is_silence_whatever_asterisk_answers(story: Story) -> None:
    for answer in ("200 result=0", "200 result=-1", "510 Invalid or unknown command", "", "\x00?", "200"):
        asked = asks(story)
        await asyncio.sleep(0)
        story.tells(story.done("EXEC Read", answer))
        assert await asked == Silence()


async def test_keys_of_the_other_leg_are_not_hers(story: Story) -> None:
    asked = asks(story)
    await story.sent("EXEC Read")
    story.tells(KeyPressed(HIS, "9"))
    story.keys("1")
    assert await asked == Keys("1")


async def test_a_number_ends_with_the_square_or_its_last_digit_or_a_silence(story: Story) -> None:
    number = Question((phrase("key_number"),), most=10, next_key=timedelta(milliseconds=20))
    story.keys("061#")
    assert await asks(story, number) == Keys("061")
    story.keys(SECRET)
    assert await asks(story, number) == Keys(SECRET)
    story.keys("06")
    assert await asks(story, number) == Keys("06")
    story.keys("#")
    assert await asks(story, number) == Silence()


async def test_a_stuck_key_fills_no_memory(story: Story) -> None:
    story.keys("5" * 1000)
    assert len(story.line._keys) <= 64


async def test_keys_of_a_conversation_are_not_kept(story: Story) -> None:
    talk = await answered(story)
    story.keys("123")
    story.tells(story.done("GOSUB"))
    assert await talk.ended() is TalkEnd.AGENT
    assert not story.line._keys


# ---- saying


async def test_an_announcement_that_is_cancelled_is_cut(story: Story) -> None:
    said = asyncio.ensure_future(story.line.say(phrase("queue.next"), in_=FR))
    await story.sent("EXEC Playback")
    said.cancel()
    await asyncio.gather(said, return_exceptions=True)
    assert story.wire.cuts == 1


async def test_nothing_more_of_an_announcement_is_sent_when_it_was_cancelled(story: Story) -> None:
    said = asyncio.ensure_future(story.line.say(phrase("queue.next"), phrase("goodbye"), in_=FR))
    await story.sent("EXEC Playback")
    said.cancel()
    await asyncio.gather(said, return_exceptions=True)
    story.tells(story.done("EXEC Playback"))
    await asyncio.sleep(0)
    assert story.wire.commands == ["EXEC Playback /s/fr/queue.next"]


async def test_a_missing_prompt_is_left_out_and_noted(story: Story) -> None:
    story.sounds.missing = {"welcome"}
    said = asyncio.ensure_future(story.line.say(phrase("welcome"), phrase("goodbye"), in_=FR))
    await story.sent("EXEC Playback /s/fr/goodbye")
    story.tells(story.done("EXEC Playback"))
    await said
    assert "prompt missing" in [line.what for line in story.kept.records if isinstance(line, TraceLine)]


async def test_a_question_without_any_sound_still_waits_for_a_key(story: Story) -> None:
    story.sounds.missing = {"menu"}
    asked = asks(story)
    await story.sent("EXEC Read MWK_READ,,1,,1,5")
    story.keys("4")
    assert await asked == Keys("4")


async def test_a_long_menu_in_a_deep_folder_never_exceeds_a_line_of_asterisks(story: Story) -> None:
    story.sounds.folder = "/srv/" + "a-long-name/" * 12
    question = Question(tuple(phrase(f"menu.subject.{n}") for n in range(12)))
    asked = asks(story, question)
    heard: list[str] = []
    while not asked.done():
        before = len(story.wire.commands)
        while len(story.wire.commands) == before and not asked.done():
            await asyncio.sleep(0)
            if story.wire.commands[len(heard) :]:
                break
        if asked.done():
            break
        command = story.wire.commands[-1]
        assert len(f"Command: {command}".encode()) <= MAX_LINE
        heard.append(command)
        story.tells(story.done("EXEC Read"))
        for _ in range(5):
            await asyncio.sleep(0)
    assert await asked == Silence()
    assert len(heard) > 1
    assert sum(command.count("menu.subject.") for command in heard) == 12
    assert LONGEST_LINE < MAX_LINE


async def test_music_is_asked_for_once_and_again_after_an_announcement(story: Story) -> None:
    await story.line.music()
    await asyncio.sleep(2 * MUSIC_AFTER)
    story.tells(story.done("SET MUSIC"))
    await story.line.music()
    said = asyncio.ensure_future(story.line.say(phrase("queue.next"), in_=FR))
    await story.sent("EXEC Playback")
    assert story.wire.commands.count("SET MUSIC ON default") == 1
    story.tells(story.done("EXEC Playback"))
    await said
    await story.line.music()
    await asyncio.sleep(2 * MUSIC_AFTER)
    assert story.wire.commands.count("SET MUSIC ON default") == 2


async def test_who_is_told_something_at_once_hears_no_beginning_of_music_before_it(story: Story) -> None:
    await story.line.music()
    said = asyncio.ensure_future(story.line.say(phrase("queue.next"), in_=FR))
    await story.sent("EXEC Playback")
    await asyncio.sleep(2 * MUSIC_AFTER)
    story.tells(story.done("EXEC Playback"))
    await said
    assert not any(command.startswith("SET MUSIC") for command in story.wire.commands)


# ---- answers


@pytest.mark.parametrize(
    "text",
    ["", " ", "200", "result=1", "200 result=", "200 result=abc", "520-Invalid", "\ufffd", "200 result=1 ("]
)  # fmt: skip
def test_an_odd_answer_is_an_answer_and_never_an_error(text: str) -> None:
    answer = parse_answer(text)
    assert answer is not UNKNOWN
    assert answer.code in (200, 500, 520)


async def test_an_answer_to_nothing_is_ignored(story: Story) -> None:
    story.tells(AgiDone(HERS, "", "200 result=0"), AgiDone(HERS, "unknown", "200 result=0"))


async def test_keys_are_in_no_trace(story: Story) -> None:
    number = Question((phrase("key_number"),), most=17)
    asked = asks(story, number)
    await story.sent("EXEC Read")
    story.keys(SECRET + "#")
    assert await asked == Keys(SECRET)
    await story.line.remember(stage="queue")
    facts = [line.facts for line in story.kept.records if isinstance(line, TraceLine)]
    assert facts
    assert not any(SECRET in fact for one in facts for fact in one.values())
    assert not any(SECRET in value for _, headers in story.wire.posts for value in headers.values())


# ---- recording


async def test_a_recording_begins_after_a_tone_and_ends_with_the_square(story: Story) -> None:
    recorded = asyncio.ensure_future(
        story.line.record("/spool of mine/take", timedelta(seconds=30), timedelta(seconds=4))
    )
    for command in ("EXEC Playtones", "EXEC Wait", "RECORD FILE"):
        await story.sent(command)
        story.tells(story.done(command))
    story.keys("5#1")
    await recorded
    assert story.wire.commands[-1] == 'RECORD FILE "/spool of mine/take" wav # 30000 s=4'
    assert await asks(story) == Keys("1"), "what was keyed before the end answers nothing, what follows does"


async def test_a_recording_that_is_played_back_stands_for_its_prompt(story: Story) -> None:
    asked = asks(story, Question((phrase("studio.heard"), Phrase("welcome", sound="/spool/take"))))
    await story.sent("EXEC Read MWK_READ,/s/fr/studio.heard&/spool/take,")
    story.keys("1")
    await asked


# ---- an agent's leg beside the line


async def test_an_agent_who_steps_out_as_she_hangs_up_hears_no_silence(story: Story) -> None:
    assert comes_beside(story.line, HIS, (names.APART, "consult"))
    story.line.take(HangUpAsked(HERS, by_pbx=False))
    story.line.take(LegGone(HERS, 16, None))
    assert story.wire.hung_up == [HIS.channel]


async def test_an_agent_who_steps_out_after_she_hung_up_is_not_kept(story: Story) -> None:
    story.line.take(HangUpAsked(HERS, by_pbx=False))
    assert not comes_beside(story.line, HIS, (names.APART, "pass"))
