"""Who is rung when agents know things unequally well, when a caller was here before, and when promises are due."""

from datetime import UTC, datetime, timedelta

import pytest

from routing.decide import decide
from routing.events import (
    AgentAnswered,
    AgentReturned,
    AgentSignedIn,
    AgentSignedOut,
    AgentTookBreak,
    CallEnded,
    CallerJoined,
    CallerLeft,
    DeskEvent,
    DeviceChanged,
    MomentArrived,
    OfferTo,
)
from routing.model import (
    Agent,
    AgentId,
    BreakReason,
    CallbackId,
    DeskRules,
    Device,
    EntryId,
    Language,
    QueueEntry,
    Subject,
    desk_for,
)
from routing.skills import Relaxation, Step, fault, relaxed_from

AR, ZGH = Language.ARABIC, Language.TAMAZIGHT
LEGAL, FUNDING = Subject("legal"), Subject("funding")
OPENING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
NOW_AND_THEN = DeskRules(position_every=timedelta(), wrap_up=timedelta())


def person(name: str, languages: dict[Language, int], subjects: dict[Subject, int] | None = None) -> Agent:
    known = {LEGAL: 3, FUNDING: 3} if subjects is None else subjects
    return Agent(AgentId(name), name, name, tuple(languages), frozenset(known), languages, known)


class Morning:
    """Agents who sign in one second after the other, and what then happens at seconds after the opening."""

    def __init__(self, *agents: Agent, rules: DeskRules = NOW_AND_THEN) -> None:
        self.desk = desk_for(agents, rules)
        self.now, self.offers = OPENING, list[OfferTo]()

    def at(self, second: float, *events: DeskEvent) -> "Morning":
        self.now = OPENING + timedelta(seconds=second)
        for event in events or (MomentArrived(),):
            decision = decide(self.desk, event, self.now)
            self.desk = decision.desk
            self.offers += [one for one in decision.commands if isinstance(one, OfferTo)]
        return self

    def free(self, second: float, *names: str) -> "Morning":
        for name in names:
            id = AgentId(name)
            self.at(second, DeviceChanged(id, Device.IDLE), AgentSignedIn(id), AgentReturned(id))
        return self

    def calls(
        self,
        second: float,
        who: str,
        language: Language = AR,
        subject: Subject = LEGAL,
        prefers: str | None = None,
        asked: float | None = None,
    ) -> "Morning":
        now = OPENING + timedelta(seconds=second)
        callback = None if asked is None else CallbackId("123456")
        age_from = now if asked is None else OPENING + timedelta(seconds=asked)
        agent = None if prefers is None else AgentId(prefers)
        entry = QueueEntry(EntryId(who), language, subject, now, age_from, callback, agent)
        return self.at(second, CallerJoined(entry))

    def talks(self, second: float, name: str, who: str) -> "Morning":
        return self.at(second, AgentAnswered(AgentId(name), EntryId(who)))

    @property
    def rung(self) -> list[tuple[str, str]]:
        return [(offer.agent, offer.entry.id) for offer in self.offers]

    @property
    def why(self) -> str:
        return self.offers[-1].why


# ---- skills ----


def test_of_two_free_agents_the_one_who_speaks_better_is_rung() -> None:
    morning = Morning(person("idir", {ZGH: 2}), person("tafsut", {ZGH: 3}))
    morning.free(0, "idir").free(10, "tafsut").calls(20, "fatima", ZGH)
    assert morning.rung == [("tafsut", "fatima")]
    assert "tafsut is better skilled (Tamazight 3, legal 3) than idir (Tamazight 2, legal 3)" in morning.why


def test_who_speaks_equally_well_is_chosen_by_the_subject_then_by_the_time_free() -> None:
    agents = (person("a", {AR: 3}, {LEGAL: 1}), person("b", {AR: 3}, {LEGAL: 2}), person("c", {AR: 3}))
    morning = Morning(*agents, person("d", {AR: 3})).free(0, "a", "b").free(5, "d").free(6, "c")
    for n in range(4):
        morning.calls(10 + n, f"caller-{n}")
    assert [agent for agent, _ in morning.rung] == ["d", "c", "b", "a"]
    assert "d is free longest, c next" in morning.offers[0].why


def test_less_is_enough_the_longer_she_waits() -> None:
    """Another subject after a minute, an agent who only gets by after three: at that second, not before."""
    other, weak = person("other", {ZGH: 3}, {FUNDING: 3}), person("weak", {ZGH: 1})
    morning = Morning(weak, other).free(0, "weak").calls(10, "fatima", ZGH)
    assert morning.at(189.9).rung == []
    assert morning.at(190).rung == [("weak", "fatima")]
    assert "step 3 after 3:00: Tamazight 1 or better, any subject" in morning.why

    morning = Morning(weak, other).free(0, "weak", "other").calls(10, "fatima", ZGH)
    assert morning.at(69.9).rung == []
    assert morning.at(70).rung == [("other", "fatima")]


