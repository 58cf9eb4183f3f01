"""The language menu: each line in its own language, first what is most spoken where she calls from."""

from functools import lru_cache

from ivr.call import Call
from ivr.menu import Choice, Chosen, GiveUp, Menu, choose
from ivr.office import Office
from ivr.prompts import phrase
from routing.model import Language


@lru_cache(maxsize=64)
def language_menu(
    languages: tuple[Language, ...], said_in: tuple[Language, ...] | None = None
) -> Menu[Language]:
    """Keys 1, 2, 3 in the order of `languages`, always the same; the lines in the order `said_in`."""
    keys = {language: str(n) for n, language in enumerate(languages, start=1)}
    return Menu(
        "language",
        tuple(
            Choice(keys[language], language, phrase("language.choose", language=language, n=keys[language]))
            for language in said_in or languages
        ),
        wordless=True,
    )


async def choose_language(call: Call, office: Office, present: Language | None = None) -> Language:
    """The language she keys. Who keys nothing keeps her `present` one, or goes on in the first that she heard."""
    languages = office.centre.languages
    said_in = office.centre.spoken_order(call.caller.number)
    first = present or said_in[0]
    if len(languages) == 1:
        language = first
    else:
        match await choose(call, language_menu(languages, said_in), first):
            case Chosen(means=language):
                pass
            case GiveUp():
                language = first
    call.log.set(language=language)
    await call.remember(language=language)
    return language


def language_at(office: Office, telephone: str) -> Language:
    """Of whoever's telephone it is, an agent's or a supervisor's: nobody knows yet who speaks."""
    agents = office.centre.agents.values()
    spoken = next((agent.languages[0] for agent in agents if agent.extension == telephone), None)
    return spoken or office.studio.language_at(telephone) or office.centre.languages[0]
