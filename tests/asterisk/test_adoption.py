"""The controller dies, stops or comes back: callers keep their places, talks go on, no row is lost.

Asterisk's own clock cannot be pretended, so the centre of these tests never closes.
"""

import asyncio
import contextlib
from datetime import timedelta

import pytest

from config.load import load
from dialplan import names
from routing.model import CallEnding, Direction
from server.softphone import PhoneWaitedInVain
from tests.asterisk.centre import (
    AGENT_TONE,
    CALLER_TONE,
    LOUD,
    assert_hears_at_the_end,
    has_heard,
    loudness_at_the_end,
    only,
)

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(150)]
SWITCH_AT_MOST = 20  # seconds without a word, the limit


def at_once(monkeypatch):
    """Reconcile with what ended a moment ago, too."""
    for module in ("controller", "reconciliation"):
        monkeypatch.setattr(f"server.{module}.SETTLED", timedelta(0))


async def in_line(centre, *numbers):
    """Callers who wait one after another, and the moments at which they joined."""
    callers = []
    for number in numbers:
        caller = await centre.call(number)
        await caller.keys("31")
        await caller.until("joined the line")
        callers.append(caller)
    joined = [centre.story.lines("joined the line", caller.id)[0].at for caller in callers]
    return callers, joined


async def rings_so_far(agent):
    """The calls that have rung at this telephone."""
    rung = []
    with contextlib.suppress(PhoneWaitedInVain):
        while True:
            rung.append(await agent.incoming(within=0.01))
    return rung


async def serves(agent, caller):
    """The agent answers, and it is this caller."""
    ringing = await agent.incoming()
    await ringing.accept()
    await caller.until("talking", agent="nadia")
    await has_heard(caller.call, 1.0)
    await caller.hangs_up()
    await ringing.ended()
    await caller.until("ended", ending="answered")
    assert_hears_at_the_end(caller.call.heard, AGENT_TONE, not_=CALLER_TONE, seconds=0.6)
    assert_hears_at_the_end(ringing.heard, CALLER_TONE, not_=AGENT_TONE, seconds=0.6)


async def test_callers_who_wait_while_the_controller_is_killed_keep_their_places(centre):
    await centre.opens_outside()
    agent = await centre.phone("103")  # not at work for the controller; Asterisk's own queue would ring it
    callers, joined = await in_line(centre, "0612345651", "0612345652", "0612345653")
    await callers[-1].until("said")
    await centre.is_killed()
    killed = asyncio.get_running_loop().time()
    for _ in callers:
        await centre.channel_in(names.FALLBACK, within=SWITCH_AT_MOST)
    while sum(channel["context"].startswith(names.FALLBACK) for channel in await centre.channels()) < 3:
        assert asyncio.get_running_loop().time() - killed < SWITCH_AT_MOST
    for caller in callers:
        await has_heard(caller.call, 2.0, within=5)
        assert loudness_at_the_end(caller.call.heard, 1.5) > LOUD, "the fallback is silent"

    await centre.opens_outside()
    for caller in callers:
        await caller.until("resumed", stage="queue")
        await caller.until("joined the line", times=2, language="fr", subject="legal")
    for ringing in await rings_so_far(agent):
        await ringing.ended()
    await centre.dials_code(agent, "*11", "agent.signed_in")
    for caller in callers:
        await serves(agent, caller)
    rows = {row.id: row for row in await centre.rows()}
    for caller, moment in zip(callers, joined, strict=True):
        row = rows[caller.id]
        assert abs(row.queued_at - moment) < timedelta(milliseconds=10), (
            "her wait began when she first joined"
        )
        assert (row.ending, row.language, row.subject) == (CallEnding.ANSWERED, "fr", "legal")
        assert row.answered_at < row.queued_at < row.connected_at


async def test_a_talk_goes_on_while_the_controller_is_killed_and_comes_back(centre):
    await centre.opens_outside()
    agent = await centre.agent("103")
    caller = await centre.call("0612345654")
    await caller.keys("31")
    ringing = await agent.incoming()
    await ringing.accept()
    talking = await caller.until("talking", agent="nadia")
    await centre.is_killed()
    # Longer than the switch of a caller who waits.
    await has_heard(caller.call, names.SWITCH_SECONDS + 3, within=names.SWITCH_SECONDS + 8)
    assert_hears_at_the_end(caller.call.heard, AGENT_TONE, not_=CALLER_TONE, seconds=names.SWITCH_SECONDS)
    assert_hears_at_the_end(ringing.heard, CALLER_TONE, not_=AGENT_TONE, seconds=names.SWITCH_SECONDS)

    await centre.opens_outside()
    await caller.until("resumed", stage="talk")
    next_caller = await centre.call("0612345655")
    await next_caller.keys("31")
    await next_caller.until("joined the line")
    await has_heard(caller.call, 1.0)
    assert centre.story.lines("offered", next_caller.id) == [], "an agent who talks is not rung"
    await caller.hangs_up()
    await ringing.ended()
    await caller.until("ended", ending="answered")
    await serves(agent, next_caller)
    (row,) = [row for row in await centre.rows() if row.id == caller.id]
    assert (row.agent, row.ending) == ("nadia", CallEnding.ANSWERED)
    assert abs(row.connected_at - talking.at) < timedelta(milliseconds=100)
    assert row.talk_seconds > names.SWITCH_SECONDS


