"""Taking stock when the link comes up: which calls live, which wait in the fallback, what telephones can do.

The order matters: the session hears events before it asks, so nothing falls between the picture and the events.
"""

from collections.abc import Callable, Mapping

import structlog

from dialplan import names
from pbx.agi import BREAK
from pbx.channels import may_be_taken_back
from pbx.events import Leg
from pbx.link import ActionRefused, Link
from pbx.message import Message
from pbx.reception import Reception
from routing.model import Device

log = structlog.get_logger()

OURS = frozenset({"reception", names.ADOPT, names.TALK, names.JOIN, names.CALLED})
"""Contexts of channels that the controller steers."""
AT_ONCE = "0.1"  # seconds; 0 is never
NOT_YET = frozenset({"", "Set", "Goto", "GotoIf", "NoOp", "ExecIf"})
"""What a channel does before it enters AsyncAGI; its own event follows."""

BESIDE = frozenset({names.HOLD, names.APART, names.PASSED})
"""Contexts of agents' legs beside a caller's: one of an earlier controller has nobody who tells it anything."""

_DEVICES = {
    "NOT_INUSE": Device.IDLE,
    "INUSE": Device.IN_USE,
    "BUSY": Device.IN_USE,
    "RINGING": Device.IN_USE,
    "RINGINUSE": Device.IN_USE,
    "ONHOLD": Device.IN_USE,
}


def device_of(state: str) -> Device:
    """What Asterisk's device state means to the desk; whatever is unknown counts as unreachable."""
    return _DEVICES.get(state, Device.UNREACHABLE)


async def take_stock(link: Link, reception: Reception) -> set[str]:
    """Adopt what waits, close what is gone. The unique ids of all live channels."""
    started = await _started(link)
    channels = await link.collect("CoreShowChannels")
    alive = {channel.get("Uniqueid") for channel in channels}
    reception.compare(channels, started)
    adopted = taken_back = 0
    for channel in channels:
        leg = Leg(channel.get("Channel"), channel.get("Uniqueid"), channel.get("Linkedid"))
        if channel.get("Context") in OURS and channel.get("Application") not in NOT_YET:
            if _steered(channel):
                reception.find(leg, ("adopt",))
                adopted += 1
        elif channel.get("Context") in BESIDE and not reception.has_beside(leg):
            _release(link, channel)
        elif may_be_taken_back(channel) and not reception.has(leg):
            to = {"Channel": leg.channel, "Context": names.ADOPT, "Exten": "s", "Priority": "1"}
            link.post("Redirect", to)
            taken_back += 1
    log.info("stock taken", channels=len(channels), ours=adopted, from_fallback=taken_back)
    return alive


async def see_devices(link: Link, telephones: Mapping[str, str], tell: Callable[[str, Device], None]) -> None:
    """What every telephone can do now. `telephones`: extensions by device name, such as `PJSIP/101`."""
    try:
        states = await link.collect("DeviceStateList")
    except ActionRefused:
        return
    for message in states:
        telephone = telephones.get(message.get("Device"))
        if telephone is not None:
            tell(telephone, device_of(message.get("State")))


async def _started(link: Link) -> str:
    """When this Asterisk began, in its own words; empty when it does not say."""
    try:
        status = await link.send("CoreStatus")
    except ActionRefused:
        return ""
    return f"{status.get('CoreStartupDate')} {status.get('CoreStartupTime')}"


def _release(link: Link, row: Message) -> None:
    """An agent who was about to hold is with her again; one who had left her is let go, by his switch.

    One who talks beside two stays with them, and goes when she does. Who holds has a key that Asterisk itself takes.
    """
    channel, application = {"Channel": row.get("Channel")}, row.get("Application")
    free = {**channel, "Command": BREAK, "CommandID": "break"}
    if application == "ChanSpy":
        link.post("Setvar", {**channel, "Variable": "TIMEOUT(absolute)", "Value": "0"})
        link.post("AGI", free)
    elif row.get("Context") == names.HOLD:
        if application == "AGI":
            link.post("AGI", free)
    elif application in ("AGI", "Read", "Playback"):
        link.post("Setvar", {**channel, "Variable": "TIMEOUT(absolute)", "Value": AT_ONCE})


def _steered(channel: Message) -> bool:
    """Not the telephone at the far end of a Dial, which is in the same context."""
    return channel.get("Application") != "AppDial"
