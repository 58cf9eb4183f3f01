"""The window in which a person is promised her call: whether it can be promised."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from routing.calling_hours import CallingHours
from routing.hours import Closed

LEAST = timedelta(minutes=10)  # of calling time in a window: an agent, her telephone and a talk need as much
LONGEST = timedelta(days=7)
FURTHEST = timedelta(days=60)


class Window(NamedTuple):
    """From `begins` until `ends` (half-open, aware)."""

    begins: datetime
    ends: datetime


class WhyNot(StrEnum):
    """What is wrong with a window."""

    IMPOSSIBLE = "impossible"
    """It ends before it begins, has no time zone, is longer than a week or more than 60 days away."""
    PAST = "past"
    """It is over, or about to be."""
    CLOSED = "closed"
    """A holiday, a weekend, the night: nobody is at work."""
    QUIET = "quiet"
    """In the hours in which nobody is called."""


class WindowRefused(ValueError):  # noqa: N818 - named for what is wrong
    """This window cannot be promised. `day` says in English words why the centre is closed then."""

    def __init__(self, why: WhyNot, words: str, day: str = "") -> None:
        self.why, self.day = why, day
        super().__init__(words)


def check(window: Window, now: datetime, calling: CallingHours) -> None:
    """Raise WindowRefused unless calls may be made for ten minutes in what is left of `window` at `now`."""
    begins, ends = window
    if begins.tzinfo is None or ends.tzinfo is None:
        raise WindowRefused(WhyNot.IMPOSSIBLE, "a window without a time zone")
    if begins >= ends:
        raise WindowRefused(WhyNot.IMPOSSIBLE, "the window ends before it begins")
    if ends - begins > LONGEST:
        raise WindowRefused(WhyNot.IMPOSSIBLE, f"the window is longer than {LONGEST.days} days")
    if begins - now > FURTHEST:
        raise WindowRefused(WhyNot.IMPOSSIBLE, f"the window is more than {FURTHEST.days} days away")
    if ends - now < LEAST:
        raise WindowRefused(WhyNot.PAST, "the window is over")
    left = max(begins, now)
    if calling.within(left, ends) >= LEAST:
        return
    if CallingHours(calling.opening).within(left, ends) >= LEAST:
        raise WindowRefused(WhyNot.QUIET, "the window lies in the quiet hours")
    held = calling.opening.at(left)
    day = held.why if isinstance(held, Closed) else "after closing"
    raise WindowRefused(WhyNot.CLOSED, f"the centre is closed in the window: {day}", day)
