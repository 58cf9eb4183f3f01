"""`mowakaba hours`: whether the centre is open, now or at another moment."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from server.commands.place import place_of
from server.commands.show import Json, as_json, local, moment


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("hours")(hours)


def hours(
    context: typer.Context,
    at: Annotated[
        str | None, typer.Option(help="A moment: 2026-11-23T08:29+00:00; without offset, the centre's time.")
    ] = None,
    json: Json = False,
) -> None:
    """Say whether the centre is open, and why not."""
    from config.build import to_hours
    from routing.hours import Open

    settings = place_of(context).settings()
    zone = settings.centre.time_zone
    when = datetime.now(UTC) if at is None else moment(at, zone)
    state = to_hours(settings, around=when).at(when)
    if isinstance(state, Open):
        if json:
            as_json({"at": when, "open": True, "until": state.until})
        else:
            typer.echo(f"open until {local(state.until, zone, '%A %d %B %Y %H:%M')}")
        return
    if json:
        as_json({"at": when, "open": False, "reopens_at": state.reopens_at, "why": state.why})
        return
    reopens = "does not reopen within a year"
    if state.reopens_at is not None:
        reopens = f"reopens {local(state.reopens_at, zone, '%A %d %B %Y %H:%M')}"
    typer.echo(f"closed: {state.why}; {reopens}")
