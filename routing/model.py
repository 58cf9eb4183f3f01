"""The nouns of the desk: who calls, who answers, who waits, what was promised.

Every value is frozen; a change is a new value made by `routing.decide`. Moments are aware datetimes in UTC,
durations are timedelta.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from routing.queue import Queue
from routing.seats import Seats
from routing.skills import ANY, BEST, Relaxation

AgentId = NewType("AgentId", str)
CallId = NewType("CallId", str)
"""One contact of one person; Asterisk's linked id."""
CallbackId = NewType("CallbackId", str)
"""The reference number spoken to the caller: six decimal digits."""
EntryId = NewType("EntryId", str)
"""A caller's entry carries her call id, a callback's carries `callback_entry_id`."""
Subject = NewType("Subject", str)


class Language(StrEnum):
    """The languages the centre answers in, as ISO 639 codes."""

    ARABIC = "ar"
    TAMAZIGHT = "zgh"
    FRENCH = "fr"


class CallEnding(StrEnum):
    """Every call ends as exactly one of these. Source: docs/indicators.md."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    TIMED_OUT = "timed_out"
    CALLBACK_TAKEN = "callback_taken"
    VOICEMAIL = "voicemail"
    """Reserved for a flow that takes a spoken message; none does yet."""
    QUEUE_FULL = "queue_full"
    NO_AGENT = "no_agent"
    CLOSED = "closed"
    DIVERTED = "diverted"
    """An agent passed her on to somebody of the outside directory."""
    SYSTEM_FAILURE = "system_failure"
    SELF_SERVED = "self_served"
    LEFT_IN_MENU = "left_in_menu"
    NOT_REACHED = "not_reached"
    """Only outbound: the centre dialled a person and she did not answer."""


class Direction(StrEnum):
    """Who began the call, seen from the centre."""

    INBOUND = "in"
    OUTBOUND = "out"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Caller:
    """The person on the line. `number` is E.164, or None when there is none to trust: never one person."""

    number: str | None


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone who answers. `languages` in order of preference: the first is spoken to the agent.

    `spoken` and `known` hold how well, where it is not best (`routing.skills`).
    """

    id: AgentId
    name: str
    extension: str
    languages: tuple[Language, ...]
    subjects: frozenset[Subject]
    spoken: Mapping[Language, int] = field(default_factory=dict, hash=False)
    known: Mapping[Subject, int] = field(default_factory=dict, hash=False)

    def speaks(self, language: Language) -> int:
        """How well; 0 for not at all."""
        return self.spoken.get(language, BEST) if language in self.languages else 0

    def knows(self, subject: Subject) -> int:
        """How well he serves it; `ANY` when he does not."""
        return self.known.get(subject, BEST) if subject in self.subjects else ANY


# ---- agent states; drawn with numbered transitions in docs/tour.md ----


@dataclass(frozen=True, slots=True)
class SignedOut:
    """Not at work."""


@dataclass(frozen=True, slots=True)
class Available:
    """Free since `since`; the longest free is offered first."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """The phone rings for `entry`, until `until` at most. `free_since` comes back if it is withdrawn."""

    entry: EntryId
    until: datetime
    free_since: datetime


@dataclass(frozen=True, slots=True)
class Talking:
    """In conversation. `entry` is None for a call the desk did not give: a colleague, an outside number."""

    entry: EntryId | None
    since: datetime


@dataclass(frozen=True, slots=True)
class WrappingUp:
    """Writing up the last call, until `until`; he asked `extended` times for more."""

    until: datetime
    extended: int = 0


class BreakReason(StrEnum):
    """Why an agent is on break."""

    PAUSE = "pause"
    """No reason was keyed."""
    LUNCH = "lunch"
    PRAYER = "prayer"
    TRAINING = "training"
    OTHER = "other"
    MISSED_OFFER = "missed_offer"
    """Set aside by the desk after an offer went unanswered; the agent returns with the «back» code."""


@dataclass(frozen=True, slots=True)
class OnBreak:
    """At work and not taking calls."""

    reason: BreakReason
    since: datetime


AgentState = SignedOut | Available | Offered | Talking | WrappingUp | OnBreak


class Outcome(StrEnum):
    """What became of a conversation, as its agent keyed it."""

    SOLVED = "solved"
    SENT_ON = "sent_on"
    """To another organisation or service."""
    FOLLOW_UP = "follow_up"
    """Something is left to do."""
    WRONG_NUMBER = "wrong_number"
    OTHER = "other"
    NOT_THERE = "not_there"
    """A machine answered, or somebody else: of a call to her, she was not reached."""


class Device(StrEnum):
    """What the agent's telephone can do now, as Asterisk sees it."""

    UNREACHABLE = "unreachable"
    IDLE = "idle"
    IN_USE = "in_use"


