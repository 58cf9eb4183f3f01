"""`mowakaba prompts status`: each prompt in each language, the voice that says it, and who reviewed it."""

from typing import TYPE_CHECKING

import typer

from server.commands.place import CommandFailed, place_of
from server.commands.show import Json, as_json, table

if TYPE_CHECKING:
    from speech.catalogue import Prompt


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("status")(status)


def status(context: typer.Context, json: Json = False) -> None:
    """Show which prompts are recorded and reviewed in which language."""
    from routing.model import Language
    from server.voice import catalogue, recordings
    from speech import CatalogueError

    recorded = recordings(place_of(context).state)

    def source(prompt: "Prompt", language: Language) -> str:
        file = recorded / language.value / f"{prompt.key}.wav"
        return "recorded" if prompt.is_static and file.is_file() else "espeak"

    try:
        prompts = catalogue().prompts
    except CatalogueError as error:
        raise CommandFailed(str(error), code=2) from None
    rows = [
        {
            "key": prompt.key,
            "language": language.value,
            "source": source(prompt, language),
            "review": prompt.reviews.get(language, "draft"),
        }
        for prompt in prompts.values()
        for language in Language
    ]
    if json:
        as_json({"prompts": rows})
        return
    table(("key", "language", "source", "review"), (tuple(row.values()) for row in rows), "no prompts")
