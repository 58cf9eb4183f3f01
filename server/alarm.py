"""Alerts put into effect: the centre is read again and again, and supervisors are called until one of them knows."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from routing import alerts
from routing.alerts import AlertRules, Kind, OnCall, Reading, Standing
from server.alarm_file import AlarmFile

log = structlog.get_logger()

Read = Callable[[], Awaitable[Reading]]
Tell = Callable[[OnCall, Sequence[Standing]], Awaitable[bool]]
"""Calls someone and tells what stands; whether he acknowledged."""


class Alarm:
    """`look` is called by the clock."""

    def __init__(
        self,
        rules: AlertRules,
        people: Sequence[OnCall],
        read: Read,
        tell: Tell,
        now: Callable[[], datetime],
        zone: ZoneInfo,
        kept: Path | None = None,
    ) -> None:
        """`people` in the order in which they are called. In the file `kept` what they know outlives a restart."""
        self._rules, self._people, self._read, self._tell = rules, tuple(people), read, tell
        self._now, self._zone = now, zone
        self._file = AlarmFile(kept)
        self._watch = self._file.read(now())
        self._round: asyncio.Task[None] | None = None

    @property
    def standing(self) -> tuple[Standing, ...]:
        """What has been raised and has not cleared."""
        return tuple(one for one in self._watch.standing.values() if one.raised)

    async def look(self) -> None:
        """Read the centre; begin to call when there is something to tell."""
        if not self._people or not self._rules.rules:
            return
        reading = await self._read()
        before, self._watch = self._watch, alerts.look(self._watch, self._rules, reading)
        raised, cleared = alerts.news(before, self._watch)
        for kind in raised:
            log.warning("an alert is raised", alert=kind.value, value=self._watch.standing[kind].value)
        for kind in cleared:
            log.info("an alert has cleared", alert=kind.value)
        if self._round is None and (told := alerts.to_tell(self._watch, self._rules, self._now())):
            self._round = asyncio.create_task(self._call_round(told), name="alert")
            self._round.add_done_callback(self._ended)
        self._file.write(self._watch, self._now())

    async def _call_round(self, told: Sequence[Standing]) -> None:
        """One after the other, until somebody knows or all has cleared."""
        now = self._now()
        self._watch = alerts.calling(self._watch, told, now)
        kinds = [one.kind for one in told]
        for person in alerts.on_duty(self._people, now.astimezone(self._zone).time()):
            standing = alerts.unknown(self._watch, kinds)
            if not standing:
                return
            if await self._tell(person, standing):
                known = [one.kind for one in standing]
                self._watch = alerts.acknowledged(self._watch, known, person.who)
                self._file.write(self._watch, self._now())
                log.info("an alert is acknowledged", by=person.who, alerts=_names(known))
                return
        log.warning("nobody acknowledged an alert", alerts=_names(kinds))

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._round = None
        if not task.cancelled() and task.exception() is not None:
            log.error("calling a supervisor failed", exc_info=task.exception())

    async def close(self) -> None:
        """Nobody is called any more; a call under way is left to Asterisk."""
        if self._round is not None:
            self._round.cancel()
            await asyncio.gather(self._round, return_exceptions=True)


def standing_json(standing: Sequence[Standing]) -> list[Mapping[str, Any]]:
    """For `status`."""
    return [
        {
            "alert": one.kind.value,
            "since": one.since.isoformat(),
            "value": one.value,
            "acknowledged_by": one.acknowledged_by,
        }
        for one in standing
    ]


def _names(kinds: Sequence[Kind]) -> str:
    return " ".join(kind.value for kind in kinds)
