"""A recorded day once more through the production's `decide`, on a clock that jumps from event to event.

The arrivals, the agents' attendance and how long each talked are the day's. A person who gave up leaves after the
same wait, unless she is answered before; one who was answered has a patience longer than what she waited, drawn from
those of the day (`routing/patience.py`). One who gave up and is answered now talks as long as another with her subject
did. Everything drawn follows from the seed.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from math import inf
from random import Random
from typing import Protocol

from routing.decide import decide
from routing.events import (
    AgentAnswered,
    CallEnded,
    CallerJoined,
    CallerLeft,
    DeskEvent,
    DeviceChanged,
    MomentArrived,
    OfferTo,
    TellPosition,
    WakeAt,
)
from routing.model import AgentId, Desk, Device, EntryId, QueueEntry, Subject, desk_for
from routing.patience import Patience, learn_patience
from simulator.day import Contact, Day

NOTHING_MORE = timedelta(hours=1)
"""After the last thing that people did; who waits still when everyone has gone is not answered any more."""
FEWEST_ALIKE = 5
"""Conversations on one subject from which another's length is drawn; with fewer, all of the day are."""


class Watcher(Protocol):
    """Looks on; told after the desk has changed."""

    def saw(self, before: Desk, event: DeskEvent, after: Desk, now: datetime) -> None:
        """`event` made `before` into `after`."""
        ...

    def told(self, desk: Desk, entry: EntryId, place: int, now: datetime) -> None:
        """The caller is told her place, which is when she may be told her wait."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a contact in the replay. `agent` None: she left the line after `waited`."""

    contact: Contact
    waited: timedelta
    agent: AgentId | None


@dataclass(frozen=True, slots=True)
class _Person:
    """What a contact brings: how long she stays (None: as long as it takes) and how long she will talk."""

    patience: timedelta | None
    talks: timedelta


def replay(day: Day, watchers: Sequence[Watcher] = (), *, seed: int = 1) -> tuple[Outcome, ...]:
    """What becomes of each contact of `day`, in order of joining. The same day and seed give the same outcomes."""
    return _Replay(day, watchers, Random(seed)).run()


def patience_of(day: Day) -> Patience:
    """How long the people of this day wait before they give up."""
    return learn_patience((one.waited.total_seconds(), one.gave_up) for one in day.contacts)


class _Replay:
    def __init__(self, day: Day, watchers: Sequence[Watcher], random: Random) -> None:
        self.day, self.watchers = day, watchers
        self.people = _people(day, random)
        self.contacts = {one.id: one for one in day.contacts}
        self.desk = desk_for(day.agents, day.rules)
        self.agenda: list[tuple[datetime, int, DeskEvent]] = []
        self.order = count()
        self.wake: datetime | None = None
        self.latest = datetime.min.replace(tzinfo=UTC)
        self.outcomes: dict[EntryId, Outcome] = {}

    def run(self) -> tuple[Outcome, ...]:
        for change in self.day.attendance:
            self.plan(change.at, change.event)
        for one in self.day.contacts:
            entry = QueueEntry(one.id, one.language, one.subject, one.joined_at, one.joined_at)
            self.plan(one.joined_at, CallerJoined(entry))
        if self.agenda:
            for agent in self.day.agents:
                self.happens(DeviceChanged(agent.id, Device.IDLE), self.agenda[0][0])
        while self.agenda:
            now, _, event = heapq.heappop(self.agenda)
            if event != MomentArrived():
                self.latest = now
            elif now != self.wake:
                continue
            if now > self.latest + NOTHING_MORE:
                break
            self.happens(event, now)
        for entry in self.desk.queue:
            self.outcomes[entry.id] = Outcome(self.contacts[entry.id], self.latest - entry.entered_at, None)
        return tuple(self.outcomes[one.id] for one in self.day.contacts if one.id in self.outcomes)

    def plan(self, at: datetime, event: DeskEvent) -> None:
        heapq.heappush(self.agenda, (at, next(self.order), event))

    def happens(self, event: DeskEvent, now: datetime) -> None:
        before = self.desk
        decision = decide(before, event, now)
        self.desk = decision.desk
        for watcher in self.watchers:
            watcher.saw(before, event, self.desk, now)
        self.follow(event, before, now)
        answered: list[DeskEvent] = []
        for command in decision.commands:
            match command:
                case OfferTo(agent=agent, entry=entry):
                    answered.append(AgentAnswered(agent, entry.id))
                case TellPosition(entry=entry_id, place=place):
                    for watcher in self.watchers:
                        watcher.told(self.desk, entry_id, place, now)
                case WakeAt(moment=moment):
                    self.wake = moment
                    self.plan(moment, MomentArrived())
                case _:  # every offer is answered at once, so none is withdrawn
                    pass
        for each in answered:
            self.happens(each, now)

    def follow(self, event: DeskEvent, before: Desk, now: datetime) -> None:
        """What this event brings about later, and what is kept of it."""
        match event:
            case CallerJoined(entry):
                patience = self.people[entry.id].patience
                if patience is not None:
                    self.plan(now + patience, CallerLeft(entry.id))
            case CallerLeft(entry=entry_id) if (gone := before.queue.get(entry_id)) is not None:
                self.outcomes[entry_id] = Outcome(self.contacts[entry_id], now - gone.entered_at, None)
            case AgentAnswered(agent, entry_id) if (rung := before.queue.get(entry_id)) is not None:
                waited = now - rung.entered_at
                self.outcomes[entry_id] = Outcome(self.contacts[entry_id], waited, agent)
                self.plan(now + self.people[entry_id].talks, CallEnded(agent, entry_id))


def _people(day: Day, random: Random) -> dict[EntryId, _Person]:
    """Drawn in the order of joining, two draws each whether used or not: a changed configuration changes nobody."""
    patience = patience_of(day)
    by_subject: dict[Subject, list[timedelta]] = {}
    every: list[timedelta] = []
    for one in day.contacts:
        if one.handled is not None:
            by_subject.setdefault(one.subject, []).append(one.handled)
            every.append(one.handled)
    people = {}
    for one in day.contacts:
        seconds = patience.of_one(one.waited.total_seconds(), random.random())
        drawn = timedelta(seconds=seconds) if seconds < inf else None
        if one.patience is not None:
            drawn = one.patience
        alike = by_subject.get(one.subject, [])
        talks = random.choice(alike if len(alike) >= FEWEST_ALIKE else every or [timedelta()])
        if one.handled is not None:
            talks = one.handled
        people[one.id] = _Person(one.waited if one.gave_up else drawn, talks)
    return people
