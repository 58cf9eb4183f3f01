"""The figures of a real call: told by the running centre, shown by the command, and counted again from the rows."""

import asyncio
import json
from datetime import datetime

import pytest

from server.control import ask
from tests.support.recount import recount

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]


async def stats(centre, *words: str):
    command = map(str, centre.command("stats", "--json", *words))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(output)


def naive(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=None)


def counted_again(centre, shown, agent: str | None = None):
    """The figures of what `stats` has shown, from the rows; `agent`: of the calls he had."""
    begin, end, as_of = naive(shown["from"]), naive(shown["to"]), naive(shown["as_of"])
    return recount(str(centre.exchange.state / "mowakaba.db"), begin, end, as_of, agent=agent)


async def test_a_real_call_is_counted_alike_by_the_centre_the_command_and_the_rows(centre):
    await centre.opens()
    phone = await centre.agent("103")
    caller = await centre.call("0612345651")
    await caller.keys("3")
    await caller.until("menu answered", menu="language")
    await caller.keys("3")
    ringing = await phone.incoming()
    await ringing.accept()
    await caller.until("talking", agent="nadia")
    await caller.hangs_up()
    await caller.until("ended", ending="answered")
    await centre.agent_is("nadia", "available")  # what he writes after the call is whole
    await centre.controller.writer.flush()
    told = (await ask(centre.exchange.state, "figures"))["total"]
    shown = await stats(centre)
    figures = {name: one["value"] for name, one in shown["total"]["figures"].items()}
    assert figures["offered"] == figures["calls_answered"] == told["answered"]["value"] == 1
    assert told["service_level"]["value"] == figures["service_level_published"] == 1
    assert told["wait_mean"]["value"] == figures["speed_of_answer"] > 0
    counted = counted_again(centre, shown)
    assert {name: figures[name] for name in counted} == pytest.approx(counted)
    assert figures["menu_drop.language"] == figures["menu_drop.subject"] == 0
    assert shown["total"]["uncertain"]  # of the hours before this centre began nothing is known
    assert datetime.fromisoformat(shown["total"]["unwatched"][-1]["to"]) < datetime.fromisoformat(shown["to"])
