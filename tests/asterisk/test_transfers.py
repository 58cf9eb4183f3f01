"""An agent passes a caller on, to a colleague, a subject or somebody outside: who hears whom, and what is kept."""

from dataclasses import replace

import pytest

from config.schema import ContactSection
from routing.model import CallEnding, Direction
from routing.record import AgentTalk
from tests.asterisk.centre import (
    AGENT_TONE,
    CALLER_TONE,
    LOUD,
    assert_heard,
    assert_hears_at_the_end,
    assert_silent_of,
    has_heard,
    loudness_at_the_end,
    only,
)
from tests.asterisk.test_figures import counted_again, stats

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]
COLLEAGUE_TONE = 1700


async def in_talk(centre, number="0612345701", extension="103", agent="nadia", subject="31"):
    """An agent at work, and a caller who talks with her in French about a legal matter."""
    phone = await centre.agent(extension)
    caller = await centre.call(number)
    await caller.keys(subject)
    ringing = await phone.incoming()
    await ringing.accept()
    await caller.until("talking", agent=agent)
    return caller, phone, ringing


async def keys_when_asked(caller, talk, wish, keys):
    """The agent steps out and keys a target when he is asked for one."""
    before = len(caller.centre.story.lines("asked", caller.id))
    await talk.send_keys(wish)
    await caller.until("asked", times=before + 1)
    await talk.send_keys(keys)


def parts_of(caller):
    """Each agent's part of her call, in order, as it was last written down."""
    kept = {record.id: record for record in caller.centre.story.records if isinstance(record, AgentTalk)}
    return [part for part in kept.values() if part.call == caller.id]


async def test_a_colleague_is_asked_first_and_then_has_the_caller(centre):
    await centre.opens()
    caller, _, talk = await in_talk(centre)
    colleague = await centre.agent("101", play=COLLEAGUE_TONE)
    await has_heard(talk, 1)
    await keys_when_asked(caller, talk, "*2", "101#")
    asked = await colleague.incoming()
    await asked.accept()
    await caller.until("consulted", to="salma")
    await has_heard(asked, 1.5)
    assert_hears_at_the_end(asked.heard, AGENT_TONE, not_=CALLER_TONE)
    assert_hears_at_the_end(talk.heard, COLLEAGUE_TONE, not_=CALLER_TONE)
    assert loudness_at_the_end(caller.call.heard) > LOUD, "she hears music"
    await talk.hang_up()
    await caller.until("talking", agent="salma")
    await centre.agent_is("salma", "talking")
    await centre.agent_is("nadia", "wrapping_up")
    await has_heard(asked, 1.5)
    assert_hears_at_the_end(asked.heard, CALLER_TONE, not_=AGENT_TONE)
    assert_hears_at_the_end(caller.call.heard, COLLEAGUE_TONE, not_=AGENT_TONE)
    await asked.hang_up()
    await caller.until("ended", ending="answered")
    row = only(await centre.rows(), Direction.INBOUND)
    assert (row.ending, row.agent) == (CallEnding.ANSWERED, "salma")
    first, second = parts_of(caller)
    assert (first.agent, first.ended_by, second.agent, second.ended_by) == (
        "nadia",
        "colleague",
        "salma",
        "agent",
    )
    assert first.ended_at <= second.began_at
    away = caller.seconds_between("agent aside", "passed on")
    assert first.hold_seconds == pytest.approx(away, abs=0.2)
    assert second.hold_seconds == 0
    assert row.hold_seconds == pytest.approx(first.hold_seconds)
    spoken = sum((part.ended_at - part.began_at).total_seconds() for part in (first, second))
    assert row.talk_seconds == pytest.approx(spoken - first.hold_seconds, abs=0.05)
    await centre.controller.writer.flush()
    shown = await stats(centre, "--by", "agent")
    for part in (first, second):
        (his,) = (one["figures"] for one in shown["groups"] if one["key"] == part.agent)
        length = (part.ended_at - part.began_at).total_seconds()
        assert his["talk_time"]["value"] == pytest.approx(length - part.hold_seconds)
        assert his["calls_answered"]["value"] == 1, "the call stands with both"
        counted = counted_again(centre, shown, part.agent)
        assert his["talk_time"]["value"] == pytest.approx(counted["talk_time"])


async def test_a_colleague_who_does_not_want_her_gives_the_agent_back(centre):
    await centre.opens()
    caller, _, talk = await in_talk(centre)
    colleague = await centre.agent("101", play=COLLEAGUE_TONE)
    await keys_when_asked(caller, talk, "*2", "101#")
    asked = await colleague.incoming()
    await asked.reject()
    await caller.until("agent back", agent="nadia")
    await has_heard(talk, 1.5)
    assert_hears_at_the_end(talk.heard, CALLER_TONE, not_=COLLEAGUE_TONE)
    assert_hears_at_the_end(caller.call.heard, AGENT_TONE, not_=COLLEAGUE_TONE)
    await keys_when_asked(caller, talk, "*2", "101#")
    asked = await colleague.incoming()
    await asked.accept()
    await caller.until("consulted")
    await talk.send_keys("2")
    await asked.ended()
    await caller.until("agent back", times=2)
    await has_heard(talk, 1.5)
    assert_hears_at_the_end(talk.heard, CALLER_TONE, not_=COLLEAGUE_TONE)
    await caller.hangs_up()
    await caller.until("ended", ending="answered")
    (part,) = parts_of(caller)
    assert (part.agent, part.ended_by) == ("nadia", "caller")


