"""`mowakaba prompts export`: the recording sheet, for a studio or a quiet room."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from server.commands.place import CommandFailed, place_of


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("export")(export_)


def export_(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Made if it is not there; a sheet in it is replaced.")],
) -> None:
    """Write the recording sheet: a table for spreadsheets, a page to print, and the drafts as WAV files."""
    from datetime import UTC, datetime

    from recordings.files import Damaged
    from server.commands.showing_progress import shown
    from server.parts import PartMissing
    from server.recordable import with_pieces
    from server.sheet import CSV, PAGE, export
    from server.studio import Folders
    from server.voice import catalogue, names_in, voice
    from speech import CatalogueError

    place = place_of(context)
    settings = place.settings()
    today = datetime.now(UTC).astimezone(settings.centre.time_zone).date()
    name = names_in(settings)["centre.name"]
    try:
        prompts = with_pieces(catalogue(settings))
        drafts = voice(prompts, place.state, recorded=False)
        with shown("drafts") as progress:
            numbers = Folders(place.state).numbers
            made = asyncio.run(
                export(folder, prompts, numbers, drafts, settings.languages, name, today, progress)
            )
    except (CatalogueError, PartMissing, Damaged) as error:
        raise CommandFailed(str(error)) from None
    except OSError as error:
        raise CommandFailed(f"{error.filename or folder}: {error.strerror}; name another folder") from None
    numbered = [row for row in made if row.number is not None]
    typer.echo(f"{len(numbered)} prompts and pieces of prompts, {len(made) - len(numbered)} pieces of values")
    typer.echo(f"{folder / PAGE}\n{folder / CSV}")
    lacking = sum(len(row.texts) - len(row.drafts) for row in numbered)
    if lacking:
        raise CommandFailed(f"{lacking} drafts could not be made; run: make setup")
