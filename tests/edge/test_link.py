"""What the link promises while all is well."""

import asyncio
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbx.link import ActionRefused, ActionTimedOut, LinkLost, UnsafeValue
from tests.support.fake_asterisk import encode

CHANNELS = [
    ("CoreShowChannel", [("Channel", f"PJSIP/{number}"), ("Uniqueid", str(number))]) for number in range(9)
]


async def test_it_logs_in_without_showing_the_secret(asterisk, linked):
    async with linked(asterisk) as (link, story):
        assert link.up
        assert story.happened == ["up", "ready"]
    assert not any(asterisk.secret in value for action in asterisk.actions for _, value in action.headers)
    assert asterisk.secret not in repr(link.settings)
    assert story.happened == ["up", "ready", "down"]


async def test_an_action_returns_its_response(asterisk, linked):
    async with linked(asterisk) as (link, _):
        pong, done = await asyncio.gather(
            link.send("Ping"), link.send("Setvar", {"Variable": "a"}, Value="ب")
        )
        assert (pong.name, pong["Ping"]) == ("Success", "Pong")
        assert done["Message"] == "Done"
        assert asterisk.heard("Setvar")[0]["Value"] == "ب"


async def test_a_refused_action_says_why(asterisk, linked):
    asterisk.answers["Hangup"] = lambda _: [("Response", "Error"), ("Message", "No such channel")]
    async with linked(asterisk) as (link, _):
        with pytest.raises(ActionRefused, match="Hangup: No such channel") as refusal:
            await link.send("Hangup", Channel="x")
        assert refusal.value.reason == "No such channel"
        assert link.counters.refused == 1


async def test_an_action_without_answer_has_a_deadline_and_its_late_answer_harms_nobody(asterisk, linked):
    asterisk.holding.add("Setvar")
    async with linked(asterisk) as (link, _):
        with pytest.raises(ActionTimedOut):
            await link.send("Setvar", within=link.settings.backoff[0])
        await asterisk.receives("Setvar")
        asterisk.release("Setvar")
        await link.send("Ping")
        assert (link.counters.timed_out, link.counters.late) == (1, 1)


async def test_a_list_is_collected_and_other_events_go_on_meanwhile(asterisk, linked):
    asterisk.lists["CoreShowChannels"] = CHANNELS
    asterisk.holding.add("CoreShowChannels")
    async with linked(asterisk) as (link, story):
        channels = asyncio.create_task(link.collect("CoreShowChannels"))
        await asterisk.receives("CoreShowChannels")
        asterisk.event("Newchannel", Uniqueid="before")
        asterisk.release("CoreShowChannels")
        asterisk.event("Hangup", Uniqueid="after")
        found = await channels
        await story.until("Hangup")
        assert [channel["Uniqueid"] for channel in found] == [str(number) for number in range(9)]
        assert [event.name for event in story.events] == ["Newchannel", "Hangup"]
        before, after = (event.number for event in story.events)
        assert before < found[0].number < found[-1].number < after


async def test_two_lists_at_once_are_not_mixed(asterisk, linked):
    asterisk.lists |= {
        "CoreShowChannels": CHANNELS,
        "DeviceStateList": [("DeviceStateChange", [("State", "INUSE")])],
    }
    async with linked(asterisk) as (link, story):
        channels, devices, empty = await asyncio.gather(
            link.collect("CoreShowChannels"),
            link.collect("DeviceStateList"),
            link.collect("CoreShowChannels"),
        )
        assert (len(channels), len(devices), len(empty)) == (9, 1, 9)
        assert not story.events


async def test_one_may_choose_an_id_and_know_it_before_the_events_come(asterisk, linked):
    asterisk.answers["Originate"] = lambda _: None
    async with linked(asterisk) as (link, story):
        originate = asyncio.create_task(link.send("Originate", Channel="x", ActionID="my own"))
        await asterisk.receives("Originate")
        with pytest.raises(ValueError, match="under way"):
            await link.send("Originate", ActionID="my own")
        answer = encode([("Response", "Success"), ("ActionID", "my own")])
        asterisk.raw(
            answer + encode([("Event", "OriginateResponse"), ("ActionID", "my own"), ("Response", "Failure")])
        )
        assert (await originate).name == "Success"
        await story.until("OriginateResponse")
        assert story.events[0]["Response"] == "Failure"
        assert [name for name, _ in asterisk.heard("Originate")[0].headers] == [
            "Action",
            "ActionID",
            "Channel",
        ]


async def test_posts_are_sent_in_order_and_their_errors_counted(asterisk, linked):
    asterisk.answers["ControlPlayback"] = lambda _: [("Response", "Error"), ("Message", "No such channel")]
    async with linked(asterisk) as (link, _):
        for number in range(5):
            link.post("Setvar", Value=str(number))
        link.post("ControlPlayback", {"Control": "reverse"})
        await link.send("Ping")
        assert [action["Value"] for action in asterisk.heard("Setvar")] == list("01234")
        assert (link.counters.posts, link.counters.posts_refused, link.counters.late) == (6, 1, 0)


async def test_nothing_is_sent_before_the_link_is_up(asterisk, linked):
    asterisk.holding.add("Login")
    async with linked(asterisk, wait=False) as (link, story):
        await asterisk.receives("Login")
        assert not link.up
        with pytest.raises(LinkLost):
            await link.send("Originate")
        link.post("Setvar")
        assert link.counters.posts_lost == 1
        asterisk.release("Login")
        await link.wait_up()
        assert not asterisk.heard("Originate")


