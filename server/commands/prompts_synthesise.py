"""`mowakaba prompts synthesise`: sounds made beforehand, by a service abroad, where the administrator wants that."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.place import CommandFailed, place_of

if TYPE_CHECKING:
    from pathlib import Path

    from config.schema import Settings
    from speech.gtts_engine import Outcome

NOT_ALLOWED = (
    "voice.gtts: is not allowed; gTTS sends the fixed texts of the prompts, no names and no numbers, to Google, "
    "abroad. If the centre agrees, write «voice: {gtts: yes}» in the configuration"
)


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("synthesise")(synthesise)


def synthesise(
    context: typer.Context,
    gtts: Annotated[bool, typer.Option("--gtts", help="Have gTTS say what is fixed, in ar and fr.")] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Remove what gTTS made; espeak-ng speaks again.")
    ] = False,
) -> None:
    """Make the sounds of prompts beforehand. Exit code 1 when some could not be made: espeak-ng says those."""
    from server.voice import gtts_sounds

    place = place_of(context)
    folder = gtts_sounds(place.state)
    if gtts == forget:
        raise CommandFailed("say which: --gtts makes sounds, --forget removes them", code=2)
    if forget:
        typer.echo(f"{_remove(folder)} sounds of gTTS removed from {folder}")
        return
    settings = place.settings()
    if not settings.voice.gtts:
        raise CommandFailed(NOT_ALLOWED, code=2)
    outcome = _make(settings, folder)
    typer.echo(f"gTTS: {outcome.made} made, {outcome.had} there before, {len(outcome.failed)} failed")
    if outcome.failed:
        later = f" and {outcome.not_tried} more were not tried" if outcome.not_tried else ""
        failed = "\n".join(f"{key} in {language}: {why}" for (key, language), why in outcome.failed.items())
        raise CommandFailed(f"{failed}\nespeak-ng says these{later}; run the command again later")


def _make(settings: "Settings", folder: "Path") -> "Outcome":
    import sys

    from server import parts
    from server.parts import PartMissing, Program
    from server.voice import catalogue, names_in
    from speech import CatalogueError
    from speech.gtts_engine import Gtts, synthesise
    from speech.sox import Sox

    try:
        engine = Gtts(Program((sys.executable,)), Sox(parts.find("sox")))
        names = names_in(settings)
        return asyncio.run(synthesise(catalogue(), engine, folder, typer.echo, without=names))
    except CatalogueError as error:
        raise CommandFailed(str(error), code=2) from None
    except PartMissing as error:
        raise CommandFailed(str(error)) from None
    except OSError as error:
        raise CommandFailed(f"{error.filename}: {error.strerror}; let this user write there") from None


def _remove(folder: "Path") -> int:
    sounds = list(folder.glob("*/*.mp3"))
    for sound in sounds:
        sound.unlink(missing_ok=True)
    return len(sounds)
