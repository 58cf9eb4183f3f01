"""`mowakaba simulate`: the production's flows and desk on a clock that jumps, with callers that nobody has to be."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from routing.model import Language
from server.commands.place import CommandFailed, place_of
from server.commands.reading import read_store
from server.commands.show import Json, as_json, local
from server.commands.simulate_day import At, centre_at, day
from server.commands.simulate_replay import replay

if TYPE_CHECKING:
    from db.store import Store
    from ivr.centre import Centre

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


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

    centre, when = centre_at(context, at)
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

    centre, when = centre_at(context, at)
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


def _is_open(centre: "Centre", when: datetime) -> bool:
    from routing.hours import Open

    return isinstance(centre.hours.at(when), Open)


def _known(context: typer.Context, number: str) -> Language | None:
    """The language of this number's last call."""

    async def read(store: "Store") -> Language | None:
        return (await store.languages()).get(number)

    place = place_of(context)
    return read_store(place, place.settings(), read, None)
