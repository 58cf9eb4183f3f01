"""She is rung first, while an agent is kept for her; she is never met with silence, and never dropped."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from ivr.centre import CallbackRules
from pbx.channels import NOTHING
from pbx.events import Leg, LegGone
from routing.callbacks import First
from routing.events import AgentSignedOut, CallerLeft
from routing.model import (
    AgentId,
    AttemptResult,
    Available,
    Callback,
    CallbackState,
    CallEnding,
    Direction,
    EntryId,
    Offered,
    OnBreak,
    WrappingUp,
    callback_entry_id,
)
from tests.flows.test_dialer import HERS, OTHERS, Callbacks
from tests.support.house import FR, MONDAY_10, House, centre
from tests.support.scripted_caller import ScriptedCaller, answers, no_answer

HELLO = ["callback.hello_first", "callback.press_one"]


class CallerFirst(Callbacks):
    """A house that rings her first; Amal is at work."""

    def her_leg(self) -> ScriptedCaller:
        """She picks up."""
        leg = self.house.calls(number=None)
        leg.log.set(direction=Direction.OUTBOUND)
        return leg

    def connected(self, leg: ScriptedCaller) -> datetime:
        at = self.house.record_of(leg).connected_at
        assert at is not None
        return at

    async def answers(self, leg: ScriptedCaller) -> CallEnding:
        unique = self.link.originated[-1]
        flow = self.reception.expected.pop(unique)

        async def serve(call: Any, _: object) -> CallEnding:
            return await flow(call)

        return await self.house.serves(leg, serve)

    def last(self) -> Callback:
        return [record for record in self.house.kept.records if isinstance(record, Callback)][-1]


@pytest_asyncio.fixture
async def ours(open_house: Callable[..., House]) -> AsyncIterator[CallerFirst]:
    house = open_house(MONDAY_10, centre(callbacks=CallbackRules(first=First.CALLER)))
    house.signs_in("amal")
    made = CallerFirst(house)
    yield made
    made.dialer.closing = True
    for unique in list(made.link.rings):
        made.link.ends(unique)
    await asyncio.sleep(0.1)
    await made.dialer.close()
    for entry in list(house.room.desk.queue):
        house.room.tell(CallerLeft(entry.id))


async def test_an_agent_is_kept_while_her_telephone_rings_and_talks_with_her(ours: CallerFirst) -> None:
    house = ours.house
    promise = ours.asks(HERS, FR)
    await ours.passes(2)
    assert ours.link.originated == [f"callback-{promise.id}-1-p1"]
    assert isinstance(house.seat("amal").state, Offered), "he is kept"
    assert house.telephones.rung == [], "and not rung"
    assert ours.now(promise).first_attempt_at is not None
    house.telephones.script("amal", answers(after=3, talks=60))
    leg = ours.her_leg().keys("1")
    assert await ours.answers(leg) is CallEnding.ANSWERED
    assert leg.heard[:2] == HELLO
    assert {said.language for said in leg.said[:2]} == {FR}
    assert [who for who, _ in house.telephones.rung] == ["amal"]
    kept = ours.last()
    assert (kept.state, kept.last_result) == (CallbackState.REACHED, AttemptResult.REACHED)
    assert kept.talked_at is not None
    assert isinstance(house.seat("amal").state, WrappingUp)
    assert not list(house.room.desk.queue)


async def test_nobody_younger_gets_the_agent_who_was_kept_for_her(ours: CallerFirst) -> None:
    house = ours.house
    ours.asks(HERS, FR)
    await ours.passes(2)
    house.telephones.script("amal", answers(after=3, talks=60), answers(after=3, talks=60))
    younger = house.calls(number=OTHERS[0], known=FR).keys("1").hangs_up(at=200)
    waits = asyncio.create_task(house.serves(younger))
    await asyncio.sleep(5)
    leg = ours.her_leg().keys("1")
    assert await ours.answers(leg) is CallEnding.ANSWERED
    await waits
    assert ours.connected(leg) < ours.connected(younger)


async def test_when_the_agent_goes_she_is_the_next_in_the_line(ours: CallerFirst) -> None:
    house = ours.house
    ours.asks(HERS, FR)
    await ours.passes(2)
    unique = ours.link.originated[-1]
    younger = house.calls(number=OTHERS[0], known=FR).keys("1").hangs_up(at=300)
    waits = asyncio.create_task(house.serves(younger))
    await asyncio.sleep(5)
    house.room.tell(AgentSignedOut(AgentId("amal")))
    await asyncio.sleep(0.1)
    assert unique in ours.link.rings, "her telephone rings on"
    house.telephones.script("nadia", *[answers(after=3, talks=20)] * 2)
    house.later(30, house.signs_in, "nadia")
    leg = ours.her_leg().keys("1")
    assert await ours.answers(leg) is CallEnding.ANSWERED
    assert "music" in leg.steps, "she does not wait in silence"
    await waits
    assert ours.connected(leg) < ours.connected(younger)


async def test_a_machine_answers_and_no_agent_is_rung(ours: CallerFirst) -> None:
    house = ours.house
    ours.asks(HERS, FR)
    await ours.passes(2)
    leg = ours.her_leg().silent()
    assert await ours.answers(leg) is CallEnding.NOT_REACHED
    assert leg.heard == [*HELLO, *HELLO, "goodbye"]
    again = ours.last()
    assert (again.state, again.last_result, again.attempts) == (CallbackState.DUE, AttemptResult.MACHINE, 1)
    assert house.telephones.rung == []
    assert isinstance(house.seat("amal").state, Available), "he is free, and not blamed"


@pytest.mark.parametrize(
    ("sip", "result"),
    [
        (486, AttemptResult.BUSY),
        (603, AttemptResult.REFUSED),
        (480, AttemptResult.UNREACHABLE),
        (503, AttemptResult.NO_TRUNK),
        (None, AttemptResult.NO_ANSWER),
    ],
)
async def test_why_she_was_not_reached_frees_the_agent(
    ours: CallerFirst, sip: int | None, result: AttemptResult
) -> None:
    ours.asks(HERS, FR)
    await ours.passes(2)
    unique = ours.link.originated[-1]
    ours.dialer.take(LegGone(Leg("PJSIP/x", unique, unique), 16, sip))
    await asyncio.sleep(0.1)
    assert ours.last().last_result is result
    assert isinstance(ours.house.seat("amal").state, Available)


async def test_an_agent_is_not_blamed_when_she_takes_long_to_answer(ours: CallerFirst) -> None:
    ours.asks(HERS, FR)
    await ours.passes(55)
    assert not isinstance(ours.house.seat("amal").state, OnBreak)


async def test_who_cancels_while_her_telephone_rings_is_rung_no_more(ours: CallerFirst) -> None:
    promise = ours.asks(HERS, FR)
    await ours.passes(2)
    ours.house.book.cancel(promise.id)
    await asyncio.sleep(0.1)
    assert ours.link.rings == set()
    assert isinstance(ours.house.seat("amal").state, Available)
    await ours.passes(70)
    assert len(ours.link.originated) == 1


async def test_who_was_found_in_the_line_after_a_restart_keeps_her_age(ours: CallerFirst) -> None:
    house = ours.house
    promise = ours.asks(HERS, FR)
    begun = replace(promise, state=CallbackState.IN_PROGRESS, fence=1, version=2, attempts=1, holder="tests")
    house.book.keep(replace(begun, rang_at=house.now()))
    house.telephones.script("amal", answers(after=3, talks=60))
    leg = ours.her_leg()
    facts = replace(NOTHING, callback=promise.id, stage="queue", kind="callback-person")

    async def resumed(call: Any, _: object) -> CallEnding:
        return await ours.dialer.resume(call, facts, talking=False)

    assert await house.serves(leg, resumed) is CallEnding.ANSWERED
    assert leg.heard[:1] != HELLO[:1]
    assert ours.last().state is CallbackState.REACHED


async def test_her_telephone_rings_once_however_long_it_rings(ours: CallerFirst) -> None:
    ours.house.telephones.script("amal", no_answer())
    ours.asks(HERS, FR)
    await ours.passes(44)
    assert len(ours.link.originated) == 1


async def test_who_waits_when_the_centre_stops_is_found_again_and_not_called_twice(ours: CallerFirst) -> None:
    house = ours.house
    promise = ours.asks(HERS, FR)
    await ours.passes(2)
    leg = ours.her_leg().keys("1")
    serving = asyncio.create_task(ours.answers(leg))
    ours.goes_to_break("amal")
    await asyncio.sleep(20)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    leg.log.set(ended_at=house.now(), ending=CallEnding.NOT_REACHED)
    assert house.office.desk.place_of(EntryId(leg.id)) is None
    kept = ours.now(promise)
    assert (kept.state, kept.fence) == (CallbackState.IN_PROGRESS, 1), (
        "her leg lives: the attempt is not over"
    )
    house.room.tell(CallerLeft(callback_entry_id(promise.id, 1)))
