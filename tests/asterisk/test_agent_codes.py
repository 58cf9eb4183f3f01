"""Agents key PINs, reasons and outcomes on real telephones; and sit at another's."""

from datetime import timedelta

import pytest

from config.secrets import kept
from routing.model import AgentId, Direction
from tests.asterisk.centre import (
    AGENT_TONE,
    CALLER_TONE,
    assert_hears_at_the_end,
    has_heard,
    only,
    with_changes,
)

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]


def strict(centre):
    return with_changes(centre.settings, desk={"sign_in_pin": True})


def pin(centre, agent: str) -> str:
    return kept(centre.exchange.state / "secrets", f"agent-{agent}-pin")


async def keys_after(centre, call, asked: str, keys: str, times: int = 1) -> None:
    """Key an answer when the question has begun."""

    def begun():
        fit = [line for line in centre.story.lines("asked") if asked in line.facts["keys"].split()]
        return True if len(fit) >= times else None

    await centre.story.first(begun, 10, f"the question {asked}")
    await call.send_keys(keys)


async def test_three_wrong_pins_lock_and_the_right_one_lets_in_at_another_telephone_where_calls_then_ring(
    centre,
):
    centre.allowed_here.append("a wrong PIN")
    await centre.opens(settings=strict(centre))
    first, second = await centre.phone("101"), await centre.phone("103")
    placed = await first.dial("*11")
    for times in (1, 2, 3):
        await keys_after(centre, placed, "agent.pin", "000000#", times)
    await centre.story.until("agent code", does="agent.locked")
    await placed.hang_up()
    assert len(centre.story.lines("sign-in refused")) == 2
    assert centre.state_of("salma") == "signed_out"
    again = await first.dial("*11")
    await centre.story.until("agent code", does="agent.locked", times=2)
    await again.hang_up()
    # At a colleague's telephone nobody has tried yet.
    guest = await second.dial("*11101")
    await keys_after(centre, guest, "agent.pin", f"{pin(centre, 'salma')}#", 4)
    await centre.story.until("agent code", does="agent.signed_in")
    await guest.ended()
    await centre.agent_is("salma", "available")
    caller = await centre.call("0612345811")
    await caller.keys("31")
    await caller.until("offered", agent="salma")
    ringing = await second.incoming()
    await ringing.accept()
    await caller.until("talking", agent="salma")
    await has_heard(caller.call, 1.5)
    assert_hears_at_the_end(caller.call.heard, AGENT_TONE, not_=CALLER_TONE)
    await caller.hangs_up()
    await ringing.ended()
    await centre.stops()
    await centre.goes_on(strict(centre))
    assert centre.controller.desk.desk.seats[AgentId("salma")].extension == "103", "also after a restart"
    told = centre.log.getvalue() + "".join(str(dict(line.facts)) for line in centre.story.lines())
    assert pin(centre, "salma") not in told
    assert "000000" not in told


async def test_reasons_of_breaks_and_outcomes_of_calls_stand_in_the_rows(centre):
    await centre.opens()
    agent = await centre.agent("102")
    caller = await centre.call("0612345812")
    await caller.keys("21")
    ringing = await agent.incoming()
    await ringing.accept()
    await caller.until("talking", agent="idir")
    await caller.hangs_up()
    await ringing.ended()
    await caller.closed()
    await centre.dials_code(agent, "*163", "agent.noted")
    placed = await agent.dial("*16")
    await keys_after(centre, placed, "agent.which_outcome", "1")
    await centre.story.until("outcome kept", outcome="solved")
    await placed.ended()
    row = only(await centre.rows(), Direction.INBOUND)
    assert (row.outcome, row.ending) == ("solved", "answered")

    await centre.dials_code(agent, "*132", "agent.on_break")
    await centre.agent_is("idir", "on_break")
    assert await centre.controller.writer.flush(10)
    changes = await centre.controller.store.agent_changes(agent=AgentId("idir"))
    assert (changes[-1].state, changes[-1].detail) == ("on_break", "prayer")


async def test_the_last_one_at_work_for_who_waits_is_told_and_goes_with_key_one(centre):
    await centre.opens()
    agent = await centre.agent("104")  # answers no legal questions before a minute
    waits = await centre.call("0612345813")
    await waits.keys("21")
    await waits.until("joined the line")
    for times, key, does, state in (
        (1, "2", "agent.stays", "available"),
        (2, "1", "agent.signed_out", "signed_out"),
    ):
        placed = await agent.dial("*12")
        await keys_after(centre, placed, "agent.callers_waiting", key, times)
        await centre.story.until("agent code", does=does)
        await placed.ended()
        await centre.agent_is("tifaouine", state)
    warned = centre.story.lines("would leave callers behind")
    assert [line.facts["waiting"] for line in warned] == ["1", "1"]
    await waits.hangs_up()
    await waits.until("ended", ending="abandoned")


async def test_who_missed_a_call_is_rung_once_hears_why_and_comes_back_with_key_one(centre):
    await centre.opens(settings=with_changes(centre.settings, desk={"recall_after": timedelta(seconds=2)}))
    agent = await centre.agent("103")
    caller = await centre.call("0612345814")
    await caller.keys("31")
    rings = await agent.incoming()
    await caller.until("offer missed", agent="nadia", within=8)
    await rings.ended()
    await caller.hangs_up()
    recalled = await agent.incoming()
    assert recalled.number == "2000"
    await recalled.accept()
    await keys_after(centre, recalled, "agent.set_aside", "1")
    await centre.story.until("agent code", does="agent.back")
    await recalled.ended()
    await centre.agent_is("nadia", "available")
