"""The language menu: each line in its own language, in the centre's order."""

from ivr.call import Call
from ivr.menu import Choice, Chosen, GiveUp, Menu, choose
from ivr.office import Office
from ivr.prompts import phrase
from routing.model import Language


def language_menu(languages: tuple[Language, ...]) -> Menu[Language]:
    """Keys 1, 2, 3 in the centre's order; no words but the three lines."""
    return Menu(
        "language",
        tuple(
            Choice(str(n), language, phrase("language.choose", language=language, n=n))
            for n, language in enumerate(languages, start=1)
        ),
        wordless=True,
    )


async def choose_language(call: Call, office: Office, present: Language | None = None) -> Language:
    """The language she keys. Who keys nothing keeps her `present` one, or hears the centre's first."""
    languages = office.centre.languages
    first = present or languages[0]
    if len(languages) == 1:
        language = first
    else:
        match await choose(call, language_menu(languages), first):
            case Chosen(means=language):
                pass
            case GiveUp():
                language = first
    call.log.set(language=language)
    await call.remember(language=language)
    return language
