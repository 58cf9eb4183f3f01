"""Keeping promises by telephone: an agent's phone first, then, from the agent's leg, the person.

Never twice at once: an attempt is written down before its first ring, its legs carry its id as channel id, and what
a restart interrupted is looked up before anything is dialled again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog

from dialplan import names
from ivr.call import TalkEnd
from ivr.flows.call_back import call_back
from ivr.office import Office
from pbx.channels import Remembered
from pbx.events import LegGone, Originated, PbxEvent
from pbx.line import Line
from pbx.link import ActionRefused, ActionTimedOut, Link, LinkLost
from pbx.outcomes import why_missed
from pbx.reception import Reception
from routing.callbacks import begin_attempt, next_attempt
from routing.events import AgentMissed, CallAdopted, CallEnded, CallerJoined, CallerLeft, MissReason, OfferTo
from routing.hours import Open
from routing.model import (
    AttemptResult,
    Callback,
    CallbackId,
    CallEnding,
    EntryId,
    QueueEntry,
    callback_entry_id,
)

log = structlog.get_logger()

ANSWER_MARGIN = 2.0  # seconds beyond the ringing until Originate must have reported


class Book(Protocol):
    """The promises, as the dialer needs them."""

    def keep(self, promise: Callback) -> None:
        """Write a promise as it now stands."""
        ...

    def find(self, reference: CallbackId) -> Callback | None:
        """The open promise with this reference."""
        ...

    def due(self, now: datetime) -> tuple[Callback, ...]:
        """Open promises whose next attempt may begin, who asked first first."""
        ...

    def in_progress(self) -> list[Callback]:
        """Attempts under way, or interrupted by a restart."""
        ...


@dataclass(slots=True)
class Attempt:
    """One attempt under way. `rung` counts the agents asked."""

    promise: Callback
    entry: QueueEntry
    rung: int = 0
    leg: str | None = None
    taken: bool = False
    rings: dict[str, "asyncio.Future[MissReason | None]"] = field(default_factory=dict)


class Dialer:
    """One per controller. `tick` is called by the clock; `offer` and `withdraw` by the desk."""

    def __init__(
        self,
        office: Office,
        book: Book,
        reception: Reception,
        link: Link,
        caller_id: Callable[[], str],
    ) -> None:
        """`caller_id` is what agents' phones show beside a callback."""
        self._office, self._book, self._reception, self._link = office, book, reception, link
        self._caller_id = caller_id
        self._attempts: dict[EntryId, Attempt] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.closing = False

    # ---- the clock

    def tick(self) -> None:
        """Begin the attempts that are due, if the centre is open, somebody is at work and there is room."""
        if self.closing or not self._link.up:
            return
        now = self._office.now()
        if not isinstance(self._office.centre.hours.at(now), Open):
            self._put_off()
            return
        for promise in self._book.due(now):
            if len(self._attempts) >= self._office.centre.callbacks.at_once:
                return
            if self._office.desk.staffed(promise.language):
                self._begin(promise, now)

    def recover(self, alive: set[str]) -> None:
        """After a restart: attempts whose agent's leg (unique id in `alive`) is gone were interrupted."""
        for promise in self._book.in_progress():
            entry = callback_entry_id(promise.id, promise.version)
            if entry in self._attempts or any(unique.startswith(f"{entry}-") for unique in alive):
                continue
            self._settle(promise, AttemptResult.INTERRUPTED)

    def _put_off(self) -> None:
        """The centre has closed: who has not been taken by an agent yet waits for the opening."""
        for attempt in list(self._attempts.values()):
            if not attempt.taken and attempt.leg is None:
                self._office.desk.tell(CallerLeft(attempt.entry.id))
                self._finish(attempt, AttemptResult.NO_AGENT)

    def _begin(self, promise: Callback, now: datetime) -> None:
        begun = begin_attempt(promise)
        self._book.keep(begun)
        entry = QueueEntry(
            id=callback_entry_id(begun.id, begun.version),
            language=begun.language,
            subject=begun.subject,
            entered_at=now,
            age_from=begun.asked_at,
            callback=begun.id,
        )
        self._attempts[entry.id] = Attempt(begun, entry)
        log.info("callback attempt", reference=begun.id, attempt=begun.attempts)
        self._office.desk.tell(CallerJoined(entry))

    # ---- the desk

    def offer(self, offer: OfferTo) -> None:
        """Ring the agent for this entry."""
        attempt = self._attempts.get(offer.entry.id)
        if attempt is None:
            self._office.desk.tell(AgentMissed(offer.agent, offer.entry.id, MissReason.CALLER_GONE))
            self._office.desk.tell(CallerLeft(offer.entry.id))
            return
        task = asyncio.create_task(self._ring(attempt, offer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def withdraw(self, entry: EntryId) -> None:
        """Stop ringing the agent for this entry."""
        attempt = self._attempts.get(entry)
        if attempt is not None and attempt.leg is not None:
            self._link.post("Hangup", {"Channel": attempt.leg, "Cause": "16"})

    async def _ring(self, attempt: Attempt, offer: OfferTo) -> None:
        agent = self._office.centre.agents[offer.agent]
        attempt.rung += 1
        unique = attempt.leg = f"{attempt.entry.id}-{attempt.rung}"
        ended: asyncio.Future[MissReason | None] = asyncio.get_running_loop().create_future()
        attempt.rings[unique] = ended

        async def flow(line: Line) -> CallEnding:
            self._answered(attempt, unique)
            line.log.set(
                agent=agent.id,
                caller=attempt.promise.number,
                callback=attempt.promise.id,
                language=attempt.promise.language,
                subject=attempt.promise.subject,
                answered_at=self._office.now(),
            )
            line.log.note("offered", agent=agent.id, why=offer.why)
            ending, result = await call_back(line, self._office, agent, attempt.entry.id, attempt.promise)
            attempt.leg = None
            if result is not None:
                self._finish(attempt, result)
            else:
                attempt.taken = False
            return ending

        self._reception.expect(unique, flow)
        seconds = max(1.0, (offer.until - self._office.now()).total_seconds())
        why: MissReason | None
        try:
            await self._link.send(
                "Originate",
                {
                    "ActionID": unique,
                    "Channel": f"PJSIP/{agent.extension}",
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
            why = await asyncio.wait_for(asyncio.shield(ended), seconds + ANSWER_MARGIN)
        except (LinkLost, ActionTimedOut, TimeoutError):
            # Whether it rings is unknown. Nobody else is rung before this leg is surely gone.
            self._link.post("Hangup", {"Channel": unique, "Cause": "16"})
            why = MissReason.UNREACHABLE
        except ActionRefused as refused:
            log.warning("an agent could not be rung", agent=agent.id, why=str(refused))
            why = MissReason.UNREACHABLE
        attempt.rings.pop(unique, None)
        if why is None:
            return  # answered: the flow tells the desk
        self._reception.forget(unique)
        if attempt.leg == unique:
            attempt.leg = None
        self._office.desk.tell(AgentMissed(agent.id, attempt.entry.id, why))

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
                self._ring_over(leg.unique, why_missed("", sip))
            case Originated(action=action, answered=False):
                self._ring_over(action, MissReason.UNREACHABLE)
            case _:
                pass

    def _ring_over(self, unique: str, why: MissReason) -> None:
        for attempt in self._attempts.values():
            ended = attempt.rings.get(unique)
            if ended is not None and not ended.done():
                ended.set_result(why)

    # ---- after a restart

    async def resume(self, line: Line, facts: Remembered, talking: bool) -> CallEnding:
        """An agent's leg found by a new controller: a conversation goes on, anything before it is begun again."""
        promise = None if facts.callback is None else self._book.find(facts.callback)
        if promise is None:
            return CallEnding.SYSTEM_FAILURE
        line.log.set(caller=promise.number, callback=promise.id, agent=facts.agent)
        if not talking:
            self._settle(promise, AttemptResult.INTERRUPTED)
            return CallEnding.NOT_REACHED
        entry = callback_entry_id(promise.id, promise.version)
        self._attempts[entry] = attempt = Attempt(
            promise,
            QueueEntry(
                entry, promise.language, promise.subject, self._office.now(), promise.asked_at, promise.id
            ),
            taken=True,
        )
        if facts.agent is not None:
            self._office.desk.tell(CallAdopted(facts.agent, entry, self._office.now()))
        talk = line.talk_found()
        ended = await talk.ended()
        if facts.agent is not None:
            self._office.desk.tell(CallEnded(facts.agent, entry))
        line.log.set(talk_ended_at=self._office.now())
        reached = facts.stage == "talk" and ended is not TalkEnd.UNKNOWN
        self._finish(attempt, AttemptResult.REACHED if reached else AttemptResult.INTERRUPTED)
        return CallEnding.ANSWERED if reached else CallEnding.NOT_REACHED

    # ---- ends

    def _finish(self, attempt: Attempt, result: AttemptResult) -> None:
        self._attempts.pop(attempt.entry.id, None)
        current = self._book.find(attempt.promise.id) or attempt.promise
        self._settle(current, result)

    def _settle(self, promise: Callback, result: AttemptResult) -> None:
        centre = self._office.centre
        settled = next_attempt(promise, result, self._office.now(), centre.callbacks, centre.hours)
        log.info("callback attempt ended", reference=promise.id, result=result, state=settled.state)
        self._book.keep(settled)

    async def close(self) -> None:
        """No further attempts; those under way are left to Asterisk and found again."""
        self.closing = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
