"""`mowakaba render`: the telephone exchange's configuration files, to look at or to carry to another machine."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from server.commands.place import CommandFailed, place_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("render")(render)


def render(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write to; by default `rendered` in the state folder.")
    ] = None,
) -> None:
    """Write Asterisk's files as the configuration gives them. They hold secrets: the folder is private."""
    from config import secrets
    from config.build import to_plan
    from dialplan.render import render as render_files
    from dialplan.text import Unfit
    from server.attached import directories
    from server.parts import PartMissing

    place = place_of(context)
    settings = place.settings()
    folder = out or place.state / "rendered"
    try:
        plan = to_plan(
            settings,
            secrets.ready(settings, place.state),
            directories(settings.pbx, place.state),
            datetime.now(UTC),
        )
        files = render_files(plan)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in files.items():
            _write(folder / name, text)
    except (Unfit, PartMissing) as error:
        raise CommandFailed(str(error)) from None
    except OSError as error:
        raise CommandFailed(
            f"{error.filename or folder}: {error.strerror}; name another folder with --out"
        ) from None
    for name in sorted(files):
        typer.echo(str(folder / name))


def _write(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(
        os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as opened:
        opened.write(text)