async def test_a_quick_restart_is_noticed_by_nobody(centre):
    await centre.opens_outside()
    (caller,), (joined,) = await in_line(centre, "0612345656")
    await caller.until("said")
    await centre.is_killed()
    await centre.opens_outside()
    resumed = await caller.until("resumed", stage="queue")
    listens = await caller.until("said", times=2)
    assert (listens.at - resumed.at).total_seconds() < 1, "what was being said keeps nobody from an agent"
    agent = await centre.agent("103")
    await serves(agent, caller)
    row = only(await centre.rows(), Direction.INBOUND)
    assert abs(row.queued_at - joined) < timedelta(milliseconds=10)
    assert {found.context for found in centre.cdr() if found.is_incoming} == {"reception"}, "no fallback"


async def test_a_telephone_that_rings_when_the_controller_is_killed_is_rung_anew(centre):
    await centre.opens_outside()
    agent = await centre.agent("103")
    (caller,), _ = await in_line(centre, "0612345664")
    rings = await agent.incoming()
    await centre.is_killed()
    await centre.opens_outside()
    await caller.until("resumed", stage="queue")
    await rings.ended()
    await serves(agent, caller)
    row = only(await centre.rows(), Direction.INBOUND)
    assert (row.agent, row.ending) == ("nadia", CallEnding.ANSWERED)


async def test_a_caller_in_the_menu_when_the_controller_is_killed_goes_on(centre):
    await centre.opens_outside()
    caller = await centre.call("0612345657")
    await caller.keys("3")
    await caller.until("menu answered", menu="language")
    await centre.is_killed()
    await centre.opens_outside()
    await caller.until("resumed", stage="menu")
    await caller.keys("1")
    await caller.until("joined the line", language="fr", subject="legal")
    await caller.hangs_up()
    await caller.until("ended", ending="abandoned")


@pytest.mark.parametrize(
    ("talks", "ending"), [(True, CallEnding.ANSWERED), (False, CallEnding.ABANDONED)], ids=["talk", "wait"]
)
async def test_a_call_that_ends_while_no_controller_looks_is_closed_afterwards(centre, talks, ending):
    await centre.opens_outside()
    agent = await centre.agent("103") if talks else None
    (caller,), _ = await in_line(centre, "0612345658")
    if agent is not None:
        await (await agent.incoming()).accept()
        await caller.until("talking")
    await centre.is_killed()
    await caller.hangs_up()
    await centre.is_quiet()
    await centre.opens_outside()
    row = await caller.closed()
    assert row.ending is ending
    assert row.ended_at >= row.queued_at  # Asterisk's own record counts whole seconds


async def test_calls_that_came_and_went_without_a_controller_are_in_the_database(centre, monkeypatch):
    at_once(monkeypatch)
    await centre.opens_outside()
    (known,), _ = await in_line(centre, "0612345659")
    await centre.is_killed()
    await known.hangs_up()
    unheard = await known.phone.dial("2000")
    await centre.channel_in("reception", "AGI")
    await unheard.hang_up()
    await unheard.ended()
    await centre.is_quiet()
    controller = await centre.opens(at=centre.clock.machine())
    await controller.reconcile()
    centre.allowed_here.append("a call was found only in Asterisk's own record")
    recovered = [row for row in await centre.rows() if row.recovered]
    assert [(row.caller, row.dialled) for row in recovered] == [("+212612345659", "2000")]
    assert recovered[0].ending is CallEnding.LEFT_IN_MENU


async def test_a_caller_who_gives_her_number_to_the_fallback_is_called_back(centre, monkeypatch):
    at_once(monkeypatch)
    await centre.opens_outside()
    (caller,), _ = await in_line(centre, "0612345663")
    await centre.is_killed()
    # No telephone is registered: the fallback's queue takes nobody, and she is asked for a number.
    centre.allowed.append("Unable to join queue 'fallback'")
    await centre.channel_in(names.FALLBACK, "Read", within=SWITCH_AT_MOST + 20)
    controller = await centre.opens(at=centre.clock.machine(), settings=load(centre.exchange.always_open, {}))
    await caller.keys("#")
    promise = await centre.promise(within=15)
    assert (promise.number, promise.language, promise.subject) == ("+212612345663", "fr", "legal")
    assert promise.asked_in == caller.id
    await caller.call.ended()
    await centre.is_quiet()
    await controller.reconcile()
    row = only(await centre.rows(), Direction.INBOUND)
    assert row.ending is CallEnding.CALLBACK_TAKEN
    assert row.callback == promise.id


async def test_an_orderly_restart_keeps_callers_and_who_is_at_work(centre):
    await centre.opens()
    agent = await centre.agent("103")
    talks, waits = await centre.call("0612345660"), None
    await talks.keys("31")
    ringing = await agent.incoming()
    await ringing.accept()
    await talks.until("talking")
    waits = await centre.call("0612345661")
    await waits.keys("31")
    joined = await waits.until("joined the line")
    await centre.stops()
    await centre.goes_on()
    await talks.until("resumed", stage="talk")
    await waits.until("resumed", stage="queue")
    assert centre.state_of("nadia") == "talking"
    await talks.hangs_up()
    await talks.until("ended", ending="answered")
    await waits.until("offered", agent="nadia")
    await serves(agent, waits)
    assert abs(waits.row().queued_at - joined.at) < timedelta(milliseconds=10)


async def test_the_fallback_rings_a_telephone_and_the_call_is_taken_back_from_its_queue(centre):
    await centre.opens_outside()
    (caller,), (joined,) = await in_line(centre, "0612345662")
    agent = await centre.phone("103")
    await centre.is_killed()
    rings = await agent.incoming(within=SWITCH_AT_MOST + 30)
    await centre.opens_outside()
    await caller.until("resumed", stage="queue", within=15)
    await rings.ended()
    await centre.dials_code(agent, "*11", "agent.signed_in")
    await serves(agent, caller)
    row = only(await centre.rows(), Direction.INBOUND)
    assert abs(row.queued_at - joined) < timedelta(milliseconds=10)
