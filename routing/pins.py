"""The PIN that opens a promise from another telephone, and how many wrong ones lock it. Pure.

A PIN is made from a secret of the centre, the reference and the call in which the promise was asked for: it stands
nowhere, and one that a later call was told for the same promise opens nothing.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.model import CallbackId, CallId

DIGITS = 4
MOST_WRONG = 5  # of ten thousand
LOCKED_FOR = timedelta(hours=1)
MOST_REMEMBERED = 10_000
"""Who or what had a wrong PIN lately; beyond it the oldest are forgotten, so that guesses cannot fill memory."""


def pin_of(secret: str, reference: CallbackId, call: CallId) -> str:
    """Four digits."""
    digest = hmac.digest(secret.encode(), f"{reference} {call}".encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}d}"


@dataclass(frozen=True, slots=True)
class WrongPins:
    """When wrong PINs were keyed, by what they count against: a reference, or the number of a telephone."""

    at: tuple[tuple[str, datetime], ...] = ()

    def counted(self, against: tuple[str, ...], now: datetime) -> "WrongPins":
        """With one more, against each."""
        lately = tuple(one for one in self.at if now - one[1] < LOCKED_FOR)
        return WrongPins((*lately, *((name, now) for name in against))[-MOST_REMEMBERED:])

    def locked(self, against: tuple[str, ...], now: datetime) -> bool:
        """Whether any of them had too many within the hour."""
        lately = [name for name, moment in self.at if now - moment < LOCKED_FOR]
        return any(lately.count(name) >= MOST_WRONG for name in against)
