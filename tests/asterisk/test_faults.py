"""What breaks around the centre: Asterisk dies, the database is away, a port is taken, a second controller comes."""

import asyncio
import json
import os
import signal
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from config.load import load
from config.schema import PbxMode
from config.secrets import kept
from db.store import Store
from dialplan import names
from dialplan.fallback import ASK
from routing.model import CallEnding
from server.controller import Controller
from server.embedded import PbxFailed
from tests.asterisk.centre import LOUD, eventually, has_heard, loudness_at_the_end, with_changes
from tests.support.cut_line import CutLine

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]
SWITCH_AT_MOST = 20  # seconds without the controller until the fallback speaks
BACK_WITHIN = 20  # seconds from the death of Asterisk to calls again


async def test_asterisk_dies_and_comes_back_with_every_row_closed(centre):
    controller = await centre.opens()
    centre.allowed_here += ["asterisk ended unasked", "the link to Asterisk is down", "no link to Asterisk"]
    agent = await centre.agent("103")
    talks = await centre.call("0612345711")
    await talks.keys("31")
    ringing = await agent.incoming()
    await ringing.accept()
    await talks.until("talking")
    waits = await centre.call("0612345712")
    await waits.keys("31")
    await waits.until("joined the line")
    chooses = await centre.call("0612345713")
    await chooses.until("asked")
    process = controller.pbx.pid()
    os.kill(process, signal.SIGKILL)
    centre.asterisk_wrote_down_all = False
    died = asyncio.get_running_loop().time()
    for caller in (talks, waits, chooses):
        await caller.until("ended", within=BACK_WITHIN)
    assert asyncio.get_running_loop().time() - died < BACK_WITHIN
    assert controller.pbx.pid() not in (None, process)
    assert (await talks.closed()).ending is CallEnding.ANSWERED
    for caller in (waits, chooses):
        assert (await caller.closed()).ending is CallEnding.SYSTEM_FAILURE, "she did not hang up: we did"
    for caller in (talks, waits, chooses):
        assert centre.story.lines("lost with Asterisk", caller.id) != []
    # Their telephones have not heard of it.
    await centre.phones.aclose()
    agent = await centre.agent("103")
    caller = await centre.call("0612345714")
    await caller.keys("31")
    await (await agent.incoming()).accept()
    await caller.until("talking")
    await caller.hangs_up()
    await caller.until("ended", ending="answered")


async def test_asterisk_restarted_by_hand_closes_every_row_and_takes_calls_again(centre):
    controller = await centre.opens()
    centre.allowed_here += ["asterisk ended unasked", "the link to Asterisk is down", "no link to Asterisk"]
    waits = await centre.call("0612345721")
    await waits.keys("31")
    await waits.until("joined the line")
    centre.asterisk_wrote_down_all = False
    await controller.pbx.command("core restart now")
    await waits.until("ended", within=2 * BACK_WITHIN)
    assert (await waits.closed()).ending is CallEnding.SYSTEM_FAILURE, "she did not hang up"
    await eventually(lambda: "asterisk started" in centre.log.getvalue(), "Asterisk again", BACK_WITHIN)
    assert centre.log.getvalue().count("asterisk ended unasked") == 1, "the administrator reads why"
    await eventually(lambda: controller.link.up, "the link", BACK_WITHIN)
    await centre.phones.aclose()
    agent = await centre.agent("103")
    caller = await centre.call("0612345722")
    await caller.keys("31")
    await (await agent.incoming()).accept()
    await caller.until("talking")
    await caller.hangs_up()
    await caller.until("ended", ending="answered")


