"""The book of promises: every open callback, kept in the journal first and mirrored here.

The table is the truth at start and for what others write there; a change made here has a higher version than
the row.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from routing.callbacks import CallbackRules, due, new_reference
from routing.hours import Open, OpeningHours
from routing.model import Callback, CallbackId, CallbackState, CallId, Language, Subject
from routing.record import Recorder

LAST_MINUTES = timedelta(minutes=10)  # before closing: an attempt needs an agent, her telephone and a talk
OPEN_STATES = frozenset({CallbackState.DUE, CallbackState.IN_PROGRESS})


class PromiseBook:
    """Implements `ivr.office.Promises`."""

    def __init__(self, recorder: Recorder, hours: OpeningHours, now: Callable[[], datetime]) -> None:
        """`hours` decide from when a promise is due."""
        self._recorder, self._hours, self._now = recorder, hours, now
        self._random = random.SystemRandom()
        self._open: dict[CallbackId, Callback] = {}
        self._asked: dict[CallbackId, tuple[date, str]] = {}  # who asked, and on which day; today's at least
        self._versions: dict[CallbackId, int] = {}  # of every promise known, the closed ones too

    def learn(self, rows: Iterable[Callback]) -> None:
        """From the table; a row older than what is known here is ignored."""
        for row in rows:
            if row.version > self._versions.get(row.id, 0):
                self._put(row)

    def promise(
        self,
        number: str,
        language: Language,
        subject: Subject,
        asked_in: CallId | None,
        asked_at: datetime,
    ) -> Callback:
        """Keep a new promise. Due at once while the centre is open, else, or just before closing, when it opens.

        One person has one open promise: another request from the same number updates it, and keeps its reference
        and its place. So nobody can make the centre dial a number again and again.
        """
        now = self._now()
        not_before = self._not_before(now)
        within = self._hours.at(not_before)
        earlier = self._of(number)
        if earlier is not None:
            updated = replace(earlier, language=language, subject=subject, version=earlier.version + 1)
            # An attempt under way keeps its version: its channels are named after it.
            promise = earlier if earlier.state is CallbackState.IN_PROGRESS else updated
            if promise is updated:
                self.keep(updated)
            return promise
        promise = Callback(
            id=new_reference(self._random, self._versions),
            number=number,
            language=language,
            subject=subject,
            asked_at=asked_at,
            not_before=not_before,
            promised_until=within.until if isinstance(within, Open) else None,
            asked_in=asked_in,
        )
        self.keep(promise)
        return promise

    def may_promise(self, number: str | None, rules: CallbackRules) -> bool:
        """Whether the day's limits leave room for a promise to `number`, or to anyone (None).

        An open one may always be asked again.
        """
        if number is not None and self._of(number) is not None:
            return True
        today = self._day(self._now())
        self._asked = {id_: asked for id_, asked in self._asked.items() if asked[0] >= today}
        of_number = sum(asked == number for _, asked in self._asked.values())
        return of_number < rules.per_number_a_day and len(self._asked) < rules.a_day

    def keep(self, promise: Callback) -> None:
        """Write a promise as it now stands."""
        self._recorder.record(promise)
        self._put(promise)

    def find(self, reference: CallbackId) -> Callback | None:
        """The open promise with this reference."""
        return self._open.get(reference)

    def due(self, now: datetime) -> tuple[Callback, ...]:
        """Open promises whose next attempt may begin, who asked first first; none while the centre is closed."""
        return due(self._open.values(), now, self._hours)

    def in_progress(self) -> list[Callback]:
        """Attempts under way, or interrupted by a restart."""
        return [promise for promise in self._open.values() if promise.state is CallbackState.IN_PROGRESS]

    def open(self) -> list[Callback]:
        """Every open promise."""
        return list(self._open.values())

    def _of(self, number: str) -> Callback | None:
        return next((promise for promise in self._open.values() if promise.number == number), None)

    def _not_before(self, now: datetime) -> datetime:
        """«Soon» is not said to who would hear nothing before the centre closes."""
        match self._hours.at(now):
            case Open(until=until) if until - now < LAST_MINUTES:
                return self._hours.first_open(until) or now
        return self._hours.first_open(now) or now

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._hours.zone).date()

    def _put(self, promise: Callback) -> None:
        self._versions[promise.id] = promise.version
        self._asked[promise.id] = (self._day(promise.asked_at), promise.number)
        if promise.state in OPEN_STATES:
            self._open[promise.id] = promise
        else:
            self._open.pop(promise.id, None)
