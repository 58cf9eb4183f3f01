"""Asterisk's words, typed. The one place where header names are known; everything unknown is None.

Header names and their meaning: Asterisk 22, `manager_channels.c`, `res_agi.c`, `manager_bridges.c`.
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_plus

from pbx.message import Message


@dataclass(frozen=True, slots=True)
class Leg:
    """One channel of a call. `unique` names the channel, `linked` the call."""

    channel: str
    unique: str
    linked: str


@dataclass(frozen=True, slots=True)
class AgiStarted:
    """A channel entered `AGI(agi:async,…)` and waits for commands. `arguments` are the AGI's own."""

    leg: Leg
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgiDone:
    """A command ended. `result` is the text of the AGI answer, such as `200 result=0`."""

    leg: Leg
    command: str
    result: str


@dataclass(frozen=True, slots=True)
class AgiEnded:
    """The channel left AsyncAGI: hung up, or went on in the dialplan."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key, complete. Seen during every application."""

    leg: Leg
    key: str


@dataclass(frozen=True, slots=True)
class DialBegan:
    """`called` is being rung for `caller`."""

    caller: Leg
    called: Leg


@dataclass(frozen=True, slots=True)
class DialEnded:
    """`status` as in DIALSTATUS."""

    caller: Leg
    called: Leg
    status: str


@dataclass(frozen=True, slots=True)
class LegGone:
    """A channel ended. `sip` is the SIP status code the other side gave, or None; `cause` is of Q.850."""

    leg: Leg
    cause: int
    sip: int | None


@dataclass(frozen=True, slots=True)
class HangUpAsked:
    """The far side hung up, or with `by_pbx` Asterisk itself is ending; the channel is about to end."""

    leg: Leg
    by_pbx: bool = False


@dataclass(frozen=True, slots=True)
class HoldPressed:
    """A telephone's own hold key: the other side hears music while `on`."""

    leg: Leg
    on: bool


@dataclass(frozen=True, slots=True)
class DeviceSeen:
    """A telephone changed: `device` such as `PJSIP/101`, `state` such as `NOT_INUSE`."""

    device: str
    state: str


@dataclass(frozen=True, slots=True)
class Originated:
    """The end of an Originate: `answered` or not. `action` is the ActionID it was sent with."""

    action: str
    answered: bool
    reason: int


PbxEvent = (
    AgiStarted
    | AgiDone
    | AgiEnded
    | KeyPressed
    | DialBegan
    | DialEnded
    | LegGone
    | HangUpAsked
    | HoldPressed
    | DeviceSeen
    | Originated
)

WANTED = frozenset(
    {
        "AsyncAGIStart",
        "AsyncAGIExec",
        "AsyncAGIEnd",
        "DTMFEnd",
        "DialBegin",
        "DialEnd",
        "Hangup",
        "HangupRequest",
        "Hold",
        "Unhold",
        "SoftHangupRequest",
        "DeviceStateChange",
        "OriginateResponse",
    }
)
"""Event names this module understands."""


SHUTDOWN = "4"
"""What a SoftHangupRequest gives as its cause when Asterisk ends: AST_SOFTHANGUP_SHUTDOWN of its `channel.h`."""
FIRST_ARGUMENT = "agi_arg_1%3A"
"""How the AGI's own arguments begin in its environment, percent-encoded."""


def parse(message: Message) -> PbxEvent | None:
    """The event in `message`, or None when it is not one of ours. Never raises for odd contents."""
    match message.name:
        case "AsyncAGIStart":
            return AgiStarted(_leg(message), _arguments(message.get("Env")))
        case "AsyncAGIExec":
            return AgiDone(_leg(message), message.get("CommandId"), _result(message.get("Result")))
        case "AsyncAGIEnd":
            return AgiEnded(_leg(message))
        case "DTMFEnd":
            key = message.get("Digit")
            # «Sent» are keys that Asterisk plays to the telephone: in a conversation, those of the other side.
            if message.get("Direction") != "Received" or len(key) != 1:
                return None
            return KeyPressed(_leg(message), key)
        case "DialBegin":
            return DialBegan(_leg(message), _leg(message, "Dest"))
        case "DialEnd":
            return DialEnded(_leg(message), _leg(message, "Dest"), message.get("DialStatus"))
        case "Hangup":
            return LegGone(_leg(message), _number(message.get("Cause"), 0), _sip(message.get("TechCause")))
        case "HangupRequest" | "SoftHangupRequest":
            by_pbx = message.name == "SoftHangupRequest" and message.get("Cause") == SHUTDOWN
            return HangUpAsked(_leg(message), by_pbx)
        case "Hold" | "Unhold":
            return HoldPressed(_leg(message), message.name == "Hold")
        case "DeviceStateChange":
            return DeviceSeen(message.get("Device"), message.get("State"))
        case "OriginateResponse":
            answered = message.get("Response") == "Success"
            return Originated(message.get("ActionID"), answered, _number(message.get("Reason"), 0))
        case _:
            return None


def linked_id(event: PbxEvent) -> str | None:
    """The call an event belongs to."""
    match event:
        case DialBegan(caller=caller, called=called) | DialEnded(caller=caller, called=called):
            return caller.linked or called.linked
        case DeviceSeen() | Originated():
            return None
        case _:
            return event.leg.linked


def _leg(message: Message, prefix: str = "") -> Leg:
    return Leg(
        message.get(prefix + "Channel"), message.get(prefix + "Uniqueid"), message.get(prefix + "Linkedid")
    )


@lru_cache(maxsize=64)
def _result(encoded: str) -> str:
    """The answer to a command; nearly all are one of a few."""
    return unquote_plus(encoded).strip()


def _arguments(env: str) -> tuple[str, ...]:
    """`agi_arg_1`, `agi_arg_2`, … of the AGI environment, which arrives percent-encoded in one header.

    Asterisk writes them last, behind what the caller's telephone may have said.
    """
    found: dict[int, str] = {}
    for line in unquote_plus(env[max(0, env.rfind(FIRST_ARGUMENT)) :]).splitlines():
        name, colon, value = line.partition(":")
        number = name.removeprefix("agi_arg_")
        if colon and number != name and number.isdigit():
            found[int(number)] = value.strip()
    return tuple(found[number] for number in sorted(found))


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() else default


def _sip(text: str) -> int | None:
    """`SIP 486 Busy here` or `486 …` → 486."""
    for word in text.split():
        if len(word) == 3 and word.isascii() and word.isdigit():
            return int(word)
    return None