REPORT_MARGIN = timedelta(seconds=8)
"""After an offer's time is up, for the call's flow to report how it ended; who picks up last hears who calls first."""


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent at the desk: what the person does and what the telephone can do.

    Only `Available` with an `IDLE` device is free for an offer.
    `next_state`: a break or a sign-out asked for in a conversation; it begins when that ends. `telephone` is the
    extension at which he sits when that is not his own.
    """

    agent: Agent
    state: AgentState = field(default_factory=SignedOut)
    device: Device = Device.UNREACHABLE
    next_state: OnBreak | SignedOut | None = None
    telephone: str | None = None

    @property
    def extension(self) -> str:
        """The telephone that rings for him."""
        return self.telephone or self.agent.extension

    @property
    def free_since(self) -> datetime | None:
        """Since when an offer could be made, or None when none can."""
        match self.state:
            case Available(since) if self.device is Device.IDLE:
                return since
        return None

    @property
    def at_work(self) -> bool:
        """Free, or will be after what he does now: neither on break nor leaving, with a telephone that works."""
        return (
            not isinstance(self.state, SignedOut | OnBreak)
            and self.next_state is None
            and self.device is not Device.UNREACHABLE
        )

    @property
    def deadline(self) -> datetime | None:
        """When the state ends by itself: the end of wrap-up, or an offer of which no end was reported."""
        match self.state:
            case WrappingUp(until):
                return until
            case Offered(until=until):
                return until + REPORT_MARGIN
        return None


# ---- who waits ----


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """Someone who waits for an agent; survives a failed offer unchanged.

    `age_from` is the moment from which her place counts: `entered_at`, or earlier for a callback (the moment
    she first asked). `callback` names the promise when no live call waits: the agent is rung first. `prefers` is
    who had her last talk: for `DeskRules.prefer_for` from `entered_at` she is kept for him, while he is at work.
    """

    id: EntryId
    language: Language
    subject: Subject
    entered_at: datetime
    age_from: datetime
    callback: CallbackId | None = None
    prefers: AgentId | None = None


def caller_entry_id(call: CallId) -> EntryId:
    """The entry of a live caller."""
    return EntryId(call)


def callback_entry_id(callback: CallbackId, fence: int) -> EntryId:
    """The entry, and the beginning of the channel ids, of the attempt that has this fence.

    Fences only rise, where the count of attempts does not when one was interrupted: no two attempts share an id.
    """
    return EntryId(f"callback-{callback}-{fence}")


# ---- promises ----


class CallbackState(StrEnum):
    """Where a promise stands."""

    DUE = "due"
    """Waits for its window, or for the next attempt at `not_before`."""
    IN_PROGRESS = "in_progress"
    """An attempt is under way: an agent is being found, rung, or the person dialled."""
    REACHED = "reached"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


class CallbackOrigin(StrEnum):
    """Why a person is to be called."""

    ASKED = "asked"
    FLASH = "flash"
    """She hung up while she was greeted, as who has no credit does: one attempt, and never twice a day."""
    UNSATISFIED = "unsatisfied"
    """She said so after a conversation: a supervisor calls."""


class Satisfaction(StrEnum):
    """What a caller answered after the conversation."""

    SATISFIED = "satisfied"
    PARTLY = "partly"
    NOT = "not"


class AttemptResult(StrEnum):
    """How one attempt at a promise ended."""

    REACHED = "reached"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    MACHINE = "machine"
    """Answered, and she was not there: nobody pressed the key that a person is asked for, or the agent said so."""
    PUT_OFF = "put_off"
    """She was there, and would rather be called again than wait for an agent; does not count against her."""
    WRONG_NUMBER = "wrong_number"
    """The agent said that the number is not hers: it is not called again."""
    AGENT_LEFT = "agent_left"
    """The agent, or our side, went while her telephone rang: it rang all the same, so it counts."""
    NO_AGENT = "no_agent"
    """No agent took it; does not count against the person."""
    NO_TRUNK = "no_trunk"
    """Nothing leads outside: no trunk, or it fails. Her telephone did not ring; does not count against her."""
    INTERRUPTED = "interrupted"
    """The controller or the telephone exchange stopped in the middle; whether she was dialled is not known."""


@dataclass(frozen=True, slots=True)
class Callback:
    """A promise, not a row: this person will be called back in her language on her subject.

    `number` is E.164. `asked_at` gives her place in the line. `not_before`: when the next attempt may begin.
    `promised_from` to `promised_until` (half-open) is the window she was told, or None. `asked_in` is the call in
    which she asked. `first_attempt_at` is when her telephone was first dialled for this window. `rang_at` and
    `talked_at` are of the attempt under way: when her telephone was dialled, and when she was connected.
    `refusals` counts the days on which she refused. `assigned_to` is the extension of who took the promise over:
    nobody else is rung.

    `version` grows by one with every change. `fence` grows by one with every attempt and names who may write: the
    store takes a change of a higher fence, or of the same fence and a higher version, and no other. `holder` made
    the attempt under way, which is its own until `lease_until`.
    """

    id: CallbackId
    number: str
    language: Language
    subject: Subject
    asked_at: datetime
    not_before: datetime
    promised_until: datetime | None
    asked_in: CallId | None
    attempts: int = 0
    state: CallbackState = CallbackState.DUE
    last_result: AttemptResult | None = None
    version: int = 1
    promised_from: datetime | None = None
    first_attempt_at: datetime | None = None
    rang_at: datetime | None = None
    talked_at: datetime | None = None
    refusals: int = 0
    assigned_to: str | None = None
    fence: int = 0
    holder: str | None = None
    lease_until: datetime | None = None
    origin: CallbackOrigin = CallbackOrigin.ASKED

    @property
    def order(self) -> tuple[int, int]:
        """Of two states of one promise the one with the higher order holds."""
        return self.fence, self.version


# ---- links to send ----


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """A caller asks to be sent the link of an article; staff send it.

    `id` is the call's id and the article: asked twice in a call is asked once. `number` is E.164. `version` as in
    `Callback`.
    """

    id: str
    number: str
    language: Language
    article: str
    asked_at: datetime
    asked_in: CallId
    state: RequestState = RequestState.OPEN
    sent_at: datetime | None = None
    version: int = 1


# ---- the desk as one value ----


@dataclass(frozen=True, slots=True)
class DeskRules:
    """The centre's settings for distribution."""

    ring_for: timedelta = timedelta(seconds=20)
    wrap_up: timedelta = timedelta(seconds=15)
    position_every: timedelta = timedelta(seconds=45)
    """How often a waiting caller hears her place."""
    wrap_up_extra: timedelta = timedelta(seconds=30)
    """What an agent gets who asks for more time after a call."""
    wrap_up_extensions: int = 2
    """How often he may ask, after one call."""
    relax: Relaxation = field(default_factory=Relaxation)
    """Who fits, by how long ago she first asked."""
    prefer_for: timedelta = timedelta(seconds=15)
    """How long she is kept for the agent who had her last talk; zero: not at all."""
    prefer_within: timedelta = timedelta(days=30)
    """How long ago that talk may be."""
    reserve: int = 1
    """Callbacks leave so many agents of their language free, or all but one where fewer are at work."""
    reserve_for: timedelta = timedelta(minutes=10)
    """After so long in the line a callback is served like a caller: the reserve must not break the promise."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole distribution as one value.

    `seats` reads like a dict of `Seat` by agent; `queue` iterates oldest `age_from` first, ties by id.
    """

    rules: DeskRules = field(default_factory=DeskRules)
    seats: Seats = field(default_factory=Seats)
    queue: Queue = field(default_factory=Queue)
    offers: dict[EntryId, AgentId] = field(default_factory=dict)
    """Entries of `queue` being offered now."""
    talks: dict[EntryId, AgentId] = field(default_factory=dict)
    """Entries that left the queue to an agent and whose conversation goes on."""


def desk_for(agents: Iterable[Agent], rules: DeskRules | None = None) -> Desk:
    """A desk at which these agents sit, all signed out, with nobody waiting."""
    return Desk(rules=rules or DeskRules(), seats=Seats(Seat(agent) for agent in agents))
