"""What a flow may ask of the door to a promise: the PIN to tell, and whether one that was keyed opens it."""

from enum import Enum
from typing import Protocol

from routing.model import Callback, CallId


class Refused(Enum):
    """Why it stays shut; whether there is such a promise is never told."""

    WRONG = "wrong"
    LOCKED = "locked"
    """Too many wrong PINs within an hour."""


class PromiseDoor(Protocol):
    """Who calls from the promise's own number needs none."""

    def pin(self, promise: Callback, call: CallId) -> str:
        """The four digits that `call` is told for `promise`; only those of the call that made it open it."""
        ...

    def admit(self, reference: str, pin: str, number: str | None) -> Callback | Refused:
        """The open promise with this reference and PIN. `number`: of the caller, if it is known."""
        ...
