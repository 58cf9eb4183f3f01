"""The centre from above, for supervisors by telephone and for alerts: see `ivr.supervision.Supervision`."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from db.engine import DatabaseUnreachable
from ivr.office import Office
from recordings.files import Damaged
from routing import overview
from routing.indicators.day import Day
from routing.model import Callback, CallbackId, Desk
from routing.overrides import Becomes, Reason, WrongEnd
from routing.overview import Overview
from routing.promise_changes import BeingKept, NoSuchPromise
from routing.snapshot import snapshot
from server.opening import Opening
from server.promises import PromiseBook

log = structlog.get_logger()


class FromAbove:
    """Implements `ivr.supervision.Supervision`. `today` may raise DatabaseUnreachable."""

    def __init__(
        self,
        office: Office,
        desk: Callable[[], Desk],
        book: PromiseBook,
        opening: Opening,
        today: Callable[[], Awaitable[Day]],
    ) -> None:
        self._office, self._desk, self._book, self._opening, self._today = office, desk, book, opening, today

    async def overview(self) -> Overview:
        """The centre now, with the day's figures as `mowakaba stats` has them."""
        day: Day | None = None
        try:
            day = await self._today()
        except (DatabaseUnreachable, TimeoutError) as problem:
            log.warning("a supervisor hears no figures of the day", why=str(problem))
        return self.at_once(day)

    def at_once(self, day: Day | None = None) -> Overview:
        """The same without waiting for the database."""
        now = self._office.now()
        hours = self._office.centre.hours.at(now)
        return Overview(snapshot(self._desk(), now), hours, self._opening.said, day)

    def overdue(self) -> tuple[Callback, ...]:
        """Those that nobody took over."""
        late = overview.overdue(tuple(self._book.open()), self._office.now())
        return tuple(one for one in late if one.assigned_to is None)

    def take_over(self, reference: CallbackId, telephone: str) -> bool:
        """Nobody else is rung for it from now on."""
        try:
            self._book.take_over(reference, telephone)
        except (NoSuchPromise, BeingKept) as problem:
            log.info("a promise is not taken over", why=str(problem))
            return False
        log.info("a promise is taken over", reference=reference, telephone=telephone)
        return True

    def change_hours(self, becomes: Becomes, until: datetime | None, why: Reason, by: str) -> bool:
        """As `mowakaba hours` does."""
        try:
            self._opening.change(becomes, until, why, by)
        except (WrongEnd, Damaged, OSError) as problem:
            log.error("the hours cannot be changed", why=str(problem))
            return False
        return True
