"""What the house learns of its agents' calls, and where they sit after a restart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ivr.agents import Admission
from routing.events import AgentSignedIn, AgentTookBreak
from routing.model import (
    Agent,
    AgentId,
    Available,
    BreakReason,
    CallId,
    Direction,
    Language,
    Outcome,
    Seat,
    SignedOut,
    Subject,
)
from routing.record import AgentChange, CallRecord, Record
from routing.zone import MOROCCO, centre_zone
from server.agent_door import AgentDoor
from server.agent_room import AgentRoom
from server.attendance import Attendance, restored

TEN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
AMAL = AgentId("amal")


class Kept(list[Record]):
    """Every record."""

    def record(self, record: Record) -> None:
        self.append(record)


def call(id: str, hours_ago: float, caller: str | None = "+212612345678") -> CallRecord:
    began = TEN - timedelta(hours=hours_ago)
    return CallRecord(
        CallId(id),
        7,
        Direction.INBOUND,
        caller,
        "2000",
        began,
        agent=AMAL,
        connected_at=began,
        talk_ended_at=began + timedelta(minutes=5),
    )


def room(kept: Kept) -> AgentRoom:
    return AgentRoom(kept, {}, lambda: TEN, centre_zone(MOROCCO), lambda call: None)


def test_calls_of_the_day_and_the_last_of_each_agent_are_learnt_from_the_database_in_any_order() -> None:
    agents = room(Kept())
    agents.learn([call("b", 1), call("c", 0.5), call("a", 2), call("yesterday", 11), call("hidden", 1, None)])
    assert agents.calls_today("+212612345678") == 3
    last = agents.last_call(AMAL)
    assert last is not None
    assert last.id == "c"


def test_what_was_seen_before_the_database_was_there_is_newer() -> None:
    kept = Kept()
    agents = room(kept)
    agents.record(replace(call("c", 0.5), version=9, outcome=Outcome.SOLVED))
    agents.learn([call("c", 0.5), call("b", 1)])
    last = agents.last_call(AMAL)
    assert last is not None
    assert last.version == 9
    agents.keep_outcome(CallId("c"), Outcome.OTHER)
    assert kept[-1] == replace(call("c", 0.5), version=10, outcome=Outcome.OTHER)


def test_an_outcome_is_not_lost_where_another_agent_had_the_call_after() -> None:
    kept = Kept()
    agents = room(kept)
    first = call("c", 0.5)
    passed_on = replace(first, version=9, agent=AgentId("idir"), ended_at=TEN)
    for one in (first, passed_on, replace(call("d", 0.1), agent=AgentId("idir"))):
        agents.record(one)
    last = agents.last_call(AMAL)
    assert last == passed_on
    agents.keep_outcome(last.id, Outcome.SENT_ON)
    assert kept[-1] == replace(passed_on, version=10, outcome=Outcome.SENT_ON)


def test_who_sat_at_a_guests_telephone_sits_there_after_a_restart_if_it_is_still_there() -> None:
    kept = Kept()
    agent = Agent(AMAL, "Amal", "101", (Language.ARABIC,), frozenset({Subject("legal")}))
    absent = Seat(agent, SignedOut())
    there = Seat(agent, Available(TEN), telephone="103")
    attendance = Attendance(kept, lambda: TEN)
    attendance.changed(absent, there)
    attendance.changed(there, replace(there, telephone="104"))
    changes = [one for one in kept if isinstance(one, AgentChange)]
    assert [(one.state, one.telephone) for one in changes] == [("available", "103"), ("available", "104")]
    latest, known = {AMAL: changes[-1]}, {AMAL: agent}
    assert restored(latest, known, ["101", "104"]) == [AgentSignedIn(AMAL, "104")]
    assert restored(latest, known, ["101"]) == [AgentSignedIn(AMAL, None)]
    prays = {AMAL: replace(changes[-1], state="on_break", detail="prayer")}
    assert restored(prays, known, ["104"]) == [
        AgentSignedIn(AMAL, "104"),
        AgentTookBreak(AMAL, BreakReason.PRAYER),
    ]


def test_a_clock_that_goes_on_between_two_looks_locks_nobody_out() -> None:
    seconds = iter(range(10_000))
    door = AgentDoor({AMAL: "112358"}, lambda: TEN + timedelta(seconds=next(seconds)))
    assert not door.locked("101", AMAL)
    assert door.admit("101", AMAL, "112358") is Admission.ADMITTED
    tries = [door.admit("101", AMAL, wrong) for wrong in ("1", "", "112359")]
    assert tries == [Admission.WRONG, Admission.WRONG, Admission.LOCKED]
    assert door.admit("101", AMAL, "112358") is Admission.LOCKED
    assert door.admit("101", AgentId("a stranger"), "") is Admission.WRONG
