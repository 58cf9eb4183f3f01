"""Attempts at promises: which begin, which wait, and that one promise never has two."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from dialplan.names import reached_as, reached_key
from ivr.centre import CallbackRules
from pbx.channels import NOTHING
from pbx.dialer import UNSERVED, Dialer
from pbx.events import Leg, LegGone
from pbx.link import ActionRefused, LinkLost
from pbx.message import Message, parse
from routing.callbacks import begin_attempt
from routing.events import AgentReturned, AgentTookBreak, MissReason, WithdrawOffer
from routing.model import (
    AgentId,
    AttemptResult,
    BreakReason,
    Callback,
    CallbackId,
    CallbackState,
    CallEnding,
    Direction,
    Language,
    Offered,
    OnBreak,
    Talking,
    callback_entry_id,
)
from routing.promise_changes import rung
from routing.promised_window import Window
from routing.record import TraceLine
from routing.way_out import FAILURES, PAUSES
from server.leases import JournalLeases
from tests.support.house import AR, FR, LEGAL, MONDAY_10, ZGH, House, centre
from tests.support.scripted_caller import Rings, ScriptedCaller, ScriptedTalk, answers, busy

HERS = "+212612345678"
OTHERS = ("+212612345601", "+212612345602", "+212612345603")


class Link:
    """Asterisk takes every Originate; `lost` while the connection is away. `rings` are legs that live there."""

    def __init__(self) -> None:
        self.up = True
        self.lost_behind_originate = False
        self.rings: set[str] = set()
        self.originated: list[str] = []
        self.globals: dict[str, str] = {}
        self.gone: Callable[[str], None] = lambda unique: None

    async def send(
        self, action: str, headers: Mapping[str, str] | None = None, **more: str
    ) -> Message | None:
        headers = {**(headers or {}), **more}
        if not self.up:
            raise LinkLost("away")
        if action == "Originate":
            self.rings.add(headers["ChannelId"])
            self.originated.append(headers["ChannelId"])
            if self.lost_behind_originate:
                self.up = False
                raise LinkLost("away")
        elif action == "Getvar":
            value = self.globals.get(headers["Variable"], "")
            return parse(f"Response: Success\r\nValue: {value}\r\n\r\n".encode())
        elif action == "Hangup":
            if headers["Channel"] not in self.rings:
                raise ActionRefused("Hangup", "No such channel")
            self.ends(headers["Channel"])
        return None

    def post(self, action: str, headers: Mapping[str, str]) -> None:
        if self.up and action == "Hangup" and headers["Channel"] in self.rings:
            self.ends(headers["Channel"])

    def ends(self, unique: str) -> None:
        self.rings.discard(unique)
        self.gone(unique)


class Reception:
    """Whoever is expected may pick up."""

    def __init__(self) -> None:
        self.expected: dict[str, Callable[[Any], Awaitable[CallEnding]]] = {}
        self.callers: set[str] = set()

    def on_the_line(self, number: str) -> bool:
        return number in self.callers

    def expect(self, unique: str, flow: Callable[[Any], Awaitable[CallEnding]]) -> None:
        self.expected[unique] = flow

    def forget(self, unique: str) -> None:
        self.expected.pop(unique, None)


class Outside:
    """The trunk, if there is one."""

    caller_id = "+212537000000"
    trunk = True

    def dial_string(self, number: str) -> str | None:
        return f"PJSIP/{number}@trunk" if self.trunk else None


class Callbacks:
    """A house whose promises are kept by the real dialer."""

    def __init__(self, house: House) -> None:
        self.house, self.link, self.reception = house, Link(), Reception()
        self.outside = Outside()
        self.dialer = Dialer(
            house.office,
            house.book,
            self.reception,  # type: ignore[arg-type]
            self.link,  # type: ignore[arg-type]
            self.outside,
            JournalLeases(house.book, "tests", house.now),
            lambda: "2000",
        )
        self.link.gone = lambda unique: self.dialer.take(LegGone(Leg("PJSIP/x", unique, unique), 16, None))
        house.room._offer_callback = self.dialer.offer
        house.room._withdraw = self._withdraw

    def _withdraw(self, withdrawn: WithdrawOffer) -> None:
        self.dialer.withdraw(withdrawn.entry)

    def asks(self, number: str, language: Language = ZGH) -> Callback:
        return self.house.book.promise(number, language, LEGAL, None, self.house.now())

    def leg(self) -> ScriptedCaller:
        """An agent's telephone that the centre rang, picked up."""
        leg = self.house.calls(number=None)
        leg.log.set(direction=Direction.OUTBOUND)
        return leg

    def now(self, promise: Callback) -> Callback:
        found = self.house.book.find(promise.id)
        assert found is not None
        return found

    async def passes(self, seconds: float) -> None:
        """The clock ticks, as the pulse does."""
        for _ in range(round(seconds)):
            self.dialer.tick()
            await asyncio.sleep(1)

    def goes_to_break(self, agent: str) -> None:
        self.house.room.tell(AgentTookBreak(AgentId(agent), BreakReason.PAUSE))

    def returns(self, agent: str) -> None:
        self.house.room.tell(AgentReturned(AgentId(agent)))

    async def takes_the_offer(self, unique: str) -> CallEnding:
        """The agent whose leg this is picks up, accepts, and they talk."""
        leg = self.leg()
        leg.keys("1")
        flow = self.reception.expected.pop(unique)

        async def serve(call: Any, _: object) -> CallEnding:
            return await flow(call)

        return await self.house.serves(leg, serve)


