"""Recorded information, day and night: a subject, an article, then again, its link, another one, or a person."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from ivr.call import Call, CallerHungUp
from ivr.centre import Centre
from ivr.flows.greeting import notice
from ivr.flows.keys import KEY, HearPromise, promise_choice
from ivr.flows.language import choose_language
from ivr.flows.links import take_link
from ivr.flows.own_promises import my_promises
from ivr.menu import Choice, Chosen, GiveUp, Menu, choose
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.model import Language, Subject

SEND_LINK, OTHERS = "1", "2"
MOST_CHOICES = 40  # in one call; a stuck key must not keep it for ever


@dataclass(frozen=True, slots=True)
class HearArticles:
    """She wants recorded information."""


class Wish(Enum):
    """What she may wish beside a subject or an article."""

    LANGUAGE = "language"
    NOTICE = "notice"
    LINK = "link"
    OTHERS = "others"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Article:
    """One piece of information, and the subject under which she found it."""

    code: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class Informed:
    """How she left: in which language, after hearing of which subject, and whether she asked for a person.

    Without subject and without asking, she found no article.
    """

    language: Language
    subject: Subject | None
    wants_person: bool
    heard_promise: bool = False

    @property
    def informed(self) -> bool:
        """She has heard an article, or what she was promised."""
        return self.subject is not None or self.heard_promise

    @property
    def has_enough(self) -> bool:
        """She has heard what she came for."""
        return self.informed and not self.wants_person


def articles_choice(offered: bool) -> tuple[Choice[Any], ...]:
    """The way here for another menu."""
    return (Choice(KEY, HearArticles(), phrase("menu.articles", n=KEY)),) if offered else ()


async def hear_articles(call: Call, office: Office, language: Language, person: Phrase | None) -> Informed:
    """Until she wants a person, or nothing more. `person` says what `0` does; None: nobody can be promised.

    Who hangs up after she heard an article has what she came for: that is an answer, not a `CallerHungUp`.
    """
    visit = _Visit(call, office, language, person)
    try:
        return await visit.go_on()
    except CallerHungUp:
        left = visit.left(wants_person=False)
        if not left.informed:
            raise
        return left


class _Visit:
    """One stay among the articles."""

    def __init__(self, call: Call, office: Office, language: Language, person: Phrase | None) -> None:
        self.call, self.office, self.language, self.person = call, office, language, person
        self.subject: Subject | None = None
        self.heard_promise = False
        self.head: tuple[Phrase, ...] = ()

    async def go_on(self) -> Informed:
        """From the list of subjects to whatever she wants in the end."""
        place: Subject | Article | None = None
        menu = self.menu(place)
        for _ in range(MOST_CHOICES):
            match await choose(self.call, menu, self.language):
                case Chosen(means=Wish.PERSON):
                    return self.left(wants_person=True)
                case Chosen(means=Wish.LANGUAGE):
                    self.language = await choose_language(self.call, self.office, self.language)
                    self.head = (phrase("language.changed"),)
                case Chosen(means=Wish.NOTICE):
                    self.head = notice(self.office.centre)
                case Chosen(means=Wish.LINK):
                    assert isinstance(place, Article)
                    self.head = await take_link(self.call, self.office, self.language, place.code)
                    menu = self.after(place, again=False)
                    continue
                case Chosen(means=HearPromise()):
                    self.heard_promise |= await my_promises(self.call, self.office, self.language)
                case Chosen(means=Wish.OTHERS):
                    place = None
                case Chosen(means=Article() as article):
                    self.call.log.note("article chosen", article=article.code)
                    place, self.subject = article, article.subject
                case Chosen(means=str(subject)):
                    place = Subject(subject)
                case GiveUp() | _:
                    return self.left(wants_person=False)
            menu = self.menu(place)
        return self.left(wants_person=True)

    def left(self, *, wants_person: bool) -> Informed:
        return Informed(self.language, self.subject, wants_person, self.heard_promise)

    def menu(self, place: "Subject | Article | None") -> Menu[object]:
        match place:
            case None:
                return list_of_subjects(self.office.centre, self.person, self.told())
            case Article():
                return self.after(place)
            case _:
                return list_of_articles(self.office.centre, place, self.person, self.told())

    def after(self, article: Article, *, again: bool = True) -> Menu[object]:
        """The article, with `*` to hear it again, and what she may do then. Keys only: it plays a recording."""
        heard = (phrase(f"article.text.{article.code}"), phrase("menu.repeat")) if again else ()
        choices = (
            *((_choice(SEND_LINK, Wish.LINK, phrase("article.link")),) if again else ()),
            _choice(OTHERS, Wish.OTHERS, phrase("article.others")),
            *_ways_out(self.person),
        )
        return Menu("article", choices, intro=heard, head=self.told())

    def told(self) -> tuple[Phrase, ...]:
        """What opens the next menu, once."""
        head, self.head = self.head, ()
        return head


def list_of_subjects(centre: Centre, person: Phrase | None, head: tuple[Phrase, ...] = ()) -> Menu[object]:
    """Those with articles, each on the key that it has in the subject menu."""
    choices = tuple(
        _choice(str(n), subject, phrase(f"menu.subject.{subject}", n=n))
        for n, subject in enumerate(centre.subjects, start=1)
        if centre.articles.get(subject)
    )
    return _list("articles", (*choices, *promise_choice(centre)), person, head)


def list_of_articles(
    centre: Centre, subject: Subject, person: Phrase | None, head: tuple[Phrase, ...] = ()
) -> Menu[object]:
    """The articles of a subject."""
    choices = tuple(
        _choice(str(n), Article(code, subject), phrase(f"article.name.{code}", n=n))
        for n, code in enumerate(centre.articles[subject], start=1)
    )
    return _list("articles of a subject", choices, person, head)


def _list(
    name: str, choices: tuple[Choice[object], ...], person: Phrase | None, head: tuple[Phrase, ...]
) -> Menu[object]:
    """A list may be answered by voice: the wrong article is a key away from the others."""
    every = (*choices, *_ways_out(person))
    return Menu(name, every, intro=(phrase("article.which"),), head=head, spoken=True)


def _ways_out(person: Phrase | None) -> tuple[Choice[object], ...]:
    return (
        *(() if person is None else (_choice("0", Wish.PERSON, person),)),
        _choice("#", Wish.LANGUAGE, phrase("menu.language")),
        _choice("9", Wish.NOTICE),
    )


def _choice(key: str, means: object, says: Phrase | None = None) -> Choice[object]:
    return Choice(key, means, says)
