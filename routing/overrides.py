"""The hours set aside by a person: open or closed until a moment, whatever the calendar says, and why.

What was said last holds: a change ends the one before it. Pure; `routing.hours` applies the spans.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST = timedelta(days=31)  # what holds longer belongs into the calendar, where everybody sees it


class Reason(StrEnum):
    """Why the hours are changed; the order is that of the keys on the telephone."""

    STAFF = "staff"
    """Too few people at work."""
    TECHNICAL = "technical"
    MEETING = "meeting"
    EXCEPTIONAL = "exceptional"
    DEMAND = "demand"
    """Many people need help."""


class Becomes(StrEnum):
    """What the centre is from now on."""

    OPEN = "open"
    CLOSED = "closed"
    ORDINARY = "ordinary"
    """As the calendar has it: an earlier change ends."""


@dataclass(frozen=True, slots=True)
class HoursChange:
    """At `at` (UTC) `by` said that the centre `becomes` this until `until`; for `ordinary` that is `at` itself."""

    at: datetime
    becomes: Becomes
    until: datetime
    why: Reason
    by: str


@dataclass(frozen=True, slots=True)
class Override:
    """From `since` until `until` (half-open, UTC) the centre is open, or is not, and `why` in plain words."""

    since: datetime
    until: datetime
    is_open: bool
    why: str


class WrongEnd(ValueError):  # noqa: N818 - named for what is wrong
    """The change cannot hold until that moment; the message says why."""


def change(now: datetime, becomes: Becomes, until: datetime | None, why: Reason, by: str) -> HoursChange:
    """The change, said at `now`. Raises `WrongEnd` for an end that is past, too far, or missing."""
    if becomes is Becomes.ORDINARY:
        return HoursChange(now, becomes, now, why, by)
    if until is None:
        raise WrongEnd("say until when")
    if until <= now:
        raise WrongEnd("the end is over already")
    if until - now > LONGEST:
        raise WrongEnd(
            f"the end is more than {LONGEST.days} days away; write it into the calendar, hours.special_days"
        )
    return HoursChange(now, becomes, until, why, by)


def spans(changes: Iterable[HoursChange]) -> tuple[Override, ...]:
    """When which change held, or holds: ascending, none overlaps.

    Of two said at one moment the later in `changes` holds.
    """
    found: list[Override] = []
    said = sorted(changes, key=lambda one: one.at)
    for place, one in enumerate(said, start=1):
        until = min(one.until, said[place].at) if place < len(said) else one.until
        if one.becomes is not Becomes.ORDINARY and one.at < until:
            found.append(Override(one.at, until, one.becomes is Becomes.OPEN, f"{one.why} ({one.by})"))
    return tuple(found)


def holds(changes: Iterable[HoursChange], now: datetime) -> HoursChange | None:
    """The change that holds at `now`; None when the calendar does."""
    said = sorted((one for one in changes if one.at <= now), key=lambda one: one.at)[-1:]
    return next((one for one in said if one.becomes is not Becomes.ORDINARY and now < one.until), None)
