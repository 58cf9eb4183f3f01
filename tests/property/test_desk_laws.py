"""The laws of the desk, held by any history: any events, in any order, repeated, about anybody."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from routing.changes import GONE_GRACE
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
    DeskEvent,
    DeviceChanged,
    MissReason,
    MomentArrived,
    OfferTo,
    TellPosition,
    WakeAt,
)
from routing.model import (
    Agent,
    AgentId,
    Available,
    BreakReason,
    CallbackId,
    Desk,
    DeskRules,
    Device,
    EntryId,
    Language,
    Offered,
    QueueEntry,
    Subject,
    Talking,
    desk_for,
)
from routing.snapshot import snapshot

OPENING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
SUBJECTS = [Subject("legal"), Subject("funding")]
LANGUAGES = [Language.ARABIC, Language.TAMAZIGHT]
AGENT_IDS = [AgentId(f"agent-{n}") for n in range(4)]
ENTRY_IDS = [EntryId(f"call-{n}") for n in range(9)]
RULES = [DeskRules(), DeskRules(wrap_up=timedelta()), DeskRules(position_every=timedelta())]

agents = st.sampled_from([*AGENT_IDS, AgentId("stranger")])
entries = st.sampled_from(ENTRY_IDS)
skills = st.tuples(
    st.lists(st.sampled_from(LANGUAGES), min_size=1, unique=True).map(tuple),
    st.frozensets(st.sampled_from(SUBJECTS)),
)


class AnyDay(RuleBasedStateMachine):
    """A desk to which anything may happen, and a plain account of what should be so."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.now = OPENING
        self.waits: dict[EntryId, QueueEntry] = {}
        self.gone: dict[EntryId, datetime] = {}
        self.told: dict[EntryId, datetime] = {}

    @initialize(skills=st.lists(skills, min_size=4, max_size=4), rules=st.sampled_from(RULES))
    def the_day_begins(
        self, skills: list[tuple[tuple[Language, ...], frozenset[Subject]]], rules: DeskRules
    ) -> None:
        people = zip(AGENT_IDS, skills, strict=True)
        self.desk = desk_for((Agent(id, id, "1", spoken, served) for id, (spoken, served) in people), rules)
        for agent in AGENT_IDS[:3]:
            self.happens(DeviceChanged(agent, Device.IDLE))
            self.happens(AgentSignedIn(agent))

    # ---- what may happen ----

    @rule(seconds=st.sampled_from([0, 0.5, 3, 5, 16, 25, 61]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.happens(MomentArrived())

    @rule(
        id=entries,
        language=st.sampled_from(LANGUAGES),
        subject=st.sampled_from(SUBJECTS),
        earlier=st.sampled_from([0, 0, 0, 1, 90]),
        callback=st.sampled_from([None, None, CallbackId("123456")]),
    )
    def caller_joins(
        self, id: EntryId, language: Language, subject: Subject, earlier: int, callback: CallbackId | None
    ) -> None:
        age_from = self.now - timedelta(seconds=earlier)
        entry = QueueEntry(id, language, subject, self.now, age_from, callback)
        if id not in self.desk.talks:
            self.waits.setdefault(id, entry)
        self.happens(CallerJoined(entry))

    @rule(id=entries)
    def caller_leaves(self, id: EntryId) -> None:
        self.forget(id)
        self.happens(CallerLeft(id))

    @precondition(lambda self: self.desk.offers)
    @rule(data=st.data())
    def the_rung_agent_answers(self, data: st.DataObject) -> None:
        id, agent = data.draw(st.sampled_from(sorted(self.desk.offers.items())))
        self.forget(id)
        self.happens(AgentAnswered(agent, id))

    @precondition(lambda self: self.desk.offers)
    @rule(data=st.data(), why=st.sampled_from(MissReason))
    def the_rung_agent_misses(self, data: st.DataObject, why: MissReason) -> None:
        id, agent = data.draw(st.sampled_from(sorted(self.desk.offers.items())))
        if why is MissReason.CALLER_GONE:
            self.gone[id] = self.now + GONE_GRACE
        self.happens(AgentMissed(agent, id, why))

    @precondition(lambda self: self.desk.talks)
    @rule(data=st.data())
    def a_conversation_ends(self, data: st.DataObject) -> None:
        id, agent = data.draw(st.sampled_from(sorted(self.desk.talks.items())))
        self.happens(CallEnded(agent, id))

    @rule(agent=agents, id=entries)
    def somebody_answers(self, agent: AgentId, id: EntryId) -> None:
        self.forget(id)
        self.happens(AgentAnswered(agent, id))

    @rule(agent=agents, id=entries, seconds=st.integers(0, 100))
    def a_conversation_is_found(self, agent: AgentId, id: EntryId, seconds: int) -> None:
        self.forget(id)
        self.happens(CallAdopted(agent, id, self.now - timedelta(seconds=seconds)))

    @rule(agent=agents, id=entries, why=st.sampled_from(MissReason))
    def somebody_misses(self, agent: AgentId, id: EntryId, why: MissReason) -> None:
        if why is MissReason.CALLER_GONE and self.desk.offers.get(id) == agent:
            self.gone[id] = self.now + GONE_GRACE
        self.happens(AgentMissed(agent, id, why))

    @rule(agent=agents, device=st.sampled_from([Device.IDLE, *Device]))
    def a_telephone_changes(self, agent: AgentId, device: Device) -> None:
        self.happens(DeviceChanged(agent, device))

    @rule(
        event=agents.flatmap(
            lambda agent: st.sampled_from(
                [
                    AgentSignedIn(agent),
                    AgentSignedOut(agent),
                    AgentReturned(agent),
                    AgentTookBreak(agent, BreakReason.PAUSE),
                ]
            )
        )
    )
    def an_agent_comes_or_goes(self, event: DeskEvent) -> None:
        self.happens(event)

    # ---- what then is so ----

    def forget(self, id: EntryId) -> None:
        for account in (self.waits, self.gone, self.told):
            account.pop(id, None)

    def happens(self, event: DeskEvent) -> None:
        before = self.desk
        decision = decide(before, event, self.now)
        self.desk = decision.desk
        self.gone = {id: until for id, until in self.gone.items() if until > self.now}
        assert decide(before, event, self.now) == decision
        for command in decision.commands:
            match command:
                case OfferTo(agent, entry):
                    self.offer_is_right(agent, entry, before)
                case TellPosition(id, place):
                    assert [one.id for one in self.desk.queue].index(id) + 1 == place
                    assert self.waits[id].callback is None
                    last = self.told.get(id)
                    assert last is None or self.now - last >= self.desk.rules.position_every
                    self.told[id] = self.now
        self.moments_are_right(decision.commands)
        repeated = decide(self.desk, event, self.now)
        assert repeated.desk == self.desk, "an event that comes twice is harmless"
        assert [one for one in repeated.commands if not isinstance(one, WakeAt)] == []

    def offer_is_right(self, agent: AgentId, entry: QueueEntry, before: Desk) -> None:
        assert self.waits[entry.id] == entry
        assert self.desk.offers[entry.id] == agent
        state = self.desk.seats[agent].state
        assert isinstance(state, Offered)
        assert self.fits(agent, entry)
        for other in self.unoffered():
            same_class = (other.language, other.subject) == (entry.language, entry.subject)
            older = (other.age_from, other.id) < (entry.age_from, entry.id)
            assert not (older and (same_class or self.fits(agent, other))), "overtaken"
        for seat in self.desk.seats.values():
            if seat.free_since is not None and self.fits(seat.agent.id, entry):
                assert (state.free_since, agent) < (seat.free_since, seat.agent.id)

    def moments_are_right(self, commands: tuple[object, ...]) -> None:
        wakes = [one for one in commands if isinstance(one, WakeAt)]
        assert len(wakes) <= 1
        assert not wakes or commands[-1] is wakes[0]
        just_before = wakes[0].moment - timedelta(microseconds=1) if wakes else self.now + timedelta(days=1)
        assert just_before >= self.now
        quiet = decide(self.desk, MomentArrived(), just_before)
        assert quiet.commands == tuple(wakes), "nothing changes before the moment asked for"
        assert quiet.desk == self.desk

    def unoffered(self) -> list[QueueEntry]:
        return [one for id, one in self.waits.items() if id not in self.desk.offers and id not in self.gone]

    def fits(self, agent: AgentId, entry: QueueEntry) -> bool:
        person = self.desk.seats[agent].agent
        relaxed = self.now - entry.age_from >= self.desk.rules.subjects_relax_after
        return entry.language in person.languages and (relaxed or entry.subject in person.subjects)

    @invariant()
    def no_entry_is_lost_or_changed(self) -> None:
        waiting = list(self.desk.queue)
        assert {entry.id: entry for entry in waiting} == self.waits
        assert len(waiting) == len(self.desk.queue) == len(self.waits)
        assert all((a.age_from, a.id) < (b.age_from, b.id) for a, b in pairwise(waiting))

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        seats = self.desk.seats.values()
        ringing = {s.state.entry: s.agent.id for s in seats if isinstance(s.state, Offered)}
        talking = {s.state.entry: s.agent.id for s in seats if isinstance(s.state, Talking) and s.state.entry}
        assert ringing == self.desk.offers
        assert talking == self.desk.talks
        assert len(set(ringing.values())) == len(ringing)
        assert len(set(talking.values())) == len(talking)
        assert ringing.keys() <= self.waits.keys()
        assert not talking.keys() & self.waits.keys()

    @invariant()
    def whoever_can_be_served_is(self) -> None:
        for seat in self.desk.seats.values():
            if isinstance(seat.state, Available) and seat.device is Device.IDLE:
                assert not [one.id for one in self.unoffered() if self.fits(seat.agent.id, one)]

    @invariant()
    def nothing_is_late(self) -> None:
        for seat in self.desk.seats.values():
            assert seat.deadline is None or seat.deadline > self.now
            assert seat.next_state is None or (isinstance(seat.state, Talking) and seat.state.entry)

    @invariant()
    def everyone_who_waits_heard_her_place(self) -> None:
        every = self.desk.rules.position_every
        for entry in self.unoffered():
            if entry.callback is None and every:
                assert self.now - self.told[entry.id] < every

    @invariant()
    def the_picture_agrees(self) -> None:
        picture = snapshot(self.desk, self.now)
        assert [(one.id, one.place) for one in picture.waiting] == [
            (entry.id, self.desk.queue.place(entry.id)) for entry in self.desk.queue
        ]
        assert picture.waiting_count + picture.callbacks_count == len(self.waits)
        assert sum(picture.by_state.values()) == len(picture.agents) == len(self.desk.seats)


AnyDay.TestCase.settings = settings(
    max_examples=120, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestAnyDay = AnyDay.TestCase
