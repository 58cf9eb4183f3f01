"""Keeping a promise: the agent hears who and why, accepts, and the person is dialled."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
import pytest_asyncio

from ivr.call import Missed
from ivr.flows.call_back import DIALLING, call_back
from routing.callbacks import begin_attempt
from routing.events import CallerJoined, MissReason
from routing.model import (
    AgentId,
    AttemptResult,
    Callback,
    CallbackState,
    CallEnding,
    Offered,
    OnBreak,
    QueueEntry,
    WrappingUp,
    callback_entry_id,
)
from routing.promised_window import Window
from tests.support.house import LEGAL, MONDAY_10, NUMBER, SUNDAY, ZGH, House, hold_of
from tests.support.scripted_caller import (
    Rings,
    ScriptedCaller,
    answers,
    busy,
    no_answer,
    refuses,
    unreachable,
)

OFFER = ["agent.callback_offer", "language.name.zgh", "subject.name.legal", "agent.callback_accept"]


class Kept:
    """A promise whose entry has been offered to Idir, and his answered leg."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.promise: Callback = begin_attempt(house.book.promise(NUMBER, ZGH, LEGAL, None, SUNDAY), "tests")
        house.book.keep(self.promise)
        self.hold = hold_of(house, self.promise)
        self.entry = callback_entry_id(self.promise.id, self.promise.fence)
        now = house.now()
        house.room.tell(CallerJoined(QueueEntry(self.entry, ZGH, LEGAL, now, SUNDAY, self.promise.id)))
        self.leg: ScriptedCaller = house.calls(number=None)
        self.result: AttemptResult | None = None

    async def goes(self) -> CallEnding:
        """The agent has picked up; `result` holds how the attempt went."""
        state = self.house.seat("idir").state
        assert isinstance(state, Offered)
        assert state.entry == self.entry
        assert [offer.agent for offer in self.house.offered] == ["idir"]

        async def flow(call, office) -> CallEnding:
            ending, self.result = await call_back(
                call, office, self.house.centre.agents[AgentId("idir")], self.entry, self.promise, self.hold
            )
            return ending

        ending = await self.house.serves(self.leg, flow)
        if self.result is None:  # as the dialer does when the promise is taken back from the desk
            from routing.events import CallerLeft

            assert self.house.room.desk.queue.get(self.entry) is not None, "the entry keeps its place"
            self.house.room.tell(CallerLeft(self.entry))
        return ending


@pytest_asyncio.fixture
async def kept(open_house: Callable[..., House]) -> Kept:
    house = open_house(MONDAY_10)
    house.signs_in("idir")
    return Kept(house)


async def test_the_agent_accepts_and_the_two_talk(kept: Kept) -> None:
    kept.house.telephones.script(NUMBER, answers(after=6, talks=120))
    kept.leg.keys("1")
    assert await kept.goes() is CallEnding.ANSWERED
    assert kept.result is AttemptResult.REACHED
    assert kept.leg.heard == [*OFFER, "agent.dialling", "callback.hello"]
    assert kept.leg.said[-1].language is ZGH
    record = kept.house.record_of(kept.leg)
    assert record.talk_seconds == pytest.approx(120)
    assert isinstance(kept.house.seat("idir").state, WrappingUp)


@pytest.mark.parametrize("answer", ["2", "*", "#", "9", ""])
async def test_an_agent_who_does_not_accept_is_set_aside_and_nobody_is_dialled(
    kept: Kept, answer: str
) -> None:
    if answer:
        kept.leg.keys(answer)
    assert await kept.goes() is CallEnding.NO_AGENT
    assert kept.result is None
    assert kept.house.telephones.rung == []
    assert isinstance(kept.house.seat("idir").state, OnBreak)


@pytest.mark.parametrize("phrase", OFFER)
async def test_an_agent_who_hangs_up_on_the_offer_has_refused(kept: Kept, phrase: str) -> None:
    kept.leg.hangs_up_during(phrase)
    assert await kept.goes() is CallEnding.NO_AGENT
    assert kept.result is None


UNREACHED = [
    (busy(), AttemptResult.BUSY, "agent.person_busy"),
    (no_answer(), AttemptResult.NO_ANSWER, "agent.person_no_answer"),
    (refuses(), AttemptResult.REFUSED, "agent.person_refused"),
    (unreachable(), AttemptResult.UNREACHABLE, "agent.person_unreachable"),
]


@pytest.mark.parametrize(("phone", "result", "said"), UNREACHED)
async def test_the_agent_hears_why_the_person_was_not_reached(kept: Kept, phone, result, said) -> None:
    kept.house.telephones.script(NUMBER, phone)
    kept.leg.keys("1")
    assert await kept.goes() is CallEnding.NOT_REACHED
    assert kept.result is result
    assert kept.leg.heard[-1] == said
    assert isinstance(kept.house.seat("idir").state, WrappingUp)