@pytest.mark.timeout(150)
async def test_who_waits_while_the_link_is_away_hears_the_fallback_and_gets_her_place_back(
    centre, monkeypatch
):
    """Longer than the dead-man's switch: with nobody at work Asterisk asks for her number. She keys none and waits."""
    pbx = centre.settings.pbx
    centre.allowed.append("Unable to join queue 'fallback'")
    made = Controller._link_settings
    async with CutLine((pbx.ami_host, pbx.ami_port)) as line:
        monkeypatch.setattr(
            Controller, "_link_settings", lambda controller: replace(made(controller), port=line.port)
        )
        # Asterisk's own clock cannot be pretended: the fallback's queue is of a centre that never closes.
        controller = await centre.opens(datetime.now(UTC), load(centre.exchange.always_open, {}))
        centre.allowed_here += ["the link to Asterisk is down", "no link to Asterisk"]
        waits, leaves = await centre.call("0612345723"), await centre.call("0612345724")
        for caller in (waits, leaves):
            await caller.keys("31")
            await caller.until("joined the line")
        joined = waits.row().queued_at
        line.cut()
        await eventually(lambda: not controller.link.up, "the loss of the link")
        await leaves.hangs_up()
        await centre.channel_in(names.FALLBACK, within=SWITCH_AT_MOST)
        await has_heard(waits.call, 2.0)
        assert loudness_at_the_end(waits.call.heard, 1.5) > LOUD, "the fallback is silent"
        await centre.channel_in(ASK, "Read", within=SWITCH_AT_MOST)
        line.mend()
        await leaves.until("ended", within=SWITCH_AT_MOST, ending="abandoned")
        await waits.until("resumed", within=SWITCH_AT_MOST, stage="queue")
        agent = await centre.agent("103")
        await (await agent.incoming()).accept()
        await waits.until("talking", agent="nadia")
        await waits.hangs_up()
        row = await waits.closed()
        assert row.ending is CallEnding.ANSWERED
        assert abs(row.queued_at - joined) < timedelta(milliseconds=10), "her place is the one she had"
        await centre.is_quiet()
        await centre.stops()


def attached_to(centre, secret):
    """The configuration of a centre whose Asterisk is not its own."""
    home = centre.exchange.state / "pbx"
    return with_changes(
        centre.settings,
        pbx={
            "mode": PbxMode.ATTACHED,
            "ami_secret": SecretStr(secret),
            "config_dir": home / "etc",
            "spool_dir": home / "requests",
            "cdr_file": centre.exchange.cdr,
        },
    )


async def test_an_asterisk_that_is_not_ours_is_served_and_its_requests_become_promises(centre):
    settings = attached_to(centre, kept(centre.exchange.state / "secrets", "ami"))
    controller = await centre.opens(settings=settings)
    assert controller.pbx is None
    request = {"number": "0612345726", "call": "1.1", "asked_at": "2026-11-22T10:00:00+00:00"}
    request["language"] = "zgh"  # which nobody at work speaks: she is not called in this test
    (settings.pbx.spool_dir / "1.json").write_text(json.dumps(request))
    centre.numbers.add("0612345726")
    assert (await centre.promise()).number == "+212612345726"
    agent = await centre.agent("103")
    caller = await centre.call("0612345725")
    await caller.keys("31")
    await (await agent.incoming()).accept()
    await caller.until("talking")
    await caller.hangs_up()
    await caller.until("ended", ending="answered")


async def test_an_asterisk_that_is_not_ours_has_one_controller_at_a_time(centre, short_folder):
    settings = attached_to(centre, kept(centre.exchange.state / "secrets", "ami"))
    centre.allowed_here += ["no link to Asterisk", "the link to Asterisk is down"]  # the other one's words
    await centre.opens(settings=settings)
    state = short_folder / "rival"
    state.mkdir()
    os.symlink(centre.exchange.state / "prompts", state / "prompts")
    rival = Controller(settings, state, centre.clock, lambda _: None)
    with pytest.raises(PbxFailed, match="another controller, with another state folder"):
        await rival.start()
    caller = await centre.call("0612345727")
    await caller.hangs_up()
    await caller.until("ended", ending="left_in_menu")
    await centre.rows_are_complete()
    await centre.stops()
    rival = Controller(settings, state, centre.clock, lambda _: None)
    await rival.start()
    await rival.stop()


