"""A call that the centre promised of itself, to who had hung up early, is not made to who has been served since."""

from contextlib import suppress

from ivr.call import Call
from ivr.office import Office
from routing.model import Callback, CallbackOrigin
from routing.promise_changes import BeingKept, NoSuchPromise


def served(call: Call, office: Office, promised: Callback | None = None) -> None:
    """She talks with an agent, or was `promised` a call that she asked for: once is enough."""
    number = call.caller.number if promised is None else promised.number
    for promise in [] if number is None else office.promises.of(number):
        if promise.origin is CallbackOrigin.FLASH and (promised is None or promise.id != promised.id):
            with suppress(BeingKept, NoSuchPromise):
                office.promises.cancel(promise.id)
                call.log.note("flash not needed any more", reference=promise.id)
