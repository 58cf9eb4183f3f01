"""Which promises are kept, which broke, and which are about to break. Pure. Source: docs/indicators.md, «callbacks».

A promise is kept when her telephone was first dialled inside the window she was told.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from routing.model import Callback, CallbackState, Language
from routing.promise_changes import OPEN_STATES


class Standing(StrEnum):
    """What can be said of a promised window."""

    KEPT = "kept"
    BROKEN = "broken"
    OPEN = "open"
    """Its window is not over and her telephone has not been dialled."""
    NONE = "none"
    """No window was told, or she cancelled in time."""


class Why(StrEnum):
    """Why a promise is about to break."""

    NOBODY_AT_WORK = "nobody_at_work"
    """Nobody who speaks her language is free, or will be after what he does now."""
    NOT_TRIED = "not_tried"
    """Her telephone has not been dialled: agents are busy, the trunk fails, or it is assigned to one who is away."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A promise that breaks at `breaks_at` unless her telephone is dialled before."""

    promise: Callback
    why: Why
    breaks_at: datetime


def standing(promise: Callback, now: datetime) -> Standing:
    """Whether the promise is kept at `now`."""
    begins, ends = promise.promised_from, promise.promised_until
    if ends is None:
        return Standing.NONE
    if promise.first_attempt_at is not None:
        inside = (begins is None or promise.first_attempt_at >= begins) and promise.first_attempt_at < ends
        return Standing.KEPT if inside else Standing.BROKEN
    if promise.state is CallbackState.CANCELLED:
        return Standing.NONE
    return Standing.OPEN if now < ends else Standing.BROKEN


def at_risk(
    promises: Iterable[Callback],
    now: datetime,
    within: timedelta,
    at_work: Callable[[Language], bool],
) -> tuple[Risk, ...]:
    """The open promises whose window ends in `within` or less and is not yet kept, the most urgent first.

    Only in their window: a promise of which the window has not begun can still be kept, however short it is.
    `at_work` says whether anyone can take a call in a language.
    """
    found = []
    for promise in promises:
        ends = promise.promised_until
        if promise.state not in OPEN_STATES or promise.first_attempt_at is not None or ends is None:
            continue
        if not max(promise.promised_from or now, ends - within) <= now < ends:
            continue
        why = Why.NOT_TRIED if at_work(promise.language) else Why.NOBODY_AT_WORK
        found.append(Risk(promise, why, ends))
    return tuple(sorted(found, key=lambda risk: (risk.breaks_at, risk.promise.asked_at, risk.promise.id)))
