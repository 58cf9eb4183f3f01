"""Everyone who may answer, by agent, with the free ones in order at hand.

A change is a new `Seats`. Who is free for what, and whose state ends when, follows from the seats themselves,
so it cannot disagree with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from routing.ordered import Ordered
from routing.skills import ANY, Profile

if TYPE_CHECKING:  # `Desk` in the model holds Seats
    from routing.model import AgentId, Language, Seat, Subject

Skill = tuple["Language", "Subject | None", int, int]
"""A language, a subject, and how well they are known; None and `ANY` stand for any subject."""


class Seats(Mapping["AgentId", "Seat"]):
    """The seats by agent; read it like a dict."""

    __slots__ = ("_at_work", "_deadlines", "_free", "_free_of", "_seats")

    def __init__(self, seats: Iterable[Seat] = ()) -> None:
        self._seats: dict[AgentId, Seat] = {}
        self._free: dict[Skill, Ordered[tuple[datetime, AgentId], AgentId]] = {}
        self._free_of: dict[Language, int] = {}
        self._at_work: dict[Language, int] = {}
        self._deadlines: Ordered[tuple[datetime, AgentId], AgentId] = Ordered()
        for seat in seats:
            self._put(seat)

    def with_seat(self, seat: Seat) -> Seats:
        """With `seat` in place of the agent's former one."""
        new = Seats.__new__(Seats)
        new._seats = self._seats.copy()
        new._free, new._free_of = self._free, self._free_of
        new._at_work = self._at_work
        new._deadlines = self._deadlines
        new._put(seat)
        return new

    def anyone_free(self) -> bool:
        """Whether at least one agent can be offered a call."""
        return bool(self._free)

    def free(self, language: Language) -> int:
        """How many who speak it can be offered a call."""
        return self._free_of.get(language, 0)

    def at_work(self, language: Language) -> int:
        """How many who speak it are free, or will be after what they do now."""
        return self._at_work.get(language, 0)

    def longest_free(
        self, language: Language, subject: Subject, profiles: Iterable[Profile]
    ) -> tuple[AgentId, Profile] | None:
        """Of the first profile that anyone free has, who is free longest (ties by id); and that profile."""
        free = self._free
        for profile in profiles:
            agents = free.get((language, subject if profile.subject else None, *profile))
            if agents:
                first = agents.first()
                assert first is not None
                return first[1], profile
        return None

    def all_free(
        self, language: Language, subject: Subject, profiles: Iterable[Profile]
    ) -> Iterator[tuple[AgentId, Profile]]:
        """Everyone free who has one of these profiles, in the order in which they would be rung."""
        for profile in profiles:
            agents = self._free.get((language, subject if profile.subject else None, *profile))
            for agent in agents.values() if agents else ():
                if profile.subject or subject not in self._seats[agent].agent.subjects:
                    yield agent, profile

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
        free_before, free_since = old.free_since if old else None, seat.free_since
        changed = old is not None and old.agent is not seat.agent and old.agent != seat.agent
        if free_before != free_since or changed:
            free = dict(self._free)
            if old and free_before is not None:
                for skill in _skills(old):
                    left = free[skill].without((free_before, agent))
                    if left:
                        free[skill] = left
                    else:
                        del free[skill]
            if free_since is not None:
                for skill in _skills(seat):
                    free[skill] = free.get(skill, Ordered()).put((free_since, agent), agent)
            self._free = free
        was_free, worked = free_before is not None, old is not None and old.at_work
        if was_free is not (free_since is not None) or changed:
            self._free_of = _counted(self._free_of, old if was_free else None, seat if free_since else None)
        if worked is not seat.at_work or changed:
            self._at_work = _counted(self._at_work, old if worked else None, seat if seat.at_work else None)
        ended = old.deadline if old else None
        if ended != seat.deadline:
            if ended is not None:
                self._deadlines = self._deadlines.without((ended, agent))
            if seat.deadline is not None:
                self._deadlines = self._deadlines.put((seat.deadline, agent), agent)


def _skills(seat: Seat) -> list[Skill]:
    agent = seat.agent
    return [
        skill
        for language in set(agent.languages)
        for level in (agent.speaks(language),)
        for skill in (
            (language, None, level, ANY),
            *((language, subject, level, agent.knows(subject)) for subject in agent.subjects),
        )
    ]


def _counted(counts: dict[Language, int], gone: Seat | None, come: Seat | None) -> dict[Language, int]:
    new = counts.copy()
    for seat, change in ((gone, -1), (come, 1)):
        for language in set(seat.agent.languages) if seat else ():
            new[language] = new.get(language, 0) + change
    return new
