"""The one writer of the desk: takes what happened, lets `decide` decide, and has it done.

Everything runs on the event loop and nothing here waits, so a free agent's phone is asked to ring in the same
turn of the loop in which he became free.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import assert_never

import structlog

from ivr.office import Place
from routing.decide import decide
from routing.events import (
    CallerJoined,
    CallerLeft,
    DeskCommand,
    DeskEvent,
    MomentArrived,
    OfferTo,
    TellPosition,
    WakeAt,
    WithdrawOffer,
)
from routing.foresight import Foresight, WaitRange
from routing.model import AgentId, Desk, Device, EntryId, Language, Offered, QueueEntry, Seat, SignedOut

log = structlog.get_logger()

OnSeat = Callable[[Seat, Seat], None]
"""Called with a seat before and after it changed."""


class DeskRoom:
    """Implements `ivr.office.DeskPort`."""

    def __init__(
        self,
        desk: Desk,
        now: Callable[[], datetime],
        *,
        offer_callback: Callable[[OfferTo], None],
        withdraw: Callable[[WithdrawOffer], None],
        on_seat: OnSeat,
        due: Callable[[], Sequence[QueueEntry]] = tuple,
    ) -> None:
        """`offer_callback` rings an agent for a promise; `withdraw` stops a telephone from ringing.

        `due` gives the promises that are to be tried and have not joined the line yet.
        """
        self.desk = desk
        self.foresight = Foresight(due)
        self._now = now
        self._offer_callback, self._withdraw, self._on_seat = offer_callback, withdraw, on_seat
        self._places: dict[EntryId, Place] = {}
        self._inbox: deque[DeskEvent] = deque()
        self._deciding = False
        self._wake: asyncio.TimerHandle | None = None

    def tell(self, event: DeskEvent) -> None:
        """Report what happened; all that follows from it is under way when this returns."""
        self._inbox.append(event)
        if self._deciding:
            return
        self._deciding = True
        try:
            while self._inbox:
                self._decide(self._inbox.popleft())
        finally:
            self._deciding = False

    @asynccontextmanager
    async def line(self, entry: QueueEntry) -> AsyncIterator[Place]:
        """Join; leaving the block leaves the line (an entry that an agent has taken has left already)."""
        place = self._places[entry.id] = Place()
        self.tell(CallerJoined(entry))
        try:
            yield place
        finally:
            del self._places[entry.id]
            self.tell(CallerLeft(entry.id))

    def staffed(self, language: Language) -> bool:
        """Whether anyone who speaks `language` is signed in, on break or busy included."""
        return any(
            language in seat.agent.languages
            and not isinstance(seat.state, SignedOut)
            and seat.device is not Device.UNREACHABLE
            for seat in self.desk.seats.values()
        )

    def may_answer(self, language: Language) -> bool:
        """Whether anyone who speaks `language` is at work with a telephone that works, busy ones included."""
        return self.at_work(language) > 0

    def at_work(self, language: Language) -> int:
        """How many of them there are."""
        return self.desk.seats.at_work(language)

    def wait_of(self, entry: EntryId) -> WaitRange | None:
        """How long she will wait from now; None when she does not, or it is too early to tell."""
        return self.foresight.wait_of(self.desk, entry, self._now())

    def place_of(self, entry: EntryId) -> int | None:
        """Her place in the line now, 1 is next; None when she does not wait."""
        return self.desk.queue.place(entry)

    def waiting(self, language: Language | None = None) -> int:
        """Callers in the line now, of one language or all; neither promises nor those who talk already are counted."""
        return sum(self.desk.queue.live(one) for one in ((language,) if language else Language))

    def stands(self, offer: OfferTo) -> bool:
        """Whether this offer is still the desk's wish."""
        return self.desk.offers.get(offer.entry.id) == offer.agent

    def can_ring(self, agent: AgentId) -> bool:
        """Whether this agent's telephone is there and idle, at work or not."""
        seat = self.desk.seats.get(agent)
        return seat is not None and seat.device is Device.IDLE and not isinstance(seat.state, Offered)

    def signed_in(self, agent: AgentId) -> bool:
        """Whether this agent is at work, on break included."""
        seat = self.desk.seats.get(agent)
        return seat is not None and not isinstance(seat.state, SignedOut)

    def seat(self, agent: AgentId) -> Seat | None:
        """What this agent does now, and at which telephone."""
        return self.desk.seats.get(agent)

    def at(self, telephone: str) -> AgentId | None:
        """Who is at work at the telephone with this extension."""
        seats = self.desk.seats.values()
        here = (
            seat for seat in seats if seat.extension == telephone and not isinstance(seat.state, SignedOut)
        )
        return next((seat.agent.id for seat in here), None)

    def left_behind(self, agent: AgentId) -> int:
        """Callers who wait in a language in which only this agent is at work."""
        seat = self.desk.seats.get(agent)
        if seat is None or not seat.at_work:
            return 0
        return sum(self.waiting(language) for language in seat.agent.languages if self.at_work(language) == 1)

    def close(self) -> None:
        """No more timers."""
        if self._wake is not None:
            self._wake.cancel()

    # ---- deciding and doing

    def _decide(self, event: DeskEvent) -> None:
        now, earlier = self._now(), self.desk
        before: Mapping[AgentId, Seat] = earlier.seats
        decision = decide(earlier, event, now)
        self.desk = decision.desk
        for command in decision.commands:
            try:
                self._do(command)
            except Exception:  # one caller's trouble must not stop the others' offers
                log.exception("a command of the desk failed", command=type(command).__name__)
        try:
            self.foresight.saw(earlier, event, decision.desk, now)
        except Exception:  # callers are given to agents also when nobody can say how soon
            log.exception("the waits to come learnt nothing from an event", event_kind=type(event).__name__)
        if decision.desk.seats is not before:
            for agent, seat in decision.desk.seats.items():
                if before.get(agent) is not seat:
                    self._on_seat(before[agent], seat)

    def _do(self, command: DeskCommand) -> None:
        match command:
            case OfferTo(entry=entry) as offer if entry.callback is not None:
                log.info("callback offered", agent=offer.agent, entry=entry.id, why=offer.why)
                self._offer_callback(offer)
            case OfferTo(entry=entry) | TellPosition(entry=entry) as told:
                place = self._places.get(entry if isinstance(entry, str) else entry.id)
                if place is not None:
                    place.put(told)
            case WithdrawOffer() as withdrawn:
                self._withdraw(withdrawn)
            case WakeAt(moment=moment):
                self._wake_at(moment)
            case _ as never:
                assert_never(never)

    def _wake_at(self, moment: datetime) -> None:
        if self._wake is not None:
            self._wake.cancel()
        seconds = max(0.0, (moment - self._now()).total_seconds())
        self._wake = asyncio.get_running_loop().call_later(seconds, self.tell, MomentArrived())
