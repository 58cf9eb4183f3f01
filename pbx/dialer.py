"""Keeping promises by telephone: an agent's phone first, then, from the agent's leg, the person.

Never twice at once: the lease of an attempt is taken before its first ring, its legs carry its id as channel id,
nobody else is rung before an earlier leg is surely gone, and what a restart interrupted is looked up first.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from dialplan import names
from ivr.flows.call_back import DIALLING, call_back
from ivr.flows.language import language_at
from ivr.office import Office
from pbx.attempt import Attempt, Book, Hold, Leases
from pbx.caller_first import CallerFirst, is_hers
from pbx.channels import Remembered
from pbx.dialling import Outside
from pbx.events import LegGone, Originated, PbxEvent
from pbx.line import Line
from pbx.link import ActionRefused, ActionTimedOut, Link, LinkLost
from pbx.outcomes import BY_AGENT, BY_PERSON, why_missed
from pbx.presence import device_at
from pbx.reception import Reception
from pbx.ringing import LEG_GONE_WITHIN
from routing.agents_word import as_said, ending_as_said
from routing.callbacks import First, next_attempt
from routing.events import AgentMissed, CallAdopted, CallEnded, CallerJoined, CallerLeft, MissReason, OfferTo
from routing.hours import Open
from routing.model import (
    Agent,
    AgentId,
    AttemptResult,
    Callback,
    CallbackId,
    CallEnding,
    CallId,
    Device,
    EntryId,
    Language,
    QueueEntry,
    callback_entry_id,
)
from routing.promise_changes import talking
from routing.record import TraceLine
from routing.way_out import WayOut

log = structlog.get_logger()

ANSWER_MARGIN = 2.0  # seconds beyond the ringing until Originate must have reported
LOOK_AGAIN = 2.0  # seconds between two tries to end a leg of which nothing is known
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
        self._outside, self._leases, self._caller_id = outside, leases, caller_id
        book.on_change = self._changed
        self._leasing: dict[CallbackId, Language] = {}
        """Promises whose lease is being taken."""
        self._overtaken: dict[CallbackId, Callback] = {}
        """Those of them that were changed meanwhile."""
        self._way = WayOut()
        self._no_trunk_for = 0
        self._attempts: dict[EntryId, Attempt] = {}
        self._renewing: set[Attempt] = set()
        self._strangers: dict[EntryId, bool] = {}
        """Attempts whose two were found talking before their promise was known; true: they have talked."""
        self._tasks: set[asyncio.Task[None]] = set()
        self.closing = False
        self._caller_first = CallerFirst(
            office, reception, link, outside, self._spawn, self._end_unknown, self._finish
        )

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
            self._put_off()
            return
        due = self._with_a_trunk(self._book.due(now))
        if not self._way.may_try(now, 0):
            self._put_off()
            return
        self._make_room(now)
        for promise in due:
            if self._under_way() >= self._office.centre.callbacks.at_once:
                return
            if not self._way.may_try(now, len(self._attempts) + len(self._leasing)):
                return
            if self._reception.on_the_line(promise.number):
                continue  # she is being told of it: her telephone would be busy
            if promise.assigned_to is not None:
                if self._leases.mine(promise):  # another controller's telephone is not rung from here
                    self._take(promise)
                continue
            waits = promise.language in self._leasing.values() or any(
                attempt.entry.language is promise.language and not attempt.under_way
                for attempt in self._attempts.values()
            )
            if not waits and self._office.desk.may_answer(promise.language):
                self._take(promise)

    @property
    def trouble(self) -> str | None:
        """Why nobody, or not everybody, is called back at this time, for the administrator; None if all is well."""
        if self._no_trunk_for:
            return f"NO TRUNK takes calls out to {self._no_trunk_for} of those who wait for one"
        if self._way.paused_until is not None:
            again = self._way.paused_until.astimezone(self._office.centre.zone)
            return f"THE TRUNK FAILED {self._way.failures} times in a row, to be tried again at {again:%H:%M}"
        return None

    async def recover(self, alive: set[str]) -> None:
        """After a restart: this controller's attempts whose agent's leg (unique id in `alive`) is gone are over.

        Raises what the link raises.
        """
        for promise in self._book.in_progress():
            entry = callback_entry_id(promise.id, promise.fence)
            if not self._leases.mine(promise) or entry in self._attempts:
                continue
            if entry in self._strangers:
                self._settle_stranger(promise, entry)
            elif not any(unique.startswith(f"{entry}-") for unique in alive):
                await self._settle_found(promise, entry)

    async def _settle_found(self, promise: Callback, entry: EntryId) -> None:
        """An attempt without a leg ends: she was reached if Asterisk connected her. Raises what the link does."""
        reached = promise.rang_at is not None and await self._remembered(entry)
        current = self._book.find(promise.id)
        if current is not None and current.fence == promise.fence and entry not in self._attempts:
            self._settle(current, AttemptResult.REACHED if reached else AttemptResult.INTERRUPTED)

    async def _remembered(self, entry: EntryId) -> bool:
        """Whether Asterisk connected her in this attempt, while no controller looked."""
        key = names.reached_key(names.reached_as(entry), entry)
        answer = await self._link.send("Getvar", Variable=f"DB_EXISTS({key})")
        return answer.get("Value") == "1"

    def _under_way(self) -> int:
        return sum(attempt.under_way for attempt in self._attempts.values())

    def _with_a_trunk(self, due: tuple[Callback, ...]) -> list[Callback]:
        """The promises that a trunk can carry. No agent is rung for the others; the log says so once."""
        can = [promise for promise in due if self._outside.dial_string(promise.number) is not None]
        told, self._no_trunk_for = self._no_trunk_for, len(due) - len(can)
        if self._no_trunk_for and not told:
            log.error("nobody can be called back: no trunk takes the number", promises=self._no_trunk_for)
        return can

    def _put_off(self) -> None:
        """The centre has closed, or the trunk fails: who has not been taken by an agent yet waits."""
        for attempt in list(self._attempts.values()):
            if not attempt.under_way:
                self._put_back(attempt)

    def _make_room(self, now: datetime) -> None:
        """An attempt that nobody is at work for any more does not wait in the line."""
        for attempt in list(self._attempts.values()):
            if attempt.under_way or self._office.desk.may_answer(attempt.entry.language):
                attempt.unserved_since = None
            elif attempt.unserved_since is None:
                attempt.unserved_since = now
            elif now - attempt.unserved_since >= UNSERVED:
                self._put_back(attempt)

    def _put_back(self, attempt: Attempt) -> None:
        self._office.desk.tell(CallerLeft(attempt.entry.id))
        self._finish(attempt, AttemptResult.NO_AGENT)

    def _take(self, promise: Callback) -> None:
        if promise.id in self._leasing or any(
            attempt.promise.id == promise.id for attempt in self._attempts.values()
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
            self._settle(begun, AttemptResult.NO_AGENT)
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
        attempt = self._attempts[entry.id] = Attempt(begun, entry, self._hold(begun))
        log.info("callback attempt", reference=begun.id, attempt=begun.attempts)
        self._note(attempt, "attempt begun", count=str(begun.attempts), language=begun.language)
        if begun.assigned_to is not None:
            await self._ring_owner(attempt, begun.assigned_to)
            return
        self._office.desk.tell(CallerJoined(entry))

    # ---- who took a promise over

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

    async def _ring_owner(self, attempt: Attempt, extension: str) -> None:
        """Ring that telephone, once; who does not take the promise then gives it back to all."""
        office = self._office
        seated = office.desk.at(extension)
        owner = attempt.owner = (
            Agent(AgentId(extension), extension, extension, (language_at(office, extension),), frozenset())
            if seated is None
            else replace(office.centre.agents[seated], extension=extension)
        )
        until = office.now() + office.centre.desk.ring_for
        self._note(attempt, "agent rung", agent=owner.id, why="took the promise over")
        attempt.rung += 1
        unique = attempt.leg = f"{attempt.entry.id}-{attempt.rung}"
        attempt.rings[unique] = asyncio.get_running_loop().create_future()
        why = await self._ring_agent(attempt, OfferTo(owner.id, attempt.entry, until, "taken over"), unique)
        attempt.rings.pop(unique, None)
        if why is not None:
            self._reception.forget(unique)
            attempt.leg = None
            self._give_back(attempt)

    def _give_back(self, attempt: Attempt) -> None:
        """Its owner did not take it: from now on it is anybody's."""
        self._attempts.pop(attempt.entry.id, None)
        self._note(attempt, "attempt ended", result=AttemptResult.NO_AGENT)
        current = attempt.hold.promise
        if current is not None:
            self._settle(replace(current, assigned_to=None), AttemptResult.NO_AGENT)

    def _hold(self, begun: Callback) -> Hold:
        rules = self._office.centre.callbacks
        return Hold(begun, self._book, self._leases, self._office.now, rules.ring_for)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- what becomes of an attempt that was begun

    def _look_after(self) -> None:
        """Leases are renewed; what has lost its promise ends."""
        for attempt in list(self._attempts.values()):
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
        for attempt in list(self._attempts.values()):
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
            if attempt.calls_her and attempt.leg is not None:
                self._link.post("Hangup", {"Channel": attempt.leg, "Cause": "16"})
            if attempt.owner is not None:  # the desk does not know of it
                self.withdraw(attempt.entry.id)
            log.info("callback attempt withdrawn", reference=attempt.promise.id)
            self._office.desk.tell(CallerLeft(attempt.entry.id))
            self._forget_stopped(attempt)

    def _forget_stopped(self, attempt: Attempt) -> None:
        if attempt.stopped and not attempt.under_way:
            self._attempts.pop(attempt.entry.id, None)

    # ---- the desk

    def offer(self, offer: OfferTo) -> None:
        """Ring the agent for this entry."""
        attempt = self._attempts.get(offer.entry.id)
        if attempt is None:
            self._office.desk.tell(AgentMissed(offer.agent, offer.entry.id, MissReason.CALLER_GONE))
            self._office.desk.tell(CallerLeft(offer.entry.id))
            return
        if not attempt.under_way and self._under_way() >= self._office.centre.callbacks.at_once:
            self._office.desk.tell(AgentMissed(offer.agent, offer.entry.id, MissReason.CALLER_GONE))
            self._put_back(attempt)
            return
        if self._office.centre.callbacks.first is First.CALLER:
            self._note(attempt, "agent kept", agent=offer.agent, why=offer.why)
            self._caller_first.offer(attempt, offer)
            return
        self._note(attempt, "agent rung", agent=offer.agent, why=offer.why)
        attempt.rung += 1
        unique = attempt.leg = f"{attempt.entry.id}-{attempt.rung}"
        earlier = list(attempt.rings.values())
        attempt.rings[unique] = asyncio.get_running_loop().create_future()
        self._spawn(self._ring(attempt, offer, unique, earlier))

    def withdraw(self, entry: EntryId) -> None:
        """Stop ringing the agent for this entry. A person who is rung herself is not told that he went."""
        attempt = self._attempts.get(entry)
        if attempt is not None and attempt.leg is not None and not attempt.calls_her:
            self._link.post("Hangup", {"Channel": attempt.leg, "Cause": "16"})

    async def _ring(
        self,
        attempt: Attempt,
        offer: OfferTo,
        unique: str,
        earlier: "list[asyncio.Future[MissReason | None]]",
    ) -> None:
        """Ring the agent when no `earlier` leg of this attempt can ring any more; tell the desk if he missed it."""
        why: MissReason | None
        if earlier:
            await asyncio.wait(earlier)
        if attempt.taken or not self._office.desk.stands(offer):
            why = (
                MissReason.CALLER_GONE
            )  # an earlier telephone was picked up after all, or this offer is over
        else:
            why = await self._ring_agent(attempt, offer, unique)
        attempt.rings.pop(unique, None)
        if why is None:
            return  # answered: the flow tells the desk
        self._reception.forget(unique)
        if attempt.leg == unique:
            attempt.leg = None
        self._forget_stopped(attempt)
        self._note(attempt, "agent did not take it", agent=offer.agent, why=why)
        self._office.desk.tell(AgentMissed(offer.agent, attempt.entry.id, why))

    async def _ring_agent(self, attempt: Attempt, offer: OfferTo, unique: str) -> MissReason | None:
        """Why the agent did not answer; None when he did."""
        agent = attempt.owner or self._office.centre.agents[offer.agent]
        seat = None if attempt.owner is not None else self._office.desk.seat(offer.agent)
        extension = agent.extension if seat is None else seat.extension
        ended = attempt.rings[unique]

        async def flow(line: Line) -> CallEnding:
            self._answered(attempt, unique)
            attempt.line = line
            line.log.set(
                agent=agent.id,
                caller=attempt.promise.number,
                callback=attempt.promise.id,
                language=attempt.promise.language,
                subject=attempt.promise.subject,
                answered_at=self._office.now(),
            )
            line.log.note("offered", agent=agent.id, why=offer.why)
            try:
                ending, result = await call_back(
                    line, self._office, agent, attempt.entry.id, attempt.promise, attempt.hold
                )
            except Exception:
                self._office.desk.tell(CallerLeft(attempt.entry.id))
                self._finish(attempt, AttemptResult.INTERRUPTED)
                raise
            attempt.line = None
            if attempt.leg == unique:
                attempt.leg = None
            if result is not None:
                self._finish(attempt, as_said(result, line.log.record.outcome))
                if result is AttemptResult.REACHED:
                    ending = ending_as_said(ending, line.log.record.outcome)
            else:
                attempt.taken = False
                self._forget_stopped(attempt)
                if attempt.owner is not None:
                    self._give_back(attempt)
            return ending

        self._reception.expect(unique, flow)
        seconds = max(1.0, (offer.until - self._office.now()).total_seconds())
        try:
            await self._link.send(
                "Originate",
                {
                    "ActionID": unique,
                    "Channel": f"PJSIP/{extension}",
                    "ChannelId": unique,
                    "Context": names.CALLED,
                    "Exten": "s",
                    "Priority": "1",
                    "Async": "true",
                    "Timeout": str(int(seconds * 1000)),
                    "CallerID": self._caller_id(),
                    "Variable": f"{names.V_KIND}=callback-agent,{names.V_CALLBACK}={attempt.promise.id}"
                    f",{names.V_AGENT}={agent.id}",
                },
            )
            return await asyncio.wait_for(asyncio.shield(ended), seconds + ANSWER_MARGIN)
        except (LinkLost, ActionTimedOut, TimeoutError):
            return await self._end_unknown(unique, ended)
        except ActionRefused as refused:
            log.warning("an agent could not be rung", agent=agent.id, why=str(refused))
            self._ring_over(unique, MissReason.UNREACHABLE)
            return MissReason.UNREACHABLE

    async def _end_unknown(
        self, unique: str, ended: "asyncio.Future[MissReason | None]"
    ) -> MissReason | None:
        """Whether this leg rings is not known: hang up until Asterisk says that it is gone, or it was answered."""
        while not ended.done():
            try:
                await self._link.send("Hangup", {"Channel": unique, "Cause": "16"})
            except ActionRefused:  # there is no such channel
                self._ring_over(unique, MissReason.UNREACHABLE)
            except (LinkLost, ActionTimedOut):
                pass  # the same when the link is back
            await asyncio.wait({ended}, timeout=LOOK_AGAIN)
        return ended.result()

    def _answered(self, attempt: Attempt, unique: str) -> None:
        attempt.taken = True
        ended = attempt.rings.get(unique)
        if ended is not None and not ended.done():
            ended.set_result(None)

    # ---- what Asterisk tells

    def take(self, event: PbxEvent) -> None:
        """The end of an agent's leg that was not answered."""
        match event:
            case LegGone(leg=leg, sip=sip):
                hers = is_hers(leg.unique)
                self._ring_over(leg.unique, why_missed("", sip, BY_PERSON if hers else BY_AGENT))
                self._end_forgotten(leg.unique)
            case Originated(action=action, answered=False):
                if is_hers(action):  # her leg's own end, which says why, follows if there was a leg
                    loop = asyncio.get_running_loop()
                    loop.call_later(LEG_GONE_WITHIN, self._ring_over, action, MissReason.NO_TRUNK)
                else:
                    self._ring_over(action, MissReason.UNREACHABLE)
            case _:
                pass

    def _ring_over(self, unique: str, why: MissReason) -> None:
        for attempt in self._attempts.values():
            ended = attempt.rings.get(unique)
            if ended is not None and not ended.done():
                ended.set_result(why)

    def _end_forgotten(self, unique: str) -> None:
        """A leg that an earlier controller made ring, and that nobody answered, was the last of its attempt."""
        if not unique.startswith("callback-"):
            return
        for promise in self._book.in_progress():
            entry = callback_entry_id(promise.id, promise.fence)
            held = entry in self._attempts or entry in self._strangers
            if not held and unique.startswith(f"{entry}-"):
                self._spawn(self._end_found(promise, entry))

    async def _end_found(self, promise: Callback, entry: EntryId) -> None:
        with suppress(LinkLost, ActionRefused, ActionTimedOut):  # then `recover` does it
            await self._settle_found(promise, entry)

    # ---- after a restart

    async def resume(self, line: Line, facts: Remembered, talking: bool) -> CallEnding:
        """An agent's leg found by a new controller: a conversation goes on, anything before it is begun again."""
        promise = None if facts.callback is None else self._book.find(facts.callback)
        if promise is None:  # closed by another controller, or the database that knows it is away
            return await self._talks_on(line, facts) if talking else CallEnding.SYSTEM_FAILURE
        line.log.set(caller=promise.number, callback=promise.id, agent=facts.agent)
        entry = callback_entry_id(promise.id, promise.fence)
        if facts.kind == "callback-person":
            waits = QueueEntry(
                entry, promise.language, promise.subject, self._office.now(), promise.asked_at, promise.id
            )
            hers = Attempt(promise, waits, self._hold(promise), taken=True, calls_her=True)
            self._attempts[entry] = hers
            return await self._caller_first.resume(hers, line, facts, talking)
        if not talking:
            if entry in self._attempts:
                return CallEnding.NO_AGENT  # a leg that was given up rang on: its attempt lives elsewhere
            if facts.stage == "talk":  # they talked, and it ended while no controller looked
                self._settle(promise, AttemptResult.REACHED)
                return CallEnding.ANSWERED
            dialled = facts.stage == DIALLING
            self._settle(promise, AttemptResult.AGENT_LEFT if dialled else AttemptResult.INTERRUPTED)
            return CallEnding.NOT_REACHED
        self._attempts[entry] = attempt = Attempt(
            promise,
            QueueEntry(
                entry, promise.language, promise.subject, self._office.now(), promise.asked_at, promise.id
            ),
            self._hold(promise),
            taken=True,
        )
        attempt.hold.talking()
        if facts.agent is not None:
            self._office.desk.tell(CallAdopted(facts.agent, entry, self._office.now()))
        talk = line.talk_found()
        await talk.ended()
        if facts.agent is not None:
            self._office.desk.tell(CallEnded(facts.agent, entry))
        line.log.set(talk_ended_at=self._office.now())
        outcome = line.log.record.outcome  # the two were seen connected
        self._finish(attempt, as_said(AttemptResult.REACHED, outcome))
        return ending_as_said(CallEnding.ANSWERED, outcome)

    async def _talks_on(self, line: Line, facts: Remembered) -> CallEnding:
        """Two who talk are not cut off, whatever is known of the promise that brought them together."""
        office, attempt = self._office, EntryId(line.leg.unique.rpartition("-")[0])
        connected = facts.connected or line.log.record.connected_at or office.now()
        line.log.set(callback=facts.callback, agent=facts.agent, connected_at=connected)
        log.warning("a conversation whose promise is not known goes on", reference=facts.callback)
        entry = EntryId(line.id)
        if facts.agent is not None:
            office.desk.tell(CallAdopted(facts.agent, entry, connected))
        self._strangers[attempt] = False
        await line.talk_found().ended()
        if facts.agent is not None:
            office.desk.tell(CallEnded(facts.agent, entry))
        line.log.set(talk_ended_at=office.now())
        self._strangers[attempt] = True
        for promise in self._book.in_progress():
            if callback_entry_id(promise.id, promise.fence) == attempt:
                self._settle_stranger(promise, attempt)
        return CallEnding.ANSWERED

    def _settle_stranger(self, promise: Callback, entry: EntryId) -> None:
        """The promise of two who were found talking is known: she is not called again, whatever happens."""
        if self._strangers[entry]:
            del self._strangers[entry]
            self._settle(promise, AttemptResult.REACHED)
        elif promise.talked_at is None:
            self._book.keep(talking(promise, self._office.now()))

    # ---- ends

    def _note(self, attempt: Attempt, what: str, **facts: str) -> None:
        """A line of the attempt's own trace, under its entry: no call holds it until an agent picks up."""
        attempt.noted += 1
        line = TraceLine(CallId(attempt.entry.id), attempt.noted, self._office.now(), what, facts)
        self._office.recorder.record(line)

    def _finish(self, attempt: Attempt, result: AttemptResult) -> None:
        self._attempts.pop(attempt.entry.id, None)
        self._note(attempt, "attempt ended", result=result)
        current = attempt.hold.promise
        settled = self._learn_way(current or attempt.promise, result)
        if current is not None:
            self._settle(current, settled)

    def _learn_way(self, promise: Callback, result: AttemptResult) -> AttemptResult:
        """What the result says of the trunk. One that fails again at this number and carries others is hers."""
        before = self._way
        match result:
            case AttemptResult.NO_TRUNK:
                now = self._office.now()
                self._way = before.failed(now)
                if self._way.blocked and not before.blocked:
                    log.error("the trunk carries no calls; callbacks pause", failures=self._way.failures)
                    self._put_off()
                if promise.last_result is AttemptResult.NO_TRUNK and not before.failures:
                    return AttemptResult.UNREACHABLE
            case (
                AttemptResult.REACHED
                | AttemptResult.BUSY
                | AttemptResult.NO_ANSWER
                | AttemptResult.REFUSED
                | AttemptResult.UNREACHABLE
            ):
                self._way = before.carried()
                if before.blocked:
                    log.warning("the trunk carries calls again; callbacks go on")
            case _:
                pass  # nothing is known of it
        return result

    def _settle(self, promise: Callback, result: AttemptResult) -> None:
        centre = self._office.centre
        settled = next_attempt(
            promise, result, self._office.now(), centre.callbacks, self._office.promises.calling
        )
        if settled is promise:
            return
        log.info("callback attempt ended", reference=promise.id, result=result, state=settled.state)
        self._book.keep(settled)

    async def close(self) -> None:
        """No further attempts; those under way are left to Asterisk and found again."""
        self.closing = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
