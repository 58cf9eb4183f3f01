"""Promises kept, broken, and about to break."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from routing.model import Callback, CallbackId, CallbackState, Language, Subject
from routing.promise_changes import rung
from routing.promise_watch import Standing, Why, at_risk, standing

FROM, UNTIL = datetime(2026, 11, 24, 14, tzinfo=UTC), datetime(2026, 11, 24, 16, tzinfo=UTC)
HALF_AN_HOUR, A_MINUTE = timedelta(minutes=30), timedelta(minutes=1)
PROMISE = Callback(
    id=CallbackId("481516"),
    number="+212522000001",
    language=Language.TAMAZIGHT,
    subject=Subject("legal"),
    asked_at=FROM - timedelta(hours=2),
    not_before=FROM,
    promised_from=FROM,
    promised_until=UNTIL,
    asked_in=None,
)


def at_work(*languages: Language):
    return lambda language: language in languages


@pytest.mark.parametrize(
    ("first", "now", "is_"),
    [
        (None, UNTIL - A_MINUTE, Standing.OPEN),
        (None, UNTIL, Standing.BROKEN),
        (FROM, UNTIL, Standing.KEPT),
        (UNTIL - A_MINUTE, UNTIL, Standing.KEPT),
        (UNTIL, UNTIL + A_MINUTE, Standing.BROKEN),
        (FROM - A_MINUTE, FROM, Standing.BROKEN),
    ],
)
def test_a_promise_is_kept_by_the_first_attempt_inside_its_window(first, now, is_) -> None:
    assert standing(replace(PROMISE, first_attempt_at=first), now) is is_


def test_no_promise_is_broken_that_told_no_window_or_was_cancelled() -> None:
    assert standing(replace(PROMISE, promised_until=None), UNTIL) is Standing.NONE
    assert standing(replace(PROMISE, state=CallbackState.CANCELLED), UNTIL) is Standing.NONE


def test_an_attempt_that_only_rings_agents_does_not_keep_the_promise() -> None:
    waits = replace(PROMISE, state=CallbackState.IN_PROGRESS, attempts=1)
    (risk,) = at_risk([waits], UNTIL - A_MINUTE, HALF_AN_HOUR, at_work(Language.TAMAZIGHT))
    assert (risk.why, risk.breaks_at) == (Why.NOT_TRIED, UNTIL)
    assert at_risk([rung(waits, UNTIL)], UNTIL - A_MINUTE, HALF_AN_HOUR, at_work()) == ()


def test_a_promise_is_at_risk_only_in_the_last_minutes_of_its_window() -> None:
    def told(now: datetime) -> int:
        return len(at_risk([PROMISE], now, HALF_AN_HOUR, at_work()))

    assert [told(UNTIL - HALF_AN_HOUR - A_MINUTE), told(UNTIL - HALF_AN_HOUR), told(UNTIL)] == [0, 1, 0]
    short = replace(PROMISE, promised_until=FROM + timedelta(minutes=20))
    assert at_risk([short], FROM - A_MINUTE, HALF_AN_HOUR, at_work()) == ()
    assert len(at_risk([short], FROM, HALF_AN_HOUR, at_work())) == 1


def test_the_most_urgent_comes_first_and_says_that_nobody_is_at_work() -> None:
    sooner = replace(PROMISE, id=CallbackId("100001"), promised_until=UNTIL - A_MINUTE)
    risks = at_risk([PROMISE, sooner], UNTIL - 5 * A_MINUTE, HALF_AN_HOUR, at_work(Language.FRENCH))
    assert [risk.promise.id for risk in risks] == ["100001", "481516"]
    assert {risk.why for risk in risks} == {Why.NOBODY_AT_WORK}
