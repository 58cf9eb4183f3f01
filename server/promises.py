"""The book of promises: every open callback, kept in the journal first and mirrored here.

The table is the truth at start and for what others write there; a change made here has a higher version than
the row.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import structlog

from routing.agents_word import corrected
from routing.callbacks import CallbackRules, due, new_reference
from routing.calling_hours import CallingHours
from routing.hours import Open, OpeningHours
from routing.model import (
    Callback,
    CallbackId,
    CallbackOrigin,
    CallbackState,
    CallId,
    Language,
    Outcome,
    QueueEntry,
    Subject,
    callback_entry_id,
)
from routing.promise_changes import (
    OPEN_STATES,
    BeingKept,
    NoSuchPromise,
    being_kept,
    cancelled,
    moved,
    taken_over,
)
from routing.promised_window import Window, WindowRefused, check
from routing.record import Recorder
from server.agent_room import MARKED_WITHIN, MOST_TALKS
from server.promise_wishes import Change, Wishes

log = structlog.get_logger()

LAST_MINUTES = timedelta(minutes=10)  # before closing: an attempt needs an agent, her telephone and a talk


class PromiseBook:
    """Implements `ivr.office.Promises`."""

    def __init__(
        self,
        recorder: Recorder,
        hours: OpeningHours,
        now: Callable[[], datetime],
        quiet: OpeningHours | None = None,
    ) -> None:
        """`hours` decide from when a promise is due; nobody is called while `quiet` is «open»."""
        self._recorder, self._hours, self._now = recorder, hours, now
        self.calling = CallingHours(hours, quiet)
        """When people may be called."""
        self.on_change: Callable[[Callback], None] = _nobody
        """Told of a promise that was moved, cancelled, taken over or asked again."""
        self.held: Change = _as_it_is
        """Makes a promise that only a telephone of this controller is rung for this controller's own."""
        self._wishes = Wishes()
        self._random = random.SystemRandom()
        self._open: dict[CallbackId, Callback] = {}
        self._talks: dict[CallbackId, tuple[Callback, Callback]] = {}
        """Promises whose last attempt ended with a talk not so long ago: as it ended, and as its agent says since."""
        self._asked: dict[CallbackId, tuple[date, str]] = {}  # who asked, and on which day; today's at least
        self._orders: dict[CallbackId, tuple[int, int]] = {}  # of every promise known, the closed ones too

    def use_hours(self, hours: OpeningHours) -> None:
        """The hours were changed: from now on these decide."""
        self._hours = hours
        self.calling = replace(self.calling, opening=hours)

    def learn(self, rows: Iterable[Callback]) -> None:
        """From the table; a row older than what is known here is ignored."""
        for row in rows:
            known = self._open.get(row.id)
            if known is not None and (known.number, known.asked_at) != (row.number, row.asked_at):
                self._renamed(known, row)
            elif row.order > self._orders.get(row.id, (-1, -1)):
                self._put(row)
                self._ask_again_of(row)
                self._make_one_of(row)
            elif row.order == self._orders[row.id]:
                self._wishes.over(row.id)

    def _ask_again_of(self, row: Callback) -> None:
        """Another controller began an attempt in the second in which this promise was changed here."""
        change = self._wishes.lost_in(row)
        if change is None:
            return
        try:
            self._change(row, change)
        except (BeingKept, WindowRefused) as problem:
            log.warning("a change of a promise came too late", reference=row.id, why=str(problem))

    def _make_one_of(self, row: Callback) -> None:
        """Who asked at two controllers within seconds has one promise: the older, on the terms of the younger.

        What she asked for is asked for, though another came of a flash, which one attempt would end. Each controller
        that knows both does the same.
        """
        both = [one for one in self.of(row.number) if one.subject == row.subject and _waits(one)]
        if len(both) < 2 or not _waits(row):
            return
        older, younger = both[0], both[1]
        log.info("a person asked at two controllers", reference=older.id, instead_of=younger.id)
        one = replace(
            older,
            language=younger.language,
            origin=CallbackOrigin.ASKED
            if CallbackOrigin.ASKED in (older.origin, younger.origin)
            else younger.origin,
            not_before=younger.not_before,
            promised_from=younger.promised_from,
            promised_until=younger.promised_until,
            version=older.version + 1,
        )
        for changed in (cancelled(younger), one):
            self.keep(changed)
            self.on_change(changed)

    def _renamed(self, ours: Callback, theirs: Callback) -> None:
        """Another controller gave the same reference, which is known only now: ours gets one of its own."""
        self._put(theirs)
        again = replace(ours, id=new_reference(self._random, self._orders))
        log.warning("a reference was given twice", reference=ours.id, instead=again.id)
        self.keep(again)

    def promise(
        self,
        number: str,
        language: Language,
        subject: Subject,
        asked_in: CallId | None,
        asked_at: datetime,
        window: Window | None = None,
        origin: CallbackOrigin = CallbackOrigin.ASKED,
    ) -> Callback:
        """Keep a new promise, for `window` if one is given; raises WindowRefused when it cannot be.

        Without one it is due at once while people may be called, else, or just before closing, when they may be.
        One person has one open promise on a subject: another request from the same number updates it, and keeps
        its reference and its place; who talks already asks for something new. So nobody can make the centre dial a
        number again and again.
        """
        now = self._now()
        if window is not None:
            check(window, now, self.calling)
        earlier = self._of(number, subject)
        if earlier is not None and not being_kept(earlier):
            return self._asked_again(earlier, language, window, now, origin)
        not_before = self._not_before(now, asked_at) if window is None else max(window.begins, now)
        promise = Callback(
            id=new_reference(self._random, self._orders),
            number=number,
            language=language,
            subject=subject,
            asked_at=asked_at,
            not_before=self.calling.first(not_before, asked_at) or not_before,
            promised_from=not_before if window is None else window.begins,
            promised_until=self._closes(not_before) if window is None else window.ends,
            asked_in=asked_in,
            origin=origin,
        )
        self.keep(promise)
        return promise

    def _asked_again(
        self,
        earlier: Callback,
        language: Language,
        window: Window | None,
        now: datetime,
        origin: CallbackOrigin,
    ) -> Callback:
        if window is not None:
            return self._change(
                earlier,
                lambda one: replace(
                    moved(one, window, self._now(), self.calling), language=language, origin=origin
                ),
            )
        if earlier.state is CallbackState.IN_PROGRESS:
            return earlier  # she is being called: the attempt under way is what she asks for
        changed = replace(earlier, language=language, origin=origin, version=earlier.version + 1)
        self.keep(changed)
        self.on_change(changed)
        return changed

    def asked_today(self, number: str) -> bool:
        """Whether a promise to this number was made today, whatever became of it."""
        return (self._day(self._now()), number) in self._asked.values()

    def of(self, number: str) -> list[Callback]:
        """The open promises of this number (E.164), the oldest first; she has one a subject."""
        found = [promise for promise in self._open.values() if promise.number == number]
        return sorted(found, key=lambda promise: (promise.asked_at, promise.id))

    def move(self, reference: CallbackId, window: Window) -> Callback:
        """She is to be called in this window; an attempt under way ends. Returns the promise as it is now.

        Raises NoSuchPromise, WindowRefused and BeingKept (she talks already); the promise is as it was then.
        """
        promise = self._known(reference)
        return self._change(promise, lambda one: moved(one, window, self._now(), self.calling))

    def cancel(self, reference: CallbackId) -> Callback:
        """She is not to be called; an attempt under way ends. Raises NoSuchPromise and BeingKept."""
        promise = self._known(reference)
        return self._change(promise, cancelled)

    def take_over(self, reference: CallbackId, extension: str) -> Callback:
        """From now on only the telephone `extension` is rung for it. Raises NoSuchPromise and BeingKept."""
        promise = self._known(reference)
        return self._change(
            promise, lambda one: self.held(taken_over(one, extension, self._now(), self.calling))
        )

    def may_promise(self, number: str | None, rules: CallbackRules, subject: Subject | None = None) -> bool:
        """Whether the day's limits leave room for a promise to `number`, or to anyone (None).

        An open one may always be asked again; one on another `subject` is a new one.
        """
        mine = (promise for promise in self.of(number or "") if not being_kept(promise))
        if any(subject in (None, promise.subject) for promise in mine):
            return True
        today = self._day(self._now())
        self._asked = {id_: asked for id_, asked in self._asked.items() if asked[0] >= today}
        of_number = sum(asked == number for _, asked in self._asked.values())
        return of_number < rules.per_number_a_day and len(self._asked) < rules.a_day

    def keep(self, promise: Callback) -> None:
        """Write a promise as it now stands."""
        self._wishes.over(promise.id)
        self._recorder.record(promise)
        self._put(promise)

    def renewed(self, promise: Callback) -> None:
        """Its lease was renewed in the database, which is no change of the promise."""
        current = self._open.get(promise.id)
        if current is not None and current.fence == promise.fence:
            self._open[promise.id] = replace(current, lease_until=promise.lease_until)

    def now(self) -> datetime:
        """The moment by which promises are kept."""
        return self._now()

    def find(self, reference: CallbackId) -> Callback | None:
        """The open promise with this reference."""
        return self._open.get(reference)

    def due(self, now: datetime) -> tuple[Callback, ...]:
        """Open promises whose next attempt may begin, who asked first first; none while the centre is closed."""
        return due(self._open.values(), now, self.calling)

    def due_entries(self) -> list[QueueEntry]:
        """Those promises as they will stand in the line when their turn to be tried comes."""
        now = self._now()
        return [
            QueueEntry(
                callback_entry_id(one.id, one.fence + 1), one.language, one.subject, now, one.asked_at, one.id
            )
            for one in self.due(now)
        ]

    def in_progress(self) -> list[Callback]:
        """Attempts under way, or interrupted by a restart."""
        return [promise for promise in self._open.values() if promise.state is CallbackState.IN_PROGRESS]

    def said(self, reference: CallbackId, outcome: Outcome, rules: CallbackRules) -> Callback | None:
        """What the agent says of the talk with which its last attempt ended; the last word counts.

        The promise as it is then; None where that changes nothing: she was called again since, or has asked anew.
        """
        if reference not in self._talks:
            return None
        ended, now_is = self._talks[reference]
        changed = corrected(replace(ended, version=now_is.version), outcome, self._now(), rules, self.calling)
        asked_anew = self._of(ended.number, ended.subject) not in (None, now_is)
        if changed.last_result is now_is.last_result or (changed.state in OPEN_STATES and asked_anew):
            return None
        self.keep(changed)
        self._talks[reference] = (ended, changed)
        return changed

    def open(self) -> list[Callback]:
        """Every open promise."""
        return list(self._open.values())

    def _known(self, reference: CallbackId) -> Callback:
        promise = self._open.get(reference)
        if promise is None:
            raise NoSuchPromise(f"no open promise has the reference {reference}")
        return promise

    def _change(self, promise: Callback, change: Change) -> Callback:
        changed = change(promise)
        self.keep(changed)
        self._wishes.made(change, changed)
        self.on_change(changed)
        return changed

    def _of(self, number: str, subject: Subject) -> Callback | None:
        return next((promise for promise in self.of(number) if promise.subject == subject), None)

    def _not_before(self, now: datetime, asked_at: datetime) -> datetime:
        """«Soon» is not said to who would hear nothing before the centre closes, or a quiet hour begins."""
        until = self.calling.until(now, asked_at)
        if until is not None and until - now >= LAST_MINUTES:
            return now
        return self.calling.first(until or now, asked_at) or now

    def _closes(self, moment: datetime) -> datetime | None:
        held = self._hours.at(moment)
        return held.until if isinstance(held, Open) else None

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._hours.zone).date()

    def _put(self, promise: Callback) -> None:
        self._orders[promise.id] = promise.order
        self._asked[promise.id] = (self._day(promise.asked_at), promise.number)
        if promise.state in OPEN_STATES:
            self._open[promise.id] = promise
        else:
            self._open.pop(promise.id, None)
        self._talks.pop(promise.id, None)
        if (
            promise.state is CallbackState.REACHED
            and promise.talked_at is not None
            and self._now() - promise.talked_at < MARKED_WITHIN
        ):
            if len(self._talks) >= MOST_TALKS:
                del self._talks[next(iter(self._talks))]
            self._talks[promise.id] = (promise, promise)


def _nobody(_: Callback) -> None:
    """Nobody listens."""


def _as_it_is(promise: Callback) -> Callback:
    """There is no other controller."""
    return promise


def _waits(promise: Callback) -> bool:
    """For whoever is free: no attempt is under way, and no telephone took it over."""
    return promise.state is CallbackState.DUE and promise.assigned_to is None
