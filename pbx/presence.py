"""Whether a telephone is there, and free. Of one that rings Asterisk says «ringing» to the end of the ringing."""

from pbx.link import ActionRefused, ActionTimedOut, Link, LinkLost
from routing.model import Device

UNREACHABLE = "Unreachable"


async def vanished(link: Link, extension: str) -> bool:
    """Whether the telephone of `extension` no longer answers its qualify. False when that cannot be known."""
    try:
        contact = (await link.send("Getvar", {"Variable": f"PJSIP_AOR({extension},contact)"})).get("Value")
        if not contact:
            return True  # it signed off while it rang
        status = (await link.send("Getvar", {"Variable": f"PJSIP_CONTACT({contact},status)"})).get("Value")
    except (ActionRefused, ActionTimedOut, LinkLost):
        return False
    return status == UNREACHABLE


async def device_at(link: Link, extension: str) -> Device | None:
    """What the telephone of `extension` can do now; None when that cannot be known."""
    try:
        answer = await link.send("Getvar", {"Variable": f"DEVICE_STATE(PJSIP/{extension})"})
    except (ActionRefused, ActionTimedOut, LinkLost):
        return None
    state = answer.get("Value")
    if state == "NOT_INUSE":
        return Device.IDLE
    return Device.UNREACHABLE if state in ("", "UNAVAILABLE", "INVALID", "UNKNOWN") else Device.IN_USE
