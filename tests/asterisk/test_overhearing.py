"""A supervisor listens to a conversation, whispers to the agent and joins: who hears whom, by tones of four people."""

from dataclasses import replace

import pytest

from config.schema import SupervisorSection
from routing.record import Audit
from tests.asterisk.centre import (
    AGENT_TONE,
    CALLER_TONE,
    assert_heard,
    assert_silent_of,
    has_heard,
    last_seconds,
)
from tests.support.tones import HEARD, level_in

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]
PIN = "271828"
SUPERVISOR_TONE = 2100
BEEP = 1400


@pytest.fixture
def supervised(centre):
    """A centre with a supervisor who has a PIN for any telephone."""
    written = {"id": "hind", "name": "Hind", "language": "fr", "pin": PIN}
    hind = SupervisorSection.model_validate(written)
    centre.settings = replace(centre.settings, supervisors=(hind,))
    centre.numbers.add(PIN)
    return centre


def seconds_of_tone(recording, hertz):
    """How long, by pieces of a tenth of a second, this tone was in the recording."""
    samples, rate = last_seconds(recording, 30)
    piece = rate // 10
    return (
        sum(level_in(samples[at : at + piece], rate, hertz) > HEARD for at in range(0, len(samples), piece))
        / 10
    )


async def in_talk(centre):
    phone = await centre.agent("103")
    caller = await centre.call("0612345801")
    await caller.keys("31")
    ringing = await phone.incoming()
    await ringing.accept()
    await caller.until("talking", agent="nadia")
    return caller, ringing


async def dials_in(centre, phone):
    placed = await phone.dial("*19")
    opened = await centre.story.until("asked", keys="studio.pin")
    await placed.send_keys(f"{PIN}#")
    await centre.story.until("asked", keys="overhear.whom", call=opened.call)
    return placed, opened.call


def audits(centre):
    kept = {record.id: record for record in centre.story.records if isinstance(record, Audit)}
    return list(kept.values())


async def test_a_supervisor_listens_whispers_and_joins_and_it_is_written_down(supervised):
    await supervised.opens()
    caller, talk = await in_talk(supervised)
    phone = await supervised.phone("101", play=SUPERVISOR_TONE)
    spying, call = await dials_in(supervised, phone)
    await spying.send_keys("103#")
    await supervised.story.until("overhears", call=call, agent="nadia")
    await has_heard(spying, 2)
    assert_heard(spying.heard, AGENT_TONE, CALLER_TONE)
    for warned in (talk, caller.call):
        assert 0.2 < seconds_of_tone(warned.heard, BEEP) < 0.7, "nobody is overheard in secret"
    assert_silent_of(talk.heard, SUPERVISOR_TONE)
    assert_silent_of(caller.call.heard, SUPERVISOR_TONE)
    await spying.send_keys("5")
    await supervised.story.until("overhears so", call=call, mode="whisper")
    await has_heard(talk, 1.5)
    assert_heard(talk.heard, SUPERVISOR_TONE, CALLER_TONE)
    assert_silent_of(caller.call.heard, SUPERVISOR_TONE)
    await spying.send_keys("6")
    await supervised.story.until("overhears so", call=call, mode="barge")
    await has_heard(talk, 1.5)
    assert_heard(talk.heard, SUPERVISOR_TONE, CALLER_TONE)
    assert_heard(caller.call.heard, SUPERVISOR_TONE, AGENT_TONE)
    assert_heard(spying.heard, AGENT_TONE, CALLER_TONE)
    await spying.send_keys("4")
    await supervised.story.until("overhears so", call=call, mode="listen")
    await has_heard(talk, 1.5)
    assert_silent_of(talk.heard, SUPERVISOR_TONE)
    await caller.hangs_up()
    await supervised.story.until("asked", keys="overhear.over overhear.whom", call=call, language="fr")
    (audit,) = audits(supervised)
    assert (audit.who, audit.did, audit.whom, audit.call) == ("hind", "overhear", "nadia", caller.id)
    assert audit.ended_at is not None
    assert [one.split()[0] for one in audit.detail.split(", ")] == ["listen", "whisper", "barge", "listen"]
    await spying.hang_up()
    await supervised.is_quiet()
    store = supervised.controller.store
    assert await supervised.controller.writer.flush(5)
    assert await store.audited() == [audit]


async def test_an_agent_who_talks_with_nobody_is_not_to_be_overheard(supervised):
    await supervised.opens()
    await supervised.agent("103")
    phone = await supervised.phone("101", play=SUPERVISOR_TONE)
    spying, call = await dials_in(supervised, phone)
    await spying.send_keys("103#")
    await supervised.story.until("asked", keys="overhear.not_talking overhear.whom", call=call)
    await spying.send_keys("999#")
    await supervised.story.until("asked", keys="overhear.unknown overhear.whom", call=call)
    await spying.hang_up()
    await supervised.story.until("ended", call=call)
    assert audits(supervised) == []
