"""What is known of callers: the language last chosen from a number, and who last talked with her.

In memory: no call waits for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from routing.model import AgentId, CallId, Direction, Language
from routing.record import CallRecord, Record, Recorder

MOST_TALKS = 200
"""Conversations from which waits are told."""


class Remembering:
    """Implements `ivr.office.Memory`; a recorder that learns from every call that passes through it."""

    def __init__(self, recorder: Recorder) -> None:
        """Records go on to `recorder`."""
        self._recorder = recorder
        self._languages: dict[str, Language] = {}
        self._talks: dict[CallId, tuple[datetime, timedelta]] = {}
        self._last_agents: dict[str, tuple[datetime, AgentId]] = {}
        self.records: dict[CallId, CallRecord] = {}
        """Calls under way, as last recorded."""

    def learn(self, languages: dict[str, Language]) -> None:
        """From the database at start; what was heard since is newer."""
        self._languages = languages | self._languages

    def language_of(self, number: str) -> Language | None:
        """The language last chosen from this E.164 number."""
        return self._languages.get(number)

    def talks_since(self, moment: datetime) -> Sequence[timedelta]:
        """How long each conversation lasted that ended after `moment`."""
        return [lasted for ended, lasted in self._talks.values() if ended > moment]

    def last_agent(self, number: str | None, since: datetime) -> AgentId | None:
        """Who had the last conversation with this E.164 number, if it ended after `since`."""
        ended, agent = self._last_agents.get(number or "", (since, None))
        return agent if ended > since else None

    def learn_agents(self, talked: Mapping[str, tuple[datetime, AgentId]]) -> None:
        """From the database at start, by number: when the last conversation ended, and whose it was."""
        for number, (ended, agent) in talked.items():
            self._learn_agent(number, ended, agent)

    def _learn_agent(self, number: str, ended: datetime, agent: AgentId) -> None:
        before = self._last_agents.get(number)
        if before is None or before[0] <= ended:
            self._last_agents[number] = ended, agent

    def learn_talks(self, calls: Iterable[CallRecord]) -> None:
        """From the database at start; `calls` may come in any order."""
        for call in sorted(calls, key=lambda one: one.started_at):
            self._learn_talk(call)

    def _learn_talk(self, call: CallRecord) -> None:
        if call.connected_at is not None and call.talk_ended_at is not None:
            if len(self._talks) >= MOST_TALKS:
                del self._talks[next(iter(self._talks))]
            self._talks[call.id] = call.talk_ended_at, call.talk_ended_at - call.connected_at

    def record(self, record: Record) -> None:
        """Keep, and learn."""
        self._recorder.record(record)
        if isinstance(record, CallRecord):
            if record.ended_at is None:
                self.records[record.id] = record
            else:
                self.records.pop(record.id, None)
                self._learn_talk(record)
                if record.caller and record.agent and record.connected_at and record.talk_ended_at:
                    self._learn_agent(record.caller, record.talk_ended_at, record.agent)
            if record.caller and record.language and record.direction is Direction.INBOUND:
                self._languages[record.caller] = record.language
