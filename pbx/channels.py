"""What a channel remembers of its call: the variables that flows left on it, read back in one question."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from dialplan import names
from ivr.numbers import normalise
from pbx.events import Leg
from pbx.link import Link
from pbx.message import Message
from routing.model import AgentId, CallbackId, Language, Subject

UNSET = "(null)"  # how Asterisk writes a variable that the channel does not have
VARIABLES = (
    names.V_NUMBER,
    names.V_DIALLED,
    names.V_KIND,
    names.V_STAGE,
    names.V_LANGUAGE,
    names.V_SUBJECT,
    names.V_ENTERED,
    names.V_AGENT,
    names.V_CONNECTED,
    names.V_CALLBACK,
    names.V_PHONE,
)


DIALLING = frozenset({"Dial", "Queue", "Bridge"})
PICKED_UP = frozenset({names.IN_TALK, names.WHISPER, names.REACHED})
"""Contexts of a leg that was dialled, between its answer and the conversation."""
KEYING = frozenset({"Read", "AGI"})
"""What the fallback does while she keys her number and while it is written down."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """A channel in the middle of a Dial: whether the two are connected, and the leg that rings or talks."""

    connected: bool
    called: Leg | None


def dialled_by(leg: Leg, channels: Iterable[Message]) -> Dialled | None:
    """What `leg` is dialling, by the rows of CoreShowChannels; None when it does not dial.

    The leg of an agent who came back to her is no Dial's: it is known by the bridge.
    """
    rows = list(channels)
    own = next((row for row in rows if row.get("Uniqueid") == leg.unique), None)
    if own is None or own.get("Application") not in DIALLING:
        return None
    bridge = own.get("BridgeId")
    called = next(
        (
            Leg(row.get("Channel"), row.get("Uniqueid"), row.get("Linkedid"))
            for row in rows
            if row is not own
            and (
                (bridge and row.get("BridgeId") == bridge)
                or (
                    row.get("Linkedid") == leg.linked
                    and (row.get("Application") == "AppDial" or row.get("Context") in PICKED_UP)
                )
            )
        ),
        None,
    )
    return Dialled(bool(bridge), called)


def in_fallback(channel: Message) -> bool:
    """Whether the dialplan's fallback has this channel (a row of CoreShowChannels)."""
    return channel.get("Context").startswith(names.FALLBACK)


def may_be_taken_back(channel: Message) -> bool:
    """In the fallback and only waiting there: one who keys her number or talks is left in peace."""
    return in_fallback(channel) and not channel.get("BridgeId") and channel.get("Application") not in KEYING


def is_asked(channel: Message) -> bool:
    """In the fallback and asked for her number: she may be keying it."""
    return in_fallback(channel) and channel.get("Application") == "Read"


@dataclass(frozen=True, slots=True)
class Remembered:
    """The channel's facts, parsed; what is missing or malformed is None or empty."""

    number: str | None
    dialled: str
    kind: str
    stage: str
    language: Language | None
    subject: Subject | None
    entered: datetime | None
    connected: datetime | None
    agent: AgentId | None
    callback: CallbackId | None
    phone: str
    early: bool = False
    """She can hear what is said before the call is answered: of a new call only."""


async def remembered(link: Link, leg: Leg) -> Remembered:
    """Ask the channel. Raises LinkLost, ActionRefused (the channel is gone), ActionTimedOut."""
    headers = {"Channel": leg.channel, "Variables": ",".join(VARIABLES)}
    found: dict[str, str] = {}
    for message in await link.collect("Status", headers):
        if message.name == "Status":
            for text in message.all("Variable"):
                name, equals, value = text.partition("=")
                if equals and value != UNSET:
                    found[name] = value
    return parse(found)


def brought(arguments: tuple[str, ...]) -> Remembered | None:
    """The facts of a new call, which the dialplan hands over with it: `incoming, NUMBER, DIALLED, EARLY`.

    None for others.
    """
    match arguments:
        case ("incoming", number, dialled, *more):
            facts = {names.V_KIND: "incoming", names.V_NUMBER: number, names.V_DIALLED: dialled}
            return parse(facts | {names.V_EARLY: more[0] if more else ""})
        case _:
            return None


def parse(found: dict[str, str]) -> Remembered:
    """Channel variables as facts. The number is E.164, or None when it is no telephone's own."""
    language = found.get(names.V_LANGUAGE, "")
    return Remembered(
        number=normalise(found.get(names.V_NUMBER, "")),
        dialled=found.get(names.V_DIALLED, ""),
        kind=found.get(names.V_KIND, ""),
        stage=found.get(names.V_STAGE, ""),
        language=Language(language) if language in set(Language) else None,
        subject=Subject(found[names.V_SUBJECT]) if found.get(names.V_SUBJECT) else None,
        entered=_moment(found.get(names.V_ENTERED, "")),
        connected=_moment(found.get(names.V_CONNECTED, "")),
        agent=AgentId(found[names.V_AGENT]) if found.get(names.V_AGENT) else None,
        callback=CallbackId(found[names.V_CALLBACK]) if found.get(names.V_CALLBACK) else None,
        phone=found.get(names.V_PHONE, ""),
        early=found.get(names.V_EARLY) == "1",
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromtimestamp(float(text), UTC) if re.fullmatch(r"\d{1,11}(\.\d{1,6})?", text) else None


def stamped_at(unique: str) -> datetime | None:
    """When Asterisk made the channel: its unique id begins with the second, as `1700000000.12`."""
    second = unique.partition(".")[0]
    return datetime.fromtimestamp(int(second), UTC) if re.fullmatch(r"\d{9,11}", second) else None


NOTHING = parse({})
"""Of a channel that was gone before it could be asked."""