async def test_a_booting_asterisk_is_waited_for(asterisk, linked):
    asterisk.offered = ("Ping", "Originate")
    async with linked(asterisk, wait=False) as (link, story):
        await asterisk.receives("ListCommands", 2)
        assert not link.up
        asterisk.event("FullyBooted")
        await story.until("ready")
        assert story.happened == ["FullyBooted", "up", "ready"]


async def test_stock_is_taken_while_events_go_on_being_handed_over_in_order(asterisk, linked):
    asterisk.lists["CoreShowChannels"] = CHANNELS
    async with linked(asterisk, wait=False) as (link, story):

        async def stocktaking():
            asterisk.event("Newchannel")
            story.tell(f"{len(await link.collect('CoreShowChannels'))} channels")
            asterisk.event("Hangup")
            await link.send("Ping")

        story.stocktaking = stocktaking
        await story.until("ready")
        assert story.happened == ["up", "Newchannel", "9 channels", "Hangup", "ready"]


async def test_unwanted_events_are_dropped_by_name(asterisk, linked):
    async with linked(asterisk, wanted=frozenset({"Hangup"})) as (link, story):
        for name in ("Newexten", "Hangup", "HangupRequest", "Hang"):
            asterisk.event(name)
        await link.send("Ping")
        assert [event.name for event in story.events] == ["Hangup"]
        assert (link.counters.events, link.counters.unwanted) == (1, 3)


@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_order_is_kept_however_the_network_cuts_the_stream(linked, asterisk, data):
    sizes = data.draw(st.lists(st.integers(1, 60), min_size=1, max_size=9))

    def pieces(stream):
        start = 0
        for size in itertools.cycle(sizes):
            if start >= len(stream):
                return
            yield stream[start : start + size]
            start += size

    asterisk.pieces = pieces
    async with linked(asterisk) as (link, story):
        for number in range(40):
            asterisk.event("DTMFEnd", Digit=str(number), CallerIDName="مواكبة ⵎⵡⴽⴱ")
        await link.send("Ping")
        assert [event["Digit"] for event in story.events] == [str(number) for number in range(40)]
        assert {event["CallerIDName"] for event in story.events} == {"مواكبة ⵎⵡⴽⴱ"}


@given(value=st.text(st.characters(codec="utf-8") | st.sampled_from("\r\n"), max_size=30))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_value_becomes_another_header_on_the_wire(linked, asterisk, value):
    async with linked(asterisk) as (link, _):
        asterisk.actions.clear()
        try:
            await link.send("Setvar", Value=value)
        except UnsafeValue:
            assert not asterisk.actions
        else:
            (action,) = asterisk.actions
            assert [name for name, _ in action.headers] == ["Action", "ActionID", "Value"]
            assert action["Value"] == value


async def test_a_handler_that_fails_stops_nothing(asterisk, linked):
    async with linked(asterisk) as (link, story):
        story.handler = lambda event: 1 / (event["Uniqueid"] != "2")
        for number in "123":
            asterisk.event("Hangup", Uniqueid=number)
        await link.send("Ping")
        assert [event["Uniqueid"] for event in story.events] == ["1", "2", "3"]
        assert link.counters.handler_errors == 1


async def test_an_agi_result_of_many_kilobytes_arrives_whole(asterisk, linked):
    result = "200%20result%3D1%20(" + "%E2%B5%8E" * 9000 + ")%0A"
    async with linked(asterisk) as (_, story):
        asterisk.event("AsyncAGIExec", CommandId="c1", Result=result)
        await story.until("AsyncAGIExec")
        assert story.events[0]["Result"] == result


async def test_malformed_and_forged_messages_are_counted_and_harm_nothing(asterisk, linked):
    async with linked(asterisk) as (link, story):
        asterisk.raw(b"nonsense\r\n\r\nReport0: 1\r\n\r\n\xff\xfe\r\n\r\n: \r\n\r\n")
        asterisk.raw(b"Event: Hangup\r\nCallerIDNum: 6\r\nUniqueid: 7\r\nUniqueid: 8\r\n\r\n")
        asterisk.raw(b"Response: Success\r\nActionID: guessed\r\n\r\nResponse: Success\r\n\r\n")
        asterisk.event("Hangup", Uniqueid="9")
        await link.send("Ping")
        assert [event["Uniqueid"] for event in story.events] == ["9"]
        assert (link.counters.malformed, link.counters.doubtful, link.counters.late) == (4, 1, 2)


async def test_a_flood_leaves_the_loop_to_others(asterisk, linked):
    async with linked(asterisk) as (link, story):
        flood = 5000
        turns: list[int] = []

        async def other_work():
            while len(story.events) < flood:
                turns.append(len(story.events))
                await asyncio.sleep(0)

        event = encode([("Event", "VarSet"), ("Variable", "x"), ("Value", "y" * 20)])
        work = asyncio.create_task(other_work())
        asterisk.raw(event * flood)
        await work
        await link.send("Ping")
        assert max(later - earlier for earlier, later in itertools.pairwise([*turns, flood])) <= 250
        assert link.counters.messages >= flood
