"""Asterisk with our files starts without a complaint, gives the controller just its rights and no false news."""

import asyncio
import dataclasses
import os
import signal
from pathlib import Path

import pytest

from dialplan.manager import EVENTS
from server import parts, pbx_files
from server.embedded import EmbeddedPbx, PbxFailed, Start
from server.ports import PortInUse
from tests.asterisk.conftest import ports
from tests.support.pbx_plan import plan
from tests.support.plain_caller import PlainCaller

pytestmark = pytest.mark.asterisk
EVIL = "06%0d%0a%0d%0aEvent:%20Evil%0d%0a%0d%0a"


async def number_of(asterisk, sender, *headers, address="127.0.0.2"):
    """The number that the controller is given for a call, and all that the controller and a spy were sent."""
    async with asterisk.controller() as ami, asterisk.spy() as spy:
        async with PlainCaller(asterisk.server, "2000", sender, address, headers):
            started = await ami.until(lambda message: message.get("Event") == "AsyncAGIStart")
            number = await ami.variable(started["Channel"], "MWK_NUMBER")
        await ami.until(lambda message: message.get("Event") == "Hangup")
        assert {message["Event"] for message in ami.events if "Event" in message} <= set(EVENTS)
        return number, ami.raw + spy.raw


def test_asterisk_starts_without_a_warning(booted):
    assert booted.pbx.trouble() == []


def test_asterisk_does_not_run_as_root(booted):
    process = booted.pbx.pid()
    assert process is not None
    if os.geteuid() == 0 and not booted.pbx.warnings:
        assert Path(f"/proc/{process}").stat().st_uid != 0


async def test_the_controller_has_its_rights_and_no_others(asterisk):
    async with asterisk.controller() as ami:
        for action in ("CoreShowChannels", "DeviceStateList", "Status", "Ping"):
            assert (await ami.send(action))["Response"] == "Success"
        for action, headers in {
            "Command": {"Command": "core show version"},
            "GetConfig": {"Filename": "manager.conf"},
            "ModuleLoad": {"LoadType": "reload"},
            "QueuePause": {"Interface": "PJSIP/101", "Paused": "true"},
            "Filter": {"Operation": "Add", "Filter": "x"},
        }.items():
            answer = await ami.send(action, **headers)
            assert (answer["Response"], answer["Message"]) == ("Error", "Permission denied"), action
        originate = {"Channel": "Local/answers@test-agent", "Application": "System", "Data": "true"}
        assert (await ami.send("Originate", **originate))["Response"] == "Error"


@pytest.mark.parametrize(
    ("sender", "number"),
    [
        ("<sip:0612345678@127.0.0.2>", "0612345678"),
        ("<sip:%2B212612345678@127.0.0.2>", "+212612345678"),
        ("<tel:+212612345678>", "+212612345678"),
        ('"a:999@b" <sip:0612345678@127.0.0.2>', "0612345678"),
        ('"x,(y)?Set(MWK_NUMBER=1):${EPOCH}" <sip:0612345678@127.0.0.2>', "0612345678"),
        ('"<sip:0699999999@x>" <sip:anonymous@127.0.0.2>', ""),
        ('"Anonymous" <sip:anonymous@anonymous.invalid>', ""),
        ("<sip:12@127.0.0.2>", ""),
        ("<sip:0612345678;cpc=priority@127.0.0.2>", ""),
        ("<sip:x:Set(MWK_NUMBER=999)@127.0.0.2>", ""),
        ("<sip:0612345678%0d@127.0.0.2>", ""),
    ],
)
async def test_a_caller_is_who_her_number_says_or_nobody(asterisk, sender, number):
    assert (await number_of(asterisk, sender))[0] == number


async def test_a_caller_cannot_speak_to_the_controller_in_asterisks_name(asterisk):
    number, heard = await number_of(asterisk, f'"x" <sip:{EVIL}@127.0.0.2>')
    assert number == ""
    assert b"\nEvent: Evil" not in heard


async def test_who_asks_for_privacy_has_no_number(asterisk):
    assert (await number_of(asterisk, "<sip:0612345678@127.0.0.2>", "Privacy: id"))[0] == ""


