"""What becomes of a promise."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from random import Random

import pytest

from routing.agents_word import corrected
from routing.callbacks import BY_AGENT, SOON, CallbackRules, begin_attempt, due, new_reference, next_attempt
from routing.calling_hours import CallingHours
from routing.hours import OpeningHours, Span
from routing.model import AttemptResult, Callback, CallbackId, CallbackState, Language, Outcome, Subject
from routing.promise_changes import rung, talking
from routing.zone import MOROCCO, centre_zone

HOURS = OpeningHours(centre_zone(MOROCCO), ((Span(time(8, 30), time(16, 30)),),) * 5 + ((), ()))
CALLING = CallingHours(HOURS)
RULES = CallbackRules()
MONDAY_10 = datetime(2026, 11, 23, 10, tzinfo=UTC)
PROMISE = Callback(
    id=CallbackId("481516"),
    number="+212522000001",
    language=Language.TAMAZIGHT,
    subject=Subject("legal"),
    asked_at=MONDAY_10 - timedelta(hours=2),
    not_before=MONDAY_10,
    promised_until=None,
    asked_in=None,
)


def after(result: AttemptResult, *, attempts: int = 0, at: datetime = MONDAY_10) -> Callback:
    return next_attempt(begin_attempt(replace(PROMISE, attempts=attempts)), result, at, RULES, CALLING)


def test_an_attempt_counts_from_its_beginning() -> None:
    under_way = begin_attempt(PROMISE)
    assert (under_way.state, under_way.attempts, under_way.version) == (CallbackState.IN_PROGRESS, 1, 2)


def test_a_promise_is_never_tried_twice_at_once() -> None:
    with pytest.raises(ValueError, match="callback 481516 is in_progress, not due"):
        begin_attempt(begin_attempt(PROMISE))


def test_a_person_who_was_reached_is_not_called_again() -> None:
    kept = after(AttemptResult.REACHED)
    assert (kept.state, kept.version, kept.last_result) == (CallbackState.REACHED, 3, AttemptResult.REACHED)


def test_a_person_who_refused_is_called_on_the_next_open_day_and_not_after_a_second_no() -> None:
    friday = datetime(2026, 11, 20, 10, tzinfo=UTC)
    first = after(AttemptResult.REFUSED, at=friday)
    assert (first.state, first.not_before) == (CallbackState.DUE, datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    busy = next_attempt(begin_attempt(first), AttemptResult.BUSY, MONDAY_10, RULES, CALLING)
    again = next_attempt(begin_attempt(busy), AttemptResult.REFUSED, MONDAY_10, RULES, CALLING)
    assert (again.state, again.refusals) == (CallbackState.GIVEN_UP, 2)


def test_a_machine_is_called_again_at_another_hour() -> None:
    assert after(AttemptResult.MACHINE).not_before == MONDAY_10 + timedelta(hours=1)


@pytest.mark.parametrize("result", [one for one in AttemptResult if one not in BY_AGENT])
def test_who_has_talked_is_not_called_again_whatever_ended_it(result: AttemptResult) -> None:
    talks = talking(rung(begin_attempt(PROMISE), MONDAY_10), MONDAY_10)
    kept = next_attempt(talks, result, MONDAY_10, RULES, CALLING)
    assert (kept.state, kept.last_result) == (CallbackState.REACHED, AttemptResult.REACHED)
    assert kept.first_attempt_at == MONDAY_10


def test_who_was_connected_with_a_machine_is_called_again_and_a_wrong_number_is_not() -> None:
    talks = talking(rung(begin_attempt(PROMISE), MONDAY_10), MONDAY_10)
    machine = next_attempt(talks, AttemptResult.MACHINE, MONDAY_10, RULES, CALLING)
    assert (machine.state, machine.attempts, machine.talked_at) == (CallbackState.DUE, 1, None)
    assert machine.not_before == MONDAY_10 + RULES.spacing.machine[0]
    wrong = next_attempt(talks, AttemptResult.WRONG_NUMBER, MONDAY_10, RULES, CALLING)
    assert (wrong.state, wrong.last_result) == (CallbackState.GIVEN_UP, AttemptResult.WRONG_NUMBER)


def test_an_agent_may_change_his_word_and_the_last_one_counts() -> None:
    talks = talking(rung(begin_attempt(PROMISE), MONDAY_10), MONDAY_10)
    now_is = ended = next_attempt(talks, AttemptResult.REACHED, MONDAY_10, RULES, CALLING)
    for outcome, state in (
        (Outcome.NOT_THERE, CallbackState.DUE),
        (Outcome.WRONG_NUMBER, CallbackState.GIVEN_UP),
        (Outcome.NOT_THERE, CallbackState.DUE),
        (Outcome.FOLLOW_UP, CallbackState.REACHED),
    ):
        before, now_is = (
            now_is,
            corrected(replace(ended, version=now_is.version), outcome, MONDAY_10, RULES, CALLING),
        )
        assert now_is.state is state
        assert now_is.order > before.order, "the store would not take it"
        assert now_is.attempts == 1


def test_an_interruption_counts_when_her_telephone_had_been_dialled() -> None:
    dialled = rung(begin_attempt(PROMISE), MONDAY_10)
    again = next_attempt(dialled, AttemptResult.INTERRUPTED, MONDAY_10, RULES, CALLING)
    assert (again.attempts, again.not_before) == (1, MONDAY_10 + timedelta(minutes=15))
    assert again.rang_at is None


def test_a_call_that_the_trunk_did_not_carry_is_no_first_attempt() -> None:
    def without_trunk(promise: Callback, at: datetime) -> Callback:
        return next_attempt(rung(begin_attempt(promise), at), AttemptResult.NO_TRUNK, at, RULES, CALLING)

    assert without_trunk(PROMISE, MONDAY_10).first_attempt_at is None
    rang = next_attempt(
        rung(begin_attempt(PROMISE), MONDAY_10), AttemptResult.BUSY, MONDAY_10, RULES, CALLING
    )
    later = MONDAY_10 + timedelta(minutes=10)
    assert without_trunk(rang, later).first_attempt_at == MONDAY_10


QUIET = OpeningHours(HOURS.zone, ((),) * 4 + ((Span(time(12, 30), time(14)),),) + ((), ()))


def test_nobody_is_called_at_the_friday_prayer_but_who_asks_during_it() -> None:
    friday = datetime(2026, 11, 27, 13, tzinfo=UTC)
    after_prayer = datetime(2026, 11, 27, 14, tzinfo=UTC)
    calling = CallingHours(HOURS, QUIET)
    asks_now = replace(
        PROMISE, id=CallbackId("999999"), number="+212522000002", asked_at=friday - timedelta(minutes=20)
    )
    assert due([PROMISE, asks_now], friday, calling) == (asks_now,)
    assert due([PROMISE, asks_now], after_prayer, calling) == (PROMISE, asks_now)
    again = next_attempt(begin_attempt(PROMISE), AttemptResult.BUSY, friday, RULES, calling)
    assert again.not_before == after_prayer


def test_a_busy_number_is_tried_again_in_five_minutes() -> None:
    again = after(AttemptResult.BUSY)
    assert (again.state, again.not_before) == (CallbackState.DUE, MONDAY_10 + timedelta(minutes=5))


@pytest.mark.parametrize(("before", "minutes"), [(0, 15), (1, 60), (2, 180)])
@pytest.mark.parametrize(
    "result", [AttemptResult.NO_ANSWER, AttemptResult.UNREACHABLE, AttemptResult.AGENT_LEFT]
)
def test_an_unanswered_number_is_tried_at_growing_distances(
    result: AttemptResult, before: int, minutes: int
) -> None:
    assert after(result, attempts=before).not_before == MONDAY_10 + timedelta(minutes=minutes)


def test_after_the_last_attempt_the_promise_is_given_up() -> None:
    assert after(AttemptResult.NO_ANSWER, attempts=3).state is CallbackState.GIVEN_UP
    assert after(AttemptResult.BUSY, attempts=3).state is CallbackState.GIVEN_UP


@pytest.mark.parametrize("result", [AttemptResult.NO_AGENT, AttemptResult.INTERRUPTED])
def test_what_failed_on_our_side_does_not_count(result: AttemptResult) -> None:
    again = after(result, attempts=3)
    assert (again.state, again.attempts) == (CallbackState.DUE, 3)
    assert again.not_before == MONDAY_10 + SOON
    assert again.version == 3


def test_interruptions_one_after_the_other_do_not_ring_her_without_end() -> None:
    first = after(AttemptResult.INTERRUPTED)
    assert first.attempts == 0
    second = next_attempt(begin_attempt(first), AttemptResult.INTERRUPTED, MONDAY_10, RULES, CALLING)
    assert (second.state, second.attempts) == (CallbackState.DUE, 1)
    assert second.not_before == MONDAY_10 + timedelta(minutes=15)


def test_without_a_trunk_agents_are_not_rung_for_nothing_every_minute() -> None:
    again = after(AttemptResult.NO_TRUNK, attempts=3)
    assert (again.state, again.attempts) == (CallbackState.DUE, 3)
    assert again.not_before == MONDAY_10 + timedelta(minutes=15)


def test_the_next_attempt_is_in_opening_hours() -> None:
    friday_evening = datetime(2026, 11, 20, 16, 20, tzinfo=UTC)
    again = after(AttemptResult.NO_ANSWER, at=friday_evening)
    assert again.not_before == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def test_a_cancelled_promise_stays_cancelled_and_a_result_told_twice_changes_nothing() -> None:
    cancelled = replace(PROMISE, state=CallbackState.CANCELLED)
    assert next_attempt(cancelled, AttemptResult.NO_ANSWER, MONDAY_10, RULES, CALLING) is cancelled
    once = after(AttemptResult.BUSY)
    assert next_attempt(once, AttemptResult.BUSY, MONDAY_10, RULES, CALLING) is once


def test_who_asked_first_is_called_first() -> None:
    earlier = replace(
        PROMISE, id=CallbackId("999999"), number="+212522000002", asked_at=MONDAY_10 - timedelta(days=1)
    )
    assert due([PROMISE, earlier], MONDAY_10, CALLING) == (earlier, PROMISE)


def test_nobody_is_called_before_the_time_or_while_the_centre_is_closed() -> None:
    assert due([PROMISE], MONDAY_10 - timedelta(seconds=1), CALLING) == ()
    assert due([PROMISE], datetime(2026, 11, 23, 16, 30, tzinfo=UTC), CALLING) == ()
    assert due([PROMISE], datetime(2026, 11, 23, 16, 29, tzinfo=UTC), CALLING) == (PROMISE,)


def test_two_promises_to_one_number_are_kept_one_after_the_other() -> None:
    second = replace(PROMISE, id=CallbackId("222222"), asked_at=MONDAY_10 - timedelta(hours=1))
    assert due([second, PROMISE], MONDAY_10, CALLING) == (PROMISE,)
    assert due([second, begin_attempt(PROMISE)], MONDAY_10, CALLING) == ()


def test_a_promise_that_was_kept_is_not_due() -> None:
    assert due([replace(PROMISE, state=CallbackState.REACHED)], MONDAY_10, CALLING) == ()


def test_a_reference_has_six_digits_and_is_new() -> None:
    random, taken = Random(1), set[CallbackId]()
    for _ in range(2000):
        reference = new_reference(random, taken)
        assert reference not in taken
        assert len(reference) == 6
        assert reference.isdecimal()
        assert reference[0] != "0"
        taken.add(reference)


def test_when_every_reference_is_taken_it_says_so() -> None:
    taken = {CallbackId(str(number)) for number in range(100_000, 1_000_000)}
    with pytest.raises(ValueError, match="taken"):
        new_reference(Random(1), taken)
