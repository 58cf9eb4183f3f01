"""The life of a promise: when it is tried, tried again, kept, given up.

DUE → IN_PROGRESS (`begin_attempt`) → REACHED, GIVEN_UP or DUE again (`next_attempt`). Pure: every step gives
a new `Callback` with the next version.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import assert_never

from routing.hours import OpeningHours
from routing.model import AttemptResult, Callback, CallbackId, CallbackState

SOON = timedelta(minutes=1)  # after an attempt that failed on our side: time for an agent to become free
NO_WAY_OUT = timedelta(minutes=15)  # the trunk failed: agents are not rung for nothing every minute
_REFERENCES = range(100_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """When and how often a promise is tried.

    `allowed` are prefixes of E.164 numbers that may be called back, `refused` the exceptions among them
    (premium numbers). `spacing` waits after attempt 1, 2, …; the last repeats. `most_attempts` then gives up.
    """

    offered: bool = True
    allowed: tuple[str, ...] = ("+212",)
    refused: tuple[str, ...] = ("+21289",)
    spacing: tuple[timedelta, ...] = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3))
    most_attempts: int = 4
    busy_spacing: timedelta = timedelta(minutes=5)
    ring_for: timedelta = timedelta(seconds=45)
    """How long the person's phone rings."""
    at_once: int = 2
    """Most attempts under way together; one for which no telephone rings yet is not counted."""
    per_number_a_day: int = 3
    """New promises of one number in a day: nobody's telephone is made to ring all day by others."""
    a_day: int = 200
    """New promises of all numbers in a day: what they cost the centre has an end."""


def due(callbacks: Iterable[Callback], now: datetime, hours: OpeningHours) -> tuple[Callback, ...]:
    """The promises to be tried at `now`, who asked first coming first; none while the centre is closed.

    A number is in the answer once at most, and not while an attempt at it is under way.
    """
    if hours.first_open(now) != now:
        return ()
    known = tuple(callbacks)
    busy = {callback.number for callback in known if callback.state is CallbackState.IN_PROGRESS}
    ready = [one for one in known if one.state is CallbackState.DUE and one.not_before <= now]
    chosen: list[Callback] = []
    for callback in sorted(ready, key=lambda one: (one.asked_at, one.id)):
        if callback.number not in busy:
            busy.add(callback.number)
            chosen.append(callback)
    return tuple(chosen)


def begin_attempt(callback: Callback) -> Callback:
    """An attempt begins. Raises ValueError for a promise that is not due: never twice at once."""
    if callback.state is not CallbackState.DUE:
        raise ValueError(f"callback {callback.id} is {callback.state}, not due")
    return replace(
        callback,
        state=CallbackState.IN_PROGRESS,
        attempts=callback.attempts + 1,
        version=callback.version + 1,
    )


def next_attempt(
    callback: Callback, result: AttemptResult, at: datetime, rules: CallbackRules, hours: OpeningHours
) -> Callback:
    """What becomes of the promise after the attempt that ended at `at` (UTC) with `result`.

    Unchanged when no attempt was under way: the result is told twice, or the promise was cancelled meanwhile.
    What failed on our side does not count, but an interruption right after another one does: each may have made
    her telephone ring.
    """
    if callback.state is not CallbackState.IN_PROGRESS:
        return callback
    again = callback.last_result is AttemptResult.INTERRUPTED
    ended = replace(callback, last_result=result, version=callback.version + 1)
    match result:
        case AttemptResult.REACHED:
            return replace(ended, state=CallbackState.REACHED)
        case AttemptResult.REFUSED:
            return replace(ended, state=CallbackState.GIVEN_UP)
        case AttemptResult.NO_TRUNK:
            return _due_again(_uncounted(ended), at + NO_WAY_OUT, hours)
        case AttemptResult.NO_AGENT:
            return _due_again(_uncounted(ended), at + SOON, hours)
        case AttemptResult.INTERRUPTED if not again:
            return _due_again(_uncounted(ended), at + SOON, hours)
        case AttemptResult.BUSY:
            wait = rules.busy_spacing
        case (
            AttemptResult.NO_ANSWER
            | AttemptResult.UNREACHABLE
            | AttemptResult.MACHINE
            | AttemptResult.AGENT_LEFT
            | AttemptResult.INTERRUPTED
        ):
            wait = rules.spacing[min(max(callback.attempts, 1), len(rules.spacing)) - 1]
        case _:
            assert_never(result)
    if callback.attempts >= rules.most_attempts:
        return replace(ended, state=CallbackState.GIVEN_UP)
    return _due_again(ended, at + wait, hours)


def _uncounted(ended: Callback) -> Callback:
    return replace(ended, attempts=max(ended.attempts - 1, 0))


def _due_again(callback: Callback, moment: datetime, hours: OpeningHours) -> Callback:
    return replace(callback, state=CallbackState.DUE, not_before=hours.first_open(moment) or moment)


def new_reference(random: Random, taken: Collection[CallbackId]) -> CallbackId:
    """A reference not in `taken`: six digits, the first not 0. Raises ValueError when there is none left."""
    if len(taken) >= len(_REFERENCES):
        raise ValueError("every six-digit reference is taken")
    while (reference := CallbackId(str(random.choice(_REFERENCES)))) in taken:
        pass
    return reference