def test_who_fits_from_the_beginning_comes_before_who_fits_only_now() -> None:
    best, other = person("best", {ZGH: 2}, {LEGAL: 1}), person("other", {ZGH: 3}, {FUNDING: 3})
    morning = Morning(best, other).calls(0, "fatima", ZGH).at(100).free(110, "other")
    assert morning.rung == [("other", "fatima")], "nobody better is free"
    morning = Morning(best, other).calls(0, "fatima", ZGH).at(100)
    for name in ("other", "best"):
        morning.at(101, DeviceChanged(AgentId(name), Device.IDLE))
    morning.at(102, CallerLeft(EntryId("fatima"))).free(103, "other", "best")
    assert morning.calls(104, "hassan", ZGH, asked=0).rung == [("best", "hassan")]


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ((), (0, "has no step")),
        ((Step(timedelta(seconds=1)),), (0, "does not begin at 0s")),
        ((Step(timedelta()), Step(timedelta())), (1, "is not later than the step before")),
        ((Step(timedelta(), 2), Step(timedelta(60), 3)), (1, "asks for more than the step before")),
        ((Step(timedelta(), 2), Step(timedelta(60), 1)), None),
    ],
)
def test_steps_that_make_no_sense_are_told(steps: tuple[Step, ...], told: tuple[int, str] | None) -> None:
    assert fault(steps) == told
    if told is not None:
        with pytest.raises(ValueError, match=told[1]):
            Relaxation(steps)


def test_the_earlier_setting_moves_the_steps() -> None:
    steps = relaxed_from(timedelta(seconds=30)).steps
    assert [(step.after.total_seconds(), step.language, step.subject) for step in steps] == [
        (0, 2, 1),
        (30, 2, 0),
        (150, 1, 0),
    ]
    assert [step.subject for step in relaxed_from(timedelta()).steps] == [0, 0]


# ---- the agent she knows ----

TWO = (person("amal", {AR: 3}), person("nadia", {AR: 3}))


def test_a_caller_is_given_to_the_agent_who_had_her_last_talk() -> None:
    morning = Morning(*TWO).free(0, "nadia").free(5, "amal").calls(10, "fatima", prefers="amal")
    assert morning.rung == [("amal", "fatima")]
    assert morning.why == (
        "waited 0 s, longest of those a free agent can serve (1 in line); preferred: amal had her last talk"
    )


def test_she_is_kept_for_him_a_quarter_of_a_minute_and_then_goes_to_anyone() -> None:
    morning = Morning(*TWO).free(0, "amal").calls(1, "hassan").talks(2, "amal", "hassan").free(3, "nadia")
    morning.calls(10, "fatima", prefers="amal")
    assert morning.at(24.9).rung == [("amal", "hassan")]
    assert morning.at(25).rung[1:] == [("nadia", "fatima")]


def test_she_goes_to_him_when_he_is_free_in_time() -> None:
    morning = Morning(*TWO).free(0, "amal").calls(1, "hassan").talks(2, "amal", "hassan").free(3, "nadia")
    morning.calls(10, "fatima", prefers="amal").at(20, CallEnded(AgentId("amal"), EntryId("hassan"))).at(21)
    assert morning.rung[1:] == [("amal", "fatima")]


def test_nobody_waits_for_an_agent_who_is_away_or_goes() -> None:
    morning = Morning(*TWO).free(0, "nadia").calls(10, "fatima", prefers="amal")
    assert morning.rung == [("nadia", "fatima")]

    for goes in (AgentSignedOut(AgentId("amal")), AgentTookBreak(AgentId("amal"), BreakReason.PAUSE)):
        morning = Morning(*TWO).free(0, "amal").calls(1, "hassan").talks(2, "amal", "hassan").free(3, "nadia")
        morning.calls(10, "fatima", prefers="amal").at(12, goes)
        assert morning.rung[1:] == [("nadia", "fatima")], "he goes after this conversation"


def test_an_older_caller_is_not_passed_by_one_who_knows_the_agent() -> None:
    morning = Morning(*TWO).calls(0, "hassan").calls(5, "fatima", prefers="amal").free(10, "amal")
    assert morning.rung == [("amal", "hassan")]


# ---- the reserve ----


def test_a_callback_leaves_an_agent_for_who_may_call() -> None:
    morning = Morning(*TWO).free(0, "amal", "nadia").calls(10, "one", asked=-900).calls(11, "two", asked=-800)
    assert morning.rung == [("amal", "one")]
    assert morning.why.startswith("asked 15:10 ago, ")
    morning.calls(20, "fatima")
    assert morning.rung[1:] == [("nadia", "fatima")], "a younger caller has the agent kept for her"
    morning.talks(21, "amal", "one").talks(22, "nadia", "fatima")
    morning.at(60, CallEnded(AgentId("amal"), EntryId("one"))).at(61)
    assert len(morning.rung) == 2, "the only free one stays free"
    morning.at(62, CallEnded(AgentId("nadia"), EntryId("fatima"))).at(63)
    assert morning.rung[2:] == [("amal", "two")]


def test_one_agent_alone_keeps_the_promises_too() -> None:
    assert Morning(*TWO).free(0, "amal").calls(10, "one", asked=-900).rung == [("amal", "one")]


def test_a_promise_does_not_wait_longer_than_is_set() -> None:
    morning = Morning(*TWO).free(0, "amal", "nadia").calls(1, "hassan").talks(2, "amal", "hassan")
    morning.calls(10, "one", asked=-900)
    assert morning.at(609.9).rung == [("amal", "hassan")]
    assert morning.at(610).rung[1:] == [("nadia", "one")]


def test_the_reserve_is_of_those_who_speak_her_language() -> None:
    morning = Morning(*TWO, person("idir", {ZGH: 3}), person("tafsut", {ZGH: 3}))
    morning.free(0, "amal", "nadia", "idir", "tafsut").calls(1, "hassan", ZGH).talks(2, "idir", "hassan")
    assert morning.calls(10, "one", ZGH, asked=-900).rung == [("idir", "hassan")], "tafsut is the last one"
    assert morning.calls(11, "two", AR, asked=-900).rung[1:] == [("amal", "two")]
