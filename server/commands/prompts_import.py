"""`mowakaba prompts import`: a folder of recordings becomes what callers hear."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from server.commands.place import CommandFailed, place_of
from server.commands.show import Json, as_json, table, word


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("import")(import_)


def import_(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Holds LANG/KEY.wav or KEY.LANG.wav; also .mp3 and .ogg.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the files and take none.")] = False,
    json: Json = False,
) -> None:
    """Check recordings and let callers hear them from the next call on. Earlier versions are kept."""
    from datetime import UTC, datetime

    from recordings.files import Damaged
    from server import parts
    from server.commands.showing_progress import shown
    from server.intake import Fate, Intake
    from server.recordable import with_pieces
    from server.studio import Folders
    from server.voice import catalogue, voice
    from speech import CatalogueError

    place = place_of(context)
    state = place.state
    try:
        prompts = with_pieces(catalogue(place.settings()))
        intake = Intake(
            prompts,
            voice(prompts, state, recorded=False),
            Folders(state).shelf,
            parts.find("sox"),
            lambda: datetime.now(UTC),
        )
        with shown("checking") as progress:
            outcomes = asyncio.run(intake.folder(folder, dry=dry_run, progress=progress, but=state))
    except (CatalogueError, parts.PartMissing, Damaged) as error:
        raise CommandFailed(str(error)) from None
    except OSError as error:
        raise CommandFailed(f"{error.filename or folder}: {error.strerror}") from None
    refused = sum(outcome.fate is Fate.REFUSED for outcome in outcomes)
    if json:
        as_json(
            {
                "files": [
                    {
                        "file": one.file,
                        "fate": one.fate.name.lower(),
                        "language": one.language,
                        "key": one.key,
                        "notes": one.notes,
                    }
                    for one in outcomes
                ]
            }
        )
    else:
        rows = (
            (one.file, word(one.key), word(one.language), one.fate, "\n".join(one.notes)) for one in outcomes
        )
        nothing = f"{folder} holds no sound files; name them LANG/KEY.wav or KEY.LANG.wav"
        table(("file", "prompt", "language", "result", "why, and what to do"), rows, nothing)
        taken = sum(one.fate in (Fate.TAKEN, Fate.DOUBTED) for one in outcomes)
        verb = "would be taken" if dry_run else "taken"
        typer.echo(f"{taken} {verb}, {refused} refused, {len(outcomes) - taken - refused} already there")
    if refused or not outcomes:
        raise typer.Exit(1)
