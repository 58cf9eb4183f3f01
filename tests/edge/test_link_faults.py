"""Named failures of the link, and what the centre is promised in each."""

import asyncio
import random
from datetime import timedelta

import pytest
import structlog.testing

from pbx import session
from pbx.link import Link, LinkLost, LinkSettings
from tests.support.fake_asterisk import FakeAsterisk, encode


async def test_after_a_reset_the_link_comes_back_and_no_telephone_rings_twice(asterisk, linked):
    asterisk.answers["Originate"] = lambda _: None
    async with linked(asterisk) as (link, story):
        originate = asyncio.create_task(link.send("Originate", Channel="PJSIP/0612345678@trunk"))
        await asterisk.receives("Originate")
        asterisk.reset()
        with pytest.raises(LinkLost, match="Originate"):
            await originate
        await story.until("ready", 2)
        await link.send("Ping")
        assert len(asterisk.heard("Originate")) == 1
        assert story.happened == ["up", "ready", "down", "up", "ready"]
        assert link.counters.losses == 1


async def test_everything_that_waits_for_an_answer_fails_at_once(asterisk, linked):
    asterisk.holding |= {"Setvar", "CoreShowChannels"}
    async with linked(asterisk) as (link, _):
        waiting = [asyncio.create_task(link.send("Setvar")) for _ in range(20)]
        waiting.append(asyncio.create_task(link.collect("CoreShowChannels")))
        await asterisk.receives("CoreShowChannels")
        asterisk.reset()
        failures = await asyncio.gather(*waiting, return_exceptions=True)
        assert {type(failure) for failure in failures} == {LinkLost}
        assert link.counters.timed_out == 0


async def test_events_that_came_before_the_loss_are_handed_over(asterisk, linked):
    async with linked(asterisk) as (_, story):
        asterisk.raw(encode([("Event", "Hangup")]) * 1000)
        await asterisk.stop()
        await story.until("down")
        assert story.happened.count("Hangup") == 1000
        assert story.happened.index("down") > 1000
        await asterisk.start()


async def test_a_half_open_connection_is_noticed_within_two_ping_periods(asterisk, linked):
    period = timedelta(milliseconds=150)
    async with linked(asterisk, ping_every=period, ping_timeout=period) as (link, story):
        await asterisk.receives("Ping")
        asterisk.silent = True
        pings = len(asterisk.heard("Ping"))
        await story.until("down")
        assert len(asterisk.heard("Ping")) - pings <= 1  # one question without an answer is enough
        assert link.counters.timed_out == 1
        asterisk.silent = False
        await story.until("ready", 2)


def test_pings_that_could_not_notice_in_time_are_refused():
    with pytest.raises(ValueError, match="ping_timeout"):
        LinkSettings("h", 1, "u", "s", ping_every=timedelta(seconds=1), ping_timeout=timedelta(seconds=2))


async def test_an_asterisk_that_reads_nothing_does_not_fill_memory(asterisk, linked, monkeypatch):
    monkeypatch.setattr(session, "MAX_UNSENT", 100_000)
    async with linked(asterisk) as (link, story):
        asterisk.deaf = True
        while link.up:
            link.post("Setvar", Value="x" * 1000)
            if link.counters.posts % 1000 == 0:
                await asyncio.sleep(0)
        assert link.counters.posts_lost > 0
        asterisk.deaf = False
        await story.until("ready", 2)


async def test_a_refused_login_says_what_to_mend_and_tries_slowly(asterisk, linked):
    asterisk.refuses_login = True
    slow = (timedelta(milliseconds=1), timedelta(milliseconds=300))
    with structlog.testing.capture_logs() as logged:
        async with linked(asterisk, wait=False, backoff=slow) as (link, story):
            await asterisk.receives("Login", 2)
            assert link.problem.startswith("it refuses the login: ")
            asterisk.refuses_login = False
            await story.until("ready")
            assert link.counters.logins_refused == 2
            assert link.problem == ""
    error = next(entry for entry in logged if entry["log_level"] == "error")
    assert "manager.conf" in error["why"]
    assert "'mowakaba'" in error["why"]
    assert asterisk.secret not in str(logged)


