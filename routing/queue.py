"""Everyone who waits, oldest first, with the oldest of each class at hand.

A class is a language and a subject, and whether the reserve holds the entry back: within it, order is all that
matters. Who is kept for one agent is in no class but with him, for as long. A change is a new `Queue`. An entry being
offered keeps its place and counts as ahead of those behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, cast

from routing.ordered import Ordered

if TYPE_CHECKING:  # `Desk` in the model holds a Queue
    from routing.model import AgentId, EntryId, Language, QueueEntry, Subject

G = TypeVar("G")
Age = tuple[datetime, "EntryId"]
Alarms = Ordered[tuple[datetime, "EntryId"], "EntryId"]
_LAST_ID = cast("EntryId", "\U0010ffff")  # no id sorts after the last code point


Kind = tuple["Language", "Subject", bool]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits. `tell_at` is when she hears her place next, None for a callback.

    `held_until`: reported gone, so not offered before this moment. `kept_until`: only for the agent she prefers.
    `reserved_until`: a callback that leaves the reserve free.
    """

    entry: QueueEntry
    tell_at: datetime | None
    offered: bool = False
    held_until: datetime | None = None
    kept_until: datetime | None = None
    reserved_until: datetime | None = None

    @property
    def open(self) -> bool:
        """Neither offered nor held."""
        return not self.offered and self.held_until is None


@dataclass(frozen=True, slots=True)
class Queue:
    """The entries by `age_from`, ties by id. Iterating gives them in that order."""

    _waiting: Ordered[EntryId, Waiting] = field(default_factory=Ordered)
    _by_age: Ordered[Age, QueueEntry] = field(default_factory=Ordered)
    _open: dict[Kind, Ordered[Age, QueueEntry]] = field(default_factory=dict)
    """Open and kept for nobody, by class."""
    _kept: dict[AgentId, Ordered[Age, QueueEntry]] = field(default_factory=dict)
    """Kept for an agent, offered and held ones too."""
    _live: dict[Language, int] = field(default_factory=dict)
    """How many callers, without callbacks."""
    _tells: Alarms = field(default_factory=Ordered)
    _ends: Alarms = field(default_factory=Ordered)
    """When a hold, a keeping or a reserve ends: of each entry the next one."""

    def get(self, entry: EntryId) -> QueueEntry | None:
        """The entry if it waits."""
        waiting = self._waiting.get(entry)
        return waiting.entry if waiting else None

    def place(self, entry: EntryId) -> int | None:
        """1 + all entries ahead, of any language and subject, callbacks too; None if she does not wait."""
        waiting = self._waiting.get(entry)
        return self._by_age.rank(_age(waiting.entry)) + 1 if waiting else None

    def live(self, language: Language) -> int:
        """How many callers of this language wait or are being offered; no callbacks."""
        return self._live.get(language, 0)

    def oldest_of_each_class(self) -> Iterator[tuple[QueueEntry, bool]]:
        """Of each class the oldest that is not being offered, and whether the reserve holds her back."""
        for (_, _, reserved), entries in self._open.items():
            first = entries.first()
            if first:
                yield first[1], reserved

    def kept(self) -> Iterator[AgentId]:
        """For whom someone is kept."""
        return iter(self._kept)

    def is_kept(self, entry: EntryId) -> bool:
        """Whether only the agent she prefers may serve her."""
        waiting = self._waiting.get(entry)
        return waiting is not None and waiting.kept_until is not None

    def kept_for(self, agent: AgentId) -> Iterator[tuple[QueueEntry, bool]]:
        """Who is kept for this agent and open, oldest first, and whether the reserve holds her back."""
        for entry in self._kept[agent].values() if agent in self._kept else ():
            waiting = self._waiting.get(entry.id)
            if waiting and waiting.open:
                yield entry, waiting.reserved_until is not None

    def oldest_from_after(self, moment: datetime) -> datetime | None:
        """The earliest `age_from` later than `moment`."""
        first = self._by_age.first_after((moment, _LAST_ID))
        return first[0][0] if first else None

    def next_tell(self) -> tuple[datetime, EntryId] | None:
        """Who hears her place next, and when; nobody who is being offered."""
        first = self._tells.first()
        return first[0] if first else None

    def next_end(self) -> tuple[datetime, EntryId] | None:
        """Whose hold, keeping or reserve ends next, and when."""
        first = self._ends.first()
        return first[0] if first else None

    def joined(
        self,
        entry: QueueEntry,
        now: datetime,
        kept_until: datetime | None = None,
        reserved_until: datetime | None = None,
    ) -> Queue:
        """With `entry`; one that waits already stays as it was."""
        if self._waiting.get(entry.id):
            return self
        tell_at = now if entry.callback is None else None
        return self._changed(
            None, Waiting(entry, tell_at, kept_until=kept_until, reserved_until=reserved_until)
        )

    def left(self, entry: EntryId) -> Queue:
        """Without `entry`."""
        waiting = self._waiting.get(entry)
        return self._changed(waiting, None) if waiting else self

    def offered(self, entry: EntryId) -> Queue:
        """`entry` is being offered: not to be offered again, nor told its place."""
        return self._update(entry, offered=True, held_until=None)

    def unoffered(self, entry: EntryId, held_until: datetime | None = None) -> Queue:
        """The offer came to nothing: `entry` is where it was, and not offered before `held_until`."""
        return self._update(entry, offered=False, held_until=held_until)

    def ended(self, entry: EntryId, now: datetime) -> Queue:
        """What was to end by `now` has."""
        waiting = self._waiting.get(entry)
        over = [
            name
            for name in ("held_until", "kept_until", "reserved_until")
            if (until := getattr(waiting, name, None)) is not None and until <= now
        ]
        return self._update(entry, **dict.fromkeys(over))

    def kept_no_more(self, agent: AgentId) -> Queue:
        """Nobody is kept for this agent any longer."""
        queue = self
        for entry in list(self._kept[agent].values()) if agent in self._kept else ():
            queue = queue._update(entry.id, kept_until=None)
        return queue

    def told(self, entry: EntryId, again_at: datetime) -> Queue:
        """`entry` heard its place and hears it next at `again_at`."""
        return self._update(entry, tell_at=again_at)

    def __iter__(self) -> Iterator[QueueEntry]:
        return self._by_age.values()

    def __len__(self) -> int:
        return len(self._by_age)

    def __bool__(self) -> bool:
        return bool(self._by_age)

    def _update(self, entry: EntryId, **changes: object) -> Queue:
        waiting = self._waiting.get(entry)
        return self._changed(waiting, replace(waiting, **changes)) if waiting else self  # type: ignore[arg-type]

    def _changed(self, old: Waiting | None, new: Waiting | None) -> Queue:
        """Every index follows from the difference between the two."""
        known = new or old
        assert known is not None
        entry = known.entry
        waiting = self._waiting.put(entry.id, new) if new else self._waiting.without(entry.id)
        by_age = self._by_age
        if old is None:
            by_age = by_age.put(_age(entry), entry)
        elif new is None:
            by_age = by_age.without(_age(entry))
        classes = _sorted_into(self._open, entry, _kind(old), _kind(new))
        kept = _sorted_into(self._kept, entry, _kept_for(old), _kept_for(new))
        live = self._live
        if entry.callback is None and (old is None or new is None):
            live = {**live, entry.language: live.get(entry.language, 0) + (1 if old is None else -1)}
        tells = _moved(self._tells, entry.id, _tell_at(old), _tell_at(new))
        ends = _moved(self._ends, entry.id, _next_end(old), _next_end(new))
        return Queue(waiting, by_age, classes, kept, live, tells, ends)


