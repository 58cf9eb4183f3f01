"""Entries of the line as figures read them: whose they are, and what they are about."""

from dataclasses import dataclass

from routing.model import Callback
from routing.record import CallRecord

UNKNOWN = ""
"""The language or subject of who did not choose one."""


@dataclass(frozen=True, slots=True)
class About:
    """What a call or a promise is about, and whose it is."""

    language: str = UNKNOWN
    subject: str = UNKNOWN
    number: str | None = None

    @classmethod
    def call(cls, call: CallRecord) -> "About":
        """Of a call."""
        return cls(call.language or UNKNOWN, call.subject or UNKNOWN, call.caller)

    @classmethod
    def promise(cls, promise: Callback) -> "About":
        """Of a promise."""
        return cls(promise.language, promise.subject, promise.number)


def without_third(entry: str) -> str:
    """The entry of the caller with whom somebody talked as a third, whose own is `ENTRY+EXTENSION`."""
    return entry.partition("+")[0]


def reference_of(entry: str) -> str:
    """The promise's reference in `callback-REFERENCE-VERSION`; empty for another entry."""
    parts = entry.split("-")
    return parts[1] if len(parts) > 2 and parts[0] == "callback" else ""
