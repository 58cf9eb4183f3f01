"""`mowakaba simulate day`: random callers, from given rates or as the centre's own log has them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.place import CommandFailed, place_of
from server.commands.reading import centre_time, read_figures
from server.commands.show import Json, as_json, local, moment

if TYPE_CHECKING:
    from ivr.centre import Centre
    from routing.hours import OpeningHours
    from routing.indicators.log import Log
    from server.simulation.crowd import Crowd
    from server.simulation.history import History

TALK, PATIENCE = 240.0, 300.0  # seconds, where no rate is given
LONGEST = 4 * 3600.0  # seconds; a mean beyond would be a slip of the hand

At = Annotated[
    str | None,
    typer.Option(help="A moment: 2026-11-23T10:00; without offset, the centre's time. Now by default."),
]


def day(
    context: typer.Context,
    begin: Annotated[
        str | None,
        typer.Option(
            "--from", help="Draw callers as the log has them from this moment on, instead of from rates."
        ),
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="The log until this moment; by default now.")
    ] = None,
    calls_per_hour: Annotated[
        float | None, typer.Option(min=0.1, max=2000, help="Mean of calls in an hour.")
    ] = None,
    agents: Annotated[
        int | None,
        typer.Option(min=1, max=500, help="How many are at work all day; by default as many as in the log."),
    ] = None,
    talk: Annotated[
        float | None,
        typer.Option(min=1, max=LONGEST, help=f"Mean conversation, in seconds; {TALK:.0f} by default."),
    ] = None,
    patience: Annotated[
        float | None,
        typer.Option(
            min=1, max=LONGEST, help=f"Mean seconds until a caller gives up; {PATIENCE:.0f} by default."
        ),
    ] = None,
    at: At = None,
    seed: Annotated[int, typer.Option(help="Another seed is another day.")] = 1,
    plot: Annotated[Path | None, typer.Option(help="Draw the waits over the day into this PNG file.")] = None,
    json: Json = False,
) -> None:
    """Simulate a day of random callers: waits, service level, abandoned, promises kept, as stats counts them."""
    from routing.indicators.part import Part
    from routing.indicators.report import By, group, groups
    from server.commands.showing_progress import only_warnings
    from server.commands.stats import stats_json, table_of_figures
    from server.simulation.crowd import Rates
    from server.simulation.day import simulate_day

    centre, when = centre_at(context, at)
    opens = centre.hours.first_open(when)
    if opens is None:
        raise CommandFailed("the centre does not open any more: see that opening_hours have a day")
    drawn_from: dict[str, object] | None = None
    try:
        crowd: Crowd
        if begin is not None:
            _no_rates(calls_per_hour=calls_per_hour, talk=talk, patience=patience)
            crowd = _history(context, begin, end, agents)
            drawn_from = crowd.summary()
        elif end is not None:
            raise typer.BadParameter("--to is of the log: name its beginning too, --from 2026-11-02")
        elif calls_per_hour is None or agents is None:
            raise typer.BadParameter(
                "give --calls-per-hour and --agents, or --from to take the callers from the log"
            )
        else:
            crowd = Rates(
                calls_per_hour,
                agents,
                timedelta(seconds=talk or TALK),
                timedelta(seconds=patience or PATIENCE),
            )
        only_warnings()
        log = simulate_day(centre, opens, crowd, seed=seed)
    except ValueError as problem:  # too little history, or nobody who answers
        raise CommandFailed(str(problem)) from None
    part = Part(log, log.interval, centre.goal)
    total, cut = group(part), list(groups(part, By.LANGUAGE, centre.zone))
    if plot is not None:
        _plot(log, centre, plot)
    if json:
        shown = stats_json(part, total, cut, By.LANGUAGE, ids=False)
        as_json(shown if drawn_from is None else {"drawn_from": drawn_from, **shown})
        return
    typer.echo(f"a simulated day from {local(opens, centre.zone)}, {crowd.agents} agents")
    if drawn_from is not None:
        typer.echo(
            "drawn from "
            + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in drawn_from.items())
        )
    table_of_figures(total, cut, centre.goal)


def _no_rates(**given: float | None) -> None:
    for name, value in given.items():
        if value is not None:
            raise typer.BadParameter(
                f"--{name.replace('_', '-')} is a rate, and with --from the log gives the rates: leave one out"
            )


def _history(context: typer.Context, begin: str, end: str | None, agents: int | None) -> "History":
    from config.build import to_hours
    from routing.indicators.interval import Interval
    from routing.indicators.part import Part
    from server.simulation.learning import learn

    place = place_of(context)
    settings = place.settings()
    zone = settings.centre.time_zone
    now = centre_time(place)
    since = moment(begin, zone).astimezone(UTC)
    until = now if end is None else moment(end, zone).astimezone(UTC)
    if until <= since:
        raise typer.BadParameter("--to is not after --from; the interval would be empty")
    interval = Interval(since, until)
    log = read_figures(place, settings, interval, now)
    return learn(Part(log, interval), _hours(context, to_hours(settings, since), since), agents)


def _plot(log: "Log", centre: "Centre", file: Path) -> None:
    try:
        import matplotlib
    except ModuleNotFoundError:
        raise CommandFailed("drawing needs matplotlib: run `make test-setup`, or leave --plot out") from None
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 4))
    for label, colour, talked in (("answered", "tab:green", True), ("left the line", "tab:red", False)):
        shown = [
            call
            for call in log.calls
            if call.wait_seconds is not None and (call.connected_at is not None) is talked
        ]
        hours = [
            (call.started_at.astimezone(centre.zone).hour + call.started_at.minute / 60) for call in shown
        ]
        axes.scatter(hours, [call.wait_seconds or 0.0 for call in shown], s=9, color=colour, label=label)
    axes.set(xlabel="hour of the day", ylabel="wait in seconds")
    axes.legend()
    try:
        figure.savefig(file, dpi=110, format="png")
    except OSError as error:
        raise CommandFailed(f"{error.filename or file}: {error.strerror}; name another file") from None
    finally:
        pyplot.close(figure)


def centre_at(context: typer.Context, at: str | None) -> "tuple[Centre, datetime]":
    """The centre as it is at a moment, the hours that were changed by hand included."""
    from config.build import to_centre

    settings = place_of(context).settings()
    when = datetime.now(UTC) if at is None else moment(at, settings.centre.time_zone).astimezone(UTC)
    centre = to_centre(settings, when)
    return replace(centre, hours=_hours(context, centre.hours, when)), when


def _hours(context: typer.Context, calendar: "OpeningHours", when: datetime) -> "OpeningHours":
    from server.commands.hours import said_of_hours
    from server.hours_file import with_changes

    return with_changes(calendar, said_of_hours(context), when)
