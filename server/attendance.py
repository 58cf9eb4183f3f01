"""Who is at work, kept as a log of changes, and restored from it when the controller starts again."""

import itertools
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from routing.events import AgentSignedIn, AgentTookBreak, DeskEvent
from routing.model import AgentId, BreakReason, Offered, OnBreak, Seat, Talking
from routing.record import AgentChange, Recorder
from routing.snapshot import state_name


class Attendance:
    """Writes down every change of an agent's state."""

    def __init__(self, recorder: Recorder, now: Callable[[], datetime]) -> None:
        """`now` gives aware UTC moments."""
        self._recorder, self._now = recorder, now
        self._count = itertools.count()

    def changed(self, before: Seat, after: Seat) -> None:
        """A seat changed; a change of the telephone alone is no change of the agent."""
        if before.state == after.state and before.telephone == after.telephone:
            return
        now = self._now()
        unique = f"{int(now.timestamp() * 1e6):017d}-{next(self._count):06d}-{after.agent.id}"
        self._recorder.record(
            AgentChange(unique, after.agent.id, now, state_name(after.state), _detail(after), after.telephone)
        )


def restored(
    latest: Mapping[AgentId, AgentChange], known: Mapping[AgentId, object], telephones: Collection[str] = ()
) -> list[DeskEvent]:
    """What puts the agents back where they were. Who rang, talked or wrote is at work.

    `telephones` are the extensions that the centre has: who sat at one that is gone is at his own.
    """
    events: list[DeskEvent] = []
    for agent, change in latest.items():
        if agent not in known or change.state == "signed_out":
            continue
        events.append(AgentSignedIn(agent, change.telephone if change.telephone in telephones else None))
        if change.state == "on_break":
            reason = change.detail if change.detail in set(BreakReason) else BreakReason.PAUSE
            events.append(AgentTookBreak(agent, BreakReason(reason)))
    return events


def _detail(seat: Seat) -> str:
    match seat.state:
        case OnBreak(reason=reason):
            return reason
        case Offered(entry=entry):
            return entry
        case Talking(entry=entry):
            return entry or ""
        case _:
            return ""
