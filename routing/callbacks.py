"""The life of a promise: when it is tried, tried again, kept, given up.

DUE → IN_PROGRESS (`begin_attempt`) → REACHED, GIVEN_UP or DUE again (`next_attempt`); what people do to it
meanwhile is in `promise_changes`. Pure: every step gives a new `Callback` with the next version.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import assert_never

from routing.calling_hours import CallingHours
from routing.model import AttemptResult, Callback, CallbackId, CallbackOrigin, CallbackState
from routing.promise_changes import whose_it_stays

SOON = timedelta(minutes=1)  # after an attempt that failed on our side: time for an agent to become free
NO_WAY_OUT = timedelta(minutes=15)  # the trunk failed: agents are not rung for nothing every minute
MOST_REFUSALS = 2  # one is final for its day, and she may have meant the hour; two are meant
BY_AGENT = frozenset({AttemptResult.MACHINE, AttemptResult.WRONG_NUMBER})
"""What only the agent who was connected can know."""
_REFERENCES = range(100_000, 1_000_000)


class First(StrEnum):
    """Whose telephone rings first."""

    AGENT = "agent"
    CALLER = "caller"


@dataclass(frozen=True, slots=True)
class Spacing:
    """How long to wait after attempt 1, 2, … that came to this; the last repeats."""

    no_answer: tuple[timedelta, ...] = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3))
    busy: tuple[timedelta, ...] = (timedelta(minutes=5),)
    unreachable: tuple[timedelta, ...] = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3))
    """Switched off, or out of the network's reach."""
    machine: tuple[timedelta, ...] = (timedelta(hours=1), timedelta(hours=3))
    """Answered, and nobody there: a later hour may find her."""


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """When and how often a promise is tried.

    `allowed` are prefixes of E.164 numbers that may be called back, `refused` the exceptions among them
    (premium numbers). `most_attempts` gives up.
    """

    offered: bool = True
    first: First = First.AGENT
    allowed: tuple[str, ...] = ("+212",)
    refused: tuple[str, ...] = ("+21289",)
    spacing: Spacing = field(default_factory=Spacing)
    most_attempts: int = 4
    ring_for: timedelta = timedelta(seconds=45)
    """How long the person's phone rings."""
    at_once: int = 2
    """Most attempts under way together; one for which no telephone rings yet is not counted."""
    per_number_a_day: int = 3
    """New promises of one number in a day: nobody's telephone is made to ring all day by others."""
    a_day: int = 200
    """New promises of all numbers in a day: what they cost the centre has an end."""
    flash: bool = False
    """Who hangs up while she is greeted is called back, once a day."""
    per_window: int | None = None
    """Promises that fit into a window which callers choose; None: as many as half of the agents' time keeps."""
    alert_before: timedelta = timedelta(minutes=30)
    """So long before a window ends a promise without an attempt is an alarm."""


def due(callbacks: Iterable[Callback], now: datetime, calling: CallingHours) -> tuple[Callback, ...]:
    """The promises to be tried at `now`, who asked first coming first; none while nobody may be called.

    A number is in the answer once at most, and not while an attempt at it is under way.
    """
    known = tuple(callbacks)
    ripe = [one for one in known if one.state is CallbackState.DUE and one.not_before <= now]
    if not ripe or calling.first(now, asked_at=now) != now:
        return ()
    everyone = calling.first(now) == now
    busy = {callback.number for callback in known if callback.state is CallbackState.IN_PROGRESS}
    ready = [one for one in ripe if everyone or calling.first(now, one.asked_at) == now]
    chosen: list[Callback] = []
    for callback in sorted(ready, key=lambda one: (one.asked_at, one.id)):
        if callback.number not in busy:
            busy.add(callback.number)
            chosen.append(callback)
    return tuple(chosen)


def begin_attempt(
    callback: Callback, holder: str | None = None, lease_until: datetime | None = None
) -> Callback:
    """An attempt of `holder` begins. Raises ValueError for a promise that is not due: never twice at once."""
    if callback.state is not CallbackState.DUE:
        raise ValueError(f"callback {callback.id} is {callback.state}, not due")
    return replace(
        callback,
        state=CallbackState.IN_PROGRESS,
        attempts=callback.attempts + 1,
        version=callback.version + 1,
        fence=callback.fence + 1,
        holder=holder,
        lease_until=lease_until,
        rang_at=None,
        talked_at=None,
    )


