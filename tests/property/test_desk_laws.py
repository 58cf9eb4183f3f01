"""The laws of the desk, held by any history: any events, in any order, repeated, about anybody."""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from routing.events import (
    AgentAnswered,
    AgentAskedForTime,
    AgentMissed,
    AgentReturned,
    AgentSignedIn,
    AgentSignedOut,
    AgentTookBreak,
    CallAdopted,
    CallEnded,
    CallerJoined,
    CallerLeft,
    CallPassed,
    DeskEvent,
    DeviceChanged,
    MissReason,
)
from routing.model import (
    AgentId,
    BreakReason,
    CallbackId,
    DeskRules,
    Device,
    EntryId,
    Language,
    QueueEntry,
    Seat,
    SignedOut,
    Subject,
)
from routing.snapshot import snapshot
from tests.support.desk_account import Account
from tests.support.desk_histories import AGENT_IDS, ENTRY_IDS, LANGUAGES, RULES, SUBJECTS, people

agents = st.sampled_from([*AGENT_IDS, AgentId("stranger")])
entries = st.sampled_from(ENTRY_IDS)
levels = st.integers(1, 3)
skills = st.tuples(
    st.dictionaries(st.sampled_from(LANGUAGES), levels, min_size=1),
    st.dictionaries(st.sampled_from(SUBJECTS), levels),
)


class AnyDay(RuleBasedStateMachine):
    """A desk to which anything may happen, and a plain account of what should be so."""

    def __init__(self) -> None:
        super().__init__()
        self.account = Account((), DeskRules())

    @initialize(skills=st.lists(skills, min_size=4, max_size=4), rules=st.sampled_from(RULES))
    def the_day_begins(
        self, skills: list[tuple[dict[Language, int], dict[Subject, int]]], rules: DeskRules
    ) -> None:
        self.account = Account(people(skills), rules)
        for agent in AGENT_IDS[:3]:
            self.happens(DeviceChanged(agent, Device.IDLE))
            self.happens(AgentSignedIn(agent))

    @property
    def desk(self):
        return self.account.desk

    def happens(self, event: DeskEvent) -> None:
        self.account.happens(event)

    # ---- what may happen ----

    @rule(seconds=st.sampled_from([0, 0.5, 3, 5, 16, 25, 61]))
    def time_passes(self, seconds: float) -> None:
        self.account.passes(seconds)

    @rule(
        id=entries,
        language=st.sampled_from(LANGUAGES),
        subject=st.sampled_from(SUBJECTS),
        earlier=st.sampled_from([0, 0, 0, 1, 90]),
        callback=st.sampled_from([None, None, CallbackId("123456")]),
        prefers=st.sampled_from([None, None, *AGENT_IDS, AgentId("stranger")]),
    )
    def caller_joins(
        self,
        id: EntryId,
        language: Language,
        subject: Subject,
        earlier: int,
        callback: CallbackId | None,
        prefers: AgentId | None,
    ) -> None:
        now = self.account.now
        entry = QueueEntry(id, language, subject, now, now - timedelta(seconds=earlier), callback, prefers)
        self.happens(CallerJoined(entry))

    @rule(id=entries)
    def caller_leaves(self, id: EntryId) -> None:
        self.happens(CallerLeft(id))

    @precondition(lambda self: self.desk.offers)
    @rule(data=st.data())
    def the_rung_agent_answers(self, data: st.DataObject) -> None:
        id, agent = data.draw(st.sampled_from(sorted(self.desk.offers.items())))
        self.happens(AgentAnswered(agent, id))

    @precondition(lambda self: self.desk.offers)
    @rule(data=st.data(), why=st.sampled_from(MissReason))
    def the_rung_agent_misses(self, data: st.DataObject, why: MissReason) -> None:
        id, agent = data.draw(st.sampled_from(sorted(self.desk.offers.items())))
        self.happens(AgentMissed(agent, id, why))

    @precondition(lambda self: self.desk.talks)
    @rule(data=st.data())
    def a_conversation_ends(self, data: st.DataObject) -> None:
        id, agent = data.draw(st.sampled_from(sorted(self.desk.talks.items())))
        self.happens(CallEnded(agent, id))

    @rule(agent=agents, id=entries)
    def somebody_answers(self, agent: AgentId, id: EntryId) -> None:
        self.happens(AgentAnswered(agent, id))

    @rule(agent=agents, id=entries, seconds=st.integers(0, 100))
    def a_conversation_is_found(self, agent: AgentId, id: EntryId, seconds: int) -> None:
        self.happens(CallAdopted(agent, id, self.account.now - timedelta(seconds=seconds)))

    @rule(agent=agents, id=entries)
    def a_conversation_is_passed_on(self, agent: AgentId, id: EntryId) -> None:
        self.happens(CallPassed(agent, id, self.account.now))

    @rule(agent=agents, id=entries, why=st.sampled_from(MissReason))
    def somebody_misses(self, agent: AgentId, id: EntryId, why: MissReason) -> None:
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
                    AgentSignedIn(agent, "a guest's"),
                    AgentSignedIn(agent, AGENT_IDS[0]),
                    AgentReturned(agent),
                    AgentAskedForTime(agent, 1),
                    AgentAskedForTime(agent, 2),
                    AgentTookBreak(agent, BreakReason.PAUSE),
                    AgentTookBreak(agent, BreakReason.LUNCH),
                ]
            )
        )
    )
    def an_agent_comes_or_goes(self, event: DeskEvent) -> None:
        seats = self.desk.seats
        self.happens(event)
        if isinstance(event, AgentSignedIn) and (before := seats.get(event.agent)):
            self.sits_alone(before, self.desk.seats[event.agent])

    def sits_alone(self, before: Seat, after: Seat) -> None:
        if before != after:
            here = [seat for seat in self.desk.seats.values() if seat.extension == after.extension]
            at_work = [seat for seat in here if not isinstance(seat.state, SignedOut)]
            assert at_work == [after], "one telephone, one agent"

    @invariant()
    def the_picture_agrees(self) -> None:
        picture = snapshot(self.desk, self.account.now)
        assert [(one.id, one.place) for one in picture.waiting] == [
            (entry.id, self.desk.queue.place(entry.id)) for entry in self.desk.queue
        ]
        assert picture.waiting_count + picture.callbacks_count == len(self.account.waits)
        assert sum(picture.by_state.values()) == len(picture.agents) == len(self.desk.seats)


AnyDay.TestCase.settings = settings(
    max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestAnyDay = AnyDay.TestCase
