"""Whose conversation a call was: each agent's own share of it, so that who passed a caller on has his time too."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from routing.model import AgentId
from routing.record import AgentTalk, CallRecord


@dataclass(frozen=True, slots=True)
class Share:
    """Seconds in which `agent` talked with her and kept her on hold. None: nobody knows who it was."""

    agent: AgentId | None
    talk: float
    hold: float


def shares(call: CallRecord, parts: Iterable[AgentTalk]) -> tuple[Share, ...]:
    """Each agent's, in the order in which they came; nothing unless an agent talked with her and all of it is over.

    Of a call without `parts` (an attempt at a promise, one only Asterisk's record knew, one of before parts were kept)
    it is the call's agent who had all of it. Where three talk, each has the time. Outside is nobody's time.
    """
    if call.connected_at is None or call.talk_seconds is None:
        return ()
    ordered = sorted(parts, key=lambda part: (part.began_at, part.id))
    if not ordered:
        return (Share(call.agent, call.talk_seconds, call.hold_seconds),)
    if call.ended_at is None and any(part.ended_at is None for part in ordered):
        return ()
    found: dict[AgentId, Share] = {}
    for part, following in zip_longest(ordered, ordered[1:]):
        if part.agent is not None:
            whole = (_end(part, following, call) - part.began_at).total_seconds()
            before = found.get(part.agent, Share(part.agent, 0.0, 0.0))
            talk = max(whole - part.hold_seconds, 0.0)
            found[part.agent] = Share(part.agent, before.talk + talk, before.hold + part.hold_seconds)
    return tuple(found.values())


def agents_of(call: CallRecord, parts: Sequence[AgentTalk]) -> frozenset[AgentId]:
    """Who has this call among his: everybody who talked with her, else whom the call names."""
    talked = {part.agent for part in parts if part.agent is not None}
    return frozenset(talked or ({call.agent} if call.agent else ()))


def _end(part: AgentTalk, following: AgentTalk | None, call: CallRecord) -> datetime:
    """Of one that nobody saw end: when the next began, or the call's conversation ended."""
    if part.ended_at is not None:
        return part.ended_at
    end = following.began_at if following is not None else call.talk_ended_at or call.ended_at
    return max(part.began_at, end or part.began_at)