async def test_a_port_that_is_not_asterisks_is_named_so(linked):
    async with FakeAsterisk() as other:
        other.silent = True
        with structlog.testing.capture_logs() as logged:
            async with linked(other, wait=False, action_timeout=timedelta(milliseconds=30)):
                await other.receives("Challenge", 2)
    assert "this is not Asterisk's manager port" in logged[0]["why"]


async def test_an_asterisk_that_lacks_a_module_is_told_so(asterisk, linked):
    asterisk.offered = ("Ping", "AGI")
    with structlog.testing.capture_logs() as logged:
        async with linked(asterisk, wait=False, boot_timeout=timedelta(milliseconds=50)) as (_, story):
            await asterisk.has_logged_in(2)
            assert story.happened == []
    assert "ControlPlayback, Originate" in logged[0]["why"]


async def test_a_restarted_asterisk_is_found_again(asterisk, linked):
    async with linked(asterisk) as (link, story):
        await asterisk.stop()
        await story.until("down")
        await asterisk.start()
        await story.until("ready", 2)
        assert (await link.send("Ping"))["Ping"] == "Pong"


def test_pauses_between_tries_grow_to_their_limit_and_differ():
    settings = LinkSettings("h", 1, "u", "s", backoff=(timedelta(seconds=1), timedelta(seconds=8)))

    async def nothing() -> None: ...

    longest = Link(settings, print, nothing, print, chance=lambda: 1.0)
    assert [longest._pause(failures) for failures in range(6)] == [1, 2, 4, 8, 8, 8]
    assert longest._pause(10_000) == 8
    spread = Link(settings, print, nothing, print, chance=random.Random(1).random)
    pauses = {spread._pause(5) for _ in range(50)}
    assert len(pauses) == 50
    assert all(4 <= pause <= 8 for pause in pauses)


async def test_stocktaking_that_fails_begins_again(asterisk, linked):
    async with linked(asterisk, wait=False) as (link, story):
        failures = iter([ZeroDivisionError(), ZeroDivisionError()])

        def stocktaking():
            for failure in failures:
                raise failure

        story.stocktaking = stocktaking
        await story.until("ready")
        assert story.happened == ["up", "down", "up", "down", "up", "ready"]
        assert link.up


async def test_a_loss_while_stock_is_taken_ends_the_stocktaking(asterisk, linked):
    asterisk.holding.add("CoreShowChannels")
    async with linked(asterisk, wait=False) as (link, story):
        story.stocktaking = lambda: link.collect("CoreShowChannels")
        await asterisk.receives("CoreShowChannels")
        asterisk.holding.clear()
        asterisk.reset()
        await story.until("ready")
        assert story.happened == ["up", "down", "up", "ready"]


async def test_doubled_reordered_and_dropped_events_are_handed_over_as_they_came(asterisk, linked):
    messages = [encode([("Event", "DTMFEnd"), ("Digit", str(number))]) for number in range(10)]
    async with linked(asterisk) as (link, story):
        asterisk.replay(messages, lambda all_: [*all_[4:], all_[9], *all_[:2]])
        await link.send("Ping")
        assert "".join(event["Digit"] for event in story.events) == "456789901"


async def test_a_message_of_absurd_length_is_dropped_and_the_link_stays(asterisk, linked):
    async with linked(asterisk) as (link, story):
        asterisk.raw(encode([("Event", "VarSet"), ("Value", "x" * (2 << 20))]))
        asterisk.event("Hangup")
        await link.send("Ping")
        assert story.happened == ["up", "ready", "Hangup"]
        assert link.counters.oversize == 1


async def test_the_end_of_the_link_fails_what_waits_and_leaves_nothing(asterisk, linked):
    asterisk.holding.add("Setvar")
    async with linked(asterisk) as (link, _):
        waiting = asyncio.create_task(link.send("Setvar"))
        await asterisk.receives("Setvar")
    with pytest.raises(LinkLost):
        await waiting
    assert not link.up


async def test_an_action_that_is_given_up_by_its_caller_is_forgotten(asterisk, linked):
    asterisk.holding.add("CoreShowChannels")
    async with linked(asterisk) as (link, story):
        waiting = asyncio.create_task(link.collect("CoreShowChannels"))
        await asterisk.receives("CoreShowChannels")
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert link._session is not None
        assert not link._session._pending
        assert link._session._lists == 0
        asterisk.release("CoreShowChannels")
        await link.send("Ping")
        assert story.happened == ["up", "ready", "CoreShowChannelsComplete"]
