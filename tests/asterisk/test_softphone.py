"""The softphone on a real Asterisk: everything the other tests rely on a phone to do."""

import asyncio

import pytest
import pytest_asyncio

from server.softphone import Account, PhoneWaitedInVain, RegistrationRefused, Softphone
from tests.support.plain_asterisk import SECRET, PlainAsterisk
from tests.support.tones import assert_hears, seconds_of

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pbx():
    async with PlainAsterisk() as asterisk:
        yield asterisk
        assert asterisk.troubles() == []


@pytest.fixture
def agent(pbx, tmp_path):
    return Softphone(Account("101", pbx.server, SECRET), play=1200, record_dir=tmp_path)


@pytest.fixture
def caller(pbx, tmp_path):
    account = Account("0612345678", pbx.server)
    return Softphone(account, address="127.0.0.2", play=700, record_dir=tmp_path)


async def test_a_phone_registers_and_signs_off(pbx, agent):
    async with agent:
        await agent.registered()
        assert "101/sip:101" in await pbx.command("pjsip show contacts")
        await agent.unregister()
        while "101/sip:101" in await pbx.command("pjsip show contacts"):
            pass
        await agent.register()
        await agent.registered()
        assert "101/sip:101" in await pbx.command("pjsip show contacts")


async def test_a_wrong_secret_is_told(pbx):
    async with Softphone(Account("101", pbx.server, "wrong")) as phone:
        with pytest.raises(RegistrationRefused, match="401"):
            await phone.registered()


async def test_each_side_hears_the_other(agent, caller):
    async with agent, caller:
        await agent.registered()
        placed = await caller.dial("101")
        ringing = await agent.incoming()
        assert ringing.number == "0612345678"
        await ringing.accept()
        await placed.answered()
        await ringing.send_keys("5")  # a second's talk, and keys the other way
        await placed.send_keys("1234")
        await placed.hang_up()
        assert (await placed.ended()).by_us
        assert not (await ringing.ended()).by_us
        assert (placed.digits, ringing.digits) == ("5", "1234")
        assert_hears(placed.heard, 1200, not_=700)
        assert_hears(ringing.heard, 700, not_=1200)
        assert_hears(placed.said, 700, not_=1200)


async def test_forty_of_forty_keys_arrive_typed_ahead(pbx, caller):
    keys = "1223334444*5556667778889990" * 2
    keys = keys[:39]
    async with caller:
        call = await caller.dial("601")
        await call.answered()
        await call.send_keys(keys, wait=False)
        await call.send_keys("#", wait=False)
        await call.ended(within=20)
        assert pbx.noted("keys_read")[-1] == keys


async def test_a_caller_shows_the_number_of_each_call(pbx, caller):
    shown = ["0612345678 ", "0700000001 ", "+212522000000 Fatima", "anonymous "]
    async with caller:
        for call in (
            await caller.dial("601"),
            await caller.dial("601", caller="0700000001"),
            await caller.dial("601", caller="+212522000000", name="Fatima"),
            await caller.dial("601", caller="anonymous@anonymous.invalid"),
        ):
            await call.answered()
            await call.send_keys("#")
            await call.ended()
    assert pbx.noted("caller")[-4:] == shown


async def test_a_refused_call_ends_with_busy(agent, caller):
    async with agent, caller:
        await agent.registered()
        placed = await caller.dial("101")
        ringing = await agent.incoming()
        await ringing.reject()
        assert (await placed.ended()).code == 486


async def test_do_not_disturb_refuses_without_ringing(pbx, agent, caller):
    async with agent, caller:
        await agent.registered()
        await agent.do_not_disturb()
        placed = await caller.dial("101")
        await placed.ended()
        assert pbx.noted("dialled")[-1].split()[0] in {"NOANSWER", "CHANUNAVAIL", "BUSY", "CONGESTION"}
        await agent.do_not_disturb(on=False)
        await caller.dial("101")
        await agent.incoming()


async def test_a_caller_who_gives_up_stops_the_ringing(agent, caller):
    async with agent, caller:
        await agent.registered()
        placed = await caller.dial("101")
        ringing = await agent.incoming()
        await placed.hang_up()
        await ringing.ended()
        assert (await placed.ended()).by_us


async def test_a_vanished_phone_leaves_no_process_and_no_contact(pbx, agent):
    async with agent:
        await agent.registered()
        await agent.vanish()
        while "Avail" in await pbx.command("pjsip show contacts"):
            pass  # its next qualify is at most two seconds away
        with pytest.raises(PhoneWaitedInVain, match="gone"):
            await agent.incoming(within=0.1)


async def test_a_frozen_phone_answers_again_when_thawed(agent, caller):
    async with agent, caller:
        await agent.registered()
        agent.freeze()
        await caller.dial("101")
        with pytest.raises(PhoneWaitedInVain):
            await agent.incoming(within=0.5)
        agent.thaw()
        await (await agent.incoming()).accept()


async def test_what_is_said_can_change_during_a_call(caller):
    async with caller:
        call = await caller.dial("600")
        await call.answered()
        await caller.say(1700)
        await call.send_keys("12345")
        await call.hang_up()
        await call.ended()
        assert call.heard is not None
        assert seconds_of(call.heard) > 0.5
        assert_hears(call.heard, 1700, not_=700)


async def test_phones_start_together(pbx):
    phones = [
        Softphone(Account(f"06000000{number:02}", pbx.server), address="127.0.0.2") for number in range(6)
    ]
    async with asyncio.TaskGroup() as starting:
        for phone in phones:
            starting.create_task(phone.__aenter__())
    try:
        calls = [await phone.dial("604") for phone in phones]
        for call in calls:
            await call.answered()
    finally:
        for phone in phones:
            await phone.__aexit__(None, None, None)
