"""Taking stock when the link comes up: which calls live, which wait in the fallback, what telephones can do.

The order matters: the session hears events before it asks, so nothing falls between the picture and the events.
"""

from collections.abc import Callable, Mapping

import structlog

from dialplan import names
from pbx.channels import may_be_taken_back
from pbx.events import Leg
from pbx.link import ActionRefused, Link
from pbx.message import Message
from pbx.reception import Reception
from routing.model import Device

log = structlog.get_logger()

OURS = frozenset({"reception", names.ADOPT, names.TALK, names.JOIN, names.CALLED})
"""Contexts of channels that the controller steers."""
NOT_YET = frozenset({"", "Set", "Goto", "GotoIf", "NoOp", "ExecIf"})
"""What a channel does before it enters AsyncAGI; its own event follows."""

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


def _steered(channel: Message) -> bool:
    """Not the telephone at the far end of a Dial, which is in the same context."""
    return channel.get("Application") != "AppDial"
