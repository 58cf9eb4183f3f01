"""The log of a time as figures are made of it, read from the tables."""

from datetime import datetime

from db.store import Store
from routing.indicators.interval import Interval
from routing.indicators.log import Log
from routing.record import AgentChange


async def read_day(store: Store, interval: Interval, as_of: datetime) -> Log:
    """What the main figures of an interval need. Raises DatabaseUnreachable."""
    return Log(
        interval,
        as_of,
        calls=tuple(reversed(await store.calls(limit=None, since=interval.start, until=interval.end))),
        callbacks=tuple(await store.promises_of(interval.start, interval.end)),
        changes=await _changes(store, interval, as_of),
    )


async def _changes(store: Store, interval: Interval, as_of: datetime) -> tuple[AgentChange, ...]:
    before = await store.latest_agent_states(before=interval.start)
    within = await store.agent_changes(since=interval.start, until=max(interval.end, as_of))
    return (*before.values(), *within)