@pytest_asyncio.fixture
async def callbacks(open_house: Callable[..., House]) -> AsyncIterator[Callbacks]:
    house = open_house(MONDAY_10, centre(callbacks=CallbackRules(at_once=2)))
    ours = Callbacks(house)
    yield ours
    ours.link.up = True
    ours.dialer.closing = True
    for unique in list(ours.link.rings):
        ours.link.ends(unique)
    await ours.dialer.close()
    from routing.events import CallerLeft

    for entry in list(house.room.desk.queue):
        house.room.tell(CallerLeft(entry.id))


async def test_promises_nobody_can_take_now_do_not_keep_others_waiting(callbacks: Callbacks) -> None:
    house = callbacks.house
    house.signs_in("idir", "nadia")
    callbacks.goes_to_break("idir")
    for number in OTHERS[:2]:
        callbacks.asks(number, ZGH)
    french = callbacks.asks(HERS, FR)
    await callbacks.passes(2)
    assert callbacks.now(french).state is CallbackState.IN_PROGRESS
    assert [unique.split("-")[1] for unique in callbacks.link.originated] == [french.id]


async def test_who_is_still_being_told_of_her_promise_is_called_when_she_has_hung_up(
    callbacks: Callbacks,
) -> None:
    callbacks.house.signs_in("idir")
    callbacks.reception.callers.add(HERS)
    promise = callbacks.asks(HERS)
    other = callbacks.asks(OTHERS[0], FR)
    callbacks.house.signs_in("nadia")
    await callbacks.passes(20)
    assert callbacks.now(promise).state is CallbackState.DUE
    assert callbacks.now(other).state is CallbackState.IN_PROGRESS, "nobody else waits for her"
    callbacks.reception.callers.clear()
    await callbacks.passes(2)
    assert callbacks.now(promise).state is CallbackState.IN_PROGRESS


