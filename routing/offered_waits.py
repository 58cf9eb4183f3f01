"""How long each would have waited had she stayed: for who was answered her wait, for who left it is found out later.

Who left would have been answered when an agent who serves her was next free for someone younger, or for nobody. A range
judged by those alone who stayed would be judged by the short waits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from routing.events import AgentAnswered, CallerLeft, DeskEvent
from routing.model import Agent, Desk, EntryId, QueueEntry


@dataclass(frozen=True, slots=True)
class OfferedWait:
    """`seconds` from joining to the agent who answered her (`stayed`), or would have."""

    entry: EntryId
    seconds: float
    stayed: bool


class OfferedWaits:
    """Follows the desk from event to event."""

    def __init__(self) -> None:
        """Nobody has left yet."""
        self._gone: dict[EntryId, QueueEntry] = {}

    def found(self, before: Desk, event: DeskEvent, after: Desk, now: datetime) -> Iterator[OfferedWait]:
        """What this event lets know."""
        match event:
            case AgentAnswered(agent, entry_id) if (entry := before.queue.get(entry_id)) is not None:
                self._gone.pop(entry_id, None)
                yield OfferedWait(entry_id, _since(entry, now), stayed=True)
                seat = after.seats.get(agent)
                if seat is not None:
                    yield from self._served_by(seat.agent, after, now, before=entry)
            case CallerLeft(entry_id) if (entry := before.queue.get(entry_id)) is not None:
                self._gone[entry_id] = entry
        if self._gone and after.seats.anyone_free():
            for seat in after.seats.values():
                if seat.free_since is not None:
                    yield from self._served_by(seat.agent, after, now)

    def _served_by(
        self, agent: Agent, desk: Desk, now: datetime, before: QueueEntry | None = None
    ) -> Iterator[OfferedWait]:
        for entry in list(self._gone.values()):
            older = before is None or entry.age_from < before.age_from
            fits_from = desk.rules.relax.fits_from(agent.speaks(entry.language), agent.knows(entry.subject))
            if older and fits_from is not None and now - entry.age_from >= fits_from:
                del self._gone[entry.id]
                yield OfferedWait(entry.id, _since(entry, now), stayed=False)


def _since(entry: QueueEntry, now: datetime) -> float:
    return max(0.0, (now - entry.entered_at).total_seconds())
