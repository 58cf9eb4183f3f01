"""The log of a time as figures are made of it, read from the tables."""

from dataclasses import replace
from datetime import datetime, timedelta

from db.store import Store
from routing.indicators.entries import reference_of
from routing.indicators.interval import Interval
from routing.indicators.log import AGAIN, Log
from routing.indicators.menus import EVERY
from routing.indicators.promises import OFFERED
from routing.model import CallbackId, Direction
from routing.record import AgentChange

GOING_ON = timedelta(days=1)  # after the interval: for what began in it and ended later


async def read_day(store: Store, interval: Interval, as_of: datetime) -> Log:
    """What the main figures of an interval need. Raises DatabaseUnreachable."""
    return Log(
        interval,
        as_of,
        calls=tuple(reversed(await store.calls(limit=None, since=interval.start, until=interval.end))),
        callbacks=tuple(await store.promises_of(interval.start, interval.end)),
        changes=await _changes(store, interval),
        watched=tuple(await store.watched(interval.start, interval.end)),
    )


async def read_log(store: Store, interval: Interval, as_of: datetime) -> Log:
    """What every figure of an interval needs, 7 days on both sides included. Raises DatabaseUnreachable."""
    known = await read_day(store, interval, as_of)
    calls = await store.calls(limit=None, since=interval.start - AGAIN, until=interval.end + AGAIN)
    notes = await store.notes((*EVERY, OFFERED), interval.start, interval.end, Direction.INBOUND)
    rung_for = {CallbackId(reference_of(change.detail)) for change in known.changes} - set(known.promises)
    return replace(
        known,
        calls=tuple(reversed(calls)),
        notes=tuple(notes),
        talks=tuple(await store.talks(interval.start, interval.end + GOING_ON)),
        callbacks=(*known.callbacks, *await store.callbacks_with(rung_for)),
    )


async def _changes(store: Store, interval: Interval) -> tuple[AgentChange, ...]:
    before = await store.latest_agent_states(before=interval.start)
    within = await store.agent_changes(since=interval.start, until=interval.end + GOING_ON)
    return (*before.values(), *within)