async def test_an_attempt_whose_agents_have_gone_is_put_back_and_does_not_count(callbacks: Callbacks) -> None:
    house = callbacks.house
    house.signs_in("idir")
    caller_with_idir = callbacks.asks(OTHERS[0], ZGH)
    waiting = callbacks.asks(OTHERS[1], ZGH)
    await callbacks.passes(2)
    assert callbacks.now(caller_with_idir).state is CallbackState.IN_PROGRESS
    assert callbacks.now(waiting).state is CallbackState.IN_PROGRESS, "it waits in the line, like a caller"
    callbacks.goes_to_break("idir")
    await callbacks.passes(UNSERVED.total_seconds() / 2)
    assert callbacks.now(waiting).state is CallbackState.IN_PROGRESS
    await callbacks.passes(UNSERVED.total_seconds())
    put_back = callbacks.now(waiting)
    assert (put_back.state, put_back.attempts) == (CallbackState.DUE, 0)
    assert put_back.last_result is AttemptResult.NO_AGENT
    assert not list(house.room.desk.queue)
    rung_before = len(callbacks.link.originated)
    callbacks.returns("idir")
    await callbacks.passes(70)
    assert len(callbacks.link.originated) > rung_before


async def test_no_more_telephones_ring_than_may_at_once(callbacks: Callbacks) -> None:
    callbacks.house.signs_in("amal", "idir", "nadia")
    for number in (HERS, *OTHERS):
        callbacks.asks(number, AR)
    await callbacks.passes(5)
    assert len(callbacks.link.rings) == 2


async def test_nobody_else_is_rung_while_a_leg_may_still_ring(callbacks: Callbacks) -> None:
    """The link goes right behind Originate: whether the telephone rings is not known until the link is back."""
    house = callbacks.house
    house.signs_in("amal", "nadia")
    promise = callbacks.asks(HERS, FR)
    callbacks.link.lost_behind_originate = True
    await callbacks.passes(20)
    (first,) = callbacks.link.originated
    assert callbacks.link.rings == {first}
    assert len(house.room.desk.offers) == 1
    callbacks.link.up, callbacks.link.lost_behind_originate = True, False
    await callbacks.passes(5)
    assert first not in callbacks.link.rings, "the first telephone was silenced before the second rang"
    assert len(callbacks.link.originated) == 2
    assert callbacks.now(promise).attempts == 1


async def test_who_picks_up_after_the_link_was_lost_has_the_attempt(callbacks: Callbacks) -> None:
    house = callbacks.house
    house.signs_in("amal", "nadia")
    promise = callbacks.asks(HERS, FR)
    callbacks.link.lost_behind_originate = True
    await callbacks.passes(3)
    (first,) = callbacks.link.originated
    assert await callbacks.takes_the_offer(first) is CallEnding.ANSWERED
    await asyncio.sleep(5)
    assert callbacks.house.book.find(promise.id) is None
    assert callbacks.link.originated == [first]


async def test_a_leg_that_rang_on_does_not_end_an_attempt_that_lives(callbacks: Callbacks) -> None:
    callbacks.house.signs_in("amal")
    promise = callbacks.asks(HERS, FR)
    await callbacks.passes(1)
    leg = callbacks.leg()
    facts = replace(NOTHING, callback=promise.id, agent=AgentId("nadia"))

    async def resumed(call: Any, _: object) -> CallEnding:
        return await callbacks.dialer.resume(call, facts, talking=False)

    assert await callbacks.house.serves(leg, resumed) is CallEnding.NO_AGENT
    assert callbacks.now(promise).state is CallbackState.IN_PROGRESS


class Found(ScriptedCaller):
    """A telephone that a new controller finds in a conversation."""

    leg = Leg("PJSIP/x", "callback-123456-1-1", "callback-123456-1-1")

    def talk_found(self) -> ScriptedTalk:
        self.step("found talking")
        return ScriptedTalk(self, answers(talks=40))


