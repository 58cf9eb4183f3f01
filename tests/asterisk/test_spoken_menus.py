"""Callers say their choice to a real recogniser: its Korean model stands for a French one, its words are data."""

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace

import pytest
from ruamel.yaml import YAML

from config.load import load
from routing.model import Language
from tests.asterisk.centre import SETTLES, Caller, Centre, Exchange, _begin, make_exchange, pbx_of
from tests.support import korean
from tests.support.ports import port_of_ours

pytestmark = pytest.mark.timeout(120)
FR = Language.FRENCH


def invitations(caller: Caller) -> int:
    """How often she was invited to speak."""
    asked = caller.centre.story.lines("asked", caller.id)
    return sum("menu.say_or_press" in line.facts["keys"] for line in asked)


async def invited(caller: Caller, times: int = 1) -> None:
    """She was invited to speak, and may."""
    await caller.centre.story.first(
        lambda: invitations(caller) >= times or None, SETTLES, "an invitation to speak", caller.id
    )


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """An Asterisk of a centre where French menus may be answered by voice."""
    made = make_exchange(port_of_ours)
    yaml = YAML()
    written = yaml.load(made.config.read_text(encoding="utf-8"))
    first = 30000 + 200 * (os.getpid() % 45)
    written["pbx"]["rtp_ports"] = f"{first}-{first + 199}"
    written["articles"] = {}  # key 8 is free, to be pressed in error
    written["speech"] = {
        "models": {"fr": str(korean.model())},
        "words": str(korean.words(made.state / "words", "fr")),
    }
    with made.config.open("w", encoding="utf-8") as file:
        yaml.dump(written, file)
    made = replace(made, settings=load(made.config, {}))
    try:
        asyncio.run(_begin(made))
        yield made
    finally:
        asyncio.run(pbx_of(made, made.settings).stop())
        shutil.rmtree(made.state)


@pytest.fixture
async def listening(centre: Centre) -> Centre:
    """The centre is open and understands speech."""
    centre.allowed_here += ["the model does not know some words"]
    controller = await centre.opens()
    assert controller.hearing is not None
    await asyncio.wait_for(controller.hearing.ready(), 60)
    assert controller.hearing.states == {"fr": "ready"}
    return centre


async def test_a_caller_says_her_choice_and_gets_there(listening: Centre, tmp_path) -> None:
    caller = await listening.call("0612345801", play=None)
    await caller.keys("3")
    await invited(caller)
    await caller.phone.say(korean.spoken(korean.ONE, tmp_path / "one.wav", 8000))
    answered = await caller.until("menu answered", menu="subject", key="1", within=30)
    assert float(answered.facts["spoken"]) >= 0.8
    await caller.until("joined the line", language="fr", subject="legal")
    assert korean.ONE not in listening.log.getvalue() + listening.story.told()
    await caller.hangs_up()
    await caller.until("ended", ending="abandoned")


async def test_a_key_pressed_while_she_speaks_wins(listening: Centre, tmp_path) -> None:
    caller = await listening.call("0612345802", play=None)
    await caller.keys("2")
    tamazight = await caller.until("asked", times=2)
    assert tamazight.facts["language"] == "zgh"
    assert "menu.say_or_press" not in tamazight.facts["keys"], "nobody understands Tamazight"
    assert not [one for one in await listening.channels() if one["context"] == "listen"]
    await caller.keys("#3")
    await invited(caller)
    await caller.phone.say(korean.spoken(korean.ONE, tmp_path / "one.wav", 8000))
    await caller.keys("3")
    answered = await caller.until("menu answered", menu="subject", key="3", within=30)
    assert "spoken" not in answered.facts
    await caller.until("joined the line", subject="funding")
    await caller.hangs_up()
    await caller.until("ended", ending="abandoned")


async def test_when_the_recogniser_dies_calls_go_on_by_keypad_and_it_comes_back(
    listening: Centre, tmp_path
) -> None:
    listening.allowed_here += ["no speech is recognised"]
    assert listening.controller is not None
    assert listening.controller.hearing is not None
    recogniser = listening.controller.hearing.recognisers[FR]
    assert recogniser.pid is not None
    caller = await listening.call("0612345803", play=None)
    await caller.keys("3")
    await invited(caller)
    os.kill(recogniser.pid, signal.SIGKILL)
    await caller.keys("*")
    again = await caller.until("menu asked again", within=30)
    assert again.facts["because"] == "repeat"
    await asyncio.wait_for(recogniser.ready(), 60)
    before = invitations(caller)
    await caller.keys("*")
    await invited(caller, before + 1)
    await caller.phone.say(korean.spoken(korean.MONEY, tmp_path / "money.wav", 8000))
    await caller.until("menu answered", menu="subject", key="3", within=30)
    await caller.hangs_up()
    await caller.until("ended", ending="abandoned")
