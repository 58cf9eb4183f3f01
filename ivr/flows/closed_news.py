"""That the centre is closed, and when it opens."""

from datetime import datetime

from ivr.flows.moments import said_at
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.hours import Closed


def news(office: Office, closed: Closed) -> tuple[Phrase, ...]:
    """That it is closed, and when it opens."""
    return (phrase("closed.now"), *opening(office, closed.reopens_at))


def opening(office: Office, reopens_at: datetime | None) -> tuple[Phrase, ...]:
    """«We open again on … at …», in the centre's own time; nothing when no opening is known."""
    if reopens_at is None:
        return ()
    return (said_at(office, reopens_at, "closed.reopens", "closed.reopens_day"),)
