"""The attempts at promises that are under way, from the first line of their trace to what they came to."""

from dataclasses import replace

import structlog

from ivr.office import Office
from pbx.attempt import Attempt, Book, Hold, Leases
from routing.callbacks import next_attempt
from routing.events import CallerLeft
from routing.model import AttemptResult, Callback, CallbackState, CallId, EntryId, QueueEntry
from routing.promise_changes import cancelled
from routing.record import TraceLine
from routing.way_out import WayOut

log = structlog.get_logger()


class Attempts:
    """One controller's. How an attempt ended stands in the book, and says something of the trunk too."""

    def __init__(self, office: Office, book: Book, leases: Leases) -> None:
        """An attempt holds its promise in the `book` by a lease."""
        self._office, self._book, self._leases = office, book, leases
        self.by_entry: dict[EntryId, Attempt] = {}
        self.way = WayOut()
        """Whether the trunk carries calls."""

    @property
    def all(self) -> list[Attempt]:
        """As they are now."""
        return list(self.by_entry.values())

    @property
    def under_way(self) -> int:
        """For how many a telephone rings or an agent is there."""
        return sum(attempt.under_way for attempt in self.by_entry.values())

    def hold(self, entry: QueueEntry, promise: Callback, *, taken: bool = False) -> Attempt:
        """An attempt at this promise, whose lease is had, goes on from now; `taken`: an agent or she has picked up."""
        rules = self._office.centre.callbacks
        hold = Hold(promise, self._book, self._leases, self._office.now, rules.ring_for)
        attempt = self.by_entry[entry.id] = Attempt(promise, entry, hold, taken=taken)
        return attempt

    def note(self, attempt: Attempt, what: str, **facts: str) -> None:
        """A line of the attempt's own trace, under its entry: no call holds it until an agent picks up."""
        attempt.noted += 1
        line = TraceLine(CallId(attempt.entry.id), attempt.noted, self._office.now(), what, facts)
        self._office.recorder.record(line)

    # ---- back to where it was

    def put_off(self) -> None:
        """The centre has closed, or the trunk fails: who has not been taken by an agent yet waits."""
        for attempt in self.all:
            if not attempt.under_way:
                self.put_back(attempt)

    def put_back(self, attempt: Attempt) -> None:
        """It leaves the line, and its promise waits."""
        self._office.desk.tell(CallerLeft(attempt.entry.id))
        self.finish(attempt, AttemptResult.NO_AGENT)

    def give_back(self, attempt: Attempt) -> None:
        """Its owner did not take it: from now on it is anybody's."""
        self._over(attempt, AttemptResult.NO_AGENT)
        current = attempt.hold.promise
        if current is not None:
            self.settle(replace(current, assigned_to=None), AttemptResult.NO_AGENT)

    def forget_stopped(self, attempt: Attempt) -> None:
        """It ends without a word when its promise was changed and nothing rings for it any more."""
        if attempt.stopped and not attempt.under_way:
            self.by_entry.pop(attempt.entry.id, None)

    # ---- what it came to

    def finish(self, attempt: Attempt, result: AttemptResult) -> None:
        """It is over. Its promise has the result, if it still stands."""
        self._over(attempt, result)
        current = attempt.hold.promise
        settled = self._learn_way(current or attempt.promise, result)
        if current is not None:
            self.settle(current, settled)

    def _over(self, attempt: Attempt, result: AttemptResult) -> None:
        self.by_entry.pop(attempt.entry.id, None)
        self.note(attempt, "attempt ended", result=result)

    def settle(self, promise: Callback, result: AttemptResult) -> None:
        """What becomes of a promise of which an attempt ended so."""
        centre = self._office.centre
        settled = next_attempt(
            promise, result, self._office.now(), centre.callbacks, self._office.promises.calling
        )
        if settled is promise:
            return
        if settled.state is CallbackState.DUE and promise.talked_at is not None and self._asked_anew(promise):
            settled = cancelled(settled)
        log.info("callback attempt ended", reference=promise.id, result=result, state=settled.state)
        self._book.keep(settled)

    def _asked_anew(self, promise: Callback) -> bool:
        """Whether she asked for another call on the subject while her machine, or a stranger, was being talked to."""
        others = self._office.promises.of(promise.number)
        return any(one.id != promise.id and one.subject == promise.subject for one in others)

    def _learn_way(self, promise: Callback, result: AttemptResult) -> AttemptResult:
        """What the result says of the trunk. One that fails again at this number and carries others is hers."""
        before = self.way
        match result:
            case AttemptResult.NO_TRUNK:
                now = self._office.now()
                self.way = before.failed(now)
                if self.way.blocked and not before.blocked:
                    log.error("the trunk carries no calls; callbacks pause", failures=self.way.failures)
                    self.put_off()
                if promise.last_result is AttemptResult.NO_TRUNK and not before.failures:
                    return AttemptResult.UNREACHABLE
            case (
                AttemptResult.REACHED
                | AttemptResult.BUSY
                | AttemptResult.NO_ANSWER
                | AttemptResult.REFUSED
                | AttemptResult.UNREACHABLE
                | AttemptResult.MACHINE
                | AttemptResult.WRONG_NUMBER
                | AttemptResult.PUT_OFF
            ):
                self.way = before.carried()
                if before.blocked:
                    log.warning("the trunk carries calls again; callbacks go on")
            case _:
                pass  # nothing is known of it
        return result
