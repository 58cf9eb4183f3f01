"""A day from the centre's own log: its calls and its agents' changes."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from routing.events import AgentReturned, AgentSignedIn, AgentSignedOut, AgentTookBreak
from routing.model import Agent, AgentId, BreakReason, CallEnding, DeskRules, Direction, EntryId
from routing.record import AgentChange, CallRecord
from simulator.day import Attendance, Coming, Contact, Day

OUT, BREAK = "signed_out", "on_break"


def logged_day(
    calls: Iterable[CallRecord],
    changes: Iterable[AgentChange],
    agents: Iterable[Agent],
    rules: DeskRules,
    since: datetime,
) -> Day:
    """The calls that joined the line, and who was at work. `changes` in order of time, also from before `since`.

    Of a caller who took a callback or was sent away nobody knows how long she would have stayed.
    """
    contacts = sorted(
        (contact for call in calls if (contact := _contact(call)) is not None),
        key=lambda one: (one.joined_at, one.id),
    )
    return Day(tuple(contacts), tuple(agents), tuple(_attendance(changes, since)), rules)


def _contact(call: CallRecord) -> Contact | None:
    if call.direction is not Direction.INBOUND or call.queued_at is None or call.ended_at is None:
        return None
    if call.language is None or call.subject is None or call.wait_seconds is None:
        return None
    talked = call.talk_seconds if call.agent is not None else None
    return Contact(
        id=EntryId(call.id),
        language=call.language,
        subject=call.subject,
        joined_at=call.queued_at,
        waited=timedelta(seconds=call.wait_seconds),
        handled=None if talked is None else timedelta(seconds=talked),
        agent=call.agent if talked is not None else None,
        bound_to_leave=call.ending not in (CallEnding.ANSWERED, CallEnding.ABANDONED),
    )


def _attendance(changes: Iterable[AgentChange], since: datetime) -> Iterable[Attendance]:
    """Comings and goings; talks and pauses after them are the replay's own."""
    was: dict[AgentId, str] = {}
    for change in changes:
        state = change.state if change.state in (OUT, BREAK) else "at work"
        for event in _events(change.agent, was.get(change.agent, OUT), state):
            yield Attendance(max(change.at, since), event)
        was[change.agent] = state


def _events(agent: AgentId, was: str, is_: str) -> list[Coming]:
    if was == is_:
        return []
    if is_ == OUT:
        return [AgentSignedOut(agent)]
    came: list[Coming] = [AgentSignedIn(agent)] if was == OUT else []
    if is_ == BREAK:
        return [*came, AgentTookBreak(agent, BreakReason.PAUSE)]
    return came or [AgentReturned(agent)]
