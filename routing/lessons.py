"""What the line has shown so far: how long people talk, wait and pause. The memory from which waits are estimated.

It is told of every event of the desk, in the centre and in a replayed day alike, and knows at each moment only what
has happened by then.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.events import AgentAnswered, CallEnded, CallerLeft, DeskEvent
from routing.model import (
    AgentId,
    Available,
    Desk,
    Direction,
    Offered,
    OnBreak,
    SignedOut,
    Subject,
    Talking,
    WrappingUp,
)
from routing.patience import Patience, learn_patience
from routing.record import CallRecord

COMPARABLE = timedelta(hours=2)
"""How far back conversations tell how long the next ones last: they change within the day."""
A_DAY = timedelta(hours=12)
"""How far back waits tell of patience, and pauses of pauses: rarer, and steadier."""
FEWEST = 10
"""Conversations below which nothing is said: a wrong promise is worse than none. Pauses below which the rule holds."""
LOOK_AGAIN = timedelta(seconds=10)
"""What a minute of calls teaches is little: lessons are drawn anew after so long."""
MOST = 500
"""Remembered of each kind: what an estimate costs has an end."""


UNKNOWN = Subject("")


@dataclass(frozen=True, slots=True)
class Lessons:
    """What is known at one moment, in seconds; `talks` and `pauses` rise. `by_subject` has those with enough talks."""

    talks: tuple[float, ...]
    by_subject: dict[Subject, tuple[float, ...]]
    pauses: tuple[float, ...]
    """From the end of a conversation until the agent is free again, breaks included."""
    ringing: float
    """How long a telephone usually rings before it is answered."""
    patience: Patience

    @property
    def enough(self) -> bool:
        """Whether they allow to say anything."""
        return len(self.talks) >= FEWEST


@dataclass(frozen=True, slots=True)
class Doing:
    """What an agent does since `since`; `subject` of the conversation, None while he is away from the line."""

    since: datetime
    subject: Subject | None


class Memory:
    """Learns from events; see `Lessons`."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.doing: dict[AgentId, Doing] = {}
        """Who talks with a caller of the line, and who pauses after it."""
        self._talks: deque[tuple[datetime, Subject, float]] = deque(maxlen=MOST)
        self._pauses: deque[tuple[datetime, float]] = deque(maxlen=MOST)
        self._waits: deque[tuple[datetime, float, bool]] = deque(maxlen=MOST)
        self._rings: deque[float] = deque(maxlen=50)
        self._drawn: tuple[datetime, Lessons] | None = None

    def learn_calls(self, calls: Iterable[CallRecord]) -> None:
        """From calls of before the start, in any order."""
        talks, waits = list(self._talks), list(self._waits)
        for call in calls:
            if (
                call.connected_at is not None
                and call.talk_ended_at is not None
                and call.talk_seconds is not None
            ):
                talks.append((call.talk_ended_at, call.subject or UNKNOWN, call.talk_seconds))
            left_at, waited = call.connected_at or call.ended_at, call.wait_seconds
            if call.direction is Direction.INBOUND and left_at is not None and waited is not None:
                waits.append((left_at, waited, call.connected_at is None))
        self._talks = deque(sorted(talks), maxlen=MOST)
        self._waits = deque(sorted(waits), maxlen=MOST)
        self._drawn = None

    def saw(self, before: Desk, event: DeskEvent, after: Desk, now: datetime) -> None:
        """`event` made `before` into `after`."""
        match event:
            case AgentAnswered(agent, entry_id) if (entry := before.queue.get(entry_id)) is not None:
                self._waited((now - entry.entered_at).total_seconds(), gave_up=False, now=now)
                self.doing[agent] = Doing(now, entry.subject)
                seat = before.seats.get(agent)
                if seat is not None and isinstance(seat.state, Offered) and entry.callback is None:
                    began = seat.state.until - before.rules.ring_for
                    self._rings.append(max(0.0, (now - began).total_seconds()))
            case CallerLeft(entry_id) if (entry := before.queue.get(entry_id)) is not None:
                self._waited((now - entry.entered_at).total_seconds(), gave_up=True, now=now)
            case CallEnded(agent, entry_id) if before.talks.get(entry_id) == agent:
                talked = self.doing.get(agent)
                if talked is not None and talked.subject is not None:
                    self._talks.append((now, talked.subject, (now - talked.since).total_seconds()))
        if after.seats is not before.seats:
            self._pauses_of(before, after, now)

    def lessons(self, now: datetime, wrap_up: timedelta) -> Lessons:
        """What is known at `now`. `wrap_up` stands for pauses while too few were seen."""
        if self._drawn is None or not self._drawn[0] <= now < self._drawn[0] + LOOK_AGAIN:
            self._drawn = now, self._draw(now, wrap_up)
        return self._drawn[1]

    def _draw(self, now: datetime, wrap_up: timedelta) -> Lessons:
        every: list[float] = []
        alike: dict[Subject, list[float]] = {}
        for ended, subject, lasted in self._talks:
            if now - COMPARABLE < ended <= now:
                every.append(lasted)
                alike.setdefault(subject, []).append(lasted)
        pauses = [lasted for at, lasted in self._pauses if at > now - A_DAY]
        waits = [(waited, gave_up) for at, waited, gave_up in self._waits if at > now - A_DAY]
        return Lessons(
            talks=tuple(sorted(every)),
            by_subject={subject: tuple(sorted(his)) for subject, his in alike.items() if len(his) >= FEWEST},
            pauses=tuple(sorted(pauses)) if len(pauses) >= FEWEST else (wrap_up.total_seconds(),),
            ringing=sorted(self._rings)[len(self._rings) // 2] if self._rings else 0.0,
            patience=learn_patience(waits),
        )

    def _waited(self, seconds: float, *, gave_up: bool, now: datetime) -> None:
        self._waits.append((now, max(0.0, seconds), gave_up))

    def _pauses_of(self, before: Desk, after: Desk, now: datetime) -> None:
        for agent, seat in after.seats.items():
            was = before.seats[agent]
            if was is seat:
                continue
            match was.state, seat.state:
                case ((Talking() | Available() | Offered()), (WrappingUp() | OnBreak())):
                    self.doing[agent] = Doing(now, None)
                case ((WrappingUp() | OnBreak()), (Available() | Offered())):
                    away = self.doing.pop(agent, None)
                    if away is not None and away.subject is None:
                        self._pauses.append((now, (now - away.since).total_seconds()))
                case _, (SignedOut() | Available()):
                    self.doing.pop(agent, None)
