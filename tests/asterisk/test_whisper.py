"""What an agent hears between picking up and being connected, and what the caller hears meanwhile."""

from pathlib import Path

import numpy as np
import pytest

from ivr.flows.whisper import sentence
from routing.model import CallEnding, Direction, Language, Subject
from tests.asterisk.centre import AGENT_TONE, CALLER_TONE, has_heard, only, with_changes
from tests.support.said import find, likeness, sound_of
from tests.support.tones import HEARD, SEPARATION, level_in, samples_of

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]
LONGEST = 3.0  # seconds of whisper
NOT_HEARD = 0.5


def whispering(centre):
    return with_changes(centre.settings, desk={"whisper": True})


async def whispered(centre, language: Language, calls: int) -> np.ndarray:
    """What an agent with this first language hears of a French call on legal questions."""
    said = sentence(Language.FRENCH, Subject("legal"), calls)
    files = await centre.controller.speech.sounds(language, *said)
    return sound_of(*(Path(f"{file}.wav") for file in files))


def begins(recording: Path, hertz: float) -> float:
    """The second in which this tone begins, alone: speech has others beside it."""
    samples, rate = samples_of(recording)
    window = rate // 10
    for at in range(0, len(samples) - window, window // 4):
        here = samples[at : at + window]
        beside = max(level_in(here, rate, hertz * other) for other in (0.7, 1.4))
        if level_in(here, rate, hertz) > max(HEARD, beside + SEPARATION):
            return at / rate
    raise AssertionError(f"{recording} has no {hertz:g} Hz")


async def test_the_agent_hears_who_calls_the_caller_hears_music_and_then_his_first_word(centre):
    await centre.opens(settings=whispering(centre))
    agent = await centre.agent("103", play=AGENT_TONE)
    caller = await centre.call("0612345801")
    for calls in (1, 2):
        if calls == 2:
            await centre.agent_is("nadia", "available")
            caller = await centre.calls_again(caller.phone)
        await caller.keys("31" if calls == 1 else "1")
        await caller.until("offered", agent="nadia")
        ringing = await agent.incoming()
        await ringing.accept()
        talking = await caller.until("talking", agent="nadia")
        await has_heard(caller.call, 1.5)
        row = caller.row()
        await caller.hangs_up()
        await ringing.ended()
        heard, _ = samples_of(ringing.heard)
        prompt = await whispered(centre, Language.FRENCH, calls)
        assert len(prompt) / 8000 < LONGEST
        at = find(heard, prompt)
        connected = begins(ringing.heard, CALLER_TONE)
        assert connected >= at + len(prompt) / 8000 - 0.2, "she is not connected before it is said"
        hers, _ = samples_of(caller.call.heard)
        assert likeness(hers, prompt).max() < NOT_HEARD, "it is not for her"
        assert row.connected_at is not None
        assert abs((row.connected_at - talking.at).total_seconds()) < 0.1
        begins(caller.call.heard, AGENT_TONE)


async def test_who_hangs_up_while_he_is_told_who_calls_leaves_her_her_place(centre):
    await centre.opens(settings=whispering(centre))
    first = await centre.agent("101")
    second = await centre.agent("104")
    centre.allowed.append("Abnormal 'Gosub(in-talk")  # so Asterisk remarks on who hangs up in one
    caller = await centre.call("0612345802")
    await caller.keys("15")
    await caller.until("offered", agent="salma")
    ringing = await first.incoming()
    await ringing.accept()
    await centre.channel_in("whisper")
    await ringing.hang_up()
    missed = await caller.until("offer missed", agent="salma")
    assert missed.facts["why"] == "busy"
    await centre.agent_is("salma", "on_break")
    await (await second.incoming()).accept()
    await caller.until("talking", agent="tifaouine")
    await caller.hangs_up()
    row = await caller.closed()
    assert (row.ending, row.agent) == (CallEnding.ANSWERED, "tifaouine")


async def test_a_caller_who_hangs_up_meanwhile_is_gone_and_the_agent_is_free(centre):
    await centre.opens(settings=whispering(centre))
    agent = await centre.agent("103")
    caller = await centre.call("0612345803")
    await caller.keys("31")
    ringing = await agent.incoming()
    await ringing.accept()
    await centre.channel_in("whisper")
    await caller.hangs_up()
    await ringing.ended()
    row = await caller.closed()
    assert (row.ending, row.connected_at) == (CallEnding.ABANDONED, None)
    await centre.agent_is("nadia", "available")
    assert only(await centre.rows(), Direction.INBOUND).id == caller.id