@pytest.mark.parametrize("kind", ["callback-agent", "callback-person"])
async def test_two_who_talk_are_not_cut_off_when_their_promise_is_not_known(
    callbacks: Callbacks, kind: str
) -> None:
    house = callbacks.house
    house.signs_in("amal")
    leg = callbacks.leg()
    leg.__class__ = Found
    facts = replace(NOTHING, callback=CallbackId("123456"), agent=AgentId("amal"), stage="talk", kind=kind)
    at_work: list[object] = []
    house.later(20, lambda: at_work.append(house.seat("amal").state))

    async def resumed(call: Any, _: object) -> CallEnding:
        return await callbacks.dialer.resume(call, facts, talking=True)

    assert await house.serves(leg, resumed) is CallEnding.ANSWERED
    assert isinstance(at_work[0], Talking)
    assert house.record_of(leg).talk_seconds == 40


@pytest.mark.parametrize("known_after", [10, 60])
async def test_a_conversation_found_before_its_promise_was_known_keeps_the_promise(
    callbacks: Callbacks, known_after: int
) -> None:
    """The database comes while they talk, or when they have talked; Asterisk may be gone by then."""
    house = callbacks.house
    promise = replace(callbacks.asks(HERS, FR), id=CallbackId("123456"))
    begun = rung(begin_attempt(promise, "tests"), house.now())
    leg = callbacks.leg()
    leg.__class__ = Found
    facts = replace(NOTHING, callback=promise.id, agent=AgentId("amal"), stage="talk", kind="callback-agent")
    talked: list[object] = []

    async def database_comes() -> None:
        await asyncio.sleep(known_after)
        house.book.learn([begun])
        await callbacks.dialer.recover(set())
        talked.append(house.kept.records[-1])

    async def resumed(call: Any, _: object) -> CallEnding:
        return await callbacks.dialer.resume(call, facts, talking=True)

    coming = asyncio.create_task(database_comes())
    assert await house.serves(leg, resumed) is CallEnding.ANSWERED
    await coming
    (first,) = talked
    assert isinstance(first, Callback)
    assert first.talked_at is not None or first.state is CallbackState.REACHED
    assert house.book.find(promise.id) is None


async def test_what_was_interrupted_after_the_dialling_counts(callbacks: Callbacks) -> None:
    promise = callbacks.asks(HERS, FR)
    for stage, result, attempts in (
        ("", AttemptResult.INTERRUPTED, 0),
        ("dialling", AttemptResult.AGENT_LEFT, 1),
    ):
        current = callbacks.now(promise)
        callbacks.house.book.keep(
            replace(current, state=CallbackState.IN_PROGRESS, attempts=1, version=current.version + 1)
        )
        facts = replace(NOTHING, callback=promise.id, agent=AgentId("amal"), stage=stage)
        leg = callbacks.leg()

        async def resumed(call: Any, _: object, facts: Any = facts) -> CallEnding:
            return await callbacks.dialer.resume(call, facts, talking=False)

        assert await callbacks.house.serves(leg, resumed) is CallEnding.NOT_REACHED
        assert (callbacks.now(promise).last_result, callbacks.now(promise).attempts) == (result, attempts)


async def test_a_leg_of_an_earlier_controller_that_nobody_answers_ends_its_attempt(
    callbacks: Callbacks,
) -> None:
    promise = callbacks.asks(HERS, FR)
    callbacks.house.book.keep(
        replace(promise, state=CallbackState.IN_PROGRESS, attempts=1, version=2, fence=1)
    )
    unique = f"callback-{promise.id}-1-1"
    await callbacks.dialer.recover({unique})
    assert callbacks.now(promise).state is CallbackState.IN_PROGRESS, "it rings still"
    callbacks.link.ends(unique)
    await asyncio.sleep(0)
    assert callbacks.now(promise).state is CallbackState.DUE
    assert callbacks.now(promise).attempts == 0


async def test_an_agent_who_does_not_answer_leaves_the_attempt_to_the_next(callbacks: Callbacks) -> None:
    callbacks.house.signs_in("amal", "nadia")
    callbacks.asks(HERS, FR)
    await callbacks.passes(30)
    assert len(callbacks.link.originated) == 2
    states = [callbacks.house.seat(agent).state for agent in ("amal", "nadia")]
    assert sum(isinstance(state, Offered) for state in states) == 1
    assert sum(isinstance(state, OnBreak) for state in states) <= 1


