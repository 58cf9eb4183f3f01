"""Calls of a day as the log has them, for figures: who called when, waited how long, and how it ended."""

from datetime import UTC, datetime, timedelta
from itertools import count

from routing.indicators.interval import Interval
from routing.indicators.log import Log
from routing.model import AgentId, CallEnding, CallId, Direction, Language, Subject
from routing.record import AgentChange, AgentTalk, CallRecord

MONDAY = datetime(2026, 9, 28, tzinfo=UTC)  # over, and after Morocco left UTC+1
TODAY = Interval(MONDAY, MONDAY + timedelta(days=1))
NINE = MONDAY + timedelta(hours=9)
E = CallEnding
_numbers = count(1)


def a_call(
    ending: CallEnding | None,
    waited: float | None = None,
    *,
    at: datetime = NINE,
    talked: float = 60,
    **values: object,
) -> CallRecord:
    """One call that began at `at`; with `waited` it joined the line ten seconds later."""
    queued = None if waited is None else at + timedelta(seconds=10)
    left = at + timedelta(seconds=20) if queued is None else queued + timedelta(seconds=waited or 0)
    connected = left if ending is E.ANSWERED else None
    over = None if connected is None else connected + timedelta(seconds=talked)
    given: dict[str, object] = {
        "id": CallId(f"call.{next(_numbers):06}"),
        "direction": Direction.INBOUND,
        "caller": "+212612345678",
        "language": Language.FRENCH,
        "subject": Subject("funding"),
        "agent": AgentId("amal") if connected else None,
        "answered_at": at,
        "queued_at": queued,
        "connected_at": connected,
        "talk_ended_at": over,
        "ended_at": None if ending is None else over or left,
    }
    return CallRecord(
        version=1,
        dialled="2000",
        started_at=at,
        ending=ending,
        **(given | values),  # type: ignore[arg-type]
    )


def a_change(agent: str, at: datetime, state: str, detail: str = "") -> AgentChange:
    return AgentChange(f"{at.timestamp():.6f}-{next(_numbers)}-{agent}", AgentId(agent), at, state, detail)


def a_talk(
    call: CallRecord, agent: str | None, after: float, seconds: float | None, **values: object
) -> AgentTalk:
    """A part of the conversation that began `after` so many seconds of it."""
    assert call.connected_at is not None
    began = call.connected_at + timedelta(seconds=after)
    return AgentTalk(
        id=f"{call.id}-{next(_numbers)}",
        version=2,
        call=call.id,
        agent=None if agent is None else AgentId(agent),
        began_at=began,
        ended_at=None if seconds is None else began + timedelta(seconds=seconds),
        **({"outside": None} | values),  # type: ignore[arg-type]
    )


def a_log(
    *calls: CallRecord, interval: Interval = TODAY, as_of: datetime | None = None, **more: object
) -> Log:
    return Log(interval, as_of or interval.end, calls=calls, **more)  # type: ignore[arg-type]
