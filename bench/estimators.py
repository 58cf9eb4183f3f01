"""Three published ways of telling a wait, as they are described, for comparison. Each gives one number of seconds.

- Last to enter service: what the one waited who was answered last. Armony, Shimkin and Whitt, «The impact of delay
  announcements in many-server queues with abandonment», Operations Research 57 (2009).
- Handling × place ÷ agents: the mean handling time (conversation and wrap-up) of the last two hours, times the place,
  divided by the agents at work. Whitt, «Predicting queueing delays», Management Science 45 (1999), and most products.
- app_queue's mean hold time: three quarters of what it was and a quarter of the new wait, in whole seconds, at each
  answer. Asterisk, apps/app_queue.c, `recalc_holdtime`.
"""

from datetime import datetime
from typing import Protocol

from routing.events import AgentAnswered, DeskEvent
from routing.lessons import Memory
from routing.model import Desk, Device, EntryId, OnBreak, SignedOut


class Estimator(Protocol):
    name: str

    def saw(self, before: Desk, event: DeskEvent, after: Desk, now: datetime) -> None: ...

    def seconds(self, desk: Desk, entry: EntryId, now: datetime) -> float: ...


class LastToEnterService:
    name = "last to enter service"

    def __init__(self) -> None:
        self._last = 0.0

    def saw(self, before: Desk, event: DeskEvent, after: Desk, now: datetime) -> None:
        waited = _answered(before, event, now)
        self._last = self._last if waited is None else waited

    def seconds(self, desk: Desk, entry: EntryId, now: datetime) -> float:
        return self._last


class HandlingTimesPlace:
    name = "handling × place ÷ agents"

    def __init__(self) -> None:
        self._memory = Memory()

    def saw(self, before: Desk, event: DeskEvent, after: Desk, now: datetime) -> None:
        self._memory.saw(before, event, after, now)

    def seconds(self, desk: Desk, entry: EntryId, now: datetime) -> float:
        talks = self._memory.lessons(now, desk.rules.wrap_up).talks
        if not talks:
            return 0.0
        handling = sum(talks) / len(talks) + desk.rules.wrap_up.total_seconds()
        working = sum(
            not isinstance(seat.state, SignedOut | OnBreak) and seat.device is not Device.UNREACHABLE
            for seat in desk.seats.values()
        )
        return handling * (desk.queue.place(entry) or 1) / max(1, working)


class MeanHoldTime:
    name = "app_queue's mean hold time"

    def __init__(self) -> None:
        self._mean = 0

    def saw(self, before: Desk, event: DeskEvent, after: Desk, now: datetime) -> None:
        waited = _answered(before, event, now)
        if waited is not None:
            self._mean = (3 * self._mean + int(waited)) // 4

    def seconds(self, desk: Desk, entry: EntryId, now: datetime) -> float:
        return float(self._mean)


def _answered(before: Desk, event: DeskEvent, now: datetime) -> float | None:
    """What the one waited who is answered by this event."""
    if isinstance(event, AgentAnswered) and (entry := before.queue.get(event.entry)) is not None:
        return (now - entry.entered_at).total_seconds()
    return None