async def test_a_caller_passed_on_to_a_colleague_who_does_not_answer_is_the_first_in_line(centre):
    await centre.opens(settings=centre.ringing_for(5))
    caller, _, talk = await in_talk(centre)
    colleague = await centre.phone("101", play=COLLEAGUE_TONE)
    waiting = await centre.call("0612345702")
    await waiting.keys("31")
    await waiting.until("joined the line")
    await keys_when_asked(caller, talk, "*3", "101#")
    ringing = await colleague.incoming()
    await talk.ended()
    await ringing.reject()
    await caller.until("back in the line")
    await centre.dials_code(colleague, "*11", "agent.signed_in")
    offered = await centre.story.until("offered", agent="salma")
    assert offered.call == caller.id, "who joined first is first"
    again = await colleague.incoming()
    await again.accept()
    await caller.until("talking", agent="salma")
    await caller.hangs_up()
    await waiting.hangs_up()
    await caller.until("ended", ending="answered")
    assert caller.row().between_seconds > 0


async def test_a_caller_passed_on_to_a_subject_waits_for_it_with_her_age(centre):
    await centre.opens()
    caller, _, talk = await in_talk(centre)
    other = await centre.agent("104", play=COLLEAGUE_TONE)
    await keys_when_asked(caller, talk, "*3", "72#")
    await talk.ended()
    ringing = await other.incoming()
    assert ringing.name.startswith("FR capacity")
    await ringing.accept()
    await caller.until("talking", agent="tifaouine")
    await has_heard(ringing, 1.5)
    assert_hears_at_the_end(ringing.heard, CALLER_TONE, not_=AGENT_TONE)
    await caller.hangs_up()
    await caller.until("ended", ending="answered")
    assert (caller.row().subject, caller.row().agent) == ("capacity", "tifaouine")
    assert [part.ended_by for part in parts_of(caller)] == ["subject", "caller"]


async def test_only_the_directory_leads_outside_and_a_wrong_number_loses_nobody(centre):
    wilaya = ContactSection(code="801", name="Wilaya", number="+212537000001")
    await centre.opens(settings=replace(centre.settings, directory=(wilaya,)))
    caller, _, talk = await in_talk(centre)
    await keys_when_asked(caller, talk, "*3", "0661234567#")
    await caller.until("transfer refused", because="not in the directory")
    assert not centre.operator.called
    asked = await caller.until("asked", keys="transfer.not_in_directory transfer.to_whom")
    assert asked.facts["language"] == "fr"
    person = await centre.person("+212537000001")
    centre.operator.person = person
    await talk.send_keys("801#")
    ringing = await person.incoming()
    await ringing.accept()
    await caller.until("talking", to="directory 801")
    await has_heard(ringing, 3.5)
    assert_hears_at_the_end(caller.call.heard, CALLER_TONE, not_=AGENT_TONE)
    await ringing.hang_up()
    await caller.until("ended", ending="diverted")
    assert list(centre.operator.called.values()) == ["+212537000001"]
    assert [part.outside for part in parts_of(caller)] == [None, "801"]


async def test_a_caller_has_no_keys_and_no_telephone_transfers_by_itself(centre):
    await centre.opens()
    caller, _, talk = await in_talk(centre)
    await centre.phone("101")
    await caller.keys("*2*3*4101#")
    await talk.transfer("101")
    await caller.call.transfer("101")
    await has_heard(talk, 2.5)
    assert_hears_at_the_end(talk.heard, CALLER_TONE, not_=AGENT_TONE)
    assert_hears_at_the_end(caller.call.heard, AGENT_TONE, not_=CALLER_TONE)
    assert centre.story.lines("agent aside", caller.id) == []
    await caller.hangs_up()
    await caller.until("ended", ending="answered")


async def test_a_caller_who_hangs_up_during_a_consultation_leaves_nobody_behind(centre):
    await centre.opens()
    caller, _, talk = await in_talk(centre)
    colleague = await centre.agent("101", play=COLLEAGUE_TONE)
    await keys_when_asked(caller, talk, "*2", "101#")
    asked = await colleague.incoming()
    await asked.accept()
    await caller.until("consulted")
    await caller.hangs_up()
    await caller.until("ended", ending="answered")
    await talk.ended()
    await asked.ended()
    await centre.agent_is("salma", "available")


