"""The time, as the house tells it: it never jumps under a caller who waits; a demonstration may pretend another one."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

DRIFT = timedelta(seconds=1)  # what a running time service corrects at once


def _wall() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Aware UTC moments that advance with the machine's steady clock.

    When the machine's wall clock is set, `follow` takes it over while nobody waits, or at once when the step is
    small; so a wait is measured right across the step, and the hours are right after it.
    """

    def __init__(
        self, wall: Callable[[], datetime] = _wall, steady: Callable[[], float] = time.monotonic
    ) -> None:
        """`wall` and `steady` are the machine's two clocks."""
        self._wall, self._steady = wall, steady
        self._shift = timedelta(0)
        self._rebase()

    def __call__(self) -> datetime:
        """Now."""
        return self._machine_by_steady() + self._shift

    def machine(self) -> datetime:
        """The machine's own time, by which Asterisk writes its records."""
        return self._wall()

    def follow(self, *, idle: bool) -> None:
        """Take over the wall clock; a step of more than `DRIFT` only when `idle`, that is when nobody waits."""
        if idle or abs(self._wall() - self._machine_by_steady()) <= DRIFT:
            self._rebase()

    def pretend(self, moment: datetime) -> None:
        """Go on from `moment` (aware) as if it were now."""
        self._rebase()
        self._shift = moment - self._base

    def _rebase(self) -> None:
        self._base, self._base_steady = self._wall(), self._steady()

    def _machine_by_steady(self) -> datetime:
        return self._base + timedelta(seconds=self._steady() - self._base_steady)


def pretended(moment: datetime | None) -> Clock:
    """A clock that shows `moment` now and goes on from there; the true one for None."""
    clock = Clock()
    if moment is not None:
        clock.pretend(moment)
    return clock
