"""What people asked of promises here and no row of the shared database has shown yet.

Another controller may have begun an attempt in that second: its row is newer, and what was asked for here is asked of
it once more, under a higher fence.
"""

from collections.abc import Callable
from dataclasses import dataclass

from routing.model import Callback, CallbackId, CallbackState
from routing.promise_changes import OPEN_STATES

MOST = 500
"""Promises of which a change is remembered. It is for seconds; no row tells that a cancelled one stands."""
Change = Callable[[Callback], Callback]
"""Raises WindowRefused and BeingKept when it cannot be done any more."""


@dataclass(frozen=True, slots=True)
class Wish:
    """`change` was asked for, and made the promise `asked`."""

    change: Change
    asked: Callback

    def shows_in(self, row: Callback) -> bool:
        """Whether this newer row was made from what was asked for, or nothing can be asked of it any more."""
        if row.state not in OPEN_STATES:
            return True
        return self.asked.state is not CallbackState.CANCELLED and _terms(row) == _terms(self.asked)


class Wishes:
    """One for each promise at most, the last; of `MOST` promises, those changed last."""

    def __init__(self) -> None:
        self._open: dict[CallbackId, Wish] = {}

    def made(self, change: Change, asked: Callback) -> None:
        """This was asked for."""
        self._open.pop(asked.id, None)
        if len(self._open) >= MOST:
            del self._open[next(iter(self._open))]
        self._open[asked.id] = Wish(change, asked)

    def over(self, reference: CallbackId) -> None:
        """It stands in the database, or something else was done since."""
        self._open.pop(reference, None)

    def lost_in(self, row: Callback) -> Change | None:
        """What is to be asked of this newer row once more."""
        wish = self._open.pop(row.id, None)
        return None if wish is None or wish.shows_in(row) else wish.change


def _terms(promise: Callback) -> tuple[object, ...]:
    return promise.promised_from, promise.promised_until, promise.assigned_to, promise.language
