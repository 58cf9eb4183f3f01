"""`mowakaba check`: everything that is wrong in the configuration, and the next two weeks as it gives them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.place import CommandFailed, place_of
from server.commands.show import Json, as_json, moment, table

if TYPE_CHECKING:
    from config.mistakes import Mistake
    from config.schema import Settings
    from routing.hours import OpeningHours

DAYS = 14
NEXT_FEASTS = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the preview: `hours` as from and until on the centre's clock; `holiday` with its certainty."""

    day: date
    weekday: str
    hours: tuple[str, ...]
    why: str | None
    holiday: str | None
    certainty: str | None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option("--from", help="The first day of the preview; by default today.")
    ] = None,
    json: Json = False,
) -> None:
    """Check the configuration and show the next 14 days."""
    from config.build import to_hours
    from config.mistakes import ConfigError
    from server.hearing import not_models
    from server.voice import badly_spoken

    place = place_of(context)
    try:
        settings = place.settings()
    except ConfigError as error:
        if json:
            as_json({"fine": False, "mistakes": [_mistake(one) for one in error.mistakes]})
            raise typer.Exit(2) from None
        raise
    prompts = prompt_mistakes(settings)
    if prompts:
        if json:
            as_json({"fine": False, "prompts": prompts})
        raise CommandFailed("\n".join(prompts), code=2)
    doubts = [*settings.warnings, *badly_spoken(settings), *not_models(settings)]
    zone = settings.centre.time_zone
    first = (datetime.now(UTC) if since is None else moment(since, zone)).astimezone(zone)
    hours = to_hours(settings, around=first)
    days = list(preview(hours, first.date()))
    if json:
        warnings = [_mistake(one) for one in doubts]
        as_json({"fine": True, "warnings": warnings, "days": [asdict(day) for day in days]})
        return
    for warning in doubts:
        typer.echo(f"warning: {warning}")
    typer.echo(f"{place.config}: fine")
    typer.echo()
    rows = ((f"{day.day}", day.weekday, ", ".join(day.hours) or "closed", _remark(day)) for day in days)
    table(("day", "", "hours", ""), rows, "")
    _tell_next_feasts(settings, hours, first.date())


def prompt_mistakes(settings: "Settings") -> list[str]:
    """Every mistake in the prompts, and every prompt that the centre's subjects lack."""
    from config.build import to_centre
    from server.voice import catalogue, missing_for
    from speech.catalogue import CatalogueError

    try:
        prompts = catalogue()
    except CatalogueError as error:
        return [str(mistake) for mistake in error.mistakes]
    return missing_for(to_centre(settings), prompts, settings.source.name)


def preview(hours: "OpeningHours", first: date) -> Iterator[Day]:
    """The next 14 days as callers find them."""
    for offset in range(DAYS):
        day = first + timedelta(days=offset)
        midnight = datetime.combine(day, time(), tzinfo=hours.zone)
        spans = hours.intervals(
            midnight, datetime.combine(day + timedelta(days=1), time(), tzinfo=hours.zone)
        )
        holiday = next((one for one in hours.holidays if one.day == day), None)
        state = hours.at(midnight)
        yield Day(
            day=day,
            weekday=f"{day:%A}",
            hours=tuple(
                f"{opens.astimezone(hours.zone):%H:%M}-{closes.astimezone(hours.zone):%H:%M}"
                for opens, closes in spans
            ),
            why=None if spans else getattr(state, "why", None),
            holiday=None if holiday is None else holiday.name,
            certainty=None if holiday is None else holiday.certainty.value,
        )


def _remark(day: Day) -> str:
    if day.holiday is not None:
        return f"{day.holiday} ({day.certainty})"
    return day.why or ""


def _tell_next_feasts(settings: "Settings", hours: "OpeningHours", first: date) -> None:
    estimated = [
        holiday
        for holiday in hours.holidays
        if holiday.certainty == "estimated" and first <= holiday.day <= first + NEXT_FEASTS
    ]
    if estimated:
        named = ", ".join(f"{holiday.day} {holiday.name}" for holiday in estimated)
        typer.echo(
            f"\nestimated, to be confirmed in {settings.source.name} (hours.holidays.confirmed): {named}"
        )


def _mistake(mistake: "Mistake") -> dict[str, object]:
    origin = mistake.origin
    return {
        "file": origin.file or None,
        "line": origin.line,
        "variable": origin.variable,
        "key": mistake.key,
        "what": mistake.what,
        "mend": mistake.mend,
    }
