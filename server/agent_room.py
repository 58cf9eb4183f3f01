"""What the house keeps of its agents: who may sign in, the last call of each, and who called how often today."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr.agents import Admission
from ivr.call_log import CallLog
from routing.agents_word import ending_as_said
from routing.model import AgentId, CallId, Direction, Outcome
from routing.record import CallRecord, Record, Recorder
from server.agent_door import AgentDoor

MARKED_WITHIN = timedelta(hours=12)
"""After the end of a conversation; what an agent says of it later is of another day's call."""
MOST_TALKS = 5000
"""Calls remembered; then the earliest is forgotten."""


class AgentRoom:
    """Implements `ivr.agents.Agents`; a recorder that learns from every call that passes through it."""

    def __init__(
        self,
        recorder: Recorder,
        pins: Mapping[AgentId, str],
        now: Callable[[], datetime],
        zone: ZoneInfo,
        log_of: Callable[[CallId], CallLog | None],
        wrong_pins: Path | None = None,
    ) -> None:
        """Records go on to `recorder`. `log_of` finds the log of a call under way: it alone may change its record.

        `wrong_pins` is the file of the door.
        """
        self._recorder, self._now, self._zone, self._log_of = recorder, now, zone, log_of
        self._door = AgentDoor(pins, now, wrong_pins)
        self._talks: dict[CallId, CallRecord] = {}
        self._last: dict[AgentId, CallId] = {}
        self._today: tuple[date, dict[str, set[CallId]]] = (date.min, {})

    def admit(self, telephone: str, agent: AgentId | None, pin: str) -> Admission:
        """As the door says."""
        return self._door.admit(telephone, agent, pin)

    def locked(self, telephone: str, agent: AgentId | None) -> bool:
        """As the door says."""
        return self._door.locked(telephone, agent)

    def last_call(self, agent: AgentId) -> CallRecord | None:
        """The last call in which he talks or talked, not so long ago."""
        last = self._talks.get(self._last.get(agent, CallId("")))
        if last is None or self._now() - (last.talk_ended_at or self._now()) > MARKED_WITHIN:
            return None
        return last

    def keep_outcome(self, call: CallId, outcome: Outcome) -> None:
        """Into the call's row, which may still be written by its flow."""
        log = self._log_of(call)
        if log is not None:
            log.set(outcome=outcome)
            return
        last = self._talks.get(call)
        if last is not None:
            ending = last.ending
            if ending is not None and last.direction is Direction.OUTBOUND:
                ending = ending_as_said(ending, outcome)
            self.record(replace(last, version=last.version + 1, outcome=outcome, ending=ending))

    def calls_today(self, number: str) -> int:
        """Calls of this number that began since midnight."""
        day, calls = self._today
        return len(calls.get(number, ())) if day == self._day(self._now()) else 0

    def learn(self, calls: Iterable[CallRecord]) -> None:
        """From the database at start; `calls` may come in any order. What was seen since is newer."""
        for call in calls:
            self._count(call)
            self._keep_talk(call)

    def record(self, record: Record) -> None:
        """Keep, and learn."""
        self._recorder.record(record)
        if isinstance(record, CallRecord):
            self._count(record)
            self._keep_talk(record)

    def _keep_talk(self, call: CallRecord) -> None:
        """The newest version counts, also where another agent has the call by now."""
        known = self._talks.get(call.id)
        if call.agent is None or call.connected_at is None or (known and known.version > call.version):
            return
        if known is None and len(self._talks) >= MOST_TALKS:
            del self._talks[next(iter(self._talks))]
        self._talks[call.id] = call
        before = self._talks.get(self._last.get(call.agent, CallId("")))
        if before is None or before.connected_at is None or before.connected_at <= call.connected_at:
            self._last[call.agent] = call.id

    def _count(self, call: CallRecord) -> None:
        if call.caller is None or call.direction is not Direction.INBOUND:
            return
        if call.id in self._today[1].get(call.caller, ()):
            return
        today, began = self._day(self._now()), self._day(call.started_at)
        if self._today[0] != today:
            self._today = (today, {})
        if began == today:
            self._today[1].setdefault(call.caller, set()).add(call.id)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()