async def test_without_a_trunk_no_agent_is_rung_and_the_promise_stays_due(
    callbacks: Callbacks, capsys: pytest.CaptureFixture[str]
) -> None:
    callbacks.outside.trunk = False
    callbacks.house.signs_in("amal", "nadia", "idir")
    promise = callbacks.asks(HERS, FR)
    callbacks.asks(OTHERS[0], ZGH)
    await callbacks.passes(3600)
    assert callbacks.link.originated == []
    assert callbacks.now(promise) == promise, "it waits as it was"
    assert callbacks.dialer.trouble == "NO TRUNK takes calls out to 2 of those who wait for one"
    assert capsys.readouterr().out.count("no trunk takes the number") == 1, "told once"
    callbacks.outside.trunk = True
    await callbacks.passes(2)
    assert len(callbacks.link.originated) == 2
    assert callbacks.dialer.trouble is None


REFUSING = Rings(1, MissReason.NO_TRUNK)
EVERYBODY = tuple(f"+2126123456{n}" for n in range(10, 22))


async def agents_work(callbacks: Callbacks, seconds: float) -> list[float]:
    """Amal takes up every promise that rings her, and is free again at once; when each of them came."""
    loop, came = asyncio.get_running_loop(), []
    until = loop.time() + seconds
    while loop.time() < until:
        await callbacks.passes(1)
        for unique in list(callbacks.reception.expected):
            came.append(loop.time())
            callbacks.link.rings.discard(unique)
            await callbacks.takes_the_offer(unique)
            callbacks.returns("amal")
    return came


async def test_a_trunk_that_refuses_everybody_uses_up_nobodys_attempts(
    callbacks: Callbacks, capsys: pytest.CaptureFixture[str]
) -> None:
    house = callbacks.house
    house.signs_in("amal")
    promises = [callbacks.asks(number, AR) for number in EVERYBODY]
    for number in EVERYBODY:
        house.telephones.script(number, *[REFUSING] * 20)
    came = await agents_work(callbacks, 2 * 3600)
    assert [(callbacks.now(promise).state, callbacks.now(promise).attempts) for promise in promises] == [
        (CallbackState.DUE, 0)
    ] * len(promises)
    distances = [later - earlier for earlier, later in zip(came, came[1:], strict=False)]
    assert max(distances[: FAILURES - 1]) < 60
    grown = distances[FAILURES - 1 :]
    assert len(grown) >= len(PAUSES)
    for distance, pause in zip(grown, [*PAUSES, PAUSES[-1]], strict=False):
        assert pause.total_seconds() <= distance < pause.total_seconds() + 60, "an agent is rung ever less"
    assert callbacks.dialer.trouble is not None
    assert "THE TRUNK FAILED" in callbacks.dialer.trouble
    assert capsys.readouterr().out.count("the trunk carries no calls; callbacks pause") == 1, "told once"


async def test_callbacks_go_on_as_soon_as_the_trunk_carries_one(callbacks: Callbacks) -> None:
    house = callbacks.house
    house.signs_in("amal")
    promises = [callbacks.asks(number, AR) for number in EVERYBODY]
    for number in EVERYBODY[:FAILURES]:
        house.telephones.script(number, REFUSING, busy())
    for number in EVERYBODY[FAILURES:]:
        house.telephones.script(number, *[busy()] * 9)
    came = await agents_work(
        callbacks, PAUSES[0].total_seconds() + 300
    )  # promises of one moment come in any order
    assert len(came) >= len(EVERYBODY), "the one that was carried was followed by all others"
    assert callbacks.dialer.trouble is None
    assert callbacks.now(promises[-1]).last_result is AttemptResult.BUSY


