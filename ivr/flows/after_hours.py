"""The centre is closed: when it opens, and a promise to call back for who wants one."""

from dataclasses import dataclass
from datetime import datetime

from ivr.call import Call, CallerHungUp
from ivr.flows.greeting import notice
from ivr.flows.language import choose_language
from ivr.flows.moments import said_at
from ivr.flows.promise import keep_own, may_be_promised, take_promise, why_not
from ivr.flows.subject import MOST_DETOURS, ChangeLanguage, HearNotice, choose_subject
from ivr.menu import Choice, Chosen, GiveUp, Menu, choose
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.hours import Closed
from routing.model import CallEnding, Language


@dataclass(frozen=True, slots=True)
class CallMeBack:
    """She wants to be called back."""


Wish = CallMeBack | ChangeLanguage | HearNotice


async def after_hours(
    call: Call, office: Office, closed: Closed, language: Language, welcome: tuple[Phrase, ...] = ()
) -> CallEnding:
    """Say when the centre opens and offer a callback. A hang-up from here on is `CLOSED`, not abandonment."""
    call.log.note("centre closed", why=closed.why)
    await call.remember(stage="after-hours")
    try:
        if not may_be_promised(call, office):
            await call.say(*welcome, *news(office, closed), *why_not(office), phrase("goodbye"), in_=language)
            return CallEnding.CLOSED
        language, wanted = await callback_wanted(call, office, closed, language, welcome)
        if not wanted or not await promised(call, office, language):
            await call.say(
                phrase("callback.not_taken"), phrase("goodbye"), in_=call.log.record.language or language
            )
    except CallerHungUp:
        pass  # the ending is the same: what was promised is kept
    return CallEnding.CLOSED if call.log.record.callback is None else CallEnding.CALLBACK_TAKEN


def closed_menu(office: Office, closed: Closed, head: tuple[Phrase, ...]) -> Menu[Wish]:
    """1 a callback; `0` too, as nobody is there to talk; `*`, `#` and `9` as in every menu."""
    callback: Choice[Wish] = Choice("1", CallMeBack(), phrase("callback.offer"))
    language: Choice[Wish] = Choice("#", ChangeLanguage(), phrase("menu.language"))
    person: Choice[Wish] = Choice("0", CallMeBack())
    notice: Choice[Wish] = Choice("9", HearNotice())
    return Menu(
        "closed",
        (callback, language, person, notice),
        intro=news(office, closed),
        head=head,
        tail=(phrase("menu.repeat"),),
        spoken=True,
    )


async def callback_wanted(
    call: Call, office: Office, closed: Closed, language: Language, head: tuple[Phrase, ...]
) -> tuple[Language, bool]:
    """Whether she wants to be called back, and the language she ended up in."""
    for _ in range(MOST_DETOURS):
        match await choose(call, closed_menu(office, closed, head), language):
            case Chosen(means=ChangeLanguage()):
                language = await choose_language(call, office, language)
                head = (phrase("language.changed"), *office.studio.message(language))
            case Chosen(means=HearNotice()):
                head = notice(office.centre)
            case Chosen():
                return language, True
            case GiveUp():
                break
    return language, False


async def promised(call: Call, office: Office, language: Language) -> bool:
    """Her subject and her number. She has asked already: who hangs up from here on is called back if possible."""
    try:
        language, subject = await choose_subject(call, office, language, person=False)
    except CallerHungUp:
        keep_own(call, office, call.log.record.language or language, office.centre.other_subject)
        raise
    return await take_promise(call, office, language, subject) is not None


def news(office: Office, closed: Closed) -> tuple[Phrase, ...]:
    """That it is closed, and when it opens."""
    return (phrase("closed.now"), *opening(office, closed.reopens_at))


def opening(office: Office, reopens_at: datetime | None) -> tuple[Phrase, ...]:
    """«We open again on … at …», in the centre's own time; nothing when no opening is known."""
    if reopens_at is None:
        return ()
    return (said_at(office, reopens_at, "closed.reopens", "closed.reopens_day"),)
