"""The subject menu, with the ways out that every menu has: `0` a person, `*` again, `#` language, `9` the notice."""

from dataclasses import dataclass
from functools import lru_cache

from ivr.call import Call
from ivr.centre import Centre
from ivr.flows.articles import HearArticles, articles_choice, hear_articles
from ivr.flows.greeting import notice
from ivr.flows.keys import HearPromise, has_articles, promise_choice
from ivr.flows.language import choose_language
from ivr.flows.own_promises import my_promises
from ivr.menu import Choice, Chosen, GiveUp, Menu, choose
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.model import Language, Subject


@dataclass(frozen=True, slots=True)
class ChangeLanguage:
    """She wants another language."""


@dataclass(frozen=True, slots=True)
class HearNotice:
    """She wants to know what is kept of her. Law 09-08, article 5."""


Wish = Subject | ChangeLanguage | HearNotice | HearArticles | HearPromise


def subject_menu(centre: Centre, welcome: tuple[Phrase, ...] = (), *, person: bool = True) -> Menu[Wish]:
    """Subjects on keys 1 to 8 in the centre's order. `welcome` opens the first time it is said.

    Without `person`, `0` only leaves the subject open: nobody is promised who is not there; nor is she led away
    from her promise to recorded information.
    """
    return Menu(
        "subject",
        (
            *_choices(centre.subjects[:8], centre.other_subject, person, person and has_articles(centre)),
            *(promise_choice(centre) if person and not has_articles(centre) else ()),
        ),
        intro=(phrase("menu.subject_intro"),),
        head=welcome,
        tail=(phrase("menu.repeat"),),
        spoken=True,
    )


@lru_cache(maxsize=64)
def _choices(
    offered: tuple[Subject, ...], other: Subject, person: bool, articles: bool
) -> tuple[Choice[Wish], ...]:
    subjects: tuple[Choice[Wish], ...] = tuple(
        Choice(str(n), subject, phrase(f"menu.subject.{subject}", n=n))
        for n, subject in enumerate(offered, start=1)
    )
    anybody: Choice[Wish] = Choice("0", other, phrase("menu.person") if person else None)
    language: Choice[Wish] = Choice("#", ChangeLanguage(), phrase("menu.language"))
    notice: Choice[Wish] = Choice("9", HearNotice())
    return (*subjects, *articles_choice(articles), anybody, language, notice)


MOST_DETOURS = 6  # changes of language and readings of the notice in one call


async def choose_subject(
    call: Call, office: Office, language: Language, welcome: tuple[Phrase, ...] = (), *, person: bool = True
) -> tuple[Language, Subject | None]:
    """Her subject, and the language she ended up in. Who cannot choose is connected with a person.

    `person` False: the centre is closed, and the subject is for a promise. No subject: recorded information was
    all she wanted, or her promise. Who asked keeps it in the log.
    """
    menu = subject_menu(office.centre, welcome, person=person)
    subject: Subject | None = office.centre.other_subject
    for _ in range(MOST_DETOURS):
        match await choose(call, menu, language):
            case Chosen(means=ChangeLanguage()):
                language = await choose_language(call, office, language)
                changed = (phrase("language.changed"), *office.studio.message(language))
                menu = subject_menu(office.centre, changed, person=person)
            case Chosen(means=HearNotice()):
                menu = subject_menu(office.centre, notice(office.centre), person=person)
            case Chosen(means=HearArticles()):
                informed = await hear_articles(call, office, language, phrase("menu.person"))
                language = informed.language
                subject = None if informed.has_enough else informed.subject or subject
                break
            case Chosen(means=HearPromise()):
                if await my_promises(call, office, language):
                    subject = None
                    break
                menu = subject_menu(office.centre, person=person)
            case Chosen(means=str(chosen)):
                subject = chosen
                break
            case GiveUp() | _:
                if person:
                    await call.say(phrase("menu.to_a_person"), in_=language)
                break
    return language, subject
