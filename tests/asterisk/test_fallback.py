"""What callers find when no controller is there at all, or dies in the middle of their call."""

import asyncio
import contextlib
import dataclasses
import json
import stat
import time

import pytest
import pytest_asyncio

from dialplan.names import ADOPT, TALK
from tests.asterisk.conftest import SWITCH
from tests.support.plain_caller import PlainCaller

pytestmark = pytest.mark.asterisk
NUMBER = "<sip:0612345678@127.0.0.2>"
NOBODY = "<sip:anonymous@anonymous.invalid>"
STEP = 10  # seconds that a step of the fallback may take at most, prompts included


@pytest_asyncio.fixture
async def spy(asterisk):
    async with asterisk.spy() as session:
        yield session


async def reaches(spy, application, data=""):
    """Wait until a channel is in an application of the fallback."""
    async with asyncio.timeout(STEP):
        return await spy.until(
            lambda message: (
                message.get("Event") == "Newexten"
                and message["Application"] == application
                and data in message["AppData"]
            ),
            STEP,
        )


async def begun(spy):
    """The caller's channel, once the controller has been asked."""
    return (await spy.until(lambda message: message.get("Event") == "AsyncAGIStart"))["Channel"]


async def tell(spy, channel, command, limit=10):
    """Do what a controller would do with a channel, and wait until it is done."""
    mark = f"test-{time.monotonic_ns()}"
    await spy.send("AGI", Channel=channel, Command=command, CommandID=mark)
    return await spy.until(
        lambda message: message.get("Event") == "AsyncAGIExec" and message.get("CommandId") == mark, limit
    )


@contextlib.asynccontextmanager
async def open_now(asterisk):
    """The centre is open for an hour."""
    now = int(time.time())
    await asterisk.pbx.reload(dataclasses.replace(asterisk.plan, open_intervals=((now - 60, now + 3600),)))
    try:
        yield
    finally:
        await asterisk.pbx.reload(asterisk.plan)


async def test_without_a_controller_she_hears_what_happened_within_the_switchs_time(asterisk, spy):
    started = time.monotonic()
    async with PlainCaller(asterisk.server, "2000", NUMBER) as caller:
        await reaches(spy, "Playback", "fallback.trouble")
        assert time.monotonic() - started < SWITCH + 1
        await reaches(spy, "Playback", "fallback.closed")
        assert caller.answered.is_set()
        assert caller.loud > 20


async def test_out_of_hours_she_is_answered_only_when_she_is_asked_for_a_number(asterisk, spy):
    early = PlainCaller(asterisk.server, "2000", NUMBER, address="127.0.0.3")
    async with early as caller:
        await reaches(spy, "Playback", "fallback.closed")
        assert caller.progressed.is_set()
        assert caller.loud > 10
        assert not caller.answered.is_set()
        await reaches(spy, "Read")
        await asyncio.wait_for(caller.answered.wait(), STEP)


async def test_in_open_hours_she_is_answered_before_she_waits(asterisk, spy):
    async with open_now(asterisk), PlainCaller(asterisk.server, "2000", NUMBER, "127.0.0.3") as caller:
        await reaches(spy, "Playback", "fallback.trouble")
        assert caller.answered.is_set()


async def test_out_of_hours_the_number_she_keys_is_kept(asterisk, spy):
    async with PlainCaller(asterisk.server, "2000", NOBODY) as caller:
        await reaches(spy, "Read", "fallback.key_number")
        caller.key("0698765432#")
        await reaches(spy, "Playback", "fallback.kept")
        await asyncio.wait_for(caller.ended.wait(), STEP)
    [file] = asterisk.requests()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    request = json.loads(file.read_text())
    assert (request["number"], request["own_number"], request["dialled"]) == ("0698765432", False, "2000")
    assert (request["language"], request["subject"]) == (None, None)
    assert request["call"]
    assert request["asked_at"].endswith("+00:00")


async def test_out_of_hours_a_hash_means_the_number_she_calls_from(asterisk, spy):
    async with PlainCaller(asterisk.server, "2000", NUMBER) as caller:
        await reaches(spy, "Read", "fallback.own_or_key")
        caller.key("#")
        await reaches(spy, "Playback", "fallback.kept")
    [file] = asterisk.requests()
    request = json.loads(file.read_text())
    assert (request["number"], request["own_number"]) == ("0612345678", True)


