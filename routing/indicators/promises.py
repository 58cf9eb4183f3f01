"""Callbacks: how many were taken, reached and kept. A promise belongs to the interval in which it was asked for."""

from routing.indicators.figure import Figure, Unit, count, mean, quotient, share
from routing.indicators.part import Part
from routing.model import Callback, CallbackState, Direction
from routing.promise_watch import Standing, standing

OFFERED = "callback offered"
"""The trace line of a call in which she was told that she may be called back."""
CLOSED = frozenset({CallbackState.REACHED, CallbackState.GIVEN_UP, CallbackState.CANCELLED})


def promises(part: Part) -> tuple[Figure, ...]:
    """Every figure of callbacks. Rows are references, but of the acceptance and of the wait calls."""
    offered = tuple(dict.fromkeys(note.call for note in part.notes if note.what == OFFERED))
    accepted = tuple(id for id in offered if part.log.by_id[id].callback is not None)
    closed = [one for one in part.callbacks if one.state in CLOSED]
    reached = [one for one in closed if one.state is CallbackState.REACHED]
    due = due_in(part)
    first: dict[str, float] = {
        one.id: max((one.first_attempt_at - one.asked_at).total_seconds(), 0.0)
        for one in part.callbacks
        if one.first_attempt_at is not None
    }
    return (
        count("callbacks_asked", (one.id for one in part.callbacks)),
        share("callbacks_accepted", accepted, offered),
        share("callbacks_reached", (one.id for one in reached), (one.id for one in closed)),
        share(
            "promises_kept",
            (one.id for one in due if standing(one, part.log.as_of) is Standing.KEPT),
            (one.id for one in due),
        ),
        mean("time_to_first_attempt", first),
        quotient(
            "attempts_per_reach",
            Unit.RATIO,
            {one.id: float(one.attempts) for one in closed},
            {one.id: 1.0 for one in reached},
        ),
        mean("wait_after_connection", waits_after_connection(part)),
    )


def waits_after_connection(part: Part) -> dict[str, float]:
    """Of persons who were rung before their agent: seconds from picking up to his voice, by call.

    Where the agent was rung first he is there when she picks up: such calls never join the line.
    """
    return {
        call.id: max((call.connected_at - call.answered_at).total_seconds(), 0.0)
        for call in part.conversations
        if call.direction is Direction.OUTBOUND
        and call.queued_at is not None
        and call.answered_at is not None
        and call.connected_at is not None
    }


def due_in(part: Part) -> tuple[Callback, ...]:
    """Promises whose window ended in the interval and of which it is known whether they were kept."""
    return tuple(
        one
        for one in part.every_promise
        if one.promised_until is not None
        and one.promised_until in part.interval
        and standing(one, part.log.as_of) in (Standing.KEPT, Standing.BROKEN)
    )