@pytest.mark.parametrize(("phone", "result", "said"), UNREACHED)
async def test_an_agent_who_does_not_listen_to_the_end_does_not_change_the_result(
    kept: Kept, phone, result, said
) -> None:
    """Else who has refused, or never answers, would be dialled again in a minute, for ever."""
    kept.house.telephones.script(NUMBER, phone)
    kept.leg.keys("1").hangs_up_during(said)
    assert await kept.goes() is CallEnding.NOT_REACHED
    assert kept.result is result


async def test_an_agent_who_hangs_up_before_her_telephone_rings_has_not_taken_the_promise(kept: Kept) -> None:
    kept.leg.keys("1").hangs_up_during("agent.dialling")
    assert await kept.goes() is CallEnding.NOT_REACHED
    assert kept.result is AttemptResult.NO_AGENT
    assert kept.house.telephones.rung == []


async def test_an_agent_who_hangs_up_while_her_telephone_rings_has_used_an_attempt(kept: Kept) -> None:
    """Else she would be rung every minute, without end."""
    kept.house.telephones.script(NUMBER, no_answer())
    kept.leg.keys("1").hangs_up(at=15)
    assert await kept.goes() is CallEnding.NOT_REACHED
    assert [who for who, _ in kept.house.telephones.rung] == [NUMBER]
    assert kept.result is AttemptResult.AGENT_LEFT


async def test_a_call_withdrawn_while_her_telephone_rings_has_used_an_attempt(kept: Kept) -> None:
    kept.house.telephones.script(NUMBER, Rings(2, MissReason.CALLER_GONE))
    kept.leg.keys("1")
    await kept.goes()
    assert kept.result is AttemptResult.AGENT_LEFT


async def test_without_a_way_out_the_attempt_is_not_hers(kept: Kept) -> None:
    async def no_way(*_: object) -> Missed:
        return Missed(MissReason.UNREACHABLE, dialled=False)

    kept.leg.ring = no_way  # type: ignore[method-assign,assignment]
    kept.leg.keys("1")
    assert await kept.goes() is CallEnding.NOT_REACHED
    assert kept.result is AttemptResult.NO_TRUNK


async def test_the_agents_channel_knows_that_her_telephone_may_ring(kept: Kept) -> None:
    kept.house.telephones.script(NUMBER, busy())
    kept.leg.keys("1")
    await kept.goes()
    assert kept.leg.remembered["stage"] == DIALLING


async def test_the_agent_may_end_the_conversation(kept: Kept) -> None:
    kept.house.telephones.script(NUMBER, answers(after=5, talks=1000))
    kept.leg.keys("1").hangs_up(at=60)
    assert await kept.goes() is CallEnding.ANSWERED
    assert kept.result is AttemptResult.REACHED


def test_every_reason_has_words_for_the_agent() -> None:
    from ivr.flows.call_back import _AGENT_HEARS

    assert set(_AGENT_HEARS) == set(MissReason)


async def test_an_agent_is_told_that_she_cancelled_while_he_was_rung(kept: Kept) -> None:
    kept.house.book.cancel(kept.promise.id)
    assert await kept.goes() is CallEnding.NO_AGENT
    assert kept.leg.heard == ["agent.callback_gone"]
    assert not isinstance(kept.house.seat("idir").state, OnBreak), "it is not his fault"


async def test_nobody_is_dialled_for_a_promise_that_was_moved_while_the_agent_listened(kept: Kept) -> None:
    house = kept.house
    tomorrow = house.now() + timedelta(days=1)

    def she_moves_it() -> None:
        house.book.move(kept.promise.id, Window(tomorrow, tomorrow + timedelta(hours=2)))

    house.later(1, she_moves_it)
    kept.leg.keys("1")
    await kept.goes()
    assert house.telephones.rung == []
    assert kept.leg.heard[-1] == "agent.callback_gone"
    (moved,) = house.book.open()
    assert (moved.state, moved.not_before) == (CallbackState.DUE, tomorrow)


async def test_what_happens_to_her_telephone_is_written_down_as_it_happens(kept: Kept) -> None:
    kept.house.telephones.script(NUMBER, answers(after=6, talks=120))
    kept.leg.keys("1")
    began = kept.house.now()
    seen: list[tuple[bool, bool]] = []

    def look() -> None:
        now = kept.house.book.find(kept.promise.id)
        assert now is not None
        seen.append((now.rang_at is not None, now.talked_at is not None))
        assert now.first_attempt_at is None or now.first_attempt_at >= began

    for second in (0, 100):
        kept.house.later(second, look)
    await kept.goes()
    assert seen == [(False, False), (True, True)]


async def test_nothing_is_left_running(kept: Kept) -> None:
    kept.leg.keys("1")
    await kept.goes()
    await asyncio.sleep(0)
