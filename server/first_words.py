"""What callers and agents hear first is sound before the first call: nobody waits while it is made."""

from collections.abc import Callable

from dialplan import names
from ivr.centre import Centre
from ivr.flows.language import language_menu
from ivr.flows.subject import subject_menu
from ivr.flows.whisper import MOST_COUNTED
from ivr.prompts import phrase
from server.voice import missing_for
from speech.catalogue import Catalogue, CatalogueError
from speech.speech import Speech

PLACES_READY = 20  # places in the line that are spoken without a first rendering


async def make_ready(
    speech: Speech, prompts: Catalogue, centre: Centre, file: str, say: Callable[[str], None]
) -> None:
    """Every prompt, menus, places in the line. `say` is told how far it is, by tenths.

    Raises CatalogueError; `file` is the name of the one that `centre` was read from.
    """
    shown = -1

    def progress(done: int, total: int) -> None:
        nonlocal shown
        tenth = done * 10 // max(total, 1)
        if tenth != shown and done:
            shown = tenth
            say(f"prompts {done}/{total}")

    lacking = missing_for(centre, prompts, file)
    if lacking:
        raise CatalogueError(lacking)
    await speech.warm(progress)
    for language in centre.languages:
        menus = (language_menu(centre.languages), subject_menu(centre))
        said = [one for menu in menus for one in menu.phrases(first=True)]
        places = [phrase("queue.position", n=place) for place in range(2, PLACES_READY + 1)]
        keys = [phrase("agent.key", n=key) for key in range(1, len(names.OUTCOME_KEYS) + 1)]
        counts = [phrase("whisper.calls_today", n=calls) for calls in range(2, MOST_COUNTED + 1)]
        await speech.sounds(language, *said, *places, *keys, *counts)
