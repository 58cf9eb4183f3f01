"""SIPp's callers on a real Asterisk: their keys arrive, they hang up where they should, and all are counted."""

import pytest
import pytest_asyncio

from tests.support.plain_asterisk import PlainAsterisk
from tests.support.sipp import (
    Keys,
    LoadCall,
    Pause,
    Script,
    Speak,
    hanging_up_anywhere,
    may_open_raw_sockets,
    place_calls,
)

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]
# Keys as RTP need a raw socket, which not every user may open; keys as INFO need none.
WAYS = ["rfc4733", "info"] if may_open_raw_sockets() else ["info"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pbx():
    async with PlainAsterisk() as asterisk:
        yield asterisk
        assert asterisk.troubles() == []


@pytest.mark.parametrize("keys", WAYS)
async def test_forty_of_forty_callers_keys_arrive(pbx, keys):
    patient = Script((Pause(0.5), Keys("1234567890#"), Speak(0.5)))
    hasty = Script((Keys("42*0099#", press=0.06, gap=0.06), Pause(5)))
    calls = [LoadCall(f"06000000{n:02}", "601", patient if n % 2 else hasty) for n in range(40)]
    before = len(pbx.noted("keys_read"))
    result = await place_calls(calls, server=pbx.server, keys=keys)
    assert (result.placed, result.successful, result.ended_by_centre) == (40, 40, 40), result
    read = pbx.noted("keys_read")[before:]
    assert sorted(read) == ["1234567890"] * 20 + ["42*0099"] * 20


@pytest.mark.parametrize("keys", WAYS)
async def test_every_kind_of_end_is_counted(pbx, keys):
    calls = [
        LoadCall("0612345678", "604", Script((Pause(0.5),))),
        LoadCall("0612345678", "604"),  # hangs up as soon as it is answered
        LoadCall("0612345678", "999"),
        LoadCall("0612345678", "605", Script(give_up_ringing=0.3)),
        LoadCall("0612345678", "604", Script(give_up_ringing=0.0)),  # answered before it can give up, or not
        LoadCall("0612345678", "601", Script((Keys("#"), Pause(5)))),
    ]
    result = await place_calls(calls, server=pbx.server, keys=keys)
    assert (result.placed, result.failed, result.refused, result.ended_by_centre) == (6, 0, 1, 1), result
    assert result.answered + result.given_up == 5
    assert result.given_up in (1, 2)


async def test_any_from_address_can_be_shown(pbx):
    froms = {
        '"Anonymous" <sip:anonymous@anonymous.invalid>': "anonymous Anonymous",
        "<sip:+212612345678@127.0.0.2>": "+212612345678 ",
        "<sip:a%20b@127.0.0.2>": "a b ",
    }
    before = len(pbx.noted("caller"))
    calls = [LoadCall(value, "601", Script((Keys("#"), Pause(3)))) for value in froms]
    result = await place_calls(calls, server=pbx.server, keys="info")
    assert result.failed == 0, result
    assert sorted(pbx.noted("caller")[before:]) == sorted(froms.values())


@pytest.mark.parametrize("keys", WAYS)
async def test_callers_who_hang_up_anywhere_leave_nothing(pbx, keys):
    steps = (Pause(0.3), Keys("1"), Speak(0.4), Keys("2"), Pause(0.3))
    calls = hanging_up_anywhere(60, steps, seed=7, dials="604", give_up_ringing=0.0)
    result = await place_calls(calls, server=pbx.server, rate=20, keys=keys)
    assert (result.placed, result.failed) == (60, 0), result
    assert result.answered + result.given_up == 60
    while "0 active channels" not in await pbx.command("core show channels count"):
        pass
