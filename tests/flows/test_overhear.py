"""A supervisor beside a conversation, in virtual time: who may, whom, and what is written down."""

import pytest

from ivr.flows.overhear import overhear
from ivr.overhearing import Overheard
from routing.model import AgentId, CallEnding, CallId
from routing.record import Audit
from tests.support.house import FR, House, centre

TALK = Overheard(CallId("77.1"), "77.2")


class Floor:
    """Amal talks, nobody else does."""

    def talk_of(self, agent: AgentId) -> Overheard | None:
        return TALK if agent == "amal" else None


def audits(house: House) -> list[Audit]:
    kept = {record.id: record for record in house.kept.records if isinstance(record, Audit)}
    return list(kept.values())


async def test_every_mode_and_its_second_is_kept(house: House) -> None:
    caller = house.calls(None).keys("271828#").keys("101#").presses("5", at=20).presses("6", at=25)
    assert await house.serves(caller, overhear, Floor(), "101") is CallEnding.SELF_SERVED
    assert caller.overheard == ["77.2"]
    assert "overhear with a beep" in caller.steps
    (audit,) = audits(house)
    assert (audit.who, audit.did, audit.whom, audit.call) == ("hind", "overhear", "amal", "77.1")
    assert [one.split()[0] for one in audit.detail.split(", ")] == ["listen", "whisper", "barge"]
    assert audit.ended_at is not None
    assert (audit.ended_at - audit.began_at).total_seconds() == pytest.approx(30)
    assert "overhear.over" in caller.heard_in(FR)


async def test_a_centre_may_have_no_beep(open_house) -> None:
    house: House = open_house(plan=centre(beep=False))
    caller = house.calls(None).keys("271828#").keys("101#")
    await house.serves(caller, overhear, Floor(), "101")
    assert "overhear" in caller.steps


async def test_who_hangs_up_has_ended_it(house: House) -> None:
    caller = house.calls(None).keys("271828#").keys("101#").hangs_up(at=25)
    await house.serves(caller, overhear, Floor(), "101")
    (audit,) = audits(house)
    assert audit.ended_at == house.now()


async def test_nobody_is_overheard_without_a_pin_or_while_he_does_not_talk(house: House) -> None:
    caller = house.calls(None).keys("271828#").keys("103#").keys("999#").silent()
    await house.serves(caller, overhear, Floor(), "101")
    assert caller.overheard == []
    stranger = house.calls(None).keys("1#").keys("2#").keys("3#")
    await house.serves(stranger, overhear, Floor(), "101")
    assert stranger.overheard == []
    assert {"overhear.not_talking", "overhear.unknown"} <= set(caller.heard)
    assert audits(house) == []
