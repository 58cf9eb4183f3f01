"""Which times nobody watched: the controller was dead or heard nothing of Asterisk, so events may be missing."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from routing.indicators.interval import Interval
from routing.record import Watched

BEAT = timedelta(seconds=30)  # how often a stretch that goes on is written
MISSED_BEATS = 2  # a stretch that ended so much before the moment of asking goes on


def unwatched(watched: Iterable[Watched], interval: Interval, as_of: datetime) -> tuple[Interval, ...]:
    """The times in `interval`, as far as it is over at `as_of`, that no stretch covers; in order."""
    end = min(interval.end, as_of)
    at, found = interval.start, []
    for one in sorted(watched, key=lambda one: (one.since, one.until)):
        until = as_of if as_of - one.until <= MISSED_BEATS * BEAT else one.until
        if one.since > at and at < end:
            found.append(Interval(at, min(one.since, end)))
        at = max(at, until)
    if at < end:
        found.append(Interval(at, end))
    return tuple(found)
