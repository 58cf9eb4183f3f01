"""Supervisors record prompts from their telephones, and the next caller hears them."""

import shutil
import wave
from dataclasses import replace
from pathlib import Path

import pytest

from config.schema import SupervisorSection
from config.secrets import kept
from ivr.studio import MESSAGE
from routing.model import CallId, Language
from routing.record import TraceLine
from server.softphone import Account, PhoneCall, Softphone
from server.studio import Folders
from tests.asterisk.centre import Centre, eventually, has_heard, last_seconds
from tests.support.tones import HEARD, SEPARATION, level_in
from tests.support.voices import BURST, PAUSE, RATE, speech

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]

PIN = "271828"
VOICE, FAR_FROM_IT = 1000, 1700  # hertz
SPOKEN = 3  # seconds
FR = Language.FRENCH


@pytest.fixture
def supervised(centre: Centre):
    """A centre with a supervisor at the telephone 101, which leaves no recording to the next test."""
    written = {"id": "hind", "name": "Hind", "extension": "101", "language": "fr", "pin": PIN}
    hind = SupervisorSection.model_validate(written)
    centre.settings = replace(centre.settings, supervisors=(hind,))
    centre.numbers.add(PIN)
    yield centre
    for file in (centre.exchange.state / "pbx" / "log").rglob("*"):
        assert file.is_dir() or PIN not in file.read_text(encoding="utf-8", errors="replace"), file
    shutil.rmtree(centre.exchange.state / "recordings", ignore_errors=True)


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    """Somebody who speaks for a minute and a half, syllable by syllable."""
    file = tmp_path / "voice.wav"
    syllable = speech(BURST + PAUSE, hertz=VOICE)
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(syllable * 250)
    return file


async def asked(centre: Centre, key: str, call: CallId | None = None) -> TraceLine:
    """The question in which this prompt is heard."""

    def found() -> TraceLine | None:
        return next(
            (line for line in centre.story.lines("asked", call) if key in line.facts["keys"].split()), None
        )

    line: TraceLine = await centre.story.first(found, 20.0, f"a question with {key}")
    return line


def is_the_voice(call: PhoneCall) -> bool:
    """Whether the telephone hears Hind just now."""
    samples, rate = last_seconds(call.heard, 1.0)
    level, other = level_in(samples, rate, VOICE), level_in(samples, rate, FAR_FROM_IT)
    return level > HEARD and other < level - SEPARATION


async def hears_the_voice(call: PhoneCall) -> None:
    await eventually(lambda: is_the_voice(call), "Hind's voice", 20.0)


async def records(centre: Centre, voice: Path, keys: str, key: str) -> None:
    """Hind keys her way to a prompt, speaks, and keeps it."""
    phone = await centre.phone("101", play=voice)
    call = await phone.dial("*18")
    story = centre.story
    await story.until("asked", keys="studio.pin")
    await call.send_keys(f"{PIN}#")
    await story.until("studio opened", supervisor="hind")
    await call.send_keys(keys)
    await story.until("asked", keys=f"studio.text {key} studio.speak", within=20)
    await call.send_keys("5")  # she knows the text
    takes = centre.exchange.state / "pbx" / "spool"
    await eventually(
        lambda: any(take.stat().st_size > SPOKEN * 2 * RATE for take in takes.glob("take-*.wav")),
        f"{SPOKEN} seconds on the disk",
    )
    await call.send_keys("#")
    await asked(centre, "studio.keep")
    await hears_the_voice(call)
    await call.send_keys("1")
    await story.until("recorded", key=key, language="fr", supervisor="hind")
    await call.hang_up()
    await call.ended()


async def test_a_prompt_recorded_by_telephone_is_heard_in_the_next_call(supervised, voice):
    centre = supervised
    await centre.opens()
    folders = Folders(centre.exchange.state)
    number = folders.numbers.of(["welcome"])["welcome"]
    await records(centre, voice, f"{number}#3", "welcome")

    caller = await centre.call("0612345711")
    await caller.keys("3")
    await caller.until("menu answered", menu="language")
    await hears_the_voice(caller.call)
    await caller.hangs_up()
    await caller.until("ended")

    assert folders.shelf.remove(FR, "welcome", by="test", at=centre.clock())
    again = await centre.call("0612345712")
    await again.keys("3")
    await again.until("menu answered", menu="language")
    await has_heard(again.call, 2.0)
    assert not is_the_voice(again.call)
    await again.hangs_up()
    await again.until("ended")


async def test_the_message_of_the_day_is_heard_after_the_welcome_in_its_language_only(supervised, voice):
    centre = supervised
    await centre.opens()
    await records(centre, voice, "0#31#", MESSAGE)
    caller = await centre.call("0612345713")
    await caller.keys("3")
    french = await asked(centre, MESSAGE, caller.id)
    assert french.facts["keys"].startswith("welcome ")
    assert french.facts["language"] == "fr"
    await caller.keys("#1")
    arabic = await asked(centre, "language.changed", caller.id)
    assert MESSAGE not in arabic.facts["keys"]
    await caller.hangs_up()
    await caller.until("ended")


async def test_three_wrong_pins_end_the_call(supervised):
    centre = supervised
    centre.allowed_here.append("the studio lets nobody in")
    await centre.opens()
    phone = await centre.phone("101")
    call = await phone.dial("*18")
    for wrong in range(1, 4):
        await centre.story.until("asked", language="ar", times=wrong)
        await call.send_keys(f"00{wrong}0#")
    await centre.story.until("studio locked")
    end = await call.ended()
    assert not end.by_us
    await centre.story.until("ended", ending="self_served")


async def test_a_supervisor_who_is_no_agent_has_a_telephone_of_his_own(supervised):
    centre = supervised
    written = {"id": "omar", "name": "Omar", "extension": "110", "language": "zgh", "pin": PIN}
    omar = SupervisorSection.model_validate(written)
    centre.settings = replace(centre.settings, supervisors=(omar,))
    await centre.opens()
    secret = kept(centre.exchange.state / "secrets", "supervisor-110")
    phone = await centre.phones.enter_async_context(
        Softphone(Account("110", centre.exchange.server, secret), record_dir=centre.folder / "omar")
    )
    await phone.registered()
    call = await phone.dial("*18")
    question = await asked(centre, "studio.pin")
    assert question.facts["language"] == "zgh"
    await call.send_keys(f"{PIN}#")
    await centre.story.until("studio opened", supervisor="omar")
    await centre.story.until("asked", keys="studio.number", language="zgh")
    await call.hang_up()
    await call.ended()
