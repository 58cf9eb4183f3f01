"""The centre is closed: when it opens, and a promise to call back for who wants one."""

from dataclasses import dataclass

from ivr.call import Call, CallerHungUp
from ivr.flows.articles import HearArticles, articles_choice, hear_articles
from ivr.flows.closed_news import news
from ivr.flows.flash import flashed
from ivr.flows.goodbye import self_served
from ivr.flows.greeting import notice
from ivr.flows.keys import HearPromise, has_articles, promise_choice
from ivr.flows.language import choose_language
from ivr.flows.own_promises import my_promises
from ivr.flows.promise import keep_own, may_be_promised, take_promise, why_not
from ivr.flows.subject import MOST_DETOURS, ChangeLanguage, HearNotice, choose_subject
from ivr.menu import Choice, Chosen, GiveUp, Menu, choose
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.hours import Closed
from routing.model import CallEnding, Language, Subject


@dataclass(frozen=True, slots=True)
class CallMeBack:
    """She wants to be called back."""


@dataclass(frozen=True, slots=True)
class NobodyThere:
    """She wants a person, and no promise can be made: she hears again when the centre opens."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What she wanted in the end, and in which language; `subject` when she has named it already."""

    language: Language
    callback: bool
    informed: bool = False
    subject: Subject | None = None


Wish = CallMeBack | NobodyThere | ChangeLanguage | HearNotice | HearArticles | HearPromise


async def after_hours(
    call: Call,
    office: Office,
    closed: Closed,
    language: Language,
    welcome: tuple[Phrase, ...] = (),
    *,
    told: bool = False,
) -> CallEnding:
    """Say when the centre opens, unless she was `told`, and offer a callback and recorded information.

    A hang-up from here on is `CLOSED`, not abandonment.
    """
    if not told:
        call.log.note("centre closed", why=closed.why)
    await call.remember(stage="after-hours")
    ending = CallEnding.CLOSED
    try:
        if not may_be_promised(call, office) and not has_articles(office.centre):
            await call.say(*welcome, *news(office, closed), *why_not(office), phrase("goodbye"), in_=language)
            return ending
        if may_be_promised(call, office):
            call.log.note("callback offered")
        wanted = await what_she_wants(call, office, closed, language, welcome, told=told)
        if wanted.informed:
            ending = CallEnding.SELF_SERVED
        if not wanted.callback and wanted.informed:
            return await self_served(call, wanted.language)
        if not wanted.callback or not await promised(call, office, wanted.language, wanted.subject):
            await call.say(
                *not_taken(call, office), phrase("goodbye"), in_=call.log.record.language or wanted.language
            )
    except CallerHungUp:  # the ending is the same: what was promised is kept
        if call.log.record.callback is None and call.log.record.subject is None:
            flashed(call, office, greeting=False)
    return ending if call.log.record.callback is None else CallEnding.CALLBACK_TAKEN


def closed_menu(
    office: Office, closed: Closed, head: tuple[Phrase, ...], *, promises: bool, told: bool = False
) -> Menu[Wish]:
    """1 a callback; `0` too, as nobody is there to talk; 8 recorded information; `*`, `#` and `9` as in every menu.

    Without `promises` there is no 1, and she hears why. Who was `told` the news does not hear them again.
    """
    what = () if told else news(office, closed)
    callback: tuple[Choice[Wish], ...] = (Choice("1", CallMeBack(), phrase("callback.offer")),)
    language: Choice[Wish] = Choice("#", ChangeLanguage(), phrase("menu.language"))
    person: Choice[Wish] = Choice("0", CallMeBack() if promises else NobodyThere())
    notice: Choice[Wish] = Choice("9", HearNotice())
    return Menu(
        "closed",
        (
            *(callback if promises else ()),
            *articles_choice(has_articles(office.centre)),
            *(() if has_articles(office.centre) else promise_choice(office.centre)),
            language,
            person,
            notice,
        ),
        intro=what if promises else (*what, *why_not(office)),
        head=head,
        tail=(phrase("menu.repeat"),),
        spoken=True,
    )


async def what_she_wants(
    call: Call,
    office: Office,
    closed: Closed,
    language: Language,
    head: tuple[Phrase, ...],
    *,
    told: bool = False,
) -> Wanted:
    """A callback, recorded information, or nothing more."""
    for _ in range(MOST_DETOURS):
        promises = may_be_promised(call, office)
        menu = closed_menu(office, closed, head, promises=promises, told=told)
        match await choose(call, menu, language):
            case Chosen(means=ChangeLanguage()):
                told = False
                language = await choose_language(call, office, language)
                head = (phrase("language.changed"), *office.studio.message(language))
            case Chosen(means=HearNotice()):
                head = notice(office.centre)
            case Chosen(means=HearPromise()):
                if await my_promises(call, office, language):
                    return Wanted(language, callback=False, informed=True)
                head = ()
            case Chosen(means=NobodyThere()):
                head = ()
            case Chosen(means=HearArticles()):
                person = phrase("article.call_back") if promises else None
                found = await hear_articles(call, office, language, person)
                callback = promises and found.wants_person
                return Wanted(found.language, callback, informed=found.informed, subject=found.subject)
            case Chosen():
                return Wanted(language, callback=True)
            case GiveUp():
                break
    return Wanted(language, callback=False)


async def promised(call: Call, office: Office, language: Language, subject: Subject | None = None) -> bool:
    """Her subject and her number. She has asked already: who hangs up from here on is called back if possible."""
    if subject is None:
        try:
            language, subject = await choose_subject(call, office, language, person=False)
        except CallerHungUp:
            keep_own(call, office, call.log.record.language or language, office.centre.other_subject)
            raise
    call.log.set(subject=subject)
    if subject is not None:
        await call.remember(subject=subject)
    return await take_promise(call, office, language, subject or office.centre.other_subject) is not None


def not_taken(call: Call, office: Office) -> tuple[Phrase, ...]:
    """That nothing is promised, to who could have been."""
    return (phrase("callback.not_taken"),) if may_be_promised(call, office) else ()