async def test_a_caller_on_hold_by_key_hears_music_and_the_time_is_kept(centre):
    await centre.opens()
    caller, _, talk = await in_talk(centre)
    await talk.send_keys("*4")
    await caller.until("on hold", agent="nadia")
    await has_heard(caller.call, 1.5)
    assert loudness_at_the_end(caller.call.heard) > LOUD
    assert_silent_of(caller.call.heard, AGENT_TONE)
    await talk.send_keys("1")
    await caller.until("off hold")
    await has_heard(caller.call, 1.5)
    assert_hears_at_the_end(caller.call.heard, AGENT_TONE, not_=CALLER_TONE)
    assert_hears_at_the_end(talk.heard, CALLER_TONE, not_=AGENT_TONE)
    await talk.hold()
    await has_heard(caller.call, 1.5)
    assert loudness_at_the_end(caller.call.heard) > LOUD
    assert_silent_of(caller.call.heard, AGENT_TONE)
    await caller.hangs_up()
    await caller.until("ended", ending="answered")
    by_key = caller.seconds_between("on hold", "off hold")
    assert caller.row().hold_seconds > by_key + 1.4


async def test_an_agent_who_came_back_is_with_her_after_a_restart_too_and_has_his_keys(centre):
    await centre.opens_outside()
    caller, phone, talk = await in_talk(centre)
    await keys_when_asked(caller, talk, "*2", "#")
    for _ in range(2):
        asked = len(caller.centre.story.lines("asked", caller.id))
        await caller.until("asked", times=asked + 1)
        await talk.send_keys("#")
    await caller.until("agent back", agent="nadia")
    await has_heard(talk, 1)
    await centre.is_killed()
    await centre.opens_outside()
    await caller.until("resumed", stage="talk")
    await caller.until("talking", agent="nadia", times=2)
    await keys_when_asked(caller, talk, "*3", "72#")
    await caller.until("passed on")
    await talk.ended()
    await caller.until("joined the line")
    await caller.hangs_up()
    await caller.until("ended", ending="answered")


async def three_talk(centre, caller, talk, colleague):
    """The agent asks a colleague and brings her in; each of the three hears the other two."""
    await keys_when_asked(caller, talk, "*2", "101#")
    asked = await colleague.incoming()
    await asked.accept()
    await caller.until("consulted", to="salma")
    await talk.send_keys("3")
    await caller.until("three talk", third="salma")
    await caller.until("agent back", agent="nadia")
    await has_heard(asked, 2)
    assert_heard(asked.heard, AGENT_TONE, CALLER_TONE)
    assert_heard(talk.heard, COLLEAGUE_TONE, CALLER_TONE)
    assert_heard(caller.call.heard, AGENT_TONE, COLLEAGUE_TONE)
    if centre.controller is not None:
        await centre.agent_is("salma", "talking")
        await centre.agent_is("nadia", "talking")
    return asked


async def test_three_talk_and_when_the_agent_leaves_the_colleague_has_her(centre):
    await centre.opens()
    caller, _, talk = await in_talk(centre)
    colleague = await centre.agent("101", play=COLLEAGUE_TONE)
    asked = await three_talk(centre, caller, talk, colleague)
    await caller.keys("*#")
    await asked.send_keys("*")
    await talk.hang_up()
    await caller.until("talking", agent="salma")
    await centre.agent_is("salma", "talking")
    await centre.agent_is("nadia", "wrapping_up")
    await has_heard(asked, 1.5)
    assert_hears_at_the_end(asked.heard, CALLER_TONE, not_=AGENT_TONE)
    assert_hears_at_the_end(caller.call.heard, COLLEAGUE_TONE, not_=AGENT_TONE)
    await asked.hang_up()
    await caller.until("ended", ending="answered")
    first, second = parts_of(caller)
    assert (first.ended_by, second.agent, second.ended_by) == ("colleague", "salma", "agent")
    assert second.began_at < first.ended_at < second.ended_at
    row = only(await centre.rows(), Direction.INBOUND)
    assert (row.agent, row.ending) == ("salma", CallEnding.ANSWERED)


async def test_the_colleague_leaves_the_three_or_the_caller_ends_it_for_all(centre):
    await centre.opens()
    caller, _, talk = await in_talk(centre)
    colleague = await centre.agent("101", play=COLLEAGUE_TONE)
    asked = await three_talk(centre, caller, talk, colleague)
    await asked.hang_up()
    await caller.until("third left", third="salma", by="agent")
    await centre.agent_is("salma", "wrapping_up")
    await has_heard(talk, 1.5)
    assert_hears_at_the_end(talk.heard, CALLER_TONE, not_=COLLEAGUE_TONE)
    assert_hears_at_the_end(caller.call.heard, AGENT_TONE, not_=COLLEAGUE_TONE)
    await centre.dials_code(colleague, "*14", "agent.back")
    await keys_when_asked(caller, talk, "*2", "101#")
    asked = await colleague.incoming()
    await asked.accept()
    await caller.until("consulted", times=2)
    await talk.send_keys("3")
    await caller.until("three talk", times=2)
    await caller.hangs_up()
    await caller.until("ended", ending="answered")
    await talk.ended()
    await asked.ended()
    assert [part.ended_by for part in parts_of(caller)] == ["caller", "agent", "caller"]
