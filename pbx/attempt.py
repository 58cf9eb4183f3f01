"""One attempt at a promise, and its hold on it: nobody is dialled for a promise that was moved, cancelled or lost."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from pbx.line import Line
from routing.events import MissReason
from routing.model import Agent, AgentId, Callback, CallbackId, CallbackState, QueueEntry
from routing.promise_changes import rung, talking

CONNECTING = timedelta(seconds=30)  # beyond the ringing: hello, and what a slow trunk takes


class Book(Protocol):
    """The promises, as the dialer needs them."""

    on_change: Callable[[Callback], None]
    """Told of a promise that was moved, cancelled, taken over or asked again."""

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


class Leases(Protocol):
    """Who may call her: of all controllers of one database, the one that holds the lease."""

    def mine(self, promise: Callback) -> bool:
        """Whether the attempt under way is this controller's, or one of a time before leases."""
        ...

    async def take(self, promise: Callback) -> Callback | None:
        """The promise with its attempt begun, or None: somebody else has it, or that cannot be known now."""
        ...

    async def renewed(self, promise: Callback, least: timedelta) -> Callback | None:
        """The promise, its lease good for `least` at least; None when it is lost or may be."""
        ...


@dataclass(slots=True, eq=False)
class Attempt:
    """One attempt. `rung` counts the agents asked, `unserved_since` is when the last of them went.

    `promise` is as it was when the attempt began.
    """

    promise: Callback
    entry: QueueEntry
    hold: "Hold"
    rung: int = 0
    noted: int = 0
    """Lines of its trace."""
    leg: str | None = None
    taken: bool = False
    owner: Agent | None = None
    """Who took the promise over: nobody else is rung, and the desk knows nothing of it."""
    line: Line | None = None
    """The agent's leg, once he has picked up."""
    unserved_since: datetime | None = None
    kept: AgentId | None = None
    """Who is kept for her."""
    calls_her: bool = False
    """She is rung first, and an agent kept for her; `leg` and `line` are hers."""
    stopped: bool = False
    """Its promise was changed: it ends when nothing rings for it any more."""
    rings: dict[str, "asyncio.Future[MissReason | None]"] = field(default_factory=dict)
    """The legs that may ring. None: it was answered."""

    @property
    def under_way(self) -> bool:
        """A telephone rings for it, or an agent has it; else it waits in the line like a caller."""
        return self.taken or self.leg is not None or bool(self.rings)


class Hold:
    """An attempt's hold on its promise. Implements `ivr.flows.call_back.Hold`."""

    def __init__(
        self,
        promise: Callback,
        book: Book,
        leases: Leases,
        now: Callable[[], datetime],
        ring_for: timedelta,
    ) -> None:
        """`promise` as `Leases.take` gave it."""
        self._id, self._fence = promise.id, promise.fence
        self._book, self._leases, self._now, self._least = book, leases, now, ring_for + CONNECTING

    @property
    def promise(self) -> Callback | None:
        """The promise as it is now; None when the attempt is over, or somebody changed the promise."""
        found = self._book.find(self._id)
        if found is None or found.fence != self._fence or found.state is not CallbackState.IN_PROGRESS:
            return None
        return found

    @property
    def stands(self) -> bool:
        """Whether she is still to be called by this attempt."""
        return self.promise is not None

    async def may_dial(self) -> bool:
        """Whether her telephone may ring now; if so, it is written down that it does."""
        if not await self.renew(self._least):
            return False
        promise = self.promise
        if promise is None:
            return False
        self._book.keep(rung(promise, self._now()))
        return True

    def talking(self) -> None:
        """She is connected: she is not called again, whatever happens now."""
        promise = self.promise
        if promise is not None and promise.talked_at is None:
            self._book.keep(talking(promise, self._now()))

    async def renew(self, least: timedelta) -> bool:
        """Have the lease for `least` more. False when it is lost, or may be."""
        promise = self.promise
        return promise is not None and await self._leases.renewed(promise, least) is not None
