"""She is rung first, while an agent is kept for her; she is never met with silence, and never dropped."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from ivr.call import Wish
from ivr.centre import CallbackRules
from pbx.channels import NOTHING
from pbx.events import Leg, LegGone
from routing.callbacks import SOON, First
from routing.events import AgentSignedOut, CallerLeft
from routing.model import (
    AgentId,
    AttemptResult,
    Available,
    Callback,
    CallbackOrigin,
    CallbackState,
    CallEnding,
    Direction,
    EntryId,
    Offered,
    OnBreak,
    WrappingUp,
    callback_entry_id,
)
from routing.record import TraceLine
from routing.way_out import FAILURES
from tests.flows.test_dialer import HERS, OTHERS, Callbacks
from tests.support.house import FR, LEGAL, MONDAY_10, ZINEB, House, centre
from tests.support.scripted_caller import ScriptedCaller, StepsOut, answers, no_answer

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


async def waits_in_vain(ours: CallerFirst) -> tuple[Callback, ScriptedCaller]:
    """Amal is kept for her and goes on a break as she answers: she waits, and hears how to be called back."""
    promise = ours.asks(HERS, FR)
    await ours.passes(2)
    ours.goes_to_break("amal")
    return promise, ours.her_leg().keys("1", after=0.5)


async def test_who_waits_after_all_may_be_called_again_and_keeps_her_place(ours: CallerFirst) -> None:
    house = ours.house
    promise, leg = await waits_in_vain(ours)
    house.later(200, ours.returns, "amal")
    assert await ours.answers(leg.presses("1", at=100).keys("1").silent()) is CallEnding.NOT_REACHED
    assert "callback.confirm_number" in leg.heard, "the number at which she was called is known"
    assert "callback.key_number" not in leg.heard
    again = ours.now(promise)
    assert (again.state, again.last_result) == (CallbackState.DUE, AttemptResult.PUT_OFF)
    assert (again.asked_at, again.attempts) == (promise.asked_at, 0)
    assert again.not_before - house.now() == pytest.approx(SOON, abs=timedelta(seconds=5))
    await ours.passes(150)
    assert len(ours.link.originated) == 2, "and she is called as soon as somebody is there for her"


@pytest.mark.parametrize("hangs_up", ["callback.confirm_number", "callback.taken"])
async def test_who_hangs_up_while_she_is_told_that_she_is_called_again_is(
    ours: CallerFirst, hangs_up: str
) -> None:
    promise, leg = await waits_in_vain(ours)
    leg.presses("1", at=100).keys("1").hangs_up_during(hangs_up)
    assert await ours.answers(leg) is CallEnding.NOT_REACHED
    again = ours.now(promise)
    assert (again.last_result, again.attempts) == (AttemptResult.PUT_OFF, 0)


async def test_who_is_promised_another_call_because_nobody_is_left_is_called_again_soon(
    ours: CallerFirst,
) -> None:
    house = ours.house
    promise, leg = await waits_in_vain(ours)
    house.room.tell(AgentSignedOut(AgentId("amal")))
    assert await ours.answers(leg.keys("1").silent()) is CallEnding.NOT_REACHED
    assert "queue.nobody" in leg.heard
    again = ours.now(promise)
    assert (again.last_result, again.attempts) == (AttemptResult.PUT_OFF, 0)


async def test_who_chooses_another_window_while_she_waits_is_called_in_it(ours: CallerFirst) -> None:
    promise, leg = await waits_in_vain(ours)
    assert await ours.answers(leg.presses("1", at=100).keys("1").keys("2")) is CallEnding.NOT_REACHED
    again = ours.now(promise)
    assert "callback.noted" in leg.heard
    assert (again.state, again.asked_at) == (CallbackState.DUE, promise.asked_at)
    assert again.not_before > ours.house.now()
    assert again.not_before == again.promised_from


async def test_who_wants_the_call_at_another_number_is_not_called_at_this_one(ours: CallerFirst) -> None:
    promise, leg = await waits_in_vain(ours)
    other = OTHERS[0].replace("+212", "0")
    leg.presses("1", at=100).keys("2").keys(f"{other}#").keys("1").silent()
    assert await ours.answers(leg) is CallEnding.NOT_REACHED
    (left,) = ours.house.promises
    assert (left.number, left.asked_at) == (OTHERS[0], promise.asked_at)
    assert ours.house.book.find(promise.id) is None


async def test_who_hangs_up_while_she_waits_is_called_again_later(ours: CallerFirst) -> None:
    promise, leg = await waits_in_vain(ours)
    assert await ours.answers(leg.hangs_up(at=60)) is CallEnding.NOT_REACHED
    again = ours.now(promise)
    assert (again.state, again.last_result, again.attempts) == (
        CallbackState.DUE,
        AttemptResult.AGENT_LEFT,
        1,
    )


async def test_her_agent_hears_how_often_she_called_and_is_the_one_who_was_kept_for_her(
    ours: CallerFirst,
) -> None:
    house = ours.house
    for _ in range(2):
        await house.serves(house.calls(HERS, known=FR).hangs_up(at=1))
    house.signs_in("nadia")
    ours.asks(HERS, FR)
    await ours.passes(2)
    (kept,) = [who for who in ("amal", "nadia") if isinstance(house.seat(who).state, Offered)]
    for who in ("amal", "nadia"):
        house.telephones.script(who, answers(after=3, talks=60))
    assert await ours.answers(ours.her_leg().keys("1")) is CallEnding.ANSWERED
    assert [who for who, _ in house.telephones.rung] == [kept]
    assert house.telephones.whispered == [
        ["whisper.language.fr", "whisper.subject.legal", "whisper.calls_today"]
    ]


async def test_who_is_passed_on_and_asks_for_a_call_while_she_waits_again_has_a_promise(
    ours: CallerFirst,
) -> None:
    """What she was promised is kept, she has talked: the next promise is another one."""
    house = ours.house
    promise = ours.asks(HERS, FR)
    await ours.passes(2)
    passed = StepsOut(10, Wish.PASS, answers=(f"7{house.centre.subjects.index(LEGAL) + 1}#",))
    house.telephones.script("amal", answers(3, 60, passed))
    house.later(17, ours.goes_to_break, "amal")
    leg = ours.her_leg().keys("1", after=0.5).presses("1", at=150).keys("1").silent()
    assert await ours.answers(leg) is CallEnding.NOT_REACHED
    versions = [one for one in house.kept.records if isinstance(one, Callback)]
    assert [one.state for one in versions if one.id == promise.id][-1] is CallbackState.REACHED
    (anew,) = house.promises
    assert anew.id != promise.id
    assert (anew.number, anew.subject, anew.state) == (HERS, LEGAL, CallbackState.DUE)


async def test_who_is_not_satisfied_with_the_call_is_called_by_a_supervisor(ours: CallerFirst) -> None:
    house = ours.house
    house.office.centre = replace(house.centre, survey=True, supervisors=(ZINEB,))
    promise = ours.asks(HERS, FR)
    await ours.passes(2)
    house.telephones.script("amal", answers(after=3, talks=20))
    assert await ours.answers(ours.her_leg().keys("1").keys("3")) is CallEnding.ANSWERED
    (anew,) = house.promises
    assert anew.id != promise.id
    assert (anew.number, anew.origin, anew.assigned_to) == (HERS, CallbackOrigin.UNSATISFIED, ZINEB.extension)


async def test_nothing_told_of_her_call_has_her_number(
    ours: CallerFirst, capsys: pytest.CaptureFixture[str]
) -> None:
    _, leg = await waits_in_vain(ours)
    await ours.answers(leg.presses("1", at=100).keys("1").silent())
    lines = [str(dict(line.facts)) for line in ours.house.kept.records if isinstance(line, TraceLine)]
    told = capsys.readouterr()
    assert lines
    assert HERS[4:] not in "".join((*lines, told.out, told.err))


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


async def test_a_machine_that_answers_shows_that_the_trunk_carries_calls_again(ours: CallerFirst) -> None:
    ours.asks(HERS, FR)
    for _ in range(FAILURES):
        rung = len(ours.link.originated)
        while len(ours.link.originated) == rung:
            await ours.passes(2)
        unique = ours.link.originated[-1]
        ours.dialer.take(LegGone(Leg("PJSIP/x", unique, unique), 16, 503))
        ours.asks(f"+21266666660{rung}", FR)
        await asyncio.sleep(0.1)
    assert ours.dialer.trouble is not None
    rung = len(ours.link.originated)
    while len(ours.link.originated) == rung:
        await ours.passes(2)
    await ours.answers(ours.her_leg().silent())
    assert ours.last().last_result is AttemptResult.MACHINE
    assert ours.dialer.trouble is None


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
