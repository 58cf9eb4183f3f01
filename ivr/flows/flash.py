"""«Flash»: who hangs up while she is greeted, or hears that it is closed, is called back, once a day."""

from datetime import timedelta

from ivr.call import Call
from ivr.flows.promise import own_number
from ivr.flows.promise_told import is_soon
from ivr.flows.windows import offered
from ivr.office import Office
from routing.model import CallbackOrigin

GREETING = timedelta(seconds=20)
"""In open hours who hangs up later has heard the menus and did not find what she wanted."""


def flashed(call: Call, office: Office, *, greeting: bool) -> None:
    """Promise a call, where the centre wants that, to a number that may be called and asked for none today.

    `greeting`: she hung up in open hours. She hears nothing of it, so the call ends as what it was.
    """
    rules, now = office.centre.callbacks, office.now()
    if not rules.offered or not rules.flash or (greeting and now - call.arrived_at > GREETING):
        return
    number = own_number(call, office)
    if number is None or office.promises.of(number) or office.promises.asked_today(number):
        return
    language = (
        call.log.record.language or office.memory.language_of(number) or office.centre.spoken_order(number)[0]
    )
    first = None if is_soon(office) else next(iter(offered(office, language)), None)
    promise = office.promises.promise(
        number,
        language,
        office.centre.other_subject,
        call.id,
        now,
        None if first is None else first.window,
        CallbackOrigin.FLASH,
    )
    call.log.note("flash", reference=promise.id)
