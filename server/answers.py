"""What the running centre answers on its control socket: how it is, who calls, and every trace as it happens."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from db.engine import DatabaseUnreachable
from ivr.centre import Centre
from ivr.numbers import normalise
from recordings.files import Damaged
from routing.hours import Closed, Open
from routing.overrides import Becomes, Reason, WrongEnd
from routing.record import Record, TraceLine
from server.alarm import standing_json
from server.figures import day_json, today

if TYPE_CHECKING:
    from server.controller import Controller

LONGEST_NAME = 64  # of who changes the hours
MOST_UNREAD = 10_000
"""Records kept for one who follows; who reads too slowly misses some, and nobody waits for him."""


def answers(centre: "Controller") -> dict[str, Any]:
    """By question, what answers it; each takes and returns values for JSON."""

    async def status(_: dict[str, Any]) -> dict[str, Any]:
        seen = centre.above.at_once()  # what a supervisor hears
        now, trouble = seen.at, centre.writer.trouble
        return {
            "at": now.isoformat(),
            "hours_in_words": hours_in_words(centre.centre, now),
            "hours_changed": plain(seen.said),
            "alerts": standing_json(centre.alarm_bell.standing),
            "link": centre.link.up,
            "database": "ok" if trouble is None else trouble.why,
            "speech": {} if centre.hearing is None else centre.hearing.states,
            "calls": len(centre.reception.lines),
            "callbacks_open": len(centre.book.open()),
            "callbacks_trouble": centre.dialer.trouble,
            "callbacks_broken": centre.alarm.broken(),
            "callbacks_at_risk": [
                {"id": risk.promise.id, "why": risk.why, "breaks_at": risk.breaks_at.isoformat()}
                for risk in centre.alarm.risks()
            ],
            "desk": plain(seen.desk),
            "journal": asdict(centre.journal.health()),
        }

    async def caller(question: dict[str, Any]) -> dict[str, Any]:
        number = normalise(str(question["number"]))
        return {"language": None if number is None else centre.memory.language_of(number)}

    async def figures(_: dict[str, Any]) -> dict[str, Any]:
        try:
            return day_json(await today(centre))
        except DatabaseUnreachable as trouble:
            return {"trouble": str(trouble)}

    async def change_hours(question: dict[str, Any]) -> dict[str, Any]:
        until = question.get("until")
        refused = ""
        try:
            centre.opening.change(
                Becomes(question["becomes"]),
                None if until is None else datetime.fromisoformat(until).astimezone(UTC),
                Reason(question["why"]),
                str(question["by"])[:LONGEST_NAME],
            )
        except WrongEnd as wrong:
            refused = str(wrong)
        except (Damaged, OSError) as problem:
            refused = f"it cannot be kept ({problem})"
        return {"refused": refused, "hours_in_words": hours_in_words(centre.centre, centre.clock())}

    return {"status": status, "caller": caller, "figures": figures, "change_hours": change_hours}


def hours_in_words(centre: Centre, now: datetime) -> str:
    """`open until Monday 16:30`, in the centre's own time."""
    zone = centre.zone
    match centre.hours.at(now):
        case Open(until=until):
            return f"open until {until.astimezone(zone):%A %H:%M}"
        case Closed(reopens_at=datetime() as opening, why=why):
            return f"closed ({why}) until {opening.astimezone(zone):%A %d %B %H:%M}"
        case Closed(why=why):
            return f"closed ({why})"


class Followers:
    """Those who read every trace as it happens."""

    def __init__(self) -> None:
        """Nobody yet."""
        self._queues: set[asyncio.Queue[Record]] = set()

    def tell(self, record: Record) -> None:
        """Pass it on."""
        for queue in self._queues:
            if not queue.full():
                queue.put_nowait(record)

    async def follow(self) -> AsyncIterator[Any]:
        """Trace lines from now on, for JSON."""
        queue: asyncio.Queue[Record] = asyncio.Queue(maxsize=MOST_UNREAD)
        self._queues.add(queue)
        try:
            while True:
                record = await queue.get()
                if isinstance(record, TraceLine):
                    yield {
                        "call": record.call,
                        "at": record.at.isoformat(),
                        "what": record.what,
                        "facts": dict(record.facts),
                    }
        finally:
            self._queues.discard(queue)


def plain(value: Any) -> Any:
    """For JSON: durations in seconds, moments in ISO 8601."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat() if isinstance(value, datetime) else value
