"""What people do to a promise: she moves it or cancels it, a supervisor takes it over. Pure.

An attempt under way ends by it, unless she is talking already: what was asked for is being kept then.
"""

from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from routing.calling_hours import CallingHours
from routing.model import Callback, CallbackState
from routing.promised_window import Window, check


class Whose(TypedDict):
    """Fields of a promise."""

    holder: str | None
    lease_until: datetime | None


OPEN_STATES = frozenset({CallbackState.DUE, CallbackState.IN_PROGRESS})


class NoSuchPromise(LookupError):  # noqa: N818 - named for what is wrong
    """No open promise has this reference: it was never given, or it is kept, given up or cancelled."""


class BeingKept(ValueError):  # noqa: N818 - named for what is wrong
    """The person and an agent are talking now."""


def moved(callback: Callback, window: Window, now: datetime, calling: CallingHours) -> Callback:
    """She is to be called in another window; her place and her reference stay, attempts count anew.

    Raises WindowRefused (the promise stays as it is) and BeingKept.
    """
    check(window, now, calling)
    _not_talking(callback)
    return replace(
        _due(callback),
        not_before=calling.first(max(window.begins, now), callback.asked_at) or window.begins,
        promised_from=window.begins,
        promised_until=window.ends,
        first_attempt_at=None,
        attempts=0,
        refusals=0,
        last_result=None,
    )


def cancelled(callback: Callback) -> Callback:
    """She is not called any more. Raises BeingKept."""
    _not_talking(callback)
    return replace(_due(callback), state=CallbackState.CANCELLED)


def taken_over(callback: Callback, extension: str, now: datetime, calling: CallingHours) -> Callback:
    """Only `extension` is rung for it from now on, and as soon as calls may be made. Raises BeingKept.

    An attempt that lives in the line ends. The window stays: it is what she was told.
    """
    _not_talking(callback)
    earliest = calling.first(max(now, callback.promised_from or now), callback.asked_at)
    return replace(_due(callback), assigned_to=extension, not_before=earliest or callback.not_before)


def rung(callback: Callback, now: datetime) -> Callback:
    """Her telephone is dialled: from here on the attempt counts."""
    return replace(
        callback,
        rang_at=now,
        first_attempt_at=callback.first_attempt_at or now,
        version=callback.version + 1,
    )


def talking(callback: Callback, now: datetime) -> Callback:
    """She is connected: whatever happens now, she is not called again."""
    return replace(callback, talked_at=now, version=callback.version + 1)


def being_kept(callback: Callback) -> bool:
    """Whether she and an agent are talking now, or have just: what she was promised is being kept."""
    return callback.talked_at is not None and callback.state is CallbackState.IN_PROGRESS


def whose_it_stays(callback: Callback) -> Whose:
    """Of a promise of which no attempt is under way: nobody's, or the controller's whose telephone took it over."""
    if callback.assigned_to is None:
        return {"holder": None, "lease_until": None}
    return {"holder": callback.holder, "lease_until": callback.lease_until}


def _not_talking(callback: Callback) -> None:
    if being_kept(callback):
        raise BeingKept(f"callback {callback.id}: the two are talking now")


def _due(callback: Callback) -> Callback:
    """No attempt is under way. A higher fence: what an attempt that has not noticed writes is not taken."""
    under_way = callback.state is CallbackState.IN_PROGRESS
    return replace(
        callback,
        state=CallbackState.DUE,
        rang_at=None,
        talked_at=None,
        **whose_it_stays(callback),
        fence=callback.fence + under_way,
        version=callback.version + 1,
    )
