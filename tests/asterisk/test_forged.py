"""Callers who write Asterisk's events into their own name: nothing they say changes what the centre believes."""

import pytest

from routing.model import CallEnding, Direction
from tests.support.plain_caller import PlainCaller

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]
LINE = "%0D%0A"
SIGNED_IN = f"{LINE}{LINE}Event: DeviceStateChange{LINE}Device: PJSIP/103{LINE}State: NOT_INUSE{LINE}{LINE}"
KEYS = f"{LINE}{LINE}Event: DTMFEnd{LINE}Digit: 1{LINE}Direction: Received{LINE}{LINE}"
BEGUN = (
    f"{LINE}{LINE}Event: AsyncAGIStart{LINE}Channel: PJSIP/forged-1{LINE}Uniqueid: 1.1{LINE}Linkedid: 1.1{LINE}"
    f"Env: agi_arg_1%3A incoming%0A{LINE}{LINE}"
)


def encoded(text):
    """As the user part of an address may hold it."""
    return text.replace(" ", "%20").replace("/", "%2F").replace(":", "%3A")


FROM = {
    "device": (f"<sip:06{encoded(SIGNED_IN)}@127.0.0.2>", None),
    "keys": (f"<sip:06{encoded(KEYS)}@127.0.0.2>", None),
    "call": (f"<sip:06{encoded(BEGUN)}@127.0.0.2>", None),
    "name": ('"a:999@b" <sip:0612345681@127.0.0.2>', "+212612345681"),
    "name-lines": (f'"x{encoded(BEGUN)}" <sip:0612345682@127.0.0.2>', "+212612345682"),
    "name-address": ('"<sip:0600000000@x>" <sip:0612345683@127.0.0.2>', "+212612345683"),
    "letters": ("<sip:06abc12345678@127.0.0.2>", None),
    "nobody": ("<sip:127.0.0.2>", None),
    "dialplan": ("<sip:$%7BSHELL(id)%7D@127.0.0.2>", None),
}


@pytest.mark.parametrize("name", FROM)
async def test_a_known_trunks_caller_cannot_forge_events(centre, name):
    sender, number = FROM[name]
    controller = await centre.opens()
    seats = dict(controller.desk.desk.seats)
    address, _, port = centre.exchange.server.partition(":")
    async with PlainCaller((address, int(port)), "2000", sender) as caller:
        arrived = await centre.story.until("arrived", dialled="2000")
        await centre.story.until("asked", call=arrived.call)
        assert caller.answered.is_set()
        assert dict(controller.desk.desk.seats) == seats
        assert [str(call) for call in controller.reception.lines] == [arrived.call]
        assert centre.story.lines("menu answered") == []
    await centre.story.until("ended", call=arrived.call, ending="left_in_menu")
    (row,) = await centre.rows()
    assert (row.caller, row.dialled, row.ending) == (number, "2000", CallEnding.LEFT_IN_MENU)


@pytest.mark.parametrize("method", ["INVITE", "REGISTER"])
@pytest.mark.parametrize("name", ["device", "keys", "call"])
async def test_a_stranger_changes_nothing(centre, method, name):
    controller = await centre.opens()
    centre.allowed.append("No matching endpoint found")
    seats = dict(controller.desk.desk.seats)
    address, _, port = centre.exchange.server.partition(":")
    sender = FROM[name][0].replace("127.0.0.2", "127.0.0.1")
    async with PlainCaller(
        (address, int(port)), "2000", sender, address="127.0.0.9", method=method
    ) as stranger:
        await stranger.refused.wait()
        assert stranger.status in (401, 403, 404)
    # A true caller comes after him: whatever he had forged would have been taken before her.
    caller = await centre.call("0612345684")
    assert dict(controller.desk.desk.seats) == seats
    await caller.hangs_up()
    await caller.until("ended")
    assert [row.direction for row in await centre.rows()] == [Direction.INBOUND]


async def test_an_anonymous_caller_is_served_and_is_nobody(centre):
    await centre.opens()
    agent = await centre.agent("103")
    caller = await centre.call("0612345685", shows="anonymous@anonymous.invalid")
    await caller.keys("31")
    ringing = await agent.incoming()
    await ringing.accept()
    await caller.until("talking")
    await caller.hangs_up()
    row = await caller.closed()
    assert (row.caller, row.ending) == (None, CallEnding.ANSWERED)


async def test_a_trunks_caller_who_shows_an_agents_extension_is_a_caller(centre):
    """A trunk is known by its address: what its callers call themselves makes none of them a telephone of ours."""
    await centre.opens()
    agent = await centre.agent("101")
    caller = await centre.call("0612345686", shows="101@127.0.0.2")
    await caller.keys("11")
    await (await agent.incoming()).accept()
    await caller.until("talking", agent="salma")
    await caller.hangs_up()
    row = await caller.closed()
    assert (row.caller, row.ending) == (None, CallEnding.ANSWERED)
