"""`mowakaba simulate`: the production's flows and desk on a clock that jumps, with callers that nobody has to be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from routing.model import Language
from server.commands.place import CommandFailed, place_of
from server.commands.reading import read_store
from server.commands.show import Json, as_json, local, moment
from server.commands.simulate_replay import replay

if TYPE_CHECKING:
    from db.store import Store
    from ivr.centre import Centre
    from routing.indicators.log import Log

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

At = Annotated[
    str | None,
    typer.Option(help="A moment: 2026-11-23T10:00; without offset, the centre's time. Now by default."),
]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group.command("paths")(paths)
    group.command("now")(now)
    group.command("day")(day)
    group.command("replay")(replay)
    app.add_typer(group, name="simulate", help="Simulate calls on the centre as it is configured.")


def paths(
    context: typer.Context,
    at: At = None,
    scene: Annotated[
        str | None, typer.Option(help="Only scenes with this in their names, as closed; all take minutes.")
    ] = None,
    json: Json = False,
) -> None:
    """Try every key, silence and hanging up at every question, open and closed, and say whether every call ends."""
    from server.commands.showing_progress import shown
    from server.simulation.paths import Scene, check_paths
    from server.voice import catalogue

    centre, when = _centre(context, at)
    words = catalogue(place_of(context).settings()).text

    def chosen(one: Scene) -> bool:
        return scene is None or scene.casefold() in one.name

    try:
        with shown("calls") as progress:
            found = check_paths(centre, when, words, progress, chosen)
    except ValueError as problem:
        raise CommandFailed(str(problem)) from None
    if not found.calls:
        raise CommandFailed(f'no scene is named "{scene}"; leave --scene out to try them all')
    if json:
        as_json(
            {
                "calls": found.calls,
                "questions": found.places,
                "longest": found.longest,
                "endings": sorted(found.endings),
                "languages": sorted(found.languages),
                "faults": [
                    {"scene": fault.scene, "way": list(fault.way), "what": fault.what}
                    for fault in found.faults
                ],
            }
        )
    else:
        typer.echo(
            f"{found.calls} calls, {found.places} questions, in {', '.join(sorted(found.languages))}; "
            f"the longest call has {found.longest} phrases; endings: {', '.join(sorted(found.endings))}"
        )
        for fault in found.faults:
            typer.echo(f"FAILS, {fault.scene}: {' '.join(fault.way) or 'at once'}: {fault.what}")
        if not found.faults:
            typer.echo("every way ends")
    if found.faults:
        raise typer.Exit(1)


def now(
    context: typer.Context,
    at: At = None,
    number: Annotated[str | None, typer.Option("--from", help="The number she calls from.")] = None,
    language: Annotated[
        Language | None, typer.Option(help="The language she chooses, or chose when she called before.")
    ] = None,
    json: Json = False,
) -> None:
    """Print what a caller would hear at a moment, as far as the first question in her language."""
    from ivr.numbers import normalise
    from server.simulation.hearing import hear
    from server.voice import catalogue

    centre, when = _centre(context, at)
    e164 = None if number is None else normalise(number)
    if number is not None and e164 is None:
        raise typer.BadParameter(
            f'"{number}" is no telephone number; write it as 0612345678 or +212612345678'
        )
    known = language if language is not None or e164 is None else _known(context, e164)
    opening = hear(centre, when, catalogue(place_of(context).settings()).text, e164, known)
    if json:
        heard = [{"key": one.key, "language": one.language, "words": one.words} for one in opening.heard]
        as_json({"at": when, "open": _is_open(centre, when), "language": known, "heard": heard})
        return
    state = "open" if _is_open(centre, when) else "closed"
    typer.echo(f"{local(when, centre.zone)}, {state}:")
    for one in opening.heard:
        typer.echo(f"  {one.language:3}  {one.words}")


def day(
    context: typer.Context,
    calls_per_hour: Annotated[float, typer.Option(min=0.1, max=2000, help="Mean of calls in an hour.")],
    agents: Annotated[int, typer.Option(min=1, max=500, help="How many are at work all day.")],
    talk: Annotated[float, typer.Option(min=1, help="Mean conversation, in seconds.")] = 240,
    patience: Annotated[
        float, typer.Option(min=1, help="Mean time until a caller gives up, in seconds.")
    ] = 300,
    at: At = None,
    seed: Annotated[int, typer.Option(help="Another seed is another day.")] = 1,
    plot: Annotated[Path | None, typer.Option(help="Draw the waits over the day into this PNG file.")] = None,
    json: Json = False,
) -> None:
    """Simulate a day of random callers: waits, service level, abandoned, promises kept, as stats counts them."""
    from routing.indicators.log import Part
    from routing.indicators.report import By, group, groups
    from server.commands.showing_progress import only_warnings
    from server.commands.stats import stats_json, table_of_figures
    from server.simulation.day import Rates, simulate_day

    centre, when = _centre(context, at)
    opens = centre.hours.first_open(when)
    if opens is None:
        raise CommandFailed("the centre does not open any more: see that opening_hours have a day")
    rates = Rates(calls_per_hour, agents, timedelta(seconds=talk), timedelta(seconds=patience))
    only_warnings()
    log = simulate_day(centre, opens, rates, seed=seed)
    part = Part(log, log.interval)
    total, cut = group(part), list(groups(part, By.LANGUAGE, centre.zone))
    if plot is not None:
        _plot(log, centre, plot)
    if json:
        as_json(stats_json(part, total, cut, By.LANGUAGE, ids=False))
        return
    typer.echo(f"a simulated day from {local(opens, centre.zone)}, {agents} agents")
    table_of_figures(total, cut)


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


def _centre(context: typer.Context, at: str | None) -> "tuple[Centre, datetime]":
    """The centre as it is at a moment, the hours that were changed by hand included."""
    from config.build import to_centre
    from server.commands.hours import said_of_hours
    from server.hours_file import with_changes

    settings = place_of(context).settings()
    when = datetime.now(UTC) if at is None else moment(at, settings.centre.time_zone).astimezone(UTC)
    centre = to_centre(settings, when)
    return replace(centre, hours=with_changes(centre.hours, said_of_hours(context), when)), when


def _is_open(centre: "Centre", when: datetime) -> bool:
    from routing.hours import Open

    return isinstance(centre.hours.at(when), Open)


def _known(context: typer.Context, number: str) -> Language | None:
    """The language of this number's last call."""

    async def read(store: "Store") -> Language | None:
        return (await store.languages()).get(number)

    place = place_of(context)
    return read_store(place, place.settings(), read, None)
