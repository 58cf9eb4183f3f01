"""Promises that are about to break: told once in the log, and to whoever asks, while there is time to keep them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from ivr.office import DeskPort
from routing.model import CallbackId
from routing.promise_watch import Risk, Standing, at_risk, standing
from server.promises import PromiseBook

log = structlog.get_logger()


class PromiseAlarm:
    """`look` is called by the clock; `risks` answers at any time."""

    def __init__(
        self, book: PromiseBook, desk: DeskPort, now: Callable[[], datetime], before: timedelta
    ) -> None:
        """`before` the end of a window its promise is an alarm."""
        self._book, self._desk, self._now, self._before = book, desk, now, before
        self._told: dict[CallbackId, datetime] = {}

    def risks(self) -> tuple[Risk, ...]:
        """Open promises that break soon, the most urgent first."""
        return at_risk(self._book.open(), self._now(), self._before, self._desk.may_answer)

    def broken(self) -> int:
        """How many open promises have not been tried in their window."""
        now = self._now()
        return sum(standing(promise, now) is Standing.BROKEN for promise in self._book.open())

    def look(self) -> None:
        """Tell of each window at risk once."""
        risks = self.risks()
        for risk in risks:
            if self._told.get(risk.promise.id) != risk.breaks_at:
                log.warning(
                    "a promise is about to break",
                    reference=risk.promise.id,
                    language=risk.promise.language,
                    why=risk.why,
                    breaks_at=risk.breaks_at.isoformat(timespec="minutes"),
                )
        self._told = {risk.promise.id: risk.breaks_at for risk in risks}
