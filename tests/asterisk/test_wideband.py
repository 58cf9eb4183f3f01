"""Which of a prompt's two sounds Asterisk plays: the better one, where the call can carry it."""

import asyncio

import numpy as np
import pytest

from speech.cache import Cache, Shelf
from speech.level import levelled
from speech.sound import Sound
from tests.speech.sounds import voiced

pytestmark = pytest.mark.asterisk


@pytest.fixture
def prompt(short_folder):
    """A prompt of ten seconds as the voice leaves it for Asterisk."""
    said = np.clip(voiced(10, 22050), -1, 1) * 32767
    cache = Cache(short_folder / "prompts")
    path = cache.path(Shelf.STATIC, "fr", "queue.next", "said")
    cache.put(path, levelled(Sound(said.astype("<i2").tobytes(), 22050)))
    return path.with_suffix("")


@pytest.mark.parametrize(("codec", "played"), [("g722", "slin16"), ("alaw", "slin"), ("ulaw", "slin")])
async def test_a_wideband_call_hears_the_wideband_sound_and_any_other_the_ordinary_one(
    asterisk, prompt, codec, played
):
    async with asterisk.spy() as spy:
        await spy.send(
            "Originate",
            Channel="Local/waits@test-agent/n",
            Application="Playback",
            Data=str(prompt),
            Codecs=codec,
            Async="true",
        )
        listens = await spy.until(
            lambda message: message.get("Event") == "Newexten" and message.get("Application") == "Wait"
        )
        plays = listens["Channel"].replace(";2", ";1")
        async with asyncio.timeout(10):
            format_ = codec
            while format_ == codec:  # not yet playing
                format_ = await written(spy, plays)
        assert format_ == played
        await spy.send("Hangup", Channel=plays)


async def written(spy, channel):
    """What is written to a channel now; Asterisk turns it into what the call carries."""
    states = await spy.list("Status", "StatusComplete")
    return [state["Writeformat"] for state in states if state["Channel"] == channel][-1]