async def test_a_number_is_kept_though_she_hangs_up_before_the_hash(asterisk, spy):
    async with PlainCaller(asterisk.server, "2000", NOBODY) as caller:
        await reaches(spy, "Read", "fallback.key_number")
        caller.key("0698765432")
        keys = 0
        while keys < 10:
            await spy.until(
                lambda message: message.get("Event") == "DTMFEnd" and message["Direction"] == "Received"
            )
            keys = sum(m.get("Event") == "DTMFEnd" and m["Direction"] == "Received" for m in spy.events)
            await asyncio.sleep(0.02)
    await spy.until(lambda message: message.get("Event") == "Hangup")
    assert [json.loads(file.read_text())["number"] for file in asterisk.requests()] == ["0698765432"]


async def test_a_number_too_short_is_asked_for_again(asterisk, spy):
    async with PlainCaller(asterisk.server, "2000", NOBODY) as caller:
        await reaches(spy, "Read", "fallback.key_number")
        caller.key("12#")
        await reaches(spy, "Playback", "fallback.wrong_number")
    assert asterisk.requests() == []


async def test_in_open_hours_she_waits_with_music_and_an_agent_takes_her(asterisk, spy):
    async with open_now(asterisk):
        await spy.send("Setvar", Variable="DEVICE_STATE(Custom:free)", Value="INUSE")
        async with PlainCaller(asterisk.server, "2000", NUMBER) as caller:
            await reaches(spy, "Queue")
            await spy.until(lambda message: message.get("Event") == "MusicOnHoldStart")
            before = caller.loud
            await spy.send("Setvar", Variable="DEVICE_STATE(Custom:free)", Value="NOT_INUSE")
            await spy.until(lambda message: message.get("Event") == "AgentConnect", STEP)
            assert caller.loud > before
            await asyncio.wait_for(caller.ended.wait(), STEP)


async def test_a_controller_that_returns_takes_her_out_of_the_queue(asterisk, spy):
    async with open_now(asterisk):
        await spy.send("Setvar", Variable="DEVICE_STATE(Custom:free)", Value="INUSE")
        async with PlainCaller(asterisk.server, "2000", NUMBER):
            channel = await begun(spy)
            await reaches(spy, "Queue")
            await spy.send("Redirect", Channel=channel, Context=ADOPT, Exten="s", Priority="1")
            again = await spy.until(
                lambda message: message.get("Event") == "AsyncAGIStart" and message["Context"] == ADOPT
            )
            assert again["Channel"] == channel
            assert await spy.variable(channel, "MWK_NUMBER") == "0612345678"


@pytest.mark.parametrize("answered", [True, False])
async def test_a_controller_that_dies_while_they_talk_leaves_her_with_thanks(asterisk, spy, answered):
    async with PlainCaller(asterisk.server, "2000", NUMBER) as caller:
        channel = await begun(spy)
        if answered:
            await tell(spy, channel, "ANSWER")
        await tell(spy, channel, f"GOSUB {TALK} s 1 Local/answers@test-agent/n,10,m")
        await reaches(spy, "Playback", "fallback.thanks")
        await asyncio.wait_for(caller.ended.wait(), STEP)


@pytest.mark.parametrize("agent", ["deaf", "busy"])
async def test_a_controller_that_dies_after_a_missed_offer_leaves_her_in_the_fallback(asterisk, spy, agent):
    async with PlainCaller(asterisk.server, "2000", NUMBER):
        channel = await begun(spy)
        await tell(spy, channel, "ANSWER")
        await tell(spy, channel, f"GOSUB {TALK} s 1 Local/{agent}@test-agent/n,1,m")
        await reaches(spy, "Playback", "fallback.trouble")


async def test_she_hears_only_her_language_when_it_is_known(asterisk, spy):
    async with PlainCaller(asterisk.server, "2000", NUMBER):
        await spy.send("Setvar", Channel=await begun(spy), Variable="MWK_LANGUAGE", Value="zgh")
        spoken = await reaches(spy, "Playback", "fallback.trouble")
        assert spoken["AppData"] == f"{asterisk.plan.directories.sounds}/zgh/fallback.trouble,noanswer"


async def test_the_switch_is_off_while_they_talk(asterisk, spy):
    async with PlainCaller(asterisk.server, "2000", NUMBER) as caller:
        channel = await begun(spy)
        talk = asyncio.create_task(tell(spy, channel, f"GOSUB {TALK} s 1 Local/waits@test-agent/n,10,m"))
        await spy.until(lambda message: message.get("Event") == "BridgeEnter")
        await asyncio.sleep(SWITCH + 1)
        assert not caller.ended.is_set()
        assert not talk.done()
        talk.cancel()
