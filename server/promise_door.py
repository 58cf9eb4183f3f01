"""Who may hear and change a promise from another telephone: who keys its reference and the PIN told with it."""

import hmac
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ivr.promise_door import Refused
from recordings.tries import TriesFile
from routing.model import Callback, CallbackId, CallId
from routing.pins import WrongPins, pin_of
from server.promises import PromiseBook

NOBODY = CallId("")


class PromiseDoor:
    """Implements `ivr.promise_door.PromiseDoor`."""

    def __init__(
        self, book: PromiseBook, secret: str, now: Callable[[], datetime], kept: Path | None = None
    ) -> None:
        """`secret` is the centre's own, and the same after a restart, which wrong PINs outlive in `kept`."""
        self._book, self._secret, self._now = book, secret, now
        self._kept = TriesFile(kept)
        earlier = [(name, at) for name, moments in self._kept.read(now()).items() for at in moments]
        self._wrong = WrongPins(tuple(sorted(earlier, key=lambda one: one[1])))

    def pin(self, promise: Callback, call: CallId) -> str:
        """The PIN that `call` is told for `promise`."""
        return pin_of(self._secret, promise.id, call)

    def admit(self, reference: str, pin: str, number: str | None) -> Callback | Refused:
        """The open promise with this reference, if the PIN is the one told when it was made.

        A wrong one counts against the reference, whether there is such a promise or not, and against the caller's
        `number`.
        """
        now = self._now()
        names = (f"reference {reference}", *(() if number is None else (f"number {number}",)))
        against = tuple(self._sealed(name) for name in names)
        if self._wrong.locked(against, now):
            return Refused.LOCKED
        promise = self._book.find(CallbackId(reference))
        # Compared also where there is none, so that the time taken tells nothing.
        made_in = NOBODY if promise is None or promise.asked_in is None else promise.asked_in
        right = pin_of(self._secret, CallbackId(reference), made_in)
        fits = hmac.compare_digest(right.encode(), pin.encode())
        if promise is not None and promise.asked_in is not None and fits:
            return promise
        self._wrong = self._wrong.counted(against, now)
        self._keep()
        return Refused.LOCKED if self._wrong.locked(against, now) else Refused.WRONG

    def _sealed(self, name: str) -> str:
        """No file says who called."""
        return hmac.digest(self._secret.encode(), name.encode(), "sha256").hex()[:16]

    def _keep(self) -> None:
        moments: dict[str, list[datetime]] = {}
        for name, at in self._wrong.at:
            moments.setdefault(name, []).append(at)
        self._kept.write(moments)