async def test_an_asterisk_that_refuses_the_login_is_said_on_the_console(centre):
    centre.allowed_here += ["Asterisk refuses the login"]
    starting = asyncio.create_task(centre.opens(settings=attached_to(centre, "not-the-secret")))
    await eventually(lambda: any("it refuses the login" in line for line in centre.said), "the refusal said")
    starting.cancel()
    await asyncio.wait({starting})


async def run(*command, environ=None):
    """What a program prints, and how it ends."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, **(environ or {})},
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), 30)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, output.decode()


async def test_a_second_controller_refuses_and_the_first_goes_on(centre):
    await centre.opens()
    code, said = await run(*centre.command("--config", centre.exchange.config, "serve"))
    assert code != 0
    assert "Traceback" not in said
    assert str(centre.exchange.state) in said
    assert "another" in said.lower()
    caller = await centre.call("0612345715")
    await caller.hangs_up()
    await caller.until("ended", ending="left_in_menu")


@pytest.mark.parametrize("key", ["sip_port", "ami_port"])
async def test_a_port_in_use_is_named_with_its_key(centre, tmp_path_factory, short_folder, key):
    state = short_folder / f"second-{key}"
    (state / "prompts").parent.mkdir()
    os.symlink(centre.exchange.state / "prompts", state / "prompts")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        code, said = await run(
            centre.command()[0],
            "--state",
            state,
            "--config",
            centre.exchange.config,
            "serve",
            environ={
                "MOWAKABA_PBX__SIP_PORT": str(centre.free()),
                "MOWAKABA_PBX__AMI_PORT": str(centre.free()),
                f"MOWAKABA_PBX__{key.upper()}": str(port),
            },
        )
    assert code != 0
    assert "Traceback" not in said
    assert f"port {port}" in said
    assert f"pbx.{key}" in said
    assert "in use" in said


async def test_without_a_database_calls_are_answered_and_their_rows_come_later(centre, tmp_path):
    away = tmp_path / "away"
    settings = with_changes(centre.settings, database={"url": SecretStr(f"sqlite:///{away / 'mowakaba.db'}")})
    centre.allowed_here += ["starting without the database", "database takes no records"]
    controller = await centre.opens(settings=settings)
    assert any(str(away) in line for line in centre.said), "the message names the database"
    agent = await centre.agent("103")
    caller = await centre.call("0612345716")
    await caller.keys("31")
    await (await agent.incoming()).accept()
    await caller.until("talking")
    await caller.hangs_up()
    await caller.until("ended", ending="answered")
    away.mkdir()
    await eventually(lambda: controller.writer.trouble is None and controller.journal.settled, "the rows", 15)
    store = Store(f"sqlite+aiosqlite:///{away / 'mowakaba.db'}")
    try:
        row = await store.call(caller.id)
    finally:
        await store.close()
    assert row is not None
    assert (row.ending, row.agent) == (CallEnding.ANSWERED, "nadia")


async def test_without_postgresql_calls_are_answered_and_their_rows_wait_in_the_journal(centre):
    closed = centre.free()
    url = SecretStr(f"postgresql://nobody@127.0.0.1:{closed}/mowakaba")
    centre.allowed_here += ["starting without the database", "database takes no records"]
    centre.allowed_here += ["records stay in the journal until the next start"]
    await centre.opens(settings=with_changes(centre.settings, database={"url": url}))
    caller = await centre.call("0612345717")
    await caller.keys("31")
    await caller.until("joined the line")
    await caller.hangs_up()
    await caller.until("ended", ending="abandoned")
    # The database of this state folder is there: the next controller brings the journal home.
    await centre.is_quiet()
    await centre.stops()
    await centre.goes_on()
    assert [row.ending for row in await centre.rows()] == [CallEnding.ABANDONED]
