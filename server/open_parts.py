"""Agents' parts of conversations that nobody ended: their controller died. Each gets the end that is known best."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from db.engine import DatabaseUnreachable
from db.store import Store
from ivr.call import TalkEnd
from routing.record import AgentTalk, CallRecord, Record, Recorder

log = structlog.get_logger()

SETTLED = timedelta(seconds=30)
"""After the end of its call a part that is on its way to the database is there."""
MOST = 5000
"""Parts of this controller's own that are remembered."""


class OpenParts:
    """`saw` hears every record of this controller; `close` is called now and then."""

    def __init__(self, store: Store, recorder: Recorder, now: Callable[[], datetime], *, alone: bool) -> None:
        """`alone`: no other controller writes to this database, so that what is not ours is of an earlier one."""
        self._store, self._recorder, self._now, self._alone = store, recorder, now, alone
        self._began = now()
        self._ours: dict[str, None] = {}

    def saw(self, record: Record) -> None:
        """A part of this controller's own is ended by its flow."""
        if isinstance(record, AgentTalk):
            self._ours[record.id] = None
            if len(self._ours) > MOST:
                del self._ours[next(iter(self._ours))]

    async def close(self) -> None:
        """End what nobody will end. Nothing while the database is away."""
        try:
            parts = [part for part in await self._store.open_talks() if part.id not in self._ours]
            for part in parts:
                call = await self._store.call(part.call)
                ended_at = None if call is None else self._end_of(part, call)
                if ended_at is not None:
                    log.info("a part of a conversation that ended unseen is closed", call=part.call)
                    self._recorder.record(
                        replace(part, version=part.version + 1, ended_at=ended_at, ended_by=TalkEnd.UNKNOWN)
                    )
        except DatabaseUnreachable:
            return

    def _end_of(self, part: AgentTalk, call: CallRecord) -> datetime | None:
        """At the end of the conversation at the latest, and when this controller found the call without it."""
        over = call.talk_ended_at or call.ended_at
        if self._alone:
            ends = min(over or self._began, self._began)
        elif call.ended_at is not None and over is not None and self._now() - call.ended_at > SETTLED:
            ends = over
        else:
            return None
        return max(ends, part.began_at)
