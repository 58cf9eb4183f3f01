"""Attempts that an earlier controller began: who talks goes on talking, and what ended unseen is written down."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog

from dialplan import names
from ivr.flows.call_back import DIALLING
from ivr.office import Office
from pbx.attempt import Book, Leases
from pbx.attempts import Attempts
from pbx.caller_first import CallerFirst
from pbx.channels import Remembered
from pbx.line import Line
from pbx.link import ActionRefused, ActionTimedOut, Link, LinkLost
from routing.agents_word import as_said, ending_as_said
from routing.events import CallAdopted, CallEnded
from routing.model import (
    AttemptResult,
    Callback,
    CallEnding,
    EntryId,
    QueueEntry,
    callback_entry_id,
)
from routing.promise_changes import talking as they_talk

log = structlog.get_logger()


class FoundAttempts:
    """One per dialer, whose attempts these become."""

    def __init__(
        self,
        office: Office,
        book: Book,
        link: Link,
        leases: Leases,
        attempts: Attempts,
        caller_first: CallerFirst,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        """`spawn` starts a task of the dialer's."""
        self._office, self._book, self._link, self._leases = office, book, link, leases
        self._attempts, self._caller_first, self._spawn = attempts, caller_first, spawn
        self._strangers: dict[EntryId, bool] = {}
        """Attempts whose two were found talking before their promise was known; true: they have talked."""

    # ---- whose legs are gone

    async def recover(self, alive: set[str]) -> None:
        """This controller's attempts whose agent's leg (unique id in `alive`) is gone are over.

        Raises what the link raises.
        """
        for promise in self._book.in_progress():
            entry = callback_entry_id(promise.id, promise.fence)
            if not self._leases.mine(promise) or entry in self._attempts.by_entry:
                continue
            if entry in self._strangers:
                self._settle_stranger(promise, entry)
            elif not any(unique.startswith(f"{entry}-") for unique in alive):
                await self._settle(promise, entry)

    def leg_gone(self, unique: str) -> None:
        """A leg that an earlier controller made ring, and that nobody answered, was the last of its attempt."""
        if not unique.startswith("callback-"):
            return
        for promise in self._book.in_progress():
            entry = callback_entry_id(promise.id, promise.fence)
            held = entry in self._attempts.by_entry or entry in self._strangers
            if not held and unique.startswith(f"{entry}-"):
                self._spawn(self._end(promise, entry))

    async def _end(self, promise: Callback, entry: EntryId) -> None:
        with suppress(LinkLost, ActionRefused, ActionTimedOut):  # then `recover` does it
            await self._settle(promise, entry)

    async def _settle(self, promise: Callback, entry: EntryId) -> None:
        """An attempt without a leg ends: she was reached if Asterisk connected her. Raises what the link does."""
        reached = promise.rang_at is not None and await self._remembered(entry)
        current = self._book.find(promise.id)
        if current is not None and current.fence == promise.fence and entry not in self._attempts.by_entry:
            result = AttemptResult.REACHED if reached else AttemptResult.INTERRUPTED
            self._attempts.settle(current, result)

    async def _remembered(self, entry: EntryId) -> bool:
        """Whether Asterisk connected her in this attempt, while no controller looked."""
        key = names.reached_key(names.reached_as(entry), entry)
        answer = await self._link.send("Getvar", Variable=f"DB_EXISTS({key})")
        return answer.get("Value") == "1"

    # ---- whose legs are there

    async def resume(self, line: Line, facts: Remembered, talking: bool) -> CallEnding:
        """An agent's leg found: a conversation goes on, anything before it is begun again."""
        promise = None if facts.callback is None else self._book.find(facts.callback)
        if promise is None:  # closed by another controller, or the database that knows it is away
            return await self._talks_on(line, facts) if talking else CallEnding.SYSTEM_FAILURE
        line.log.set(caller=promise.number, callback=promise.id, agent=facts.agent)
        entry = callback_entry_id(promise.id, promise.fence)
        if facts.kind != "callback-person" and not talking:
            return self._not_talking(promise, entry, facts)
        attempt = self._attempts.hold(
            QueueEntry(
                entry, promise.language, promise.subject, self._office.now(), promise.asked_at, promise.id
            ),
            promise,
            taken=True,
        )
        if facts.kind == "callback-person":
            attempt.calls_her = True
            return await self._caller_first.resume(attempt, line, facts, talking)
        attempt.hold.talking()
        await self._until_ended(line, facts, entry, self._office.now())
        outcome = line.log.record.outcome  # the two were seen connected
        self._attempts.finish(attempt, as_said(AttemptResult.REACHED, outcome))
        return ending_as_said(CallEnding.ANSWERED, outcome)

    def _not_talking(self, promise: Callback, entry: EntryId, facts: Remembered) -> CallEnding:
        if entry in self._attempts.by_entry:
            return CallEnding.NO_AGENT  # a leg that was given up rang on: its attempt lives elsewhere
        if facts.stage == "talk":  # they talked, and it ended while no controller looked
            self._attempts.settle(promise, AttemptResult.REACHED)
            return CallEnding.ANSWERED
        dialled = facts.stage == DIALLING
        self._attempts.settle(promise, AttemptResult.AGENT_LEFT if dialled else AttemptResult.INTERRUPTED)
        return CallEnding.NOT_REACHED

    # ---- who talks, though the promise is not known

    async def _talks_on(self, line: Line, facts: Remembered) -> CallEnding:
        """Two who talk are not cut off, whatever is known of the promise that brought them together."""
        attempt = EntryId(line.leg.unique.rpartition("-")[0])
        connected = facts.connected or line.log.record.connected_at or self._office.now()
        line.log.set(callback=facts.callback, agent=facts.agent, connected_at=connected)
        log.warning("a conversation whose promise is not known goes on", reference=facts.callback)
        self._strangers[attempt] = False
        await self._until_ended(line, facts, EntryId(line.id), connected)
        self._strangers[attempt] = True
        for promise in self._book.in_progress():
            if callback_entry_id(promise.id, promise.fence) == attempt:
                self._settle_stranger(promise, attempt)
        return CallEnding.ANSWERED

    def _settle_stranger(self, promise: Callback, entry: EntryId) -> None:
        """The promise of two who were found talking is known: she is not called again, whatever happens."""
        if self._strangers[entry]:
            del self._strangers[entry]
            self._attempts.settle(promise, AttemptResult.REACHED)
        elif promise.talked_at is None:
            self._book.keep(they_talk(promise, self._office.now()))

    async def _until_ended(self, line: Line, facts: Remembered, entry: EntryId, connected: datetime) -> None:
        """They talk, and the desk knows that the agent does."""
        if facts.agent is not None:
            self._office.desk.tell(CallAdopted(facts.agent, entry, connected))
        await line.talk_found().ended()
        if facts.agent is not None:
            self._office.desk.tell(CallEnded(facts.agent, entry))
        line.log.set(talk_ended_at=self._office.now())
