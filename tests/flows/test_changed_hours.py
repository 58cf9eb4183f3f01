"""A supervisor closes the centre, or opens it, in the middle of a day: who waits, who calls, what was promised."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.flows.wait_for_agent import wait_for_agent
from routing.events import AgentTookBreak
from routing.hours import Closed, Open
from routing.model import AgentId, BreakReason, CallEnding
from routing.overrides import Becomes, Reason
from server.opening import Opening
from tests.support.house import FR, LEGAL, MONDAY_10, SUNDAY, House

Opened = Callable[..., House]
HOUR = timedelta(hours=1)


def says(house: House, becomes: Becomes, lasting: timedelta) -> None:
    house.opening.change(becomes, house.now() + lasting, Reason.TECHNICAL, "hind")


async def test_who_calls_after_the_centre_was_closed_hears_when_it_opens_again(
    open_house: Opened, tmp_path: Path
) -> None:
    house = open_house(state=tmp_path)
    house.signs_in("amal")
    says(house, Becomes.CLOSED, 2 * HOUR)
    caller = house.calls(known=FR).hangs_up_after("callback.offer")
    assert await house.serves(caller) is CallEnding.CLOSED
    (reopens,) = [said for said in caller.said if said.key == "closed.reopens_day"]
    assert reopens.slots["at"] == "12:00"


async def test_a_promise_taken_while_it_is_closed_is_kept_when_it_opens_again(
    open_house: Opened, tmp_path: Path
) -> None:
    house = open_house(state=tmp_path)
    house.signs_in("amal")
    says(house, Becomes.CLOSED, 2 * HOUR)
    caller = house.calls(known=FR).keys("1").keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    (promise,) = house.promises
    assert promise.not_before == MONDAY_10 + 2 * HOUR
    assert house.book.due(MONDAY_10 + HOUR) == ()
    assert house.book.due(MONDAY_10 + 2 * HOUR) == (promise,)


async def test_who_waits_when_it_is_closed_is_served_in_the_grace_and_then_promised_a_call(
    open_house: Opened, tmp_path: Path
) -> None:
    house = open_house(state=tmp_path)
    house.signs_in("amal")
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    house.later(60, says, house, Becomes.CLOSED, 24 * HOUR)
    caller = house.calls().keys("1")
    assert await house.serves(caller, wait_for_agent, FR, LEGAL) is CallEnding.CALLBACK_TAKEN
    told = next(said.at for said in caller.said if said.key == "queue.closing")
    grace = house.centre.queue.grace_at_closing.total_seconds()
    assert 60 + grace <= told <= 60 + grace + 31
    assert house.promises[0].not_before == MONDAY_10 + timedelta(days=1, seconds=60)


async def test_who_called_before_it_was_closed_still_reaches_an_agent(
    open_house: Opened, tmp_path: Path
) -> None:
    house = open_house(state=tmp_path)
    house.signs_in("amal")
    house.later(3, says, house, Becomes.CLOSED, 2 * HOUR)
    caller = house.calls().keys("3").keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED


async def test_a_centre_opened_on_a_sunday_serves_callers_until_the_end_that_was_said(
    open_house: Opened, tmp_path: Path
) -> None:
    house = open_house(SUNDAY, state=tmp_path)
    house.signs_in("amal")
    says(house, Becomes.OPEN, HOUR)
    caller = house.calls(known=FR).keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert house.office.centre.hours.at(house.now()) == Open(SUNDAY + HOUR)
    assert isinstance(house.office.centre.hours.at(SUNDAY + HOUR), Closed)


async def test_what_was_said_survives_a_restart_and_damage_leaves_the_calendar(
    open_house: Opened, tmp_path: Path
) -> None:
    house = open_house(state=tmp_path)
    says(house, Becomes.CLOSED, HOUR)

    def restarted() -> Opening:
        return Opening(house.centre.hours, tmp_path, house.now, lambda _: None)

    again = restarted()
    assert again.said == house.opening.said
    assert again.hours.at(house.now()) == Closed(MONDAY_10 + HOUR, "technical (hind)")
    again.change(Becomes.ORDINARY, None, Reason.EXCEPTIONAL, "omar")
    assert restarted().said is None
    assert isinstance(restarted().hours.at(house.now()), Open)
    (tmp_path / "hours.json").write_text('[{"at": "2026-11-23T10:00:00"}]')
    assert isinstance(restarted().hours.at(house.now()), Open)


@pytest.mark.parametrize("lasting", [timedelta(), -HOUR, timedelta(days=32)])
async def test_an_end_that_is_past_or_far_away_changes_nothing(
    open_house: Opened, tmp_path: Path, lasting: timedelta
) -> None:
    house = open_house(state=tmp_path)
    with pytest.raises(ValueError, match="the end is"):
        says(house, Becomes.CLOSED, lasting)
    assert isinstance(house.office.centre.hours.at(house.now()), Open)
    assert not (tmp_path / "hours.json").exists()
