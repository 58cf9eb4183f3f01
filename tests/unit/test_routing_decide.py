"""Who gets the next caller, told as what people at the centre notice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from routing.decide import decide
from routing.events import (
    AgentAnswered,
    AgentMissed,
    AgentReturned,
    AgentSignedIn,
    AgentSignedOut,
    AgentTookBreak,
    CallAdopted,
    CallEnded,
    CallerJoined,
    CallerLeft,
    DeskCommand,
    DeskEvent,
    DeviceChanged,
    MissReason,
    MomentArrived,
    OfferTo,
    TellPosition,
    WakeAt,
    WithdrawOffer,
)
from routing.model import (
    Agent,
    AgentId,
    AgentState,
    Available,
    BreakReason,
    CallbackId,
    DeskRules,
    Device,
    EntryId,
    Language,
    Offered,
    OnBreak,
    QueueEntry,
    Seat,
    SignedOut,
    Subject,
    Talking,
    WrappingUp,
    desk_for,
)

OPENING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
LEGAL, FUNDING = Subject("legal"), Subject("funding")
AICHA, BRAHIM, CELINE = AgentId("aicha"), AgentId("brahim"), AgentId("celine")
FATIMA, HASSAN, NADIA = EntryId("fatima"), EntryId("hassan"), EntryId("nadia")


def agent(id: AgentId, *languages: Language, subjects: frozenset[Subject]) -> Agent:
    return Agent(id, id.title(), "1" + id[:2], languages, subjects)


AGENTS = (
    agent(AICHA, Language.ARABIC, Language.FRENCH, subjects=frozenset({LEGAL, FUNDING})),
    agent(BRAHIM, Language.TAMAZIGHT, Language.ARABIC, subjects=frozenset({LEGAL})),
    agent(CELINE, Language.FRENCH, subjects=frozenset({FUNDING})),
)


class Office:
    """A desk in a morning: events happen at seconds after opening, commands are kept."""

    def __init__(self, rules: DeskRules | None = None) -> None:
        self.desk = desk_for(AGENTS, rules)
        self.now = OPENING
        self.commands: tuple[DeskCommand, ...] = ()

    def at(self, seconds: float, *events: DeskEvent) -> "Office":
        self.now = OPENING + timedelta(seconds=seconds)
        for event in events or (MomentArrived(),):
            decision = decide(self.desk, event, self.now)
            self.desk, self.commands = decision.desk, decision.commands
        return self

    def free(self, seconds: float, *agents: AgentId) -> "Office":
        for one in agents:
            self.at(seconds, DeviceChanged(one, Device.IDLE), AgentSignedIn(one))
        return self

    def calls(
        self,
        seconds: float,
        entry: EntryId,
        language: Language = Language.ARABIC,
        subject: Subject = LEGAL,
        callback: CallbackId | None = None,
        asked: float | None = None,
    ) -> "Office":
        joined = OPENING + timedelta(seconds=seconds)
        age = joined if asked is None else OPENING + timedelta(seconds=asked)
        return self.at(seconds, CallerJoined(QueueEntry(entry, language, subject, joined, age, callback)))

    def state(self, id: AgentId) -> AgentState:
        return self.desk.seats[id].state

    @property
    def offers(self) -> list[tuple[AgentId, EntryId]]:
        return [(one.agent, one.entry.id) for one in self.commands if isinstance(one, OfferTo)]

    @property
    def places(self) -> list[tuple[EntryId, int]]:
        return [(one.entry, one.place) for one in self.commands if isinstance(one, TellPosition)]

    @property
    def withdrawn(self) -> list[tuple[AgentId, EntryId]]:
        return [(one.agent, one.entry) for one in self.commands if isinstance(one, WithdrawOffer)]

    @property
    def wakes(self) -> list[float]:
        return [(one.moment - OPENING).total_seconds() for one in self.commands if isinstance(one, WakeAt)]

    @property
    def line(self) -> list[EntryId]:
        return [entry.id for entry in self.desk.queue]


def moment(seconds: float) -> datetime:
    return OPENING + timedelta(seconds=seconds)


# ---- who gets whom ----


def test_a_caller_is_offered_to_a_free_agent_at_once() -> None:
    office = Office().free(0, AICHA).calls(10, FATIMA)
    assert office.offers == [(AICHA, FATIMA)]
    assert office.state(AICHA) == Offered(FATIMA, moment(30), free_since=moment(0))
    assert office.desk.offers == {FATIMA: AICHA}
    assert office.places == []


def test_the_longest_free_agent_is_rung() -> None:
    assert Office().free(0, BRAHIM).free(5, AICHA).calls(10, FATIMA).offers == [(BRAHIM, FATIMA)]
    assert Office().free(0, AICHA).free(5, BRAHIM).calls(10, FATIMA).offers == [(AICHA, FATIMA)]


def test_the_oldest_caller_is_served_first() -> None:
    office = Office().calls(0, HASSAN).calls(1, FATIMA).free(5, AICHA)
    assert office.offers == [(AICHA, HASSAN)]


def test_callers_of_the_same_moment_are_served_by_id() -> None:
    assert Office().calls(0, HASSAN).calls(0, FATIMA).free(5, AICHA).offers == [(AICHA, FATIMA)]


def test_a_callback_has_the_place_of_the_moment_it_was_asked_for() -> None:
    office = Office().calls(0, FATIMA)
    office.calls(1, NADIA, callback=CallbackId("123456"), asked=-60_000).free(5, AICHA)
    assert office.offers == [(AICHA, NADIA)]


def test_a_caller_waits_for_an_agent_who_speaks_her_language() -> None:
    office = Office().free(0, AICHA, CELINE).calls(10, FATIMA, Language.TAMAZIGHT)
    assert office.offers == []
    assert office.at(7200).offers == []
    assert office.free(7300, BRAHIM).offers == [(BRAHIM, FATIMA)]


def test_an_older_caller_nobody_can_serve_does_not_hold_up_the_others() -> None:
    office = Office().calls(0, FATIMA, Language.TAMAZIGHT).calls(1, HASSAN).free(5, AICHA)
    assert office.offers == [(AICHA, HASSAN)]


def test_after_a_minute_an_agent_for_another_subject_may_answer() -> None:
    office = Office().free(0, CELINE).calls(10, FATIMA, Language.FRENCH, LEGAL)
    assert office.offers == []
    assert office.at(69.9).offers == []
    assert office.at(70).offers == [(CELINE, FATIMA)]
    assert "step 2 after 1:00: French 2 or better, any subject" in next(
        one.why for one in office.commands if isinstance(one, OfferTo)
    )


def test_every_offer_says_why() -> None:
    office = Office().free(0, AICHA).calls(10, FATIMA)
    (offer,) = (one for one in office.commands if isinstance(one, OfferTo))
    assert offer.why == (
        "waited 0 s, longest of those a free agent can serve (1 in line); aicha is the only free agent who fits "
        "(Arabic 3, legal 3); step 1: Arabic 2 or better, legal 1 or better"
    )
    assert offer.until == moment(30)


# ---- misses ----


@pytest.mark.parametrize("why", [MissReason.NO_ANSWER, MissReason.REFUSED, MissReason.BUSY])
def test_a_missed_offer_goes_to_the_next_agent_and_sets_the_first_aside(why: MissReason) -> None:
    office = Office().free(0, AICHA).free(1, BRAHIM).calls(10, FATIMA).calls(11, HASSAN)
    office.at(30, AgentMissed(AICHA, FATIMA, why))
    assert office.state(AICHA) == OnBreak(BreakReason.MISSED_OFFER, moment(30))
    assert office.line == [FATIMA, HASSAN]
    assert office.at(31, AgentReturned(AICHA)).offers == [(AICHA, FATIMA)]


def test_a_missed_caller_is_offered_again_at_once() -> None:
    office = Office().free(0, AICHA).free(1, BRAHIM).calls(10, FATIMA)
    office.at(30, AgentMissed(AICHA, FATIMA, MissReason.NO_ANSWER))
    assert office.offers == [(BRAHIM, FATIMA)]


def test_a_missed_caller_hears_her_place_when_nobody_else_is_free() -> None:
    office = Office().free(0, AICHA).calls(10, FATIMA)
    office.at(30, AgentMissed(AICHA, FATIMA, MissReason.NO_ANSWER))
    assert office.places == [(FATIMA, 1)]


def test_an_agent_whose_telephone_is_gone_is_free_again_when_it_is_back() -> None:
    office = Office().free(0, AICHA).calls(10, FATIMA)
    office.at(11, AgentMissed(AICHA, FATIMA, MissReason.UNREACHABLE))
    assert office.offers == []
    assert office.desk.seats[AICHA] == Seat(AGENTS[0], Available(moment(0)), Device.UNREACHABLE)
    assert office.at(20, DeviceChanged(AICHA, Device.IDLE)).offers == [(AICHA, FATIMA)]


def test_a_telephone_that_vanishes_while_it_rings_is_a_miss() -> None:
    office = Office().free(0, AICHA).free(1, BRAHIM).calls(10, FATIMA)
    office.at(12, DeviceChanged(AICHA, Device.UNREACHABLE))
    assert office.withdrawn == [(AICHA, FATIMA)]
    assert office.offers == [(BRAHIM, FATIMA)]
    assert office.state(AICHA) == Available(moment(0))


def test_a_caller_said_to_be_gone_is_not_offered_again_before_she_leaves() -> None:
    office = Office().free(0, AICHA).calls(10, FATIMA)
    office.at(12, AgentMissed(AICHA, FATIMA, MissReason.CALLER_GONE))
    assert office.offers == []
    assert office.state(AICHA) == Available(moment(0))
    office.at(12.1, CallerLeft(FATIMA))
    assert (office.line, office.wakes) == ([], [])


def test_a_caller_wrongly_said_to_be_gone_is_offered_again() -> None:
    office = Office().free(0, AICHA).calls(10, FATIMA)
    office.at(12, AgentMissed(AICHA, FATIMA, MissReason.CALLER_GONE))
    assert office.wakes == [17]
    assert office.at(17).offers == [(AICHA, FATIMA)]


def test_an_offer_of_which_nobody_tells_the_end_is_taken_back() -> None:
    office = Office().free(0, AICHA).free(1, BRAHIM).calls(10, FATIMA)
    assert office.at(37.9).withdrawn == []
    office.at(38)
    assert office.withdrawn == [(AICHA, FATIMA)]
    assert office.offers == [(BRAHIM, FATIMA)]
    assert office.state(AICHA) == OnBreak(BreakReason.MISSED_OFFER, moment(38))


def test_an_agent_has_time_to_hear_and_accept_a_callback() -> None:
    office = Office().free(0, AICHA).calls(10, NADIA, callback=CallbackId("123456"))
    assert office.offers == [(AICHA, NADIA)]
    assert office.at(67.9).withdrawn == []
    assert office.at(68).withdrawn == [(AICHA, NADIA)]


def test_a_miss_of_an_offer_that_is_over_changes_nothing() -> None:
    office = Office().free(0, AICHA).free(1, BRAHIM).calls(10, FATIMA)
    office.at(30, AgentMissed(AICHA, FATIMA, MissReason.NO_ANSWER))
    before = office.desk
    office.at(31, AgentMissed(AICHA, FATIMA, MissReason.CALLER_GONE))
    assert office.desk == before


# ---- conversations ----


def test_a_conversation_and_the_breath_after_it() -> None:
    office = Office().free(0, AICHA).calls(10, FATIMA).at(14, AgentAnswered(AICHA, FATIMA))
    assert (office.line, office.desk.offers, office.desk.talks) == ([], {}, {FATIMA: AICHA})
    assert office.state(AICHA) == Talking(FATIMA, moment(14))
    office.at(100, CallEnded(AICHA, FATIMA))
    assert office.state(AICHA) == WrappingUp(moment(115))
    assert office.wakes == [115]
    assert office.calls(110, HASSAN).offers == []
    assert office.at(116).offers == [(AICHA, HASSAN)]
    assert office.state(AICHA) == Offered(HASSAN, moment(136), free_since=moment(115))


def test_a_centre_without_wrap_up_has_its_agents_free_at_once() -> None:
    office = Office(DeskRules(wrap_up=timedelta())).free(0, AICHA).calls(10, FATIMA)
    office.at(14, AgentAnswered(AICHA, FATIMA)).at(50, CallEnded(AICHA, FATIMA))
    assert office.state(AICHA) == Available(moment(50))


def test_an_agent_who_has_written_enough_is_free_early() -> None:
    office = Office().free(0, AICHA).calls(10, FATIMA).at(14, AgentAnswered(AICHA, FATIMA))
    office.at(50, CallEnded(AICHA, FATIMA)).at(52, AgentReturned(AICHA))
    assert office.state(AICHA) == Available(moment(52))


def test_a_conversation_that_ends_twice_has_one_wrap_up() -> None:
    office = Office().free(0, AICHA).calls(10, FATIMA).at(14, AgentAnswered(AICHA, FATIMA))
    office.at(50, CallEnded(AICHA, FATIMA)).at(51, CallEnded(AICHA, FATIMA))
    assert office.state(AICHA) == WrappingUp(moment(65))


def test_an_answer_to_a_caller_who_has_left_changes_nothing() -> None:
    office = Office().free(0, AICHA).calls(10, FATIMA).at(12, CallerLeft(FATIMA))
    assert office.withdrawn == [(AICHA, FATIMA)]
    office.at(12.1, AgentAnswered(AICHA, FATIMA))
    assert (office.state(AICHA), office.desk.talks) == (Available(moment(0)), {})


def test_whoever_picked_up_talks_even_when_another_was_rung_meanwhile() -> None:
    office = Office().free(0, AICHA).free(1, BRAHIM).calls(10, FATIMA).at(38)
    assert office.desk.offers == {FATIMA: BRAHIM}
    office.at(38.1, AgentAnswered(AICHA, FATIMA))
    assert office.withdrawn == [(BRAHIM, FATIMA)]
    assert office.desk.talks == {FATIMA: AICHA}
    assert office.state(BRAHIM) == Available(moment(1))


def test_a_conversation_found_after_a_restart_goes_on() -> None:
    office = Office().at(0, CallAdopted(AICHA, FATIMA, moment(-100)))
    assert office.state(AICHA) == Talking(FATIMA, moment(-100))
    office.at(9, CallEnded(AICHA, FATIMA))
    assert office.state(AICHA) == WrappingUp(moment(24))


# ---- agents come and go ----


def test_an_agent_with_a_telephone_in_use_or_gone_is_not_free() -> None:
    office = Office().at(0, AgentSignedIn(AICHA)).calls(1, FATIMA)
    assert office.offers == []
    assert office.at(2, DeviceChanged(AICHA, Device.IN_USE)).offers == []
    assert office.state(AICHA) == Talking(None, moment(2))
    assert office.at(9, DeviceChanged(AICHA, Device.IDLE)).offers == [(AICHA, FATIMA)]


def test_a_telephone_lost_in_a_private_call_ends_it() -> None:
    office = Office().free(0, AICHA).at(2, DeviceChanged(AICHA, Device.IN_USE))
    office.at(3, DeviceChanged(AICHA, Device.UNREACHABLE))
    assert office.desk.seats[AICHA] == Seat(AGENTS[0], Available(moment(3)), Device.UNREACHABLE)


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (AgentSignedOut(AICHA), SignedOut()),
        (AgentTookBreak(AICHA, BreakReason.PAUSE), OnBreak(BreakReason.PAUSE, moment(12))),
    ],
)
def test_an_agent_who_steps_away_while_rung_leaves_the_caller_to_another(
    event: DeskEvent, state: AgentState
) -> None:
    office = Office().free(0, AICHA).free(1, BRAHIM).calls(10, FATIMA).at(12, event)
    assert office.withdrawn == [(AICHA, FATIMA)]
    assert office.offers == [(BRAHIM, FATIMA)]
    assert office.state(AICHA) == state


def test_a_break_asked_for_in_a_conversation_begins_when_it_ends() -> None:
    office = Office().free(0, AICHA).calls(10, FATIMA).at(14, AgentAnswered(AICHA, FATIMA))
    office.at(20, AgentTookBreak(AICHA, BreakReason.PAUSE))
    assert office.state(AICHA) == Talking(FATIMA, moment(14))
    office.at(60, CallEnded(AICHA, FATIMA))
    assert office.state(AICHA) == OnBreak(BreakReason.PAUSE, moment(60))


def test_a_sign_out_asked_for_in_a_conversation_can_be_taken_back() -> None:
    office = Office().free(0, AICHA).calls(10, FATIMA).at(14, AgentAnswered(AICHA, FATIMA))
    office.at(20, AgentSignedOut(AICHA)).at(30, AgentSignedIn(AICHA)).at(60, CallEnded(AICHA, FATIMA))
    assert office.state(AICHA) == WrappingUp(moment(75))
    office.at(61, AgentSignedOut(AICHA))
    assert office.state(AICHA) == SignedOut()


def test_back_from_a_break_takes_back_what_was_asked_for() -> None:
    office = Office().free(0, AICHA).calls(10, FATIMA).at(14, AgentAnswered(AICHA, FATIMA))
    office.at(20, AgentTookBreak(AICHA, BreakReason.PAUSE), AgentReturned(AICHA))
    assert office.desk.seats[AICHA].next_state is None


def test_signing_in_again_does_not_end_a_break_or_lose_the_place_among_the_free() -> None:
    office = Office().free(0, AICHA).at(5, AgentSignedIn(AICHA))
    assert office.state(AICHA) == Available(moment(0))
    office.at(6, AgentTookBreak(AICHA, BreakReason.PAUSE), AgentSignedIn(AICHA))
    assert office.state(AICHA) == OnBreak(BreakReason.PAUSE, moment(6))


def test_nobody_can_take_a_break_before_signing_in() -> None:
    assert Office().at(0, AgentTookBreak(AICHA, BreakReason.PAUSE)).state(AICHA) == SignedOut()


def test_an_agent_nobody_knows_gets_no_seat() -> None:
    stranger = AgentId("stranger")
    office = Office()
    before = office.desk
    for event in (
        AgentSignedIn(stranger),
        AgentSignedOut(stranger),
        AgentTookBreak(stranger, BreakReason.PAUSE),
        AgentReturned(stranger),
        DeviceChanged(stranger, Device.IDLE),
        CallAdopted(stranger, FATIMA, OPENING),
        AgentMissed(stranger, FATIMA, MissReason.BUSY),
        CallEnded(stranger, FATIMA),
        AgentAnswered(stranger, FATIMA),
    ):
        office.at(1, event)
    assert office.desk == before


# ---- places and moments ----


def test_a_caller_hears_her_place_once_at_once_and_then_every_45_seconds() -> None:
    office = Office().calls(0, HASSAN)
    assert office.places == [(HASSAN, 1)]
    assert office.calls(10, FATIMA).places == [(FATIMA, 2)]
    assert office.wakes == [45]
    assert office.at(44.9).places == []
    assert office.at(45).places == [(HASSAN, 1)]
    assert office.at(46, CallerLeft(HASSAN)).places == []
    assert office.at(55).places == [(FATIMA, 1)]


def test_nobody_hears_her_place_when_her_call_is_being_offered_or_not_there() -> None:
    office = Office(DeskRules(ring_for=timedelta(minutes=5))).free(0, AICHA).calls(1, FATIMA)
    office.calls(2, NADIA, callback=CallbackId("123456"))
    assert office.places == []
    assert office.at(200).places == []


def test_a_caller_who_joins_twice_waits_once() -> None:
    office = Office().calls(0, FATIMA).calls(5, FATIMA)
    assert office.line == [FATIMA]
    assert office.places == []
    assert next(iter(office.desk.queue)).age_from == moment(0)


def test_a_caller_in_conversation_does_not_wait_again_when_the_event_is_repeated() -> None:
    office = Office().free(0, AICHA).calls(1, FATIMA).at(2, AgentAnswered(AICHA, FATIMA)).calls(3, FATIMA)
    assert office.line == []


def test_an_empty_desk_asks_for_no_moment() -> None:
    assert Office().at(0).commands == ()


def test_the_next_moment_is_the_earliest_at_which_something_changes() -> None:
    rules = DeskRules(position_every=timedelta(minutes=10))
    office = Office(rules).calls(0, FATIMA)
    assert office.wakes == [60]
    assert office.at(60).wakes == [180]
    assert office.at(180).wakes == [600]
    assert office.free(181, AICHA).wakes == [209]


def test_a_decision_leaves_the_desk_before_it_as_it_was() -> None:
    office = Office().free(0, AICHA).calls(1, FATIMA)
    before, copy = office.desk, replace(office.desk)
    office.at(2, AgentAnswered(AICHA, FATIMA)).at(3, CallEnded(AICHA, FATIMA))
    assert before == copy
    assert before.offers == {FATIMA: AICHA}
    assert before.queue.place(FATIMA) == 1
