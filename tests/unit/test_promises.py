"""The book of promises: one person has one open promise, and nothing older overwrites it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from routing.callbacks import CallbackRules
from routing.hours import OpeningHours, Span
from routing.model import CallbackState, CallId, Language, Subject
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
    again = promised(book, language=Language.ARABIC, subject=FUNDING)
    assert (again.id, again.asked_at) == (first.id, first.asked_at)
    assert (again.language, again.subject) == (Language.ARABIC, FUNDING)
    assert again.version > first.version
    assert book.open() == [again]
    assert kept.records == [first, again]


def test_who_asks_while_she_is_being_called_is_not_called_twice(book):
    first = promised(book)
    begun = replace(first, state=CallbackState.IN_PROGRESS, attempts=1, version=2)
    book.keep(begun)
    assert promised(book) == begun
    assert book.open() == [begun]


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