@pytest.mark.parametrize(
    ("asserted", "number"),
    [
        (('P-Asserted-Identity: "n" <sip:+212611111111@127.0.0.3>',), "+212611111111"),
        (("P-Asserted-Identity: <tel:+212611111111>",), "+212611111111"),
        ((), ""),
    ],
)
async def test_a_trunk_may_assert_the_number_in_a_header_of_its_own(asterisk, asserted, number):
    sender = "<sip:anonymous@anonymous.invalid>"
    assert (await number_of(asterisk, sender, *asserted, address="127.0.0.3"))[0] == number


@pytest.mark.parametrize("user", [EVIL, "trunk-main", "0612345678", "101"])
@pytest.mark.parametrize("method", ["INVITE", "REGISTER"])
async def test_a_stranger_reaches_nothing_and_the_controller_hears_nothing_of_him(asterisk, user, method):
    async with asterisk.controller() as ami:
        caller = PlainCaller(asterisk.server, "2000", f"<sip:{user}@127.0.0.9>", "127.0.0.9", method=method)
        async with caller:
            await asyncio.wait_for(caller.refused.wait(), 5)
        assert caller.status in (401, 404)
        await ami.send("Ping")
        assert [
            message for message in ami.events if "Event" in message and message["Event"] != "FullyBooted"
        ] == []


async def test_a_number_that_is_not_the_centres_is_refused(asterisk):
    async with PlainCaller(asterisk.server, "999", "<sip:0612345678@127.0.0.2>") as caller:
        await asyncio.wait_for(caller.refused.wait(), 5)
    assert caller.status == 404


async def test_a_restarted_controller_takes_the_running_asterisk_over(asterisk):
    process = asterisk.pbx.pid()
    async with PlainCaller(asterisk.server, "2000", "<sip:0612345678@127.0.0.2>"):
        again = EmbeddedPbx(asterisk.plan, parts.find("asterisk"))
        assert await again.start() is Start.TAKEN_OVER
        assert again.pid() == process


async def test_a_changed_file_takes_effect_while_asterisk_runs(asterisk):
    other = dataclasses.replace(asterisk.plan, numbers=("2000", "2001"))
    assert await asterisk.pbx.reload(other) == {"extensions.conf"}
    assert "1 extension" in await asterisk.pbx.command("dialplan show 2001@from-trunk-main")
    await asterisk.pbx.reload(asterisk.plan)
    assert await asterisk.pbx.reload(asterisk.plan) == set()


async def test_a_port_in_use_is_named_with_its_holder_and_its_setting(asterisk, short_folder):
    settings = dataclasses.replace(asterisk.plan, directories=pbx_files.directories(short_folder / "b"))
    second = EmbeddedPbx(settings, parts.find("asterisk"))
    with pytest.raises(
        PortInUse, match=rf"UDP port {settings.sip_port} .* by .*process {asterisk.pbx.pid()}.*pbx.sip_port"
    ):
        await second.start()
    assert second.pid() is None


async def test_a_long_state_folder_gets_a_short_control_socket(short_folder):
    places = pbx_files.directories(short_folder / ("long" * 30))
    assert len(str(places.run / "asterisk.ctl")) < 108
    assert places == pbx_files.directories(short_folder / ("long" * 30))


async def test_asterisk_starts_again_when_it_ends_unasked_and_stops_when_asked(short_folder):
    pbx = EmbeddedPbx(
        plan(pbx_files.directories(short_folder / ("c" * 90)), **ports()), parts.find("asterisk")
    )
    assert await pbx.start() is Start.STARTED
    first = pbx.pid()
    assert first is not None
    watch = asyncio.create_task(pbx.watch())
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(20):
        while pbx.pid() in (first, None) or not await pbx.running():  # noqa: ASYNC110 - Asterisk tells nobody
            await asyncio.sleep(0.1)
    await pbx.stop()
    await asyncio.wait_for(watch, 5)
    assert pbx.pid() is None
    assert not pbx.plan.directories.run.exists()


async def test_asterisk_that_cannot_start_says_why(short_folder):
    places = dataclasses.replace(pbx_files.directories(short_folder / "d"), modules=short_folder / "nothing")
    (short_folder / "nothing").mkdir()
    pbx = EmbeddedPbx(plan(places, **ports()), parts.find("asterisk"))
    with pytest.raises(PbxFailed):
        await pbx.start()
    assert pbx.pid() is None