async def test_a_number_that_the_trunk_never_carries_is_given_up_while_others_are_reached(
    callbacks: Callbacks,
) -> None:
    """Else an agent would be rung for it every quarter of an hour, for ever."""
    house = callbacks.house
    house.signs_in("amal")
    hers = callbacks.asks(HERS, AR)
    house.telephones.script(HERS, *[REFUSING] * 20)
    for number in OTHERS:
        house.telephones.script(number, *[busy()] * 20)
    for _ in range(8):
        for number in OTHERS:
            callbacks.asks(number, AR)
        await agents_work(callbacks, 1800)
    found = house.book.find(hers.id)
    assert found is None or found.attempts > 1


async def test_an_agents_telephone_stops_when_she_cancels(callbacks: Callbacks) -> None:
    house = callbacks.house
    house.signs_in("amal")
    promise = callbacks.asks(HERS, FR)
    await callbacks.passes(2)
    (unique,) = callbacks.link.originated
    assert unique in callbacks.link.rings
    house.book.cancel(promise.id)
    await asyncio.sleep(0.1)
    assert callbacks.link.rings == set()
    assert not isinstance(house.seat("amal").state, OnBreak), "it is not her fault"
    await callbacks.passes(120)
    assert callbacks.link.originated == [unique]
    again = callbacks.asks(HERS, FR)
    await callbacks.passes(2)
    assert callbacks.now(again).state is CallbackState.IN_PROGRESS


async def test_an_attempt_that_waits_in_the_line_leaves_it_when_she_moves_the_promise(
    callbacks: Callbacks,
) -> None:
    house = callbacks.house
    house.signs_in("idir")
    callbacks.asks(OTHERS[0], ZGH)
    waiting = callbacks.asks(OTHERS[1], ZGH)
    await callbacks.passes(3)
    assert len(list(house.room.desk.queue)) == 2
    later = house.now() + timedelta(hours=2)
    moved = house.book.move(waiting.id, Window(later, later + timedelta(hours=1)))
    await callbacks.passes(3)
    assert len(list(house.room.desk.queue)) == 1
    assert callbacks.now(waiting) == moved


async def test_a_promise_cancelled_as_its_lease_is_taken_stays_cancelled(callbacks: Callbacks) -> None:
    house = callbacks.house
    house.signs_in("amal")
    promise = callbacks.asks(HERS, FR)
    callbacks.dialer.tick()
    house.book.cancel(promise.id)
    await callbacks.passes(5)
    assert house.book.open() == []
    assert callbacks.link.originated == []
    states = [record for record in house.kept.records if isinstance(record, Callback)]
    assert max(states, key=lambda one: one.order).state is CallbackState.CANCELLED


async def test_an_attempt_taken_over_by_another_controller_rings_nobody_any_more(
    callbacks: Callbacks,
) -> None:
    house = callbacks.house
    house.signs_in("amal")
    promise = callbacks.asks(HERS, FR)
    await callbacks.passes(2)
    theirs = callbacks.now(promise)
    house.book.learn([replace(theirs, fence=theirs.fence + 1, holder="another")])
    await callbacks.passes(2)
    assert callbacks.link.rings == set()
    assert callbacks.now(promise).holder == "another", "its attempt is not ended by this one"
    await callbacks.dialer.recover(set())
    assert callbacks.now(promise).state is CallbackState.IN_PROGRESS


async def test_whom_asterisk_connected_while_no_controller_looked_is_not_called_again(
    callbacks: Callbacks,
) -> None:
    """Killed while her telephone rang; she answered, they talked, and both were gone before the next start."""
    promise = callbacks.asks(HERS, FR)
    for remembered, state in (("callback-999999-1", CallbackState.DUE), (None, CallbackState.REACHED)):
        begun = rung(begin_attempt(callbacks.now(promise), "tests"), callbacks.house.now())
        callbacks.house.book.keep(begun)
        entry = callback_entry_id(begun.id, begun.fence)
        key = reached_key(reached_as(entry), remembered or entry)
        callbacks.link.globals = {f"DB_EXISTS({key})": "1"}
        await callbacks.dialer.recover(set())
        found = [record for record in callbacks.house.kept.records if isinstance(record, Callback)][-1]
        assert found.state is state


