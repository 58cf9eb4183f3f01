"""Everyone who may answer, by agent, with the free ones in order at hand.

A change is a new `Seats`. Who is free for what, and whose state ends when, follows from the seats themselves,
so it cannot disagree with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from routing.ordered import Ordered

if TYPE_CHECKING:  # `Desk` in the model holds Seats
    from routing.model import AgentId, Language, Seat, Subject

Skill = tuple["Language", "Subject | None"]
"""A language and a subject; None stands for any subject."""


class Seats(Mapping["AgentId", "Seat"]):
    """The seats by agent; read it like a dict."""

    __slots__ = ("_deadlines", "_free", "_seats")

    def __init__(self, seats: Iterable[Seat] = ()) -> None:
        self._seats: dict[AgentId, Seat] = {}
        self._free: dict[Skill, Ordered[tuple[datetime, AgentId], AgentId]] = {}
        self._deadlines: Ordered[tuple[datetime, AgentId], AgentId] = Ordered()
        for seat in seats:
            self._put(seat)

    def with_seat(self, seat: Seat) -> Seats:
        """With `seat` in place of the agent's former one."""
        new = Seats.__new__(Seats)
        new._seats = self._seats.copy()
        new._free = self._free
        new._deadlines = self._deadlines
        new._put(seat)
        return new

    def anyone_free(self) -> bool:
        """Whether at least one agent can be offered a call."""
        return bool(self._free)

    def longest_free(self, language: Language, subject: Subject | None) -> AgentId | None:
        """The agent who is free longest (ties by id) and fits; `subject` None for any."""
        agents = self._free.get((language, subject))
        first = agents.first() if agents else None
        return first[1] if first else None

    def next_deadline(self) -> tuple[datetime, AgentId] | None:
        """The earliest moment at which a state ends by itself (UTC), and whose."""
        first = self._deadlines.first()
        return first[0] if first else None

    def __getitem__(self, agent: AgentId) -> Seat:
        return self._seats[agent]

    def __iter__(self) -> Iterator[AgentId]:
        return iter(self._seats)

    def __len__(self) -> int:
        return len(self._seats)

    def __repr__(self) -> str:
        return f"Seats({list(self._seats.values())!r})"

    def _put(self, seat: Seat) -> None:
        agent = seat.agent.id
        old = self._seats.get(agent)
        self._seats[agent] = seat
        free_before = old.free_since if old else None
        if free_before != seat.free_since or (old and old.agent != seat.agent):
            free = dict(self._free)
            if old and free_before is not None:
                for skill in _skills(old):
                    left = free[skill].without((free_before, agent))
                    if left:
                        free[skill] = left
                    else:
                        del free[skill]
            if seat.free_since is not None:
                for skill in _skills(seat):
                    free[skill] = free.get(skill, Ordered()).put((seat.free_since, agent), agent)
            self._free = free
        ended = old.deadline if old else None
        if ended != seat.deadline:
            if ended is not None:
                self._deadlines = self._deadlines.without((ended, agent))
            if seat.deadline is not None:
                self._deadlines = self._deadlines.put((seat.deadline, agent), agent)


def _skills(seat: Seat) -> list[Skill]:
    subjects: tuple[Subject | None, ...] = (None, *seat.agent.subjects)
    return [(language, subject) for language in set(seat.agent.languages) for subject in subjects]
