"""When a supervisor is called: what lasts is raised, what ends clears, and nobody is called twice about one thing."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.alerts import (
    AlertRules,
    Kind,
    OnCall,
    Reading,
    Rule,
    Watch,
    acknowledged,
    calling,
    look,
    news,
    on_duty,
    passed,
    to_tell,
)
from routing.hours import Span

TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NOBODY = Rule(Kind.NOBODY_SIGNED_IN, 5 * MINUTE)
RULES = AlertRules((NOBODY,), again=15 * MINUTE)


def reading(at: datetime = TEN, **what: Any) -> Reading:
    """A centre in which all is well, but for this."""
    well: dict[str, Any] = {
        "is_open": True,
        "longest_wait": timedelta(),
        "waiting": 0,
        "signed_in": 2,
        "promises_at_risk": 0,
        "service_level": 90.0,
        "counted": 50,
        "database_well": True,
    }
    return Reading(at, **{**well, **what})


def after(*minutes_and_signed_in: tuple[float, int]) -> Watch:
    watch = Watch()
    for minutes, signed_in in minutes_and_signed_in:
        watch = look(watch, RULES, reading(TEN + minutes * MINUTE, signed_in=signed_in))
    return watch


@pytest.mark.parametrize(
    ("rule", "just_well", "passes", "value"),
    [
        (NOBODY, {"signed_in": 1}, {"signed_in": 0}, 0),
        (
            Rule(Kind.LONGEST_WAIT, MINUTE, 600),
            {"longest_wait": 10 * MINUTE},
            {"longest_wait": 10 * MINUTE + timedelta(seconds=1)},
            601,
        ),
        (Rule(Kind.WAITING, MINUTE, 10), {"waiting": 10}, {"waiting": 11}, 11),
        (Rule(Kind.PROMISES_AT_RISK, MINUTE), {"promises_at_risk": 0}, {"promises_at_risk": 1}, 1),
        (Rule(Kind.SERVICE_LEVEL, MINUTE, 60), {"service_level": 60.0}, {"service_level": 59.9}, 59.9),
        (Rule(Kind.DATABASE, MINUTE), {"database_well": True}, {"database_well": False}, 0),
    ],
)
def test_a_threshold_is_passed_beyond_its_limit(
    rule: Rule, just_well: dict[str, Any], passes: dict[str, Any], value: float
) -> None:
    assert passed(rule, reading(**just_well), 10) is None
    assert passed(rule, reading(**passes), 10) == value
    assert passed(rule, reading(**passes, is_open=False), 10) is None, "not out of hours"


def test_what_is_watched_at_night_is_watched_at_night() -> None:
    rule = Rule(Kind.DATABASE, MINUTE, out_of_hours=True)
    assert passed(rule, reading(is_open=False, database_well=False)) == 0


def test_a_service_level_of_few_callers_says_nothing() -> None:
    rule = Rule(Kind.SERVICE_LEVEL, MINUTE, 60)
    assert passed(rule, reading(service_level=0.0, counted=9), 10) is None
    assert passed(rule, reading(service_level=None), 10) is None
    assert passed(rule, reading(service_level=0.0, counted=10), 10) == 0


def test_only_what_lasts_is_raised_and_it_clears_when_it_ends() -> None:
    short = after((0, 0), (4.9, 0))
    assert to_tell(short, RULES, TEN + 5 * MINUTE) == ()
    raised = look(short, RULES, reading(TEN + 5 * MINUTE, signed_in=0))
    assert news(short, raised) == ((Kind.NOBODY_SIGNED_IN,), ())
    (told,) = to_tell(raised, RULES, TEN + 5 * MINUTE)
    assert told.since == TEN
    cleared = look(raised, RULES, reading(TEN + 6 * MINUTE))
    assert news(raised, cleared) == ((), (Kind.NOBODY_SIGNED_IN,))
    assert to_tell(cleared, RULES, TEN + 6 * MINUTE) == ()


def test_an_interruption_begins_the_time_anew() -> None:
    assert to_tell(after((0, 0), (4, 1), (4.5, 0), (9, 0)), RULES, TEN + 9 * MINUTE) == ()
    assert to_tell(after((0, 0), (4, 1), (4.5, 0), (9.5, 0)), RULES, TEN + 10 * MINUTE) != ()


def test_nobody_is_called_again_about_what_somebody_knows() -> None:
    watch = after((0, 0), (5, 0))
    watch = calling(watch, to_tell(watch, RULES, TEN + 5 * MINUTE), TEN + 5 * MINUTE)
    knows = acknowledged(watch, [Kind.NOBODY_SIGNED_IN], "hind")
    for minutes in range(6, 200):
        now = TEN + minutes * MINUTE
        knows = look(knows, RULES, reading(now, signed_in=0))
        assert to_tell(knows, RULES, now) == ()


def test_without_an_answer_the_next_round_waits_also_when_it_cleared_in_between() -> None:
    watch = after((0, 0), (5, 0))
    watch = calling(watch, to_tell(watch, RULES, TEN + 5 * MINUTE), TEN + 5 * MINUTE)
    for minutes, signed_in in ((6, 1), (7, 0), (12, 0), (19, 0)):
        watch = look(watch, RULES, reading(TEN + minutes * MINUTE, signed_in=signed_in))
        assert to_tell(watch, RULES, TEN + minutes * MINUTE) == ()
    assert to_tell(watch, RULES, TEN + 20 * MINUTE) != ()


def test_who_is_on_duty_is_called_in_order() -> None:
    morning = OnCall("omar", None, "+212612345678", (Span(time(8, 30), time(12)),))
    always = OnCall("hind", "110", None)
    assert on_duty([morning, always], time(9)) == (morning, always)
    assert on_duty([morning, always], time(12)) == (always,)


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(0, 1), st.booleans()), max_size=40))
def test_calls_about_one_thing_are_never_closer_than_the_rule_says(
    steps: list[tuple[int, int, bool]],
) -> None:
    watch, now, calls = Watch(), TEN, []
    for seconds, signed_in, acknowledges in steps:
        now += timedelta(seconds=seconds)
        watch = look(watch, RULES, reading(now, signed_in=signed_in))
        told = to_tell(watch, RULES, now)
        assert not told or not signed_in, "nothing is told that is not so"
        if told:
            calls.append(now)
            watch = calling(watch, told, now)
            if acknowledges:
                watch = acknowledged(watch, [one.kind for one in told], "hind")
    assert all(later - earlier >= RULES.again for earlier, later in zip(calls, calls[1:], strict=False))
