"""The centre is closed: when it opens, and a promise to call back for who wants one."""

from datetime import datetime

from ivr.call import Call, CallerHungUp, Keys, Question
from ivr.flows.promise import take_promise
from ivr.flows.subject import choose_subject
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.hours import Closed
from routing.model import CallEnding, Language


async def after_hours(
    call: Call, office: Office, closed: Closed, language: Language, welcome: Phrase | None = None
) -> CallEnding:
    """Say when the centre opens and offer a callback. A hang-up from here on is `CLOSED`, not abandonment."""
    call.log.note("centre closed", why=closed.why)
    await call.remember(stage="after-hours")
    try:
        hello = () if welcome is None else (welcome,)
        said = (*hello, phrase("closed.now"), *opening(office, closed.reopens_at))
        if not office.centre.callbacks.offered:
            await call.say(*said, phrase("goodbye"), in_=language)
            return CallEnding.CLOSED
        heard = await call.ask(Question((*said, phrase("callback.offer"))), language)
        if heard != Keys("1"):
            await call.say(phrase("callback.not_taken"), phrase("goodbye"), in_=language)
            return CallEnding.CLOSED
        language, subject = await choose_subject(call, office, language)
        promise = await take_promise(call, office, language, subject)
        return CallEnding.CLOSED if promise is None else CallEnding.CALLBACK_TAKEN
    except CallerHungUp:
        taken = call.log.record.callback is not None
        return CallEnding.CALLBACK_TAKEN if taken else CallEnding.CLOSED


def opening(office: Office, reopens_at: datetime | None) -> tuple[Phrase, ...]:
    """«We open again on … at …», in the centre's own time; nothing when no opening is known."""
    if reopens_at is None:
        return ()
    local = reopens_at.astimezone(office.centre.zone)
    return (phrase("closed.reopens", on=f"{local:%Y-%m-%d}", at=f"{local:%H:%M}"),)
