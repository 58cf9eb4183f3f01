"""The book of promises: every open callback, kept in the journal first and mirrored here.

The table is the truth at start and for what others write there; a change made here has a higher version than
the row.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from routing.callbacks import due, new_reference
from routing.hours import OpeningHours
from routing.model import Callback, CallbackId, CallbackState, CallId, Language, Subject
from routing.record import Recorder

OPEN_STATES = frozenset({CallbackState.DUE, CallbackState.IN_PROGRESS})


class PromiseBook:
    """Implements `ivr.office.Promises`."""

    def __init__(self, recorder: Recorder, hours: OpeningHours, now: Callable[[], datetime]) -> None:
        """`hours` decide from when a promise is due."""
        self._recorder, self._hours, self._now = recorder, hours, now
        self._random = random.SystemRandom()
        self._open: dict[CallbackId, Callback] = {}
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
        """Keep a new promise. Due at once while the centre is open, else when it opens.

        One person has one open promise: another request from the same number updates it, and keeps its reference
        and its place. So nobody can make the centre dial a number again and again.
        """
        now = self._now()
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
            not_before=self._hours.first_open(now) or now,
            promised_until=None,
            asked_in=asked_in,
        )
        self.keep(promise)
        return promise

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

    def _put(self, promise: Callback) -> None:
        self._versions[promise.id] = promise.version
        if promise.state in OPEN_STATES:
            self._open[promise.id] = promise
        else:
            self._open.pop(promise.id, None)
