"""What a flow may ask of the house: the desk, the promises, the memory of callers, the time."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ivr.agents import Agents
from ivr.centre import CallbackRules, Centre
from ivr.mailbox import Mailbox
from ivr.promise_door import PromiseDoor
from ivr.studio import Studio
from routing.calling_hours import CallingHours
from routing.events import DeskEvent, OfferTo, TellPosition
from routing.foresight import WaitRange
from routing.model import (
    AgentId,
    Callback,
    CallbackId,
    CallbackOrigin,
    CallId,
    EntryId,
    Language,
    Outcome,
    QueueEntry,
    Seat,
    Subject,
)
from routing.promised_window import Window
from routing.record import Recorder

Place = Mailbox[OfferTo | TellPosition]
"""A caller's place in the line: what the desk says to her."""


class DeskPort(Protocol):
    """The desk as flows see it. Only the desk task writes the desk; these are messages to it."""

    def line(self, entry: QueueEntry) -> AbstractAsyncContextManager[Place]:
        """Join the line; leaving the block leaves it."""
        ...

    def tell(self, event: DeskEvent) -> None:
        """Report what happened."""
        ...

    def staffed(self, language: Language) -> bool:
        """Whether anyone who speaks `language` is signed in."""
        ...

    def may_answer(self, language: Language) -> bool:
        """Whether anyone who speaks `language` is free, or will be after what he does now: not one on break."""
        ...

    def at_work(self, language: Language) -> int:
        """How many agents serve callers who speak `language`: those whom `may_answer` counts."""
        ...

    def wait_of(self, entry: EntryId) -> WaitRange | None:
        """How long she will wait from now; None when she does not, or it is too early to tell."""
        ...

    def place_of(self, entry: EntryId) -> int | None:
        """Her place in the line now, 1 is next; None when she does not wait."""
        ...

    def waiting(self, language: Language | None = None) -> int:
        """How many callers wait now, of one language or all."""
        ...

    def stands(self, offer: OfferTo) -> bool:
        """Whether the desk still means this offer; it may have been withdrawn before it was taken up."""
        ...

    def can_ring(self, agent: AgentId) -> bool:
        """Whether this agent's telephone is there and idle, at work or not."""
        ...

    def signed_in(self, agent: AgentId) -> bool:
        """Whether this agent is at work, on break included."""
        ...

    def seat(self, agent: AgentId) -> Seat | None:
        """What this agent does now, and at which telephone."""
        ...

    def at(self, telephone: str) -> AgentId | None:
        """Who is at work at the telephone with this extension."""
        ...

    def left_behind(self, agent: AgentId) -> int:
        """How many callers wait whom nobody at work could answer if this agent left now."""
        ...


class Promises(Protocol):
    """The book of callbacks."""

    def promise(
        self,
        number: str,
        language: Language,
        subject: Subject,
        asked_in: CallId,
        asked_at: datetime,
        window: Window | None = None,
        origin: CallbackOrigin = CallbackOrigin.ASKED,
    ) -> Callback:
        """Keep a new promise and return it; it is in the journal when this returns. `number` is E.164.

        Raises `WindowRefused` for a window that cannot be promised. One person has one open promise on a subject:
        asking again changes it.
        """
        ...

    def may_promise(self, number: str | None, rules: CallbackRules, subject: Subject | None = None) -> bool:
        """Whether the day's limits leave room for a promise to `number`, or to anyone (None).

        An open one may always be asked again; one on another `subject` is a new one.
        """
        ...

    @property
    def calling(self) -> CallingHours:
        """When people may be called back."""
        ...

    def of(self, number: str) -> list[Callback]:
        """The open promises of this number (E.164), the oldest first; she has one a subject."""
        ...

    def move(self, reference: CallbackId, window: Window) -> Callback:
        """She is to be called in this window; an attempt under way ends. Returns the promise as it is now.

        Raises `NoSuchPromise`, `WindowRefused` and `BeingKept` (she talks already); the promise is as it was then.
        """
        ...

    def cancel(self, reference: CallbackId) -> Callback:
        """She is not to be called; an attempt under way ends. Raises `NoSuchPromise` and `BeingKept`."""
        ...

    def find(self, reference: CallbackId) -> Callback | None:
        """The open promise with this reference."""
        ...

    def take_over(self, reference: CallbackId, extension: str) -> Callback:
        """Only this telephone is rung for it from now on. Raises `NoSuchPromise` and `BeingKept`."""
        ...

    def asked_today(self, number: str) -> bool:
        """Whether a promise to this number was made today, whatever became of it."""
        ...

    def said(self, reference: CallbackId, outcome: Outcome, rules: CallbackRules) -> Callback | None:
        """What the agent says of the talk with which its last attempt ended: she is called again, or not any more.

        The promise as it is then; None where that changes nothing, or the attempt is still under way.
        """
        ...

    def open(self) -> list[Callback]:
        """Every open promise."""
        ...


class Memory(Protocol):
    """What is known of callers from earlier calls."""

    def language_of(self, number: str) -> Language | None:
        """The language last chosen from this number."""
        ...

    def talks_since(self, moment: datetime) -> Sequence[timedelta]:
        """How long each conversation lasted that ended after `moment`."""
        ...

    def last_agent(self, number: str | None, since: datetime) -> AgentId | None:
        """Who had the last conversation with this number, if it ended after `since`; nobody for no number."""
        ...


@dataclass(slots=True)
class Office:
    """Everything a flow needs beside the call itself.

    `centre` is replaced when a supervisor changes the hours: read it anew after every wait.
    """

    centre: Centre
    desk: DeskPort
    promises: Promises
    memory: Memory
    now: Callable[[], datetime]
    studio: Studio
    recorder: Recorder
    """Keeps what is asked of staff."""
    agents: Agents
    door: PromiseDoor
    """To a promise, for who does not call from its number."""
