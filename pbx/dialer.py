"""Keeping promises by telephone: which attempts begin, and when one ends because its promise was changed.

Never twice at once: the lease of an attempt is taken before its first ring, its legs carry its id as channel id,
nobody else is rung before an earlier leg is surely gone, and what a restart interrupted is looked up first.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from ivr.office import Office
from pbx.agent_first import AgentFirst
from pbx.attempt import Attempt, Book, Leases
from pbx.attempts import Attempts
from pbx.caller_first import CallerFirst
from pbx.dialling import Outside
from pbx.events import LegGone, PbxEvent
from pbx.found_attempts import FoundAttempts
from pbx.legs import Legs
from pbx.link import Link
from pbx.presence import device_at
from pbx.reception import Reception
from routing.callbacks import First
from routing.events import AgentMissed, CallerJoined, CallerLeft, MissReason, OfferTo
from routing.hours import Open
from routing.model import (
    AttemptResult,
    Callback,
    CallbackId,
    Device,
    EntryId,
    Language,
    QueueEntry,
    callback_entry_id,
)

log = structlog.get_logger()

UNSERVED = timedelta(seconds=60)  # without anyone at work, until an attempt makes room for others


class Dialer:
    """One per controller. `tick` is called by the clock; `offer` and `withdraw` by the desk."""

    def __init__(
        self,
        office: Office,
        book: Book,
        reception: Reception,
        link: Link,
        outside: Outside,
        leases: Leases,
        caller_id: Callable[[], str],
    ) -> None:
        """`caller_id` is what agents' phones show beside a callback."""
        self._office, self._book, self._reception, self._link = office, book, reception, link
        self._outside, self._leases = outside, leases
        book.on_change = self._changed
        self._leasing: dict[CallbackId, Language] = {}
        """Promises whose lease is being taken."""
        self._overtaken: dict[CallbackId, Callback] = {}
        """Those of them that were changed meanwhile."""
        self._no_trunk_for = 0
        self._renewing: set[Attempt] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.closing = False
        self._attempts = attempts = Attempts(office, book, leases)
        self._legs = legs = Legs(link, attempts.by_entry)
        self._agent_first = AgentFirst(office, reception, attempts, legs, caller_id)
        self._caller_first = CallerFirst(office, reception, outside, attempts, legs, self._spawn)
        self._found = FoundAttempts(office, book, link, leases, attempts, self._caller_first, self._spawn)
        self.recover, self.resume = self._found.recover, self._found.resume

    # ---- the clock

    def tick(self) -> None:
        """Begin the attempts that are due, if the centre is open, somebody can take them and there is room.

        One attempt of each language waits in the line, where its age counts as a caller's; it keeps nobody else back.
        """
        if self.closing or not self._link.up:
            return
        now = self._office.now()
        self._look_after()
        if not isinstance(self._office.centre.hours.at(now), Open):
            self._attempts.put_off()
            return
        due = self._with_a_trunk(self._book.due(now))
        if not self._attempts.way.may_try(now, 0):
            self._attempts.put_off()
            return
        self._make_room(now)
        for promise in due:
            if self._attempts.under_way >= self._office.centre.callbacks.at_once:
                return
            if not self._attempts.way.may_try(now, len(self._attempts.by_entry) + len(self._leasing)):
                return
            if self._reception.on_the_line(promise.number):
                continue  # she is being told of it: her telephone would be busy
            if promise.assigned_to is not None:
                if self._leases.mine(promise):  # another controller's telephone is not rung from here
                    self._take(promise)
                continue
            waits = promise.language in self._leasing.values() or any(
                attempt.entry.language is promise.language and not attempt.under_way
                for attempt in self._attempts.by_entry.values()
            )
            if not waits and self._office.desk.may_answer(promise.language):
                self._take(promise)

    @property
    def trouble(self) -> str | None:
        """Why nobody, or not everybody, is called back at this time, for the administrator; None if all is well."""
        if self._no_trunk_for:
            return f"NO TRUNK takes calls out to {self._no_trunk_for} of those who wait for one"
        way = self._attempts.way
        if way.paused_until is not None:
            again = way.paused_until.astimezone(self._office.centre.zone)
            return f"THE TRUNK FAILED {way.failures} times in a row, to be tried again at {again:%H:%M}"
        return None

    def _with_a_trunk(self, due: tuple[Callback, ...]) -> list[Callback]:
        """The promises that a trunk can carry. No agent is rung for the others; the log says so once."""
        can = [promise for promise in due if self._outside.dial_string(promise.number) is not None]
        told, self._no_trunk_for = self._no_trunk_for, len(due) - len(can)
        if self._no_trunk_for and not told:
            log.error("nobody can be called back: no trunk takes the number", promises=self._no_trunk_for)
        return can

    def _make_room(self, now: datetime) -> None:
        """An attempt that nobody is at work for any more does not wait in the line."""
        for attempt in self._attempts.all:
            if attempt.under_way or self._office.desk.may_answer(attempt.entry.language):
                attempt.unserved_since = None
            elif attempt.unserved_since is None:
                attempt.unserved_since = now
            elif now - attempt.unserved_since >= UNSERVED:
                self._attempts.put_back(attempt)

    # ---- an attempt begins

    def _take(self, promise: Callback) -> None:
        if promise.id in self._leasing or any(
            attempt.promise.id == promise.id for attempt in self._attempts.by_entry.values()
        ):
            return  # whatever the book says: an attempt lives
        self._leasing[promise.id] = promise.language
        self._spawn(self._begin(promise))

    async def _begin(self, promise: Callback) -> None:
        """Take the lease, then the place in the line; or ring who took it over."""
        try:
            ready = promise.assigned_to is None or await self._owner_is_free(promise, promise.assigned_to)
            begun = await self._leases.take(promise) if ready else None
        finally:
            del self._leasing[promise.id]
            changed = self._overtaken.pop(promise.id, None)
        if begun is None:
            return
        if changed is not None:  # what was asked for holds, under the fence that was taken
            version = max(begun.version, changed.version) + 1
            self._book.keep(replace(changed, fence=begun.fence, version=version))
            return
        self._book.keep(begun)
        if self.closing:
            self._attempts.settle(begun, AttemptResult.NO_AGENT)
            return
        now = self._office.now()
        entry = QueueEntry(
            id=callback_entry_id(begun.id, begun.fence),
            language=begun.language,
            subject=begun.subject,
            entered_at=now,
            age_from=begun.asked_at,
            callback=begun.id,
            prefers=self._office.memory.last_agent(
                begun.number, now - self._office.centre.desk.prefer_within
            ),
        )
        attempt = self._attempts.hold(entry, begun)
        log.info("callback attempt", reference=begun.id, attempt=begun.attempts)
        self._attempts.note(attempt, "attempt begun", count=str(begun.attempts), language=begun.language)
        if begun.assigned_to is not None:
            await self._agent_first.ring_owner(attempt, begun.assigned_to)
            return
        self._office.desk.tell(CallerJoined(entry))

    async def _owner_is_free(self, promise: Callback, extension: str) -> bool:
        """Whether that telephone may ring now. One that is gone gives the promise back to all."""
        match await device_at(self._link, extension):
            case Device.IDLE:
                return True
            case Device.UNREACHABLE if self._book.find(promise.id) == promise:
                log.info("a promise is given back: that telephone is gone", reference=promise.id)
                given = replace(
                    promise, assigned_to=None, holder=None, lease_until=None, version=promise.version + 1
                )
                self._book.keep(given)
        return False

    # ---- the desk

    def offer(self, offer: OfferTo) -> None:
        """Ring the agent for this entry."""
        attempt = self._attempts.by_entry.get(offer.entry.id)
        if attempt is None:
            self._office.desk.tell(AgentMissed(offer.agent, offer.entry.id, MissReason.CALLER_GONE))
            self._office.desk.tell(CallerLeft(offer.entry.id))
            return
        if not attempt.under_way and self._attempts.under_way >= self._office.centre.callbacks.at_once:
            self._office.desk.tell(AgentMissed(offer.agent, offer.entry.id, MissReason.CALLER_GONE))
            self._attempts.put_back(attempt)
            return
        if self._office.centre.callbacks.first is First.CALLER:
            self._attempts.note(attempt, "agent kept", agent=offer.agent, why=offer.why)
            self._caller_first.offer(attempt, offer)
            return
        self._attempts.note(attempt, "agent rung", agent=offer.agent, why=offer.why)
        earlier = list(attempt.rings.values())
        unique = self._legs.begin(attempt)
        self._spawn(self._agent_first.offer(attempt, offer, unique, earlier))

    def withdraw(self, entry: EntryId) -> None:
        """Stop ringing the agent for this entry. A person who is rung herself is not told that he went."""
        attempt = self._attempts.by_entry.get(entry)
        if attempt is not None and not attempt.calls_her:
            self._legs.hang_up(attempt)

    def take(self, event: PbxEvent) -> None:
        """The end of a leg that was not answered."""
        self._legs.take(event)
        if isinstance(event, LegGone):
            self._found.leg_gone(event.leg.unique)

    # ---- an attempt ends because its promise was changed

    def _look_after(self) -> None:
        """Leases are renewed; what has lost its promise ends."""
        for attempt in self._attempts.all:
            if attempt.hold.stands:
                if attempt not in self._renewing:
                    self._renewing.add(attempt)
                    self._spawn(self._renew(attempt))
            else:
                self._stop(attempt)

    async def _renew(self, attempt: Attempt) -> None:
        try:
            held = await attempt.hold.renew(timedelta())
        finally:
            self._renewing.discard(attempt)
        if not held and not attempt.hold.stands:
            self._stop(attempt)

    def _changed(self, promise: Callback) -> None:
        """She moved or cancelled it, or somebody took it over: who is rung for it is not rung any more."""
        if promise.id in self._leasing:
            self._overtaken[promise.id] = promise
        for attempt in self._attempts.all:
            if attempt.promise.id == promise.id and not attempt.hold.stands:
                self._stop(attempt)

    def _stop(self, attempt: Attempt) -> None:
        """No telephone rings for it any more; a flow that goes on finds that it may not dial."""
        if attempt.line is not None and attempt.calls_her:
            return  # she is on the telephone: she may say herself that she does not want to talk
        if attempt.line is not None:
            attempt.line.withdraw_now()
        elif not attempt.stopped:
            attempt.stopped = True
            if attempt.calls_her:
                self._legs.hang_up(attempt)
            if attempt.owner is not None:  # the desk does not know of it
                self.withdraw(attempt.entry.id)
            log.info("callback attempt withdrawn", reference=attempt.promise.id)
            self._office.desk.tell(CallerLeft(attempt.entry.id))
            self._attempts.forget_stopped(attempt)

    # ---- its tasks

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """No further attempts; those under way are left to Asterisk and found again."""
        self.closing = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