# ---- who took a promise over


def at(telephone: str, state: str) -> dict[str, str]:
    return {f"DEVICE_STATE(PJSIP/{telephone})": state}


async def test_who_took_a_promise_over_is_rung_for_it_and_nobody_else(callbacks: Callbacks) -> None:
    house = callbacks.house
    house.signs_in("idir")
    promise = callbacks.asks(HERS, FR)
    house.book.take_over(promise.id, "110")
    callbacks.link.globals |= at("110", "INUSE")
    await callbacks.passes(5)
    assert callbacks.link.originated == [], "she still speaks with the menu"
    callbacks.link.globals |= at("110", "NOT_INUSE")
    await callbacks.passes(2)
    (unique,) = callbacks.link.originated
    assert unique.startswith(f"callback-{promise.id}-")
    assert await callbacks.takes_the_offer(unique) is CallEnding.ANSWERED
    assert house.book.find(promise.id) is None, "she was reached"
    assert house.seat("idir").free_since is not None
    (dialled,) = [caller for caller in house.callers.values() if "ring +212612345678" in caller.steps]
    assert house.record_of(dialled).agent == "110"
    assert dialled.said[0].language is FR, "the supervisor's own language"


@pytest.mark.parametrize("does", ["rings in vain", "is gone"])
async def test_a_promise_that_its_owner_does_not_take_is_everybodys_again(
    callbacks: Callbacks, does: str
) -> None:
    house = callbacks.house
    promise = callbacks.asks(HERS, FR)
    house.book.take_over(promise.id, "110")
    callbacks.link.globals |= at("110", "NOT_INUSE" if does == "rings in vain" else "UNAVAILABLE")
    await callbacks.passes(2)
    for unique in list(callbacks.link.rings):
        callbacks.link.ends(unique)
    await callbacks.passes(2)
    assert callbacks.now(promise).assigned_to is None
    assert callbacks.now(promise).state is CallbackState.DUE
    house.signs_in("nadia")
    await callbacks.passes(70)
    assert len(callbacks.link.originated) == (2 if does == "rings in vain" else 1), "Nadia is rung"


async def test_a_promise_cancelled_while_its_owner_is_rung_rings_no_more(callbacks: Callbacks) -> None:
    house = callbacks.house
    promise = callbacks.asks(HERS, FR)
    house.book.take_over(promise.id, "110")
    callbacks.link.globals |= at("110", "NOT_INUSE")
    await callbacks.passes(2)
    assert len(callbacks.link.rings) == 1
    house.book.cancel(promise.id)
    await callbacks.passes(2)
    assert callbacks.link.rings == set()
    assert house.book.find(promise.id) is None


async def test_an_attempts_trace_tells_who_was_rung_and_why_and_how_it_ended(callbacks: Callbacks) -> None:
    callbacks.house.signs_in("idir")
    promise = callbacks.asks(HERS)
    await callbacks.passes(2)
    (leg,) = callbacks.link.originated
    callbacks.link.ends(leg)
    await callbacks.passes(1)
    lines = [line for line in callbacks.house.kept.records if isinstance(line, TraceLine)]
    its = [line for line in lines if line.call.startswith(f"callback-{promise.id}-")]
    assert [line.what for line in its][:3] == ["attempt begun", "agent rung", "agent did not take it"]
    assert [line.seq for line in its] == list(range(1, len(its) + 1))
    assert its[1].facts["agent"] == "idir"
    assert "idir is the only free agent who fits (Tamazight 3, legal 3)" in its[1].facts["why"]
