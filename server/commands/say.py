"""`mowakaba say`: the words of a prompt, and its sound, as a caller hears it."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from routing.model import Language
from server.commands.place import CommandFailed, place_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("say")(say)


def say(
    context: typer.Context,
    language: Annotated[Language, typer.Argument(metavar="LANG", help="ar, zgh or fr.")],
    key: Annotated[str, typer.Argument(help="The prompt's key, as queue.position.")],
    slots: Annotated[list[str] | None, typer.Argument(metavar="[SLOT=VALUE]...", help="As n=3.")] = None,
    wav: Annotated[Path | None, typer.Option(help="Also write the sound to this file.")] = None,
) -> None:
    """Print what callers hear: mowakaba say fr queue.position n=3."""
    import structlog

    from ivr.prompts import Phrase, PromptMissing
    from server.parts import PartMissing
    from server.voice import catalogue, voice
    from speech import CatalogueError

    phrase = Phrase(key, dict(_slot(text) for text in slots or ()))
    try:
        prompts = catalogue()
        typer.echo(prompts.text(language, phrase))
        if wav is not None:
            structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
            (sound,) = asyncio.run(voice(prompts, place_of(context).state).sounds(language, phrase))
            wav.write_bytes(Path(f"{sound}.wav").read_bytes())
    except (PromptMissing, CatalogueError, PartMissing) as error:
        raise CommandFailed(str(error)) from None
    except OSError as error:
        raise CommandFailed(f"{error.filename or wav}: {error.strerror}; name another file") from None


def _slot(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f'"{text}" is not a slot; write name=value, as n=3')
    return name, value
