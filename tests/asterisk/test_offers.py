"""Offers that come to nothing: the next agent is rung at once, and the caller keeps her place."""

import asyncio

import pytest

from routing.model import CallEnding, Direction
from server.softphone import Account, Softphone
from tests.asterisk.centre import AGENT_TONE, CALLER_TONE, assert_hears_at_the_end, has_heard, only, together
from tests.support.plain_phone import PlainPhone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]
RING_FOR = 5  # seconds, as the centre of these tests is configured
NOTICED = 10  # seconds within which a telephone that vanished is noticed


async def first_and_second(centre, caller_number, keys="11"):
    """An agent who is rung first and another who comes next, and a caller whom both can serve."""
    first = await centre.agent("101")
    second = await centre.agent("104")
    caller = await centre.call(caller_number)
    await caller.keys(keys)
    await caller.until("offered", agent="salma")
    return first, second, caller


async def talks_with_the_second(centre, caller, second):
    """The second agent answers and the two hear each other; she never left the line."""
    ringing = await second.incoming()
    await ringing.accept()
    await caller.until("talking", agent="tifaouine")
    await has_heard(caller.call, 1.5)
    await caller.hangs_up()
    await ringing.ended()
    assert_hears_at_the_end(caller.call.heard, AGENT_TONE, not_=CALLER_TONE)
    assert_hears_at_the_end(ringing.heard, CALLER_TONE, not_=AGENT_TONE)
    row = only(await centre.rows(), Direction.INBOUND)
    assert (row.ending, row.agent) == (CallEnding.ANSWERED, "tifaouine")
    assert len(centre.story.lines("joined the line", caller.id)) == 1
    joined = centre.story.lines("joined the line", caller.id)[0]
    assert abs((row.queued_at - joined.at).total_seconds()) < 0.01


def between(before, after):
    return (after.at - before.at).total_seconds()


async def test_an_agent_who_does_not_answer_is_followed_by_the_next(centre):
    await centre.opens()
    first, second, caller = await first_and_second(centre, "0612345611", "15")
    rings = await first.incoming()
    missed = await caller.until("offer missed", agent="salma", within=RING_FOR + 3)
    offered = await caller.until("offered", agent="tifaouine")
    assert missed.facts["why"] == "no_answer"
    assert between(centre.story.lines("offered", caller.id)[0], missed) == pytest.approx(RING_FOR, abs=1)
    assert between(missed, offered) < 0.5
    await rings.ended()
    await talks_with_the_second(centre, caller, second)


@pytest.mark.parametrize("sips", [pytest.param(486, id="busy"), pytest.param(480, id="do-not-disturb")])
async def test_an_agent_who_turns_the_call_away_is_followed_by_the_next(centre, sips):
    await centre.opens()
    first = await centre.agent("101")
    second = await centre.agent("104")
    if sips == 480:
        await first.do_not_disturb()
    caller = await centre.call("0612345612")
    await caller.keys("15")
    if sips == 486:
        await (await first.incoming()).reject()
    missed = await caller.until("offer missed", agent="salma")
    offered = await caller.until("offered", agent="tifaouine")
    assert missed.facts["why"] == {486: "busy", 480: "unreachable"}[sips]
    assert between(missed, offered) < 0.5
    await talks_with_the_second(centre, caller, second)


async def test_an_agent_whose_telephone_declines_is_followed_by_the_next(centre):
    """603, which Asterisk's DIALSTATUS hides; no softphone of ours says it."""
    await centre.opens()
    first = await centre.agent("101")
    await first.unregister()
    second = await centre.agent("104")
    address, _, port = centre.exchange.server.partition(":")
    async with PlainPhone((address, int(port)), "101", centre.secret("101"), "603 Decline") as declines:
        await centre.telephone_is("salma", "idle")
        caller = await centre.call("0612345618")
        await caller.keys("15")
        missed = await caller.until("offer missed", agent="salma")
        assert missed.facts["why"] == "refused"
        assert declines.rung == 1
        await caller.until("offered", agent="tifaouine")
        await centre.agent_is("salma", "on_break")
        await talks_with_the_second(centre, caller, second)


async def test_a_telephone_that_vanishes_while_it_rings_is_given_up_within_ten_seconds(centre):
    # Its offer would last longer than it takes to notice that the telephone is gone.
    await centre.opens(settings=centre.ringing_for(30))
    first, second, caller = await first_and_second(centre, "0612345613", "15")
    await first.incoming()
    gone = asyncio.get_running_loop().time()
    await first.vanish()
    await caller.until("offered", agent="tifaouine", within=NOTICED + 2)
    assert asyncio.get_running_loop().time() - gone <= NOTICED + 1
    await talks_with_the_second(centre, caller, second)


async def test_a_telephone_that_vanished_is_seen_before_a_caller_is_offered_to_it_by_tcp_too(centre):
    await centre.opens()
    account = Account("101", centre.exchange.server, centre.secret("101"), transport="tcp")
    first = await centre.phones.enter_async_context(Softphone(account))
    await first.registered()
    await centre.dials_code(first, "*11", "agent.signed_in")
    second = await centre.agent("104")
    await centre.telephone_is("salma", "idle")
    await first.vanish()
    await centre.telephone_is("salma", "unreachable", within=NOTICED)
    caller = await centre.call("0612345619")
    await caller.keys("15")
    offered = await caller.until("offered")
    assert offered.facts["agent"] == "tifaouine", "she waits for nobody"
    assert between(centre.story.lines("joined the line", caller.id)[0], offered) < 0.5
    await talks_with_the_second(centre, caller, second)


async def test_an_agent_without_a_telephone_is_never_offered_a_call(centre):
    await centre.opens()
    first = await centre.agent("101")
    await first.unregister()
    await centre.telephone_is("salma", "unreachable")
    caller = await centre.call("0612345614")
    await caller.keys("15")
    await caller.until("joined the line")
    second = await centre.agent("104")
    await caller.until("offered", agent="tifaouine")
    assert [line.facts["agent"] for line in centre.story.lines("offered", caller.id)] == ["tifaouine"]
    await talks_with_the_second(centre, caller, second)


async def test_an_older_caller_keeps_her_place_through_a_missed_offer(centre):
    await centre.opens()
    first = await centre.agent("101")
    older = await centre.call("0612345615")
    await older.keys("15")
    ringing = await first.incoming()
    younger = await centre.call("0612345616")
    await younger.keys("15")
    await younger.until("joined the line")
    await ringing.reject()
    await older.until("offer missed", agent="salma")
    second = await centre.agent("104")
    ringing = await second.incoming()
    await older.until("offered", agent="tifaouine")
    assert centre.story.lines("offered", younger.id) == []
    await ringing.accept()
    await older.until("talking", agent="tifaouine")
    await together(older.hangs_up(), younger.hangs_up())
    await younger.until("ended", ending="abandoned")
