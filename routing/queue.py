"""Everyone who waits, oldest first, with the oldest of each class at hand.

A class is a language and a subject: within it, order is all that matters. A change is a new `Queue`. An entry
being offered keeps its place and counts as ahead of those behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from routing.ordered import Ordered

if TYPE_CHECKING:  # `Desk` in the model holds a Queue
    from routing.model import EntryId, Language, QueueEntry, Subject

Age = tuple[datetime, "EntryId"]
Alarms = Ordered[tuple[datetime, "EntryId"], "EntryId"]
_LAST_ID = cast("EntryId", "\U0010ffff")  # no id sorts after the last code point


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits. `tell_at` is when she hears her place next, None for a callback.

    `held_until`: reported gone, so not offered before this moment.
    """

    entry: QueueEntry
    tell_at: datetime | None
    offered: bool = False
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """The entries by `age_from`, ties by id. Iterating gives them in that order."""

    _waiting: Ordered[EntryId, Waiting] = field(default_factory=Ordered)
    _by_age: Ordered[Age, QueueEntry] = field(default_factory=Ordered)
    _open: dict[tuple[Language, Subject], Ordered[Age, QueueEntry]] = field(default_factory=dict)
    """Neither offered nor held, by class."""
    _tells: Alarms = field(default_factory=Ordered)
    _holds: Alarms = field(default_factory=Ordered)

    def get(self, entry: EntryId) -> QueueEntry | None:
        """The entry if it waits."""
        waiting = self._waiting.get(entry)
        return waiting.entry if waiting else None

    def place(self, entry: EntryId) -> int | None:
        """1 + all entries ahead, of any language and subject, callbacks too; None if she does not wait."""
        waiting = self._waiting.get(entry)
        return self._by_age.rank(_age(waiting.entry)) + 1 if waiting else None

    def oldest_of_each_class(self) -> Iterator[QueueEntry]:
        """Of each class the oldest that is not being offered."""
        for entries in self._open.values():
            first = entries.first()
            if first:
                yield first[1]

    def oldest_from_after(self, moment: datetime) -> datetime | None:
        """The earliest `age_from` later than `moment`."""
        first = self._by_age.first_after((moment, _LAST_ID))
        return first[0][0] if first else None

    def next_tell(self) -> tuple[datetime, EntryId] | None:
        """Who hears her place next, and when; nobody who is being offered."""
        first = self._tells.first()
        return first[0] if first else None

    def next_release(self) -> tuple[datetime, EntryId] | None:
        """Whose hold ends next, and when."""
        first = self._holds.first()
        return first[0] if first else None

    def joined(self, entry: QueueEntry, now: datetime) -> Queue:
        """With `entry`; one that waits already stays as it was."""
        if self._waiting.get(entry.id):
            return self
        return self._changed(None, Waiting(entry, now if entry.callback is None else None))

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
        classes, was, is_ = self._open, _is_open(old), _is_open(new)
        if was != is_:
            kind = (entry.language, entry.subject)
            members = classes.get(kind, Ordered())
            members = members.put(_age(entry), entry) if is_ else members.without(_age(entry))
            classes = {**classes, kind: members}
            if not members:
                del classes[kind]
        tells = _moved(self._tells, entry.id, _tell_at(old), _tell_at(new))
        holds = _moved(self._holds, entry.id, _held_until(old), _held_until(new))
        return Queue(waiting, by_age, classes, tells, holds)


def _age(entry: QueueEntry) -> Age:
    return (entry.age_from, entry.id)


def _is_open(waiting: Waiting | None) -> bool:
    return waiting is not None and not waiting.offered and waiting.held_until is None


def _tell_at(waiting: Waiting | None) -> datetime | None:
    return waiting.tell_at if waiting is not None and _is_open(waiting) else None


def _held_until(waiting: Waiting | None) -> datetime | None:
    return waiting.held_until if waiting else None


def _moved(alarms: Alarms, entry: EntryId, old: datetime | None, new: datetime | None) -> Alarms:
    if old == new:
        return alarms
    if old is not None:
        alarms = alarms.without((old, entry))
    return alarms.put((new, entry), entry) if new is not None else alarms
