"""Out of hours, before the call is answered: who hears that the centre is closed and hangs up has paid nothing."""

from datetime import timedelta

from ivr.call import Call
from ivr.flows.closed_news import news
from ivr.flows.keys import has_articles
from ivr.flows.promise import may_be_promised
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.hours import Closed
from routing.model import Language

STAYS = timedelta(seconds=3)
"""Who is still there so long after the last word wants something. Keys are no sign: few networks bring any before
the answer."""


async def told_unanswered(call: Call, office: Office, closed: Closed) -> bool:
    """The news, in her language or, of who is not known, in all. Whether she stays and there is something for her.

    A key ends it: she knows what follows. Where nothing can be promised nor told, the call is never answered.
    """
    call.log.note("centre closed", why=closed.why)
    more = may_be_promised(call, office) or has_articles(office.centre)
    languages = _languages(call, office)
    said = tuple(
        told for language in languages for told in _in_language(language, news(office, closed), more=more)
    )
    await call.say_unanswered(*said, in_=languages[0], stays=STAYS if more else timedelta(0))
    return more


def _languages(call: Call, office: Office) -> tuple[Language, ...]:
    number, centre = call.caller.number, office.centre
    known = None if number is None else office.memory.language_of(number)
    return (known,) if known in centre.languages and known is not None else centre.spoken_order(number)


def _in_language(language: Language, told: tuple[Phrase, ...], *, more: bool) -> tuple[Phrase, ...]:
    stay = (phrase("closed.stay"),) if more else ()
    return tuple(phrase(one.key, language=language, **one.slots) for one in (*told, *stay))
