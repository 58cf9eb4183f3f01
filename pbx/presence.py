"""Whether a telephone that rings is still there. Asterisk's device state says «ringing» to the end of the ringing."""

from pbx.link import ActionRefused, ActionTimedOut, Link, LinkLost

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
