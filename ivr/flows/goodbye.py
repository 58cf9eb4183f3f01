"""The kind end of a call that needed nobody."""

from contextlib import suppress

from ivr.call import Call, CallerHungUp
from ivr.prompts import phrase
from routing.model import CallEnding, Language


async def self_served(call: Call, language: Language) -> CallEnding:
    """She has heard what she wanted, and may have gone already."""
    with suppress(CallerHungUp):
        await call.say(phrase("goodbye"), in_=language)
    return CallEnding.SELF_SERVED
