"""In the line: music, a place, an agent's telephone, and a promise instead when waiting is no use."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.centre import CallbackRules, QueueRules
from ivr.flows.in_line import HINT
from ivr.flows.wait_for_agent import wait_for_agent
from routing.events import AgentSignedOut, AgentTookBreak, DeviceChanged, MissReason
from routing.lessons import COMPARABLE
from routing.model import (
    AgentId,
    BreakReason,
    CallEnding,
    CallId,
    Device,
    Direction,
    OnBreak,
    WrappingUp,
)
from routing.record import CallRecord
from tests.support.house import AR, FR, LEGAL, MONDAY_10, MONDAY_1629, NUMBER, OTHER, ZGH, House, centre
from tests.support.scripted_caller import (
    ScriptedCaller,
    answers,
    answers_as_caller_hangs_up,
    busy,
    no_answer,
    refuses,
    unreachable,
)

Opened = Callable[..., House]
ANONYMOUS = None


async def waits(house: House, caller: ScriptedCaller, language=FR, subject=LEGAL) -> CallEnding:
    return await house.serves(caller, wait_for_agent, language, subject)


async def test_a_free_agent_is_rung_at_once_and_both_talk_until_he_hangs_up(house: House) -> None:
    house.telephones.script("amal", answers(after=4, talks=90))
    caller = house.calls()
    assert await waits(house, caller) is CallEnding.ANSWERED
    record = house.record_of(caller)
    assert record.wait_seconds == pytest.approx(4, abs=0.1)
    assert record.talk_seconds == pytest.approx(90)
    assert isinstance(house.seat("amal").state, WrappingUp)
    assert caller.heard == []
    assert caller.remembered["stage"] == "talk"


async def test_the_caller_may_end_the_conversation(house: House) -> None:
    house.telephones.script("amal", answers(after=4, talks=900))
    caller = house.calls().hangs_up(at=34)
    assert await waits(house, caller) is CallEnding.ANSWERED
    assert house.record_of(caller).talk_seconds == pytest.approx(30, abs=0.1)
    assert isinstance(house.seat("amal").state, WrappingUp)


async def test_nobody_is_free_then_somebody_is(house: House) -> None:
    house.telephones.script("amal", answers(after=2, talks=100), answers(after=2, talks=10))
    first, second = house.calls(), house.calls("+212699999999")
    endings = await asyncio.gather(waits(house, first), waits(house, second))
    assert list(endings) == [CallEnding.ANSWERED, CallEnding.ANSWERED]
    assert second.heard[0] == "queue.position" or second.heard[0] == "queue.next"
    waited = house.record_of(second).wait_seconds
    assert waited == pytest.approx(2 + 100 + 15 + 2, abs=1)  # the conversation, the breath, the ringing


async def test_the_older_caller_is_served_first(house: House) -> None:
    house.telephones.script("amal", answers(after=1, talks=30))
    callers = [house.calls(f"+21261111111{n}") for n in range(3)]

    async def joins(n: int) -> CallEnding:
        await asyncio.sleep(n * 5)
        return await waits(house, callers[n])

    await asyncio.gather(*(joins(n) for n in (2, 0, 1)))
    connected = [house.record_of(caller).connected_at for caller in callers]
    assert connected == sorted(connected)  # type: ignore[type-var]


async def test_places_are_told_now_and_then_and_music_comes_back(open_house: Opened) -> None:
    house = open_house()
    house.signs_in("idir")
    house.telephones.script("idir", no_answer())
    other, caller = house.calls("+212611111111"), house.calls().hangs_up(at=100)
    other.hangs_up(at=101)
    house.room.tell(AgentTookBreak(AgentId("idir"), BreakReason.PAUSE))
    await asyncio.gather(waits(house, other, AR), waits(house, caller, AR))
    assert caller.said[0].key == "queue.position"
    assert caller.said[0].slots == {"n": "2"}
    assert other.said[0].key == "queue.next"
    moments = [said.at for said in caller.said if said.key == "queue.position"]
    assert moments == pytest.approx([0.02, 45, 90], abs=0.1)
    assert caller.heard == [*["queue.position"] * 3, "queue.callback_hint"]
    assert caller.steps.count("music") == 3 + 1  # at first, and after each announcement


async def test_an_agent_who_does_not_answer_is_set_aside_and_the_next_is_rung(house: House) -> None:
    house.signs_in("nadia")
    house.telephones.script("amal", no_answer())
    caller = house.calls()
    assert await waits(house, caller) is CallEnding.ANSWERED
    assert [who for who, _ in house.telephones.rung] == ["amal", "nadia"]
    assert house.record_of(caller).agent == "nadia"
    assert isinstance(house.seat("amal").state, OnBreak)
    assert house.record_of(caller).wait_seconds == pytest.approx(20 + 3, abs=0.2)


@pytest.mark.parametrize("what", [busy(), refuses(), unreachable()])
async def test_busy_refused_or_unreachable_keeps_her_place_for_the_next_agent(house: House, what) -> None:
    house.signs_in("nadia")
    house.telephones.script("amal", what)
    caller = house.calls()
    assert await waits(house, caller) is CallEnding.ANSWERED
    record = house.record_of(caller)
    assert record.agent == "nadia"
    assert record.wait_seconds == pytest.approx(what.after + 3, abs=0.2)
    seat = house.seat("amal")
    if what.what is MissReason.UNREACHABLE:
        assert seat.device is Device.UNREACHABLE
    else:
        assert isinstance(seat.state, OnBreak)


async def test_a_missed_offer_leaves_her_before_those_who_came_later(house: House) -> None:
    house.telephones.script("amal", no_answer())
    house.telephones.script("nadia", answers(after=1, talks=20))
    first, second = house.calls(), house.calls("+212611111111")

    async def later() -> CallEnding:
        await asyncio.sleep(5)
        return await waits(house, second)

    house.later(40, house.signs_in, "nadia")
    await asyncio.gather(waits(house, first), later())
    assert house.record_of(first).connected_at < house.record_of(second).connected_at  # type: ignore[operator]


async def test_the_agent_answers_as_the_caller_hangs_up(house: House) -> None:
    house.telephones.script("amal", answers_as_caller_hangs_up(after=3))
    caller = house.calls()
    assert await waits(house, caller) is CallEnding.ANSWERED
    assert house.record_of(caller).talk_seconds == 0
    assert isinstance(house.seat("amal").state, WrappingUp)


async def test_a_hang_up_while_the_telephone_rings_frees_the_agent_at_once(house: House) -> None:
    house.telephones.script("amal", no_answer(), answers())
    gone, next_ = house.calls().hangs_up(at=5), house.calls("+212611111111")

    async def later() -> CallEnding:
        await asyncio.sleep(3)
        return await waits(house, next_)

    assert list(await asyncio.gather(waits(house, gone), later())) == [
        CallEnding.ABANDONED,
        CallEnding.ANSWERED,
    ]
    assert house.record_of(next_).wait_seconds == pytest.approx(2 + 3, abs=0.2)


async def test_an_offer_does_not_wait_for_the_announcement_to_end(open_house: Opened) -> None:
    house = open_house()
    house.signs_in("amal")
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    house.later(46, _back, house, "amal")
    caller = house.calls()
    assert await waits(house, caller) is CallEnding.ANSWERED
    assert house.telephones.rung[0][1] == pytest.approx(46, abs=0.01)  # her place was being said since 45


async def test_an_agent_who_signs_out_while_it_rings_is_not_rung_on(house: House) -> None:
    house.telephones.script("amal", no_answer())
    house.signs_in("nadia")
    house.later(6, house.room.tell, AgentSignedOut(AgentId("amal")))
    caller = house.calls()
    assert await waits(house, caller) is CallEnding.ANSWERED
    assert house.record_of(caller).agent == "nadia"
    assert house.record_of(caller).wait_seconds == pytest.approx(6 + 3, abs=0.2)
    assert type(house.seat("amal").state).__name__ == "SignedOut"


async def test_a_telephone_that_vanishes_while_it_rings_is_not_rung_on(house: House) -> None:
    house.telephones.script("amal", no_answer())
    house.signs_in("nadia")
    house.later(6, house.room.tell, DeviceChanged(AgentId("amal"), Device.UNREACHABLE))
    caller = house.calls()
    assert await waits(house, caller) is CallEnding.ANSWERED
    assert house.record_of(caller).agent == "nadia"
    assert house.record_of(caller).wait_seconds == pytest.approx(6 + 3, abs=0.2)


async def test_an_offer_that_was_withdrawn_before_it_rang_does_not_ring(house: House) -> None:
    """The line is slow (its music has not begun), the desk goes on deciding."""
    house.signs_in("nadia")
    caller = house.calls()
    slow = caller.music

    async def music() -> None:
        await asyncio.sleep(2)
        await slow()

    caller.music = music  # type: ignore[method-assign]
    house.later(1, house.room.tell, AgentSignedOut(AgentId("amal")))
    assert await waits(house, caller) is CallEnding.ANSWERED
    assert [who for who, _ in house.telephones.rung] == ["nadia"]


async def test_nobody_at_work_for_her_language_is_told_and_offered_a_callback(house: House) -> None:
    house.room.tell(AgentSignedOut(AgentId("idir")))
    caller = house.calls().presses("1", at=10).keys("1")
    assert await waits(house, caller, ZGH) is CallEnding.CALLBACK_TAKEN
    assert caller.heard[:2] == ["queue.nobody", "queue.callback_hint"]
    (promise,) = house.promises
    assert promise.language is ZGH
    assert promise.asked_at == MONDAY_10


async def test_when_the_last_agent_goes_home_those_who_wait_are_told(house: House) -> None:
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    house.later(50, house.room.tell, AgentSignedOut(AgentId("amal")))
    caller = house.calls().hangs_up(at=105)
    assert await waits(house, caller) is CallEnding.ABANDONED
    assert caller.heard.count("queue.nobody") == 1
    assert caller.heard.count("queue.callback_hint") == 1
    at = {said.key: said.at for said in caller.said}["queue.nobody"]
    assert 50 <= at <= 100


async def test_key_1_while_waiting_promises_a_callback_with_her_places_age(house: House) -> None:
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    caller = house.calls().presses("1", at=100).keys("1")
    assert await waits(house, caller) is CallEnding.CALLBACK_TAKEN
    (promise,) = house.promises
    assert promise.asked_at == MONDAY_10
    assert promise.number == NUMBER
    assert house.record_of(caller).callback == promise.id
    assert caller.heard[-9:] == [
        "callback.confirm_number",
        "callback.taken",
        "callback.soon",
        "callback.other_time",
        "window.today",
        "window.key",
        "window.tomorrow_morning",
        "window.key",
        "goodbye",
    ]


async def test_a_key_pressed_once_too_often_costs_no_place(house: House) -> None:
    """She keyed 1 for her language and 1 for her subject, and once more."""
    house.telephones.script("amal", answers(after=5, talks=10))
    caller = house.calls().keys_ahead("111")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert house.promises == []


async def test_other_keys_while_waiting_change_nothing(house: House) -> None:
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    house.later(200, _back, house, "amal")
    caller = house.calls().presses("02345", at=100)
    assert await waits(house, caller) is CallEnding.ANSWERED
    assert caller.heard == ["queue.next"] * 3 + ["queue.callback_hint", "queue.next", "queue.next"]


async def test_a_star_while_waiting_says_her_place_again(house: House) -> None:
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    other, caller = house.calls("+212611111111").hangs_up(at=20), house.calls().hangs_up(at=40)

    async def later() -> CallEnding:
        await asyncio.sleep(1)
        return await waits(house, caller.presses("*", at=11).presses("*", at=31))

    await asyncio.gather(waits(house, other), later())
    said = [(said.key, said.slots.get("n")) for said in caller.said]
    assert said == [("queue.position", "2"), ("queue.position", "2"), ("queue.next", None)]


async def test_a_star_says_again_how_to_be_called_back(house: House) -> None:
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    caller = house.calls().presses("*", at=70).presses("*", at=80).hangs_up(at=89)
    assert await waits(house, caller) is CallEnding.ABANDONED
    assert caller.heard == ["queue.next"] * 2 + ["queue.next", "queue.callback_hint"] * 2


async def test_who_changes_her_language_while_waiting_keeps_her_place(house: House) -> None:
    """Nobody free speaks Arabic or French; Idir serves her in Tamazight, before one who came after her."""
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    house.room.tell(AgentTookBreak(AgentId("idir"), BreakReason.PAUSE))
    house.telephones.script("idir", answers(after=2, talks=10))
    house.later(60, _back, house, "idir")
    caller, younger = house.calls().presses("#", at=20).keys("2"), house.calls("+212611111111")

    async def later() -> CallEnding:
        await asyncio.sleep(5)
        return await waits(house, younger, ZGH)

    endings = await asyncio.gather(waits(house, caller, FR), later())
    assert list(endings) == [CallEnding.ANSWERED] * 2
    assert caller.heard == ["queue.next", *["language.choose"] * 3, "language.changed", "queue.next"]
    assert caller.heard_in(ZGH)[-2:] == ["language.changed", "queue.next"]
    record = house.record_of(caller)
    assert (record.language, record.queued_at, record.agent) == (ZGH, MONDAY_10, "idir")
    assert caller.remembered["entered"] == f"{MONDAY_10.timestamp():.3f}"
    assert caller.remembered["language"] == ZGH
    assert record.connected_at < house.record_of(younger).connected_at  # type: ignore[operator]


async def test_who_asks_for_a_language_and_keys_none_keeps_hers(house: House) -> None:
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    house.later(180, _back, house, "amal")
    caller = house.calls().presses("#", at=20).silent(3)
    assert await waits(house, caller) is CallEnding.ANSWERED
    assert house.record_of(caller).language is FR
    assert caller.said[-1].language is FR


async def test_a_stuck_square_does_not_keep_her_out_of_the_line(house: House) -> None:
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    house.later(300, _back, house, "amal")
    caller = house.calls().presses("#" * 400, at=20)
    assert await waits(house, caller) is CallEnding.ANSWERED
    assert house.record_of(caller).queued_at == MONDAY_10


async def test_nobody_in_her_new_language_is_told_in_it(house: House) -> None:
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    house.room.tell(AgentSignedOut(AgentId("idir")))
    caller = house.calls().presses("#", at=20).keys("2").hangs_up(at=60)
    assert await waits(house, caller) is CallEnding.ABANDONED
    assert caller.heard_in(ZGH)[-3:] == ["language.changed", "queue.nobody", "queue.callback_hint"]


@pytest.mark.parametrize("rules", [CallbackRules(offered=False), CallbackRules(a_day=1)])
async def test_nobody_is_told_of_a_callback_that_cannot_be_promised(
    open_house: Opened, rules: CallbackRules
) -> None:
    house = open_house(MONDAY_10, centre(callbacks=rules))
    house.book.promise("+212699999999", FR, LEGAL, None, MONDAY_10)
    house.signs_in("amal")
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    house.later(200, _back, house, "amal")
    caller = house.calls().presses("*1", at=100)
    assert await waits(house, caller) is CallEnding.ANSWERED
    assert "queue.callback_hint" not in caller.heard


async def test_who_has_a_promise_already_may_ask_again_when_the_days_are_made(open_house: Opened) -> None:
    house = open_house(MONDAY_10, centre(callbacks=CallbackRules(a_day=1)))
    house.book.promise(NUMBER, FR, LEGAL, None, MONDAY_10)
    house.signs_in("amal")
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    caller = house.calls().presses("1", at=100).keys("1")
    assert await waits(house, caller) is CallEnding.CALLBACK_TAKEN


async def test_who_asks_for_a_callback_and_has_no_usable_number_goes_back_to_her_place(house: House) -> None:
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    caller = house.calls(number=ANONYMOUS).presses("1", at=100).keys("12#").keys("34#").silent()
    house.later(180, _back, house, "amal")
    assert await waits(house, caller) is CallEnding.ANSWERED
    assert "callback.not_taken" not in caller.heard
    assert "goodbye" not in caller.heard
    assert house.record_of(caller).queued_at == MONDAY_10


async def test_who_hangs_up_while_keying_her_number_has_left_the_line_herself(house: House) -> None:
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    caller = house.calls(number=ANONYMOUS).presses("1", at=100).hangs_up(at=104)
    assert await waits(house, caller) is CallEnding.ABANDONED


async def test_after_the_longest_wait_she_is_told_why_and_promised_a_callback(house: House) -> None:
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    caller = house.calls().keys("1")
    assert await waits(house, caller) is CallEnding.CALLBACK_TAKEN
    at = next(said.at for said in caller.said if said.key == "queue.long_wait")
    assert at == pytest.approx(30 * 60, abs=0.1)
    assert caller.heard[caller.heard.index("queue.long_wait") + 1] == "callback.confirm_number"
    assert house.promises[0].asked_at == MONDAY_10


async def test_after_the_longest_wait_without_a_number_the_call_ends_kindly(house: House) -> None:
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    caller = house.calls(number=ANONYMOUS).silent(3)
    assert await waits(house, caller) is CallEnding.TIMED_OUT
    assert caller.heard[-2:] == ["callback.not_taken", "goodbye"]


async def test_a_full_line_is_said_and_a_callback_promised(open_house: Opened) -> None:
    house = open_house(MONDAY_10, centre(queue=QueueRules(most_waiting=1)))
    house.signs_in("amal")
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    first, second = house.calls().hangs_up(at=60), house.calls("+212611111111").keys("1")

    async def later() -> CallEnding:
        await asyncio.sleep(1)
        return await waits(house, second)

    endings = await asyncio.gather(waits(house, first), later())
    assert list(endings) == [CallEnding.ABANDONED, CallEnding.CALLBACK_TAKEN]
    assert second.heard[:2] == ["queue.full", "callback.confirm_number"]
    assert house.record_of(second).queued_at is None


async def test_those_who_talk_do_not_fill_the_line(open_house: Opened) -> None:
    house = open_house(MONDAY_10, centre(queue=QueueRules(most_waiting=1)))
    house.signs_in("amal", "nadia")
    first, second = house.calls(), house.calls("+212611111111")

    async def later() -> CallEnding:
        await asyncio.sleep(10)
        return await waits(house, second)

    assert list(await asyncio.gather(waits(house, first), later())) == [CallEnding.ANSWERED] * 2


async def test_a_full_line_without_callbacks_ends_kindly(open_house: Opened) -> None:
    plan = centre(queue=QueueRules(most_waiting=0), callbacks=CallbackRules(offered=False))
    house = open_house(MONDAY_10, plan)
    caller = house.calls()
    assert await waits(house, caller) is CallEnding.QUEUE_FULL
    assert caller.heard == ["queue.full", "goodbye"]


async def test_who_waits_at_closing_is_served_in_the_grace(open_house: Opened) -> None:
    house = open_house(MONDAY_1629)
    house.signs_in("amal")
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    house.later(10 * 60, _back, house, "amal")
    caller = house.calls()
    assert await waits(house, caller) is CallEnding.ANSWERED


async def test_after_the_grace_her_place_is_kept_as_a_promise(open_house: Opened) -> None:
    house = open_house(MONDAY_1629)
    house.signs_in("amal")
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    caller = house.calls().keys("1")
    assert await waits(house, caller) is CallEnding.CALLBACK_TAKEN
    at = next(said.at for said in caller.said if said.key == "queue.closing")
    assert at == pytest.approx(16 * 60, abs=0.1)  # 16:45
    assert caller.heard[caller.heard.index("callback.at") + 1] == "window.tomorrow_morning"
    assert house.promises[0].not_before.hour == 8


async def test_who_calls_a_minute_before_closing_is_served_however_long_she_chooses(
    open_house: Opened,
) -> None:
    """16:29:50 in Tinghir: she hears the three languages, and the centre has closed meanwhile."""
    house = open_house(MONDAY_1629 + timedelta(seconds=50))
    house.signs_in("amal")
    caller = house.calls().keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED
    assert "closed.now" not in caller.heard


async def test_who_joined_after_closing_does_not_wait_for_ever(open_house: Opened) -> None:
    house = open_house(MONDAY_1629 + timedelta(seconds=50))
    house.signs_in("amal")
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))
    caller = house.calls().keys("1").keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.CALLBACK_TAKEN
    waited = next(said.at for said in caller.said if said.key == "queue.closing")
    assert waited == pytest.approx(15 * 60, abs=60)


async def test_who_calls_a_moment_before_opening_is_served_if_it_opens_meanwhile(open_house: Opened) -> None:
    house = open_house(MONDAY_10.replace(hour=8, minute=29, second=55))
    house.signs_in("amal")
    caller = house.calls().keys("1").keys("1")
    assert await house.serves(caller) is CallEnding.ANSWERED


async def test_any_agent_of_her_language_may_answer_after_a_minute(open_house: Opened) -> None:
    plan = centre()
    amal = plan.agents[AgentId("amal")]
    only_other = replace(amal, subjects=frozenset({OTHER}))
    house = open_house(MONDAY_10, replace(plan, agents={amal.id: only_other}))
    house.signs_in("amal")
    caller = house.calls()
    assert await waits(house, caller) is CallEnding.ANSWERED
    assert house.telephones.rung[0][1] == pytest.approx(60, abs=0.1)


def _back(house: House, agent: str) -> None:
    from routing.events import AgentReturned

    house.room.tell(AgentReturned(AgentId(agent)))


def earlier_talks(house: House, *minutes: float) -> None:
    """Conversations that ended a moment ago."""
    ended = house.now()
    house.room.foresight.memory.learn_calls(
        CallRecord(
            CallId(f"earlier-{n}"),
            1,
            Direction.INBOUND,
            None,
            "2000",
            started_at=ended - timedelta(minutes=lasted),
            connected_at=ended - timedelta(minutes=lasted),
            talk_ended_at=ended,
        )
        for n, lasted in enumerate(minutes)
    )


def waits_told(caller: ScriptedCaller) -> list[tuple[str, str]]:
    return [(said.slots["low"], said.slots["high"]) for said in caller.said if said.key == "queue.wait"]


async def behind_another(house: House, seconds: float, *, talks: float = 3000) -> ScriptedCaller:
    """She waits `seconds` behind one who talks with the only agent."""
    house.telephones.script("amal", answers(after=2, talks=talks))
    first = house.calls().hangs_up(at=seconds + 60)
    second = house.calls("+212699999999").hangs_up(at=seconds)
    await asyncio.gather(waits(house, first), waits(house, second))
    return second


async def test_her_wait_is_told_with_her_place_once_enough_calls_were_answered(house: House) -> None:
    earlier_talks(house, *[9.75] * 10)  # and a quarter of a minute to write it up
    caller = await behind_another(house, 100)
    assert caller.heard[:5] == ["queue.position", "queue.wait", HINT, "queue.next", "queue.wait"]
    assert waits_told(caller)[:2] == [("8", "12"), ("8", "10")]
    told = [line for line in house.lines_of(caller) if line.what == "wait told"]
    facts = dict(told[1].facts)
    low, high = map(int, facts.pop("seconds").split("-"))
    assert low < 600 - 45 < high
    assert facts == {"minutes": "8-10", "place": "1", "agents": "1"}


async def test_a_callback_is_offered_as_soon_as_her_wait_may_be_too_long(open_house: Opened) -> None:
    """Three minutes by the configuration: one minute is no reason to offer it, four are."""
    short, long = open_house(), open_house()
    for house, minutes in ((short, 0.75), (long, 4.0)):
        house.signs_in("amal")
        earlier_talks(house, *[minutes] * 10)
        caller = await behind_another(house, 20)
        assert caller.heard[:2] == ["queue.position", "queue.wait"]
        assert (HINT in caller.heard) is (house is long)


async def test_who_waits_longer_than_anyone_expected_is_offered_a_callback(house: House) -> None:
    earlier_talks(house, *[0.75] * 10)
    caller = await behind_another(house, 400)
    at = {said.key: said.at for said in caller.said}[HINT]
    assert 45 <= at <= 240


async def test_nothing_is_told_from_few_calls_or_from_those_of_the_morning(house: House) -> None:
    earlier_talks(house, *[9.75] * 9)
    assert waits_told(await behind_another(house, 100)) == []
    earlier_talks(house, *[9.75] * 10)
    house.telephones.script("amal", answers(after=2, talks=3 * 3600))
    await asyncio.sleep(COMPARABLE.total_seconds() + 1)
    assert waits_told(await behind_another(house, 100)) == []


async def test_a_wait_does_not_grow_without_a_reason_and_may_when_an_agent_leaves(open_house: Opened) -> None:
    house = open_house()
    house.signs_in("amal", "nadia")
    earlier_talks(house, *[9.75] * 10)
    house.telephones.script("amal", answers(after=2, talks=3000))
    house.telephones.script("nadia", answers(after=2, talks=3000))
    before = [house.calls(f"+21269999990{n}").hangs_up(at=400) for n in range(2)]
    caller = house.calls().hangs_up(at=300)
    house.later(100, earlier_talks, house, *[19.75] * 60)
    house.later(200, house.room.tell, AgentTookBreak(AgentId("nadia"), BreakReason.PAUSE))
    await asyncio.gather(*(waits(house, one) for one in (*before, caller)))
    told = waits_told(caller)
    assert told[1] == ("8", "10")
    assert [int(high) for _, high in told[:5]] == sorted((int(high) for _, high in told[:5]), reverse=True), (
        "two agents; longer talks since are no reason of hers"
    )
    assert int(told[-1][1]) > 15, "one agent fewer is one"


async def test_a_wait_told_before_binds_also_after_a_callback_that_came_to_nothing(
    open_house: Opened,
) -> None:
    house = open_house()
    house.signs_in("amal")
    house.telephones.script("amal", answers(after=2, talks=3000))
    earlier_talks(house, *[9.75] * 10)
    house.later(70, earlier_talks, house, *[29.75] * 60)
    first = house.calls("+212699999999").hangs_up(at=400)
    caller = house.calls(ANONYMOUS).presses("1", at=95).silent(3).hangs_up(at=300)
    await asyncio.gather(waits(house, first), waits(house, caller))
    assert "no promise" in house.trace_of(caller)
    assert "back in the line" in house.trace_of(caller)
    told = waits_told(caller)
    assert told[1] == ("8", "10")
    assert len(told) > 3
    assert all(int(low) <= 8 and int(high) <= 10 for low, high in told[1:]), (
        "longer talks since are no reason of hers"
    )