def _age(entry: QueueEntry) -> Age:
    return (entry.age_from, entry.id)


def _kind(waiting: Waiting | None) -> Kind | None:
    if waiting is None or not waiting.open or waiting.kept_until is not None:
        return None
    return (waiting.entry.language, waiting.entry.subject, waiting.reserved_until is not None)


def _kept_for(waiting: Waiting | None) -> AgentId | None:
    return waiting.entry.prefers if waiting is not None and waiting.kept_until is not None else None


def _tell_at(waiting: Waiting | None) -> datetime | None:
    return waiting.tell_at if waiting is not None and waiting.open else None


def _next_end(waiting: Waiting | None) -> datetime | None:
    if waiting is None:
        return None
    ends = (waiting.held_until, waiting.kept_until, waiting.reserved_until)
    return min((end for end in ends if end is not None), default=None)


def _sorted_into(
    groups: dict[G, Ordered[Age, QueueEntry]], entry: QueueEntry, old: G | None, new: G | None
) -> dict[G, Ordered[Age, QueueEntry]]:
    if old == new:
        return groups
    groups = groups.copy()
    if old is not None:
        left = groups[old].without(_age(entry))
        if left:
            groups[old] = left
        else:
            del groups[old]
    if new is not None:
        groups[new] = groups.get(new, Ordered()).put(_age(entry), entry)
    return groups


def _moved(alarms: Alarms, entry: EntryId, old: datetime | None, new: datetime | None) -> Alarms:
    if old == new:
        return alarms
    if old is not None:
        alarms = alarms.without((old, entry))
    return alarms.put((new, entry), entry) if new is not None else alarms
