"""What agents did, from the log of their changes."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from routing.indicators.agents import answer_rate, handling_time, occupancy
from routing.indicators.figure import Figure
from routing.indicators.interval import Interval
from routing.indicators.part import Part
from routing.indicators.report import By, groups
from routing.model import AgentId, Callback, CallbackId, CallId, Direction, Language, Subject
from routing.record import AgentChange, CallRecord
from tests.support.days import NINE, TODAY, E, a_call, a_change, a_log, a_talk

MINUTE = timedelta(minutes=1)


def after(minutes: float) -> datetime:
    return NINE + minutes * MINUTE


def part(*changes: AgentChange, calls: tuple[CallRecord, ...] = (), as_of: datetime = TODAY.end) -> Part:
    return Part(a_log(*calls, changes=changes, as_of=as_of), TODAY)


def values(figures: tuple[Figure, ...]) -> list[float | None]:
    return [figure.value for figure in figures]


def a_morning(agent: str = "amal", call: str = "c.1") -> list[AgentChange]:
    """Free 10 minutes, rung one, talks six, writes three, a pause of forty, home."""
    return [
        a_change(agent, NINE, "available"),
        a_change(agent, after(10), "offered", call),
        a_change(agent, after(11), "talking", call),
        a_change(agent, after(17), "wrapping_up"),
        a_change(agent, after(20), "on_break", "pause"),
        a_change(agent, after(60), "signed_out"),
    ]


def test_a_break_and_the_time_at_home_leave_occupancy_as_it_was() -> None:
    figure = occupancy(part(*a_morning()))
    assert (figure.numerator, figure.denominator) == (9 * 60, 20 * 60)
    assert figure.value == 0.45


def test_a_conversation_with_a_colleague_is_neither_work_nor_free_time() -> None:
    changes = [
        a_change("amal", NINE, "available"),
        a_change("amal", after(10), "talking"),
        a_change("amal", after(30), "signed_out"),
    ]
    assert occupancy(part(*changes)).denominator == 600


def test_a_stretch_is_cut_at_the_ends_of_the_interval() -> None:
    whole = part(*a_morning())
    hour = whole.within(Interval(after(12), after(18)))
    assert occupancy(hour).numerator == 6 * 60
    assert occupancy(whole.within(Interval(after(25), after(50)))).value is None


def test_what_goes_on_counts_until_now() -> None:
    figure = occupancy(part(a_change("amal", NINE, "available"), as_of=after(5)))
    assert (figure.numerator, figure.denominator) == (0, 300)


def test_agents_are_not_mixed_up() -> None:
    both = part(*a_morning(), a_change("idir", NINE, "available"), a_change("idir", after(20), "signed_out"))
    assert occupancy(both).value == pytest.approx(540 / 2400)
    assert occupancy(both.of_agent("idir")).value == 0
    assert occupancy(both.of_agent("amal")).value == 0.45


def test_missed_and_cancelled_rings_stand_apart() -> None:
    changes = [
        *a_morning(),
        a_change("idir", NINE, "available"),
        a_change("idir", after(1), "offered", "c.2"),
        a_change("idir", after(2), "on_break", "missed_offer"),
        a_change("idir", after(3), "available"),
        a_change("idir", after(4), "offered", "c.3"),
        a_change("idir", after(5), "available"),  # the caller hung up
        a_change("idir", after(6), "offered", "c.4"),
        a_change("idir", after(7), "on_break", "pause"),  # he stepped away while it rang
        a_change("nadia", after(7), "offered", "c.5"),  # rings now
    ]
    rate, missed, cancelled = answer_rate(part(*changes))
    assert (rate.numerator, rate.denominator) == (1, 4)
    assert (missed.value, cancelled.value) == (1, 2)


def test_rings_are_known_by_the_language_of_who_waits_callbacks_too() -> None:
    promise = Callback(
        CallbackId("123456"), "+212612345678", Language.TAMAZIGHT, Subject("rights"), NINE, NINE, None, None
    )
    changes = (
        *a_morning(call="c.9"),
        a_change("idir", NINE, "offered", "callback-123456-2"),
        a_change("idir", after(1), "talking", "callback-123456-2"),
    )
    call = a_call(E.ANSWERED, 60, id=CallId("c.9"))
    log = a_log(call, changes=changes, callbacks=(promise,))
    whole = Part(log, TODAY)
    assert answer_rate(whole)[0].denominator == 2
    assert [ring.agent for ring in whole.of_language("zgh").rings] == ["idir"]
    assert [ring.agent for ring in whole.of_language("fr").rings] == ["amal"]


def test_handling_is_talk_and_the_writing_after_it() -> None:
    answered = a_call(E.ANSWERED, 60, talked=360, hold_seconds=60.0, id=CallId("c.1"))
    abandoned = a_call(E.ABANDONED, 60)
    figures = handling_time(part(*a_morning(), calls=(answered, abandoned)))
    assert values(figures) == [540, 300, 60, 180]
    assert figures[0].rows == ("c.1",)


def test_a_kept_promise_is_handled_too() -> None:
    kept = a_call(
        E.ANSWERED,
        0,
        talked=120,
        id=CallId("callback-123456-2-1"),
        direction=Direction.OUTBOUND,
    )
    changes = [
        a_change("amal", NINE, "talking", "callback-123456-2"),
        a_change("amal", after(3), "wrapping_up"),
        a_change("amal", after(4), "available"),
    ]
    assert values(handling_time(part(*changes, calls=(kept,)))) == [180, 120, 0, 60]


def test_a_call_passed_from_nadia_to_salma_gives_each_her_own_talk_and_writing() -> None:
    passed = a_call(
        E.ANSWERED, 60, talked=600, id=CallId("c.1"), agent=AgentId("salma"), between_seconds=10.0
    )
    nadia = a_talk(passed, "nadia", 0, 200, hold_seconds=30.0)
    salma = a_talk(passed, "salma", 210, 390)
    writing = [
        a_change("nadia", after(10), "talking", "c.1"),
        a_change("nadia", after(13), "wrapping_up"),
        a_change("nadia", after(14), "available"),
        a_change("salma", after(13), "talking", "c.1"),
        a_change("salma", after(20), "wrapping_up"),
        a_change("salma", after(22), "available"),
    ]
    whole = Part(a_log(passed, changes=tuple(writing), talks=(salma, nadia)), TODAY)
    assert values(handling_time(whole.of_agent("nadia"))) == [200 + 60, 170, 30, 60]
    assert values(handling_time(whole.of_agent("salma"))) == [390 + 120, 390, 0, 120]
    assert values(handling_time(whole)) == [200 + 390 + 180, 560, 30, 180]
    by_agent = {one.key: one for one in groups(whole, By.AGENT, ZoneInfo("UTC"))}
    answered = {
        agent: next(figure.value for figure in one.figures if figure.formula == "calls_answered")
        for agent, one in by_agent.items()
    }
    assert answered == {"nadia": 1, "salma": 1}, "the call stands with both"


def test_time_with_somebody_outside_is_no_agents() -> None:
    diverted = a_call(E.DIVERTED, 60, connected_at=after(2), talk_ended_at=after(12), id=CallId("c.1"))
    parts = (a_talk(diverted, "amal", 0, 120), a_talk(diverted, None, 130, 470, outside="801"))
    assert values(handling_time(Part(a_log(diverted, talks=parts), TODAY)))[1] == 120


def test_who_came_in_as_a_third_has_the_time_that_the_three_talked_and_her_writing() -> None:
    call = a_call(E.ANSWERED, 60, talked=300, id=CallId("c.1"))
    parts = (a_talk(call, "amal", 0, 300), a_talk(call, "idir", 100, 200))
    writing = (
        a_change("idir", after(5), "talking", "c.1+102"),
        a_change("idir", after(9), "wrapping_up"),
        a_change("idir", after(10), "available"),
    )
    whole = Part(a_log(call, talks=parts, changes=writing), TODAY)
    assert values(handling_time(whole.of_agent("idir"))) == [260, 200, 0, 60]
    assert values(handling_time(whole))[1] == 500


def test_a_part_whose_end_nobody_saw_ends_where_the_next_begins_or_the_call_ends() -> None:
    call = a_call(E.ANSWERED, 60, talked=300, id=CallId("c.1"))
    parts = (a_talk(call, "amal", 0, None), a_talk(call, "idir", 100, None))
    whole = Part(a_log(call, talks=parts), TODAY)
    assert [values(handling_time(whole.of_agent(agent)))[1] for agent in ("amal", "idir")] == [100, 200]


def test_a_conversation_that_goes_on_with_the_second_agent_is_not_counted_yet() -> None:
    call = replace(a_call(E.ANSWERED, 60, talked=100, id=CallId("c.1")), ended_at=None, ending=None)
    parts = (a_talk(call, "amal", 0, 100), a_talk(call, "idir", 100, None))
    assert values(handling_time(Part(a_log(call, talks=parts), TODAY))) == [None] * 4
