"""What is kept of a call: the rows that survive whatever happens. Domain types; `db/` gives them tables.

A record is complete in itself and carries a version, so that writing it twice, or late, or out of order, ends in
the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from routing.model import (
    AgentId,
    Callback,
    CallbackId,
    CallEnding,
    CallId,
    Direction,
    Language,
    LinkRequest,
    Outcome,
    Satisfaction,
    Subject,
)


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call as it stands now. The highest `version` wins. `caller` is E.164 or None.

    `queued_at` is when she began to wait, `connected_at` when an agent's voice reached her, `talk_ended_at` when
    that conversation ended; of several, the first and the last. `hold_seconds` of that time she heard music while the
    agent was away, `between_seconds` she waited for another agent after a transfer. `agent` is the last who spoke with
    her; `outcome` is what he keyed of it. `recovered` marks a call that only Asterisk's own CDR file knew.
    """

    id: CallId
    version: int
    direction: Direction
    caller: str | None
    dialled: str
    started_at: datetime
    language: Language | None = None
    subject: Subject | None = None
    agent: AgentId | None = None
    answered_at: datetime | None = None
    queued_at: datetime | None = None
    connected_at: datetime | None = None
    talk_ended_at: datetime | None = None
    ended_at: datetime | None = None
    ending: CallEnding | None = None
    callback: CallbackId | None = None
    recovered: bool = False
    outcome: Outcome | None = None
    hold_seconds: float = 0.0
    between_seconds: float = 0.0
    satisfaction: Satisfaction | None = None

    @property
    def wait_seconds(self) -> float | None:
        """Seconds from entering the queue to the agent's voice, or to the end; None if she never queued or waits."""
        until = self.connected_at or self.ended_at
        if self.queued_at is None or until is None:
            return None
        return max(0.0, (until - self.queued_at).total_seconds())

    @property
    def talk_seconds(self) -> float | None:
        """Seconds of conversation, without those on hold; None if there was none or it goes on."""
        until = self.talk_ended_at or self.ended_at
        if self.connected_at is None or until is None:
            return None
        apart = self.hold_seconds + self.between_seconds
        return max(0.0, (until - self.connected_at).total_seconds() - apart)


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One thing that happened in a call, in order of `seq` (from 1 within the call, rising across restarts).

    `facts` never holds keyed digits, telephone numbers or transcripts.
    """

    call: CallId
    seq: int
    at: datetime
    what: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AgentTalk:
    """One agent's part of a call's conversation, or with `outside` that of an entry of the outside directory.

    `id` is made from the call and the beginning, so that another controller ends what one began. `hold_seconds` of its
    time she heard music. `ended_by`: caller, agent, unknown, or where the agent sent her: colleague, subject, outside,
    line. `version` as in `CallRecord`.
    """

    id: str
    version: int
    call: CallId
    agent: AgentId | None
    outside: str | None
    began_at: datetime
    ended_at: datetime | None = None
    hold_seconds: float = 0.0
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class AgentChange:
    """An agent's state changed: the log from which occupancy is computed and states are restored at start.

    `state` is the state's class name in snake case (`signed_out`, `available`, …), `detail` its reason or call.
    `id` is unique (a ULID-like text), so that writing twice leaves one row. `telephone` is the extension at which he
    sits when that is not his own.
    """

    id: str
    agent: AgentId
    at: datetime
    state: str
    detail: str
    telephone: str | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """A supervisor did what somebody may ask about: `did` is `overhear`, `detail` each mode and its second.

    `whom` is an agent, `call` the call concerned. `version` as in `CallRecord`.
    """

    id: str
    version: int
    who: str
    did: str
    whom: str | None
    call: CallId | None
    began_at: datetime
    ended_at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """From `since` to `until` the controller ran and heard Asterisk: what no stretch covers may have been missed.

    Written when the link comes up, each minute while it is, and when it goes; the highest `version` wins.
    """

    id: str
    since: datetime
    until: datetime
    version: int


Record = CallRecord | TraceLine | AgentChange | AgentTalk | Callback | LinkRequest | Watched | Audit


class Recorder(Protocol):
    """Keeps records. Returns at once: the record is in the local journal when `record` returns."""

    def record(self, record: Record) -> None:
        """Keep `record`; never raises for a database that is slow, locked or gone."""
        ...
