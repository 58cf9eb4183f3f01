"""A day once more through the production's own decisions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from routing.events import AgentSignedIn, AgentSignedOut
from routing.model import Agent, AgentId, DeskRules, EntryId, Language, Subject
from simulator.day import Attendance, Contact, Day
from simulator.invented import Rates, invent_day
from simulator.replay import replay

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEGAL = Subject("legal")
AMAL = AgentId("amal")
NO_PAUSE = DeskRules(wrap_up=timedelta())


def seconds(value: float) -> timedelta:
    return timedelta(seconds=value)


def contact(id: str, joined: float, waited: float, talked: float | None) -> Contact:
    handled = None if talked is None else seconds(talked)
    agent = None if talked is None else AMAL
    return Contact(
        EntryId(id), Language.ARABIC, LEGAL, NINE + seconds(joined), seconds(waited), handled, agent
    )


def a_day(*contacts: Contact, rules: DeskRules = NO_PAUSE, agents: int = 1) -> Day:
    seats = tuple(
        Agent(AgentId(name), name, str(n), (Language.ARABIC,), frozenset({LEGAL}))
        for n, name in list(enumerate(["amal", "nadia"], start=101))[:agents]
    )
    here = tuple(
        Attendance(at, event)
        for at, kind in ((NINE, AgentSignedIn), (NINE + timedelta(hours=8), AgentSignedOut))
        for event in [kind(agent.id) for agent in seats]
    )
    return Day(contacts, seats, here, rules)


def told(outcomes):
    return [(one.contact.id, one.waited.total_seconds(), one.agent) for one in outcomes]


def test_the_same_day_gives_the_waits_it_had():
    day = a_day(contact("a", 10, 0, 100), contact("b", 20, 90, 50), contact("c", 30, 130, 10))
    assert told(replay(day)) == [("a", 0, AMAL), ("b", 90, AMAL), ("c", 130, AMAL)]


def test_who_gave_up_leaves_after_the_same_wait_unless_she_is_answered_before():
    day = a_day(contact("a", 10, 0, 100), contact("b", 20, 30, None), contact("c", 100, 60, None))
    (_, b, c) = replay(day)
    assert (b.waited, b.agent) == (seconds(30), None)
    assert (c.waited, c.agent) == (seconds(10), AMAL)


def test_a_longer_pause_makes_those_who_follow_wait_longer():
    calls = [contact("a", 10, 0, 100), contact("b", 20, 90, 50)]
    slower = a_day(*calls, rules=replace(NO_PAUSE, wrap_up=seconds(30)))
    assert told(replay(slower)) == [("a", 0, AMAL), ("b", 120, AMAL)]


def test_a_second_agent_takes_the_second_caller():
    day = a_day(contact("a", 10, 0, 100), contact("b", 20, 90, 50), agents=2)
    assert [one.waited for one in replay(day)] == [seconds(0)] * 2


def test_who_comes_after_everybody_went_home_waits_and_is_answered_by_nobody():
    late = contact("late", 9 * 3600, 40, None)
    assert told(replay(a_day(contact("a", 10, 0, 100), late))) == [("a", 0, AMAL), ("late", 40, None)]


def test_an_invented_day_is_the_same_for_the_same_seed_and_loses_nobody():
    rates = Rates((40, 60), agents=2, talk={LEGAL: timedelta(minutes=2)})
    day, same, other = (invent_day(rates, NINE, seed=seed) for seed in (7, 7, 8))
    assert day == same != other
    outcomes = replay(day)
    assert outcomes == replay(same)
    assert len(outcomes) == len(day.contacts) > 50
    assert {one.agent is None for one in outcomes} == {True, False}


def test_who_would_wait_for_ever_after_everybody_went_home_ends_the_day_unanswered():
    late = contact("late", 8 * 3600 - 30, 20, 60)  # answered on the day itself; now her agent talks and goes
    busy = contact("busy", 8 * 3600 - 40, 0, 300)
    slower = a_day(busy, late, rules=replace(NO_PAUSE, wrap_up=seconds(600)))
    (first, last) = replay(slower)
    assert first.agent == AMAL
    assert last.agent is None
