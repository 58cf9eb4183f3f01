"""Nobody is free, then somebody is: what a caller hears meanwhile, and that she is connected at once."""

import wave
from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.prompts import phrase
from routing.model import CallEnding, Direction, Language
from tests.asterisk.centre import (
    AGENT_TONE,
    CALLER_TONE,
    LOUD,
    assert_hears_at_the_end,
    has_heard,
    loudness_at_the_end,
    only,
    together,
)

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]
WRAP_UP = 15  # seconds, by the configuration
LONG_WAIT = timedelta(seconds=70)  # from a minute on key 1 takes a callback
SOON = timedelta(seconds=1)
HAND_OVER = 0.5  # seconds from free to ringing, generously


async def seconds_of_prompts(centre, *keys):
    """How long these prompts are, in French."""
    sounds = await centre.controller.speech.sounds(Language.FRENCH, *(phrase(key) for key in keys))
    length = 0.0
    for sound in sounds:
        with wave.open(f"{sound}.wav") as file:
            length += file.getnframes() / file.getframerate()
    return length


async def test_a_caller_waits_with_music_until_an_agent_comes_to_work(centre):
    await centre.opens()
    caller = await centre.call("0612345621", play=CALLER_TONE)
    await caller.keys("31")
    await caller.until("joined the line", language="fr", subject="legal")
    said = await caller.until("said")
    assert said.facts["keys"] == "queue.nobody queue.callback_hint"
    announcement = await seconds_of_prompts(centre, "queue.nobody", "queue.callback_hint")
    await has_heard(caller.call, announcement + 1.5, within=announcement + 5)
    assert loudness_at_the_end(caller.call.heard) > LOUD, "no music is heard"
    agent = await centre.agent("103")
    ringing = await agent.incoming()
    await ringing.accept()
    await caller.until("talking", agent="nadia")
    await has_heard(caller.call, 1.5)
    await caller.hangs_up()
    await ringing.ended()
    assert_hears_at_the_end(caller.call.heard, AGENT_TONE, not_=CALLER_TONE)
    assert_hears_at_the_end(ringing.heard, CALLER_TONE, not_=AGENT_TONE)
    row = only(await centre.rows(), Direction.INBOUND)
    assert row.ending is CallEnding.ANSWERED
    assert row.wait_seconds > announcement


async def test_the_oldest_caller_is_rung_for_as_soon_as_the_agent_is_free_again(centre):
    await centre.opens()
    office = centre.controller.office
    office.centre = replace(office.centre, queue=replace(office.centre.queue, information_every=SOON))
    agent = await centre.agent("103")
    first = await centre.call("0612345622")
    await first.keys("31")
    talk = await agent.incoming()
    await talk.accept()
    await first.until("talking", agent="nadia")
    second = await centre.call("0612345623")
    await second.keys("31")
    await second.until("joined the line")
    third = await centre.call("0612345624")
    await third.keys("31")
    await third.until("joined the line")
    await second.until("said", keys="queue.next", within=15)
    await third.until("said", keys="queue.position", within=15)
    told = await second.until("information told", article="founding")
    await has_heard(second.call, 1)
    await talk.hang_up()
    ended = await first.until("talk ended", by="agent")
    offered = await second.until("offered", agent="nadia")
    wrap_up = centre.settings.desk.wrap_up.total_seconds()
    assert (offered.at - ended.at).total_seconds() == pytest.approx(wrap_up, abs=HAND_OVER)
    await (await agent.incoming()).accept()
    await second.until("talking", agent="nadia")
    length = await seconds_of_prompts(centre, "article.text.founding")
    assert (offered.at - told.at).total_seconds() < length - 3, "she was not told an article at that moment"
    assert centre.story.lines("offered", third.id) == []
    await together(second.hangs_up(), third.hangs_up())
    await second.until("ended", ending="answered")
    await third.until("ended", ending="abandoned")


async def test_a_caller_may_give_up_her_place_for_a_callback(centre):
    await centre.opens()
    caller = await centre.call("0612345625")
    await caller.keys("31")
    joined = await caller.until("joined the line")
    await caller.until("said", keys="queue.nobody queue.callback_hint")
    await caller.keys("1")
    await caller.until("asked", keys="callback.confirm_number")
    await caller.keys("1")
    promise = await centre.promise()
    await caller.until("said", times=2)
    await caller.hangs_up()
    await caller.until("ended", ending="callback_taken")
    assert (promise.number, promise.language, promise.subject) == ("+212612345625", "fr", "legal")
    assert abs((promise.asked_at - joined.at).total_seconds()) < 0.1, "her place counts from when she joined"


async def test_a_caller_in_the_line_hears_her_place_again_and_changes_language_without_losing_it(centre):
    await centre.opens()
    caller = await centre.call("0612345626")
    await caller.keys("31")
    await caller.until("said", keys="queue.nobody queue.callback_hint")
    later = await centre.call("0612345627")
    await later.keys("11")
    await later.until("joined the line", language="ar", subject="legal")
    joined = caller.row().queued_at
    await caller.keys("*")
    await caller.until("said", keys="queue.next queue.callback_hint")
    await caller.keys("#")
    await caller.until("asked", times=3)  # the languages, the subjects, the languages again
    await caller.keys("1")
    await caller.until("back in the line")
    await caller.until(
        "said", keys="language.changed queue.nobody queue.callback_hint", language="ar", within=40
    )
    agent = await centre.agent("101")
    ringing = await agent.incoming()
    await ringing.accept()
    await caller.until("talking", agent="salma")
    assert centre.story.lines("offered", later.id) == [], "a later caller overtook her"
    await caller.hangs_up()
    await later.hangs_up()
    row = await caller.closed()
    assert (row.ending, row.language, row.subject) == (CallEnding.ANSWERED, "ar", "legal")
    assert row.queued_at == joined


async def test_who_takes_a_callback_while_waiting_is_called_before_those_who_came_after_her(centre):
    await centre.opens()
    agent = await centre.agent("103")
    talks = await centre.call("0612345631")
    await talks.keys("31")
    at_agent = await agent.incoming()
    await at_agent.accept()
    await talks.until("talking", agent="nadia")
    caller = await centre.call("0612345632")
    await caller.keys("31")
    joined = await caller.until("joined the line", language="fr", subject="legal")
    centre.clock.pretend(centre.clock() + LONG_WAIT)
    await caller.keys("1")
    await caller.until("asked", keys="callback.confirm_number")
    await caller.keys("1")
    promise = await centre.promise()
    await caller.hangs_up()
    await caller.until("ended", ending="callback_taken")
    assert abs((promise.asked_at - joined.at).total_seconds()) < 0.1
    later = await centre.call("0612345633")
    await later.keys("31")
    await later.until("joined the line", language="fr", subject="legal")
    person = await centre.person("+212612345632")
    centre.operator.person = person

    await talks.hangs_up()
    ringing = await agent.incoming(within=WRAP_UP + 10)
    await ringing.accept()
    await centre.story.until(
        "asked",
        keys="agent.callback_offer language.name.fr subject.name.legal agent.callback_accept",
        language="fr",
    )
    await ringing.send_keys("1")
    at_person = await person.incoming()
    assert centre.story.lines("offered", later.id) == [], "a later caller overtook her"
    await at_person.accept()
    await centre.story.until("talking", agent="nadia", times=2)
    await at_person.hang_up()
    await ringing.ended()
    await later.hangs_up()
    await later.until("ended", ending="abandoned")
    row = only(await centre.rows(), Direction.OUTBOUND)
    assert (row.ending, row.callback) == (CallEnding.ANSWERED, promise.id)