def next_attempt(
    callback: Callback, result: AttemptResult, at: datetime, rules: CallbackRules, calling: CallingHours
) -> Callback:
    """What becomes of the promise after the attempt that ended at `at` (UTC) with `result`.

    Unchanged when no attempt was under way: the result is told twice, or the promise was cancelled meanwhile. Who
    has talked is reached, whatever ended it, unless her agent says otherwise (`BY_AGENT`). What failed on our side
    does not count, but it does from the moment her telephone was dialled, and an interruption right after another
    one does: each may have made it ring.
    """
    if callback.state is not CallbackState.IN_PROGRESS:
        return callback
    if callback.talked_at is not None and result not in BY_AGENT:
        result = AttemptResult.REACHED
    again = callback.last_result is AttemptResult.INTERRUPTED or callback.rang_at is not None
    ended = replace(
        callback,
        last_result=result,
        version=callback.version + 1,
        **whose_it_stays(callback),
        rang_at=None,
        talked_at=callback.talked_at if result is AttemptResult.REACHED else None,
    )
    match result:
        case AttemptResult.REACHED:
            return replace(ended, state=CallbackState.REACHED)
        case AttemptResult.WRONG_NUMBER:
            return replace(ended, state=CallbackState.GIVEN_UP)
        case AttemptResult.REFUSED:
            return _refused(ended, at, calling)
        case AttemptResult.NO_TRUNK:
            return _due_again(_not_rung(ended, callback), at + NO_WAY_OUT, calling)
        case AttemptResult.PUT_OFF:
            return _due_again(_uncounted(ended), at + SOON, calling)
        case AttemptResult.NO_AGENT if callback.rang_at is None:
            return _due_again(_uncounted(ended), at + SOON, calling)
        case AttemptResult.INTERRUPTED if not again:
            return _due_again(_uncounted(ended), at + SOON, calling)
        case AttemptResult.BUSY:
            spacing = rules.spacing.busy
        case AttemptResult.UNREACHABLE:
            spacing = rules.spacing.unreachable
        case AttemptResult.MACHINE:
            spacing = rules.spacing.machine
        case (
            AttemptResult.NO_ANSWER
            | AttemptResult.AGENT_LEFT
            | AttemptResult.NO_AGENT
            | AttemptResult.INTERRUPTED
        ):
            spacing = rules.spacing.no_answer
        case _:
            assert_never(result)
    if callback.attempts >= (1 if callback.origin is CallbackOrigin.FLASH else rules.most_attempts):
        return replace(ended, state=CallbackState.GIVEN_UP)
    wait = spacing[min(max(callback.attempts, 1), len(spacing)) - 1]
    return _due_again(ended, at + wait, calling)


def _refused(ended: Callback, at: datetime, calling: CallingHours) -> Callback:
    """Final for the day: again when the centre opens on another one, given up at the second refusal."""
    ended = replace(ended, refusals=ended.refusals + 1)
    if ended.refusals >= MOST_REFUSALS or ended.origin is CallbackOrigin.FLASH:
        return replace(ended, state=CallbackState.GIVEN_UP)
    zone = calling.opening.zone
    tomorrow = datetime.combine(at.astimezone(zone).date() + timedelta(days=1), time(), tzinfo=zone)
    return _due_again(ended, tomorrow, calling)


def _not_rung(ended: Callback, before: Callback) -> Callback:
    """The trunk did not carry the call: her telephone has not been tried."""
    first = None if before.first_attempt_at == before.rang_at else before.first_attempt_at
    return replace(_uncounted(ended), first_attempt_at=first)


def _uncounted(ended: Callback) -> Callback:
    return replace(ended, attempts=max(ended.attempts - 1, 0))


def _due_again(callback: Callback, moment: datetime, calling: CallingHours) -> Callback:
    return replace(callback, state=CallbackState.DUE, not_before=calling.first(moment) or moment)


def new_reference(random: Random, taken: Collection[CallbackId]) -> CallbackId:
    """A reference not in `taken`: six digits, the first not 0. Raises ValueError when there is none left."""
    if len(taken) >= len(_REFERENCES):
        raise ValueError("every six-digit reference is taken")
    while (reference := CallbackId(str(random.choice(_REFERENCES)))) in taken:
        pass
    return reference
