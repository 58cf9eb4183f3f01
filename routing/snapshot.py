"""The desk as people look at it: one picture for the page, the spoken statistics and the status line."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import assert_never

from routing.model import (
    AgentId,
    AgentState,
    Available,
    CallbackId,
    Desk,
    Device,
    EntryId,
    Language,
    Offered,
    OnBreak,
    Seat,
    SignedOut,
    Subject,
    Talking,
    WrappingUp,
)


@dataclass(frozen=True, slots=True)
class WaitingNow:
    """One who waits. `waited` is since she joined; `place` is 1 for the next, as she is told it."""

    id: EntryId
    place: int
    language: Language
    subject: Subject
    waited: timedelta
    callback: CallbackId | None
    rung: AgentId | None
    """The agent whose phone rings for her."""


@dataclass(frozen=True, slots=True)
class AgentNow:
    """One agent; `since` and `until` as far as the state has them.

    `entry` is whom he is rung for or talks with, `reason` why he is on break, empty otherwise; `extension` is the
    telephone at which he sits.
    """

    id: AgentId
    name: str
    extension: str
    state: str
    reason: str
    device: Device
    since: datetime | None
    until: datetime | None
    entry: EntryId | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The desk at `at`, with `waiting` in the order of the queue.

    `waiting_count`, `longest_wait` and `by_language` are of live callers; `callbacks_count` of the others.
    `by_state` counts agents by state name; `free` are those who could be offered a call now.
    """

    at: datetime
    waiting: tuple[WaitingNow, ...]
    waiting_count: int
    callbacks_count: int
    longest_wait: timedelta
    by_language: Mapping[Language, int]
    agents: tuple[AgentNow, ...]
    by_state: Mapping[str, int]
    free: int

    @property
    def signed_in(self) -> int:
        """How many agents are at work, on break included."""
        return len(self.agents) - self.by_state.get("signed_out", 0)


def snapshot(desk: Desk, now: datetime) -> Snapshot:
    """The picture of `desk` at `now` (UTC)."""
    waiting = tuple(
        WaitingNow(
            id=entry.id,
            place=place,
            language=entry.language,
            subject=entry.subject,
            waited=max(now - entry.entered_at, timedelta()),
            callback=entry.callback,
            rung=desk.offers.get(entry.id),
        )
        for place, entry in enumerate(desk.queue, start=1)
    )
    live = [one for one in waiting if one.callback is None]
    agents = tuple(_agent_now(seat) for seat in desk.seats.values())
    return Snapshot(
        at=now,
        waiting=waiting,
        waiting_count=len(live),
        callbacks_count=len(waiting) - len(live),
        longest_wait=max((one.waited for one in live), default=timedelta()),
        by_language=MappingProxyType(Counter(one.language for one in live)),
        agents=agents,
        by_state=MappingProxyType(Counter(agent.state for agent in agents)),
        free=sum(seat.free_since is not None for seat in desk.seats.values()),
    )


def state_name(state: AgentState) -> str:
    """The state as it is shown and stored: `available`, `wrapping_up`, …."""
    match state:
        case SignedOut():
            return "signed_out"
        case Available():
            return "available"
        case Offered():
            return "offered"
        case Talking():
            return "talking"
        case WrappingUp():
            return "wrapping_up"
        case OnBreak():
            return "on_break"
        case _:
            assert_never(state)


def _agent_now(seat: Seat) -> AgentNow:
    agent, state = seat.agent, seat.state
    return AgentNow(
        id=agent.id,
        name=agent.name,
        extension=seat.extension,
        state=state_name(state),
        reason=state.reason if isinstance(state, OnBreak) else "",
        device=seat.device,
        since=state.since if isinstance(state, Available | Talking | OnBreak) else None,
        until=state.until if isinstance(state, Offered | WrappingUp) else None,
        entry=state.entry if isinstance(state, Offered | Talking) else None,
    )
