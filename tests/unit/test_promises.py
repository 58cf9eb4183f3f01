"""The book of promises: one person has one open promise, and nothing older overwrites it."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from routing.callbacks import CallbackRules, begin_attempt
from routing.hours import Certainty, Holiday, OpeningHours, Span
from routing.model import Callback, CallbackId, CallbackOrigin, CallbackState, CallId, Language, Subject
from routing.promise_changes import BeingKept, NoSuchPromise, rung, talking
from routing.promised_window import WhyNot, Window, WindowRefused
from routing.zone import centre_zone
from server.promises import PromiseBook

DAY = (Span(time(8, 30), time(16, 30)),)
HOURS = OpeningHours(centre_zone("Africa/Casablanca"), (DAY,) * 5 + ((),) * 2)
MONDAY_NIGHT = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
FUNDING, LEGAL = Subject("funding"), Subject("legal")


class Kept:
    def __init__(self):
        self.records = []

    def record(self, record):
        self.records.append(record)


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def book(kept):
    return PromiseBook(kept, HOURS, lambda: MONDAY_NIGHT)


def promised(book, number="+212612345678", language=Language.FRENCH, subject=LEGAL):
    return book.promise(number, language, subject, CallId("1.1"), MONDAY_NIGHT)


def test_a_promise_at_night_is_due_when_the_centre_opens(book):
    assert promised(book).not_before == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def test_who_asks_twice_keeps_her_reference_and_her_place(book, kept):
    first = promised(book)
    again = promised(book, language=Language.ARABIC)
    assert (again.id, again.asked_at) == (first.id, first.asked_at)
    assert again.language is Language.ARABIC
    assert again.version > first.version
    assert book.open() == [again]
    assert kept.records == [first, again]


def test_who_asks_while_she_is_being_called_is_not_called_twice(book):
    first = promised(book)
    begun = replace(first, state=CallbackState.IN_PROGRESS, attempts=1, version=2)
    book.keep(begun)
    assert promised(book) == begun
    assert book.open() == [begun]


def test_who_asks_on_another_subject_has_another_promise(book):
    first, second = promised(book), promised(book, subject=FUNDING)
    assert first.id != second.id
    assert book.of(first.number) == sorted([first, second], key=lambda one: one.id)
    assert book.of("+212612345679") == []


def test_two_people_have_two_promises(book):
    assert promised(book).id != promised(book, number="+212612345679").id


def test_a_kept_promise_makes_room_for_a_new_one(book):
    first = promised(book)
    book.keep(replace(first, state=CallbackState.REACHED, version=9))
    assert promised(book).id != first.id


def test_an_older_row_does_not_undo_what_was_done_here(book):
    first = promised(book)
    book.keep(replace(first, state=CallbackState.REACHED, version=3))
    book.learn([first])
    assert book.find(first.id) is None


def test_a_promise_knows_until_when_it_was_promised(book):
    assert promised(book).promised_until == datetime(2026, 11, 24, 16, 30, tzinfo=UTC)


def test_soon_is_not_promised_in_the_last_minutes(kept):
    at = datetime(2026, 11, 23, 16, 21, tzinfo=UTC)
    late = PromiseBook(kept, HOURS, lambda: at).promise("+212612345678", Language.FRENCH, LEGAL, None, at)
    assert late.not_before == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    assert late.promised_until == datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
    at = datetime(2026, 11, 23, 16, 20, tzinfo=UTC)
    soon = PromiseBook(kept, HOURS, lambda: at).promise("+212612345678", Language.FRENCH, LEGAL, None, at)
    assert soon.not_before == at
    assert soon.promised_until == datetime(2026, 11, 23, 16, 30, tzinfo=UTC)


def test_a_number_has_so_many_promises_in_a_day(book):
    rules = CallbackRules(per_number_a_day=2)
    for _ in range(2):
        assert book.may_promise("+212612345678", rules)
        one = promised(book)
        assert book.may_promise("+212612345678", rules), "an open promise may always be asked again"
        book.keep(replace(one, state=CallbackState.REACHED, version=9))
    assert not book.may_promise("+212612345678", rules)
    assert book.may_promise("+212612345679", rules)


def test_all_numbers_together_have_so_many_promises_in_a_day(book):
    rules = CallbackRules(a_day=2)
    first = promised(book)
    promised(book, number="+212612345679")
    assert not book.may_promise("+212612345670", rules)
    assert book.may_promise(first.number, rules)


def test_the_days_promises_are_counted_across_a_restart_and_yesterdays_are_not(kept, book):
    rules = CallbackRules(per_number_a_day=1)
    done = replace(promised(book), state=CallbackState.REACHED, version=5)
    again = PromiseBook(kept, HOURS, lambda: MONDAY_NIGHT)
    again.learn([done])
    assert not again.may_promise(done.number, rules)
    tomorrow = PromiseBook(kept, HOURS, lambda: MONDAY_NIGHT + timedelta(days=1))
    tomorrow.learn([done])
    assert tomorrow.may_promise(done.number, rules)


def test_nothing_is_due_while_the_centre_is_closed(book):
    promise = promised(book)
    assert book.due(promise.not_before - timedelta(seconds=1)) == ()
    assert book.due(promise.not_before) == (promise,)


TUESDAY = datetime(2026, 11, 24, tzinfo=UTC)
FROM_14_TO_16 = Window(TUESDAY.replace(hour=14), TUESDAY.replace(hour=16))


def of_window(book, begins, ends):
    return book.promise(
        "+212612345678", Language.FRENCH, LEGAL, None, MONDAY_NIGHT, window=Window(begins, ends)
    )


def test_a_promised_window_is_kept_as_it_was_told(book):
    promise = of_window(book, *FROM_14_TO_16)
    assert (promise.promised_from, promise.promised_until) == FROM_14_TO_16
    assert promise.not_before == TUESDAY.replace(hour=14)


HOLIDAY = OpeningHours(HOURS.zone, HOURS.week, (Holiday(TUESDAY.date(), "Green March", Certainty.FIXED),))


@pytest.mark.parametrize(
    ("begins", "ends", "why"),
    [
        pytest.param(timedelta(hours=16), timedelta(hours=14), WhyNot.IMPOSSIBLE, id="backwards"),
        pytest.param(timedelta(hours=14), timedelta(days=9), WhyNot.IMPOSSIBLE, id="longer than a week"),
        pytest.param(timedelta(days=90), timedelta(days=91), WhyNot.IMPOSSIBLE, id="too far"),
        pytest.param(timedelta(hours=-8), timedelta(hours=-6), WhyNot.PAST, id="over"),
        pytest.param(timedelta(hours=18), timedelta(hours=20), WhyNot.CLOSED, id="evening"),
        pytest.param(timedelta(hours=16, minutes=25), timedelta(hours=20), WhyNot.CLOSED, id="five minutes"),
        pytest.param(timedelta(hours=12), timedelta(hours=13), WhyNot.QUIET, id="quiet"),
    ],
)
def test_a_window_that_cannot_be_promised_is_refused_and_nothing_is_lost(kept, begins, ends, why):
    quiet = OpeningHours(HOURS.zone, ((Span(time(12), time(14)),),) * 7)
    book = PromiseBook(kept, HOURS, lambda: MONDAY_NIGHT, quiet)
    with pytest.raises(WindowRefused) as refused:
        of_window(book, TUESDAY + begins, TUESDAY + ends)
    assert refused.value.why is why
    assert book.open() == []
    promise = promised(book)
    with pytest.raises(WindowRefused):
        book.move(promise.id, Window(TUESDAY + begins, TUESDAY + ends))
    assert book.open() == [promise]


def test_a_promise_is_not_moved_into_a_holiday_and_she_is_told_which(kept):
    book = PromiseBook(kept, HOLIDAY, lambda: MONDAY_NIGHT)
    promise = promised(book)
    with pytest.raises(WindowRefused, match="Green March") as refused:
        book.move(promise.id, FROM_14_TO_16)
    assert (refused.value.why, refused.value.day) == (WhyNot.CLOSED, "Green March")
    assert book.find(promise.id) == promise


def test_a_window_without_a_time_zone_is_refused(book):
    with pytest.raises(WindowRefused, match="without a time zone"):
        of_window(book, datetime(2026, 11, 24, 14), datetime(2026, 11, 24, 16))  # noqa: DTZ001


def test_a_moved_promise_keeps_its_reference_and_its_age(book):
    promise = promised(book)
    moved = book.move(promise.id, FROM_14_TO_16)
    assert (moved.id, moved.asked_at) == (promise.id, promise.asked_at)
    assert moved.not_before == FROM_14_TO_16.begins
    assert book.due(FROM_14_TO_16.begins - timedelta(seconds=1)) == ()
    assert book.due(FROM_14_TO_16.begins) == (moved,)


def test_asking_again_with_a_window_moves_the_promise(book):
    promise = promised(book)
    again = of_window(book, *FROM_14_TO_16)
    assert (again.id, again.promised_from) == (promise.id, FROM_14_TO_16.begins)
    assert book.open() == [again]


def test_a_cancelled_promise_is_gone_and_another_may_be_asked(book):
    promise = promised(book)
    assert book.cancel(promise.id).state is CallbackState.CANCELLED
    assert book.open() == []
    for change in (book.cancel, lambda one: book.move(one, FROM_14_TO_16)):
        with pytest.raises(NoSuchPromise, match=promise.id):
            change(promise.id)
    assert promised(book).id != promise.id


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda book, one: book.cancel(one.id), id="cancelled"),
        pytest.param(lambda book, one: book.move(one.id, FROM_14_TO_16), id="moved"),
        pytest.param(lambda book, one: book.take_over(one.id, "103"), id="taken over"),
        pytest.param(lambda book, one: of_window(book, *FROM_14_TO_16), id="asked again"),
    ],
)
def test_what_changes_while_she_is_called_ends_the_attempt_unless_she_talks(book, change):
    told: list[Callback] = []
    book.on_change = told.append
    first = promised(book)
    begun = replace(begin_attempt(first), fence=1)
    book.keep(rung(begun, MONDAY_NIGHT))
    changed = change(book, first)
    assert changed.state is not CallbackState.IN_PROGRESS
    assert changed.order > begun.order
    assert told == [changed]
    again = promised(book)
    told.clear()
    talks = talking(begin_attempt(again), MONDAY_NIGHT)
    book.keep(talks)
    with suppress(BeingKept):
        assert change(book, talks).id != talks.id, "only asking for something new is no error"
    assert book.find(talks.id) == talks
    assert told == []


def test_who_took_a_promise_over_is_alone_rung_for_it(book):
    promise = promised(book)
    mine = book.take_over(promise.id, "103")
    assert (mine.assigned_to, mine.asked_at, mine.state) == ("103", promise.asked_at, CallbackState.DUE)


@pytest.mark.parametrize("flash_is_here", [True, False])
def test_what_she_asked_for_at_one_controller_is_no_flash_though_another_heard_one(book, flash_is_here):
    here, there = CallbackOrigin.FLASH, CallbackOrigin.ASKED
    if not flash_is_here:
        here, there = there, here
    first = book.promise("+212612345678", Language.FRENCH, LEGAL, None, MONDAY_NIGHT, origin=here)
    moment = MONDAY_NIGHT + timedelta(seconds=2)
    book.learn([replace(first, id=CallbackId("000001"), asked_at=moment, origin=there)])
    (one,) = book.open()
    assert (one.id, one.origin) == (first.id, CallbackOrigin.ASKED)
