"""How long each agent was in which state, and which rings came to what: read from the log of changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from routing.model import AgentId
from routing.record import AgentChange


@dataclass(frozen=True, slots=True)
class Stretch:
    """An agent in one state from `start` to `end`; `ended` False while it goes on. `id` is that of its change."""

    id: str
    agent: AgentId
    state: str
    detail: str
    start: datetime
    end: datetime
    ended: bool = True


class RingResult(StrEnum):
    """What became of an offer to an agent."""

    ANSWERED = "answered"
    MISSED = "missed"
    """He did not pick up, refused, or was busy."""
    CANCELLED = "cancelled"
    """The caller left, or the telephone could not be reached; or he stepped away while it rang."""
    RINGING = "ringing"


@dataclass(frozen=True, slots=True)
class Ring:
    """One offer to one agent. `entry` is a call's id, or `callback-REFERENCE-VERSION`."""

    id: str
    agent: AgentId
    entry: str
    start: datetime
    end: datetime
    result: RingResult
    work: "Stretch | None" = None
    """The conversation, where there was one."""


def stretches(changes: Iterable[AgentChange], until: datetime) -> tuple[Stretch, ...]:
    """The stretches of every agent, by agent and time; the last of each goes on until `until`."""
    by_agent: dict[AgentId, list[AgentChange]] = {}
    for change in changes:
        if change.at <= until:
            by_agent.setdefault(change.agent, []).append(change)
    found: list[Stretch] = []
    for agent in sorted(by_agent):
        ordered = sorted(by_agent[agent], key=lambda one: (one.at, one.id))
        found += [_stretch(one, after.at, ended=True) for one, after in pairwise(ordered)]
        found.append(_stretch(ordered[-1], until, ended=False))
    return tuple(found)


def rings(found: Iterable[Stretch]) -> Iterator[Ring]:
    """The offers among `found`, as `stretches` gives them: each with the state that followed it."""
    ordered = tuple(found)
    for index, one in enumerate(ordered):
        if one.state != "offered":
            continue
        after = ordered[index + 1] if index + 1 < len(ordered) else None
        if after is not None and after.agent != one.agent:
            after = None
        picked_up = after is not None and after.state == "talking" and after.detail == one.detail
        result = RingResult.ANSWERED if picked_up else _unanswered(after)
        yield Ring(one.id, one.agent, one.detail, one.start, one.end, result, after if picked_up else None)


def _unanswered(after: Stretch | None) -> RingResult:
    if after is None:
        return RingResult.RINGING
    if after.state == "on_break" and after.detail == "missed_offer":
        return RingResult.MISSED
    return RingResult.CANCELLED


def _stretch(change: AgentChange, end: datetime, *, ended: bool) -> Stretch:
    return Stretch(change.id, change.agent, change.state, change.detail, change.at, end, ended)
