"""`mowakaba hours`: whether the centre is open, now or at another moment; and open or close it for a while."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from routing.overrides import Becomes, Reason
from server.commands.place import CommandFailed, place_of
from server.commands.show import Json, as_json, local, moment

if TYPE_CHECKING:
    from routing.overrides import HoursChange

Until = Annotated[
    str,
    typer.Option(help="A time such as 18:00, the next one; or a moment: 2026-11-23T18:00.", metavar="WHEN"),
]
Why = Annotated[Reason, typer.Option(help="The reason, which is kept.")]
By = Annotated[str, typer.Option(help="Who says so; by default the user of this machine.")]

group = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add the group; by itself it shows."""
    group.callback()(hours)
    group.command("open")(open_)
    group.command("close")(close)
    group.command("ordinary")(ordinary)
    group.command("changes")(changes)
    app.add_typer(group, name="hours")


def hours(
    context: typer.Context,
    at: Annotated[
        str | None, typer.Option(help="A moment: 2026-11-23T08:29+00:00; without offset, the centre's time.")
    ] = None,
    json: Json = False,
) -> None:
    """Say whether the centre is open, and why not. With a command: open or close it for a while."""
    if context.invoked_subcommand is not None:
        return
    from config.build import to_hours
    from routing.hours import Open
    from server.hours_file import with_changes

    settings = place_of(context).settings()
    zone = settings.centre.time_zone
    when = datetime.now(UTC) if at is None else moment(at, zone)
    state = with_changes(to_hours(settings, around=when), said_of_hours(context), when).at(when)
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


def open_(context: typer.Context, until: Until, why: Why = Reason.DEMAND, by: By = "") -> None:
    """Open the running centre now, or leave it open longer, until a moment."""
    _change(context, Becomes.OPEN, until, why, by)


def close(context: typer.Context, until: Until, why: Why = Reason.EXCEPTIONAL, by: By = "") -> None:
    """Close the running centre now, until a moment; who waits is served as at closing time."""
    _change(context, Becomes.CLOSED, until, why, by)


def ordinary(context: typer.Context, by: By = "") -> None:
    """Go back to the hours of the calendar now."""
    _change(context, Becomes.ORDINARY, None, Reason.EXCEPTIONAL, by)


def changes(context: typer.Context, json: Json = False) -> None:
    """List who opened or closed the centre, when and why, newest first."""
    from server.commands.show import table

    zone = place_of(context).settings().centre.time_zone
    found = said_of_hours(context)[::-1]
    if json:
        as_json(
            [
                {"at": one.at, "becomes": one.becomes, "until": one.until, "why": one.why, "by": one.by}
                for one in found
            ]
        )
        return
    rows = (
        (local(one.at, zone), one.becomes, local(one.until, zone, "%Y-%m-%d %H:%M"), one.why, one.by)
        for one in found
    )
    table(("at", "becomes", "until", "why", "by"), rows, "the hours were never changed")


def said_of_hours(context: typer.Context) -> "tuple[HoursChange, ...]":
    """What people said of the hours, the oldest first."""
    from recordings.files import Damaged
    from server.hours_file import HoursFile

    try:
        return HoursFile(place_of(context).state).changes()
    except (Damaged, OSError) as problem:
        raise CommandFailed(str(problem)) from None


def _change(context: typer.Context, becomes: Becomes, until: str | None, why: Reason, by: str) -> None:
    from server.control import NoController, ask
    from server.intake import whoever

    place = place_of(context)
    zone = place.settings().centre.time_zone
    try:
        told = asyncio.run(_asked(place.state, ask, becomes, until, zone, why, by or whoever()))
    except NoController as problem:
        raise CommandFailed(str(problem)) from None
    if told["refused"]:
        raise CommandFailed(f"nothing is changed: {told['refused']}")
    typer.echo(told["hours_in_words"])


async def _asked(
    state: Path, ask: Any, becomes: Becomes, until: str | None, zone: ZoneInfo, why: Reason, by: str
) -> Any:
    """The centre's own clock decides which 18:00 is the next one."""
    now = datetime.fromisoformat((await ask(state, "status"))["at"])
    end = None if until is None else end_of(until, now, zone).isoformat()
    return await ask(state, "change_hours", becomes=becomes.value, until=end, why=why.value, by=by)


def end_of(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """`18:00` is the next one in the centre's time; anything else a moment. Raises `BadParameter`."""
    try:
        clock = time.fromisoformat(text)
    except ValueError:
        return moment(text, zone)
    if clock.tzinfo is not None:
        return moment(text, zone)
    day = now.astimezone(zone).date()
    today, tomorrow = (datetime.combine(day + timedelta(n), clock, zone) for n in (0, 1))
    return today if today > now else tomorrow
