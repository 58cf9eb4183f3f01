"""The centre calls a supervisor: what is wrong, and 1 says that she knows."""

from collections.abc import Sequence
from contextlib import suppress

from ivr.call import Call, CallerHungUp
from ivr.menu import Choice, Chosen, Menu, choose
from ivr.prompts import Phrase, phrase
from routing.alerts import Kind, Standing
from routing.model import Language

AGREED: Choice[bool] = Choice("1", True, phrase("alert.acknowledge"))


async def alert(call: Call, language: Language, standing: Sequence[Standing]) -> bool:
    """Tell what stands. Whether she acknowledged: who hangs up, or a machine, did not."""
    told = tuple(map(sentence, standing))
    menu = Menu("alert", (AGREED,), intro=(phrase("alert.hello"), *told))
    try:
        if not isinstance(await choose(call, menu, language), Chosen):
            await call.say(phrase("goodbye"), in_=language)
            return False
    except CallerHungUp:
        return False
    with suppress(CallerHungUp):  # she knows
        await call.say(phrase("alert.thanks"), in_=language)
    return True


def sentence(one: Standing) -> Phrase:
    """What is wrong, in a sentence."""
    n = int(one.value)
    match one.kind:
        case Kind.LONGEST_WAIT:
            return phrase("sup.longest", seconds=n)
        case Kind.WAITING:
            return phrase("sup.waiting", n=n)
        case Kind.PROMISES_AT_RISK:
            return phrase("alert.at_risk", n=n)
        case Kind.SERVICE_LEVEL:
            return phrase("sup.service_level", n=n)
        case Kind.NOBODY_SIGNED_IN:
            return phrase("sup.nobody_signed_in")
        case Kind.DATABASE:
            return phrase("alert.database")
