"""What happens to the desk (events) and what the desk wants done (commands). All frozen values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from routing.model import AgentId, BreakReason, Desk, Device, EntryId, QueueEntry


class MissReason(StrEnum):
    """Why an offer came to nothing."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    CALLER_GONE = "caller_gone"
    """The caller hung up or went elsewhere while the phone rang: nobody's fault."""
    NO_TRUNK = "no_trunk"
    """Of a person outside: the trunk did not carry the call, which says nothing about her."""


# ---- events ----


@dataclass(frozen=True, slots=True)
class CallerJoined:
    """Someone begins to wait, or an attempt at a callback asks for an agent."""

    entry: QueueEntry


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """The entry no longer waits: hung up, took a callback, or was withdrawn."""

    entry: EntryId


@dataclass(frozen=True, slots=True)
class AgentSignedIn:
    """The agent comes to work (again: no effect when already signed in).

    He sits at his own telephone, or at the one with this extension; who is at work already moves there, unless he talks
    with a caller or is rung. No effect where another agent is at work at that telephone.
    """

    agent: AgentId
    telephone: str | None = None


@dataclass(frozen=True, slots=True)
class AgentSignedOut:
    """The agent goes. A conversation the desk gave is finished first; ringing and wrap-up end at once."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class AgentTookBreak:
    """The agent pauses. A conversation the desk gave is finished first; ringing and wrap-up end at once."""

    agent: AgentId
    reason: BreakReason


@dataclass(frozen=True, slots=True)
class AgentReturned:
    """The agent is back from break, or ends wrap-up early."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class AgentAskedForTime:
    """The agent needs longer to write up the last call, for the `times`-th time (from 1)."""

    agent: AgentId
    times: int


@dataclass(frozen=True, slots=True)
class AgentAnswered:
    """The agent picked up the offer of `entry`."""

    agent: AgentId
    entry: EntryId


@dataclass(frozen=True, slots=True)
class AgentMissed:
    """The offer of `entry` came to nothing; the entry keeps its place."""

    agent: AgentId
    entry: EntryId
    why: MissReason


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The conversation of `entry` with `agent` is over; wrap-up begins."""

    agent: AgentId
    entry: EntryId


@dataclass(frozen=True, slots=True)
class CallPassed:
    """A colleague passed the conversation of `entry` on, and `agent` took it: he talks since `since`.

    What he did before, a break or not being at work, he does again after it.
    """

    agent: AgentId
    entry: EntryId
    since: datetime


@dataclass(frozen=True, slots=True)
class CallAdopted:
    """A conversation found going on after a restart: the agent is talking since `since`."""

    agent: AgentId
    entry: EntryId
    since: datetime


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """The agent's telephone became idle, in use or unreachable."""

    agent: AgentId
    device: Device


@dataclass(frozen=True, slots=True)
class MomentArrived:
    """A moment asked for by `WakeAt`, or a periodic tick; carries nothing: `now` says it."""


DeskEvent = (
    CallerJoined
    | CallerLeft
    | AgentSignedIn
    | AgentSignedOut
    | AgentTookBreak
    | AgentReturned
    | AgentAskedForTime
    | AgentAnswered
    | AgentMissed
    | CallEnded
    | CallAdopted
    | CallPassed
    | DeviceChanged
    | MomentArrived
)


# ---- commands ----


@dataclass(frozen=True, slots=True)
class OfferTo:
    """Ring `agent` for `entry` until `until`. `why` explains the choice in words and is stored."""

    agent: AgentId
    entry: QueueEntry
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class WithdrawOffer:
    """Stop ringing `agent` for `entry`: the entry left, or the phone is gone."""

    agent: AgentId
    entry: EntryId


@dataclass(frozen=True, slots=True)
class TellPosition:
    """Tell the waiting caller her place; 1 is next."""

    entry: EntryId
    place: int


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Send `MomentArrived` at `moment`. A later WakeAt replaces an earlier one."""

    moment: datetime


DeskCommand = OfferTo | WithdrawOffer | TellPosition | WakeAt


@dataclass(frozen=True, slots=True)
class Decision:
    """The desk after an event, and what is to be done, in order."""

    desk: Desk
    commands: tuple[DeskCommand, ...]
