"""`mowakaba simulate replay`: what would have been, by the production's own decisions."""

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.place import CommandFailed, Place, place_of
from server.commands.reading import read_store
from server.commands.show import Json, as_json, moment, table

if TYPE_CHECKING:
    from config.schema import Settings
    from db.store import Store
    from routing.model import DeskRules
    from simulator.day import Day
    from simulator.differences import Figures

BEFORE = timedelta(hours=24)  # of agents' changes: who was at work when the time begins


def replay(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="A CSV file with the published columns; else the log.")
    ] = None,
    begin: Annotated[
        str | None, typer.Option("--from", help="Of the log, calls from this moment on.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="Of the log, calls before this moment.")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting of the desk, such as desk.wrap_up=30s; repeatable."),
    ] = None,
    agents: Annotated[int | None, typer.Option(min=1, max=500, help="With so many agents.")] = None,
    seed: Annotated[int, typer.Option(help="Of what is drawn: other seeds are other days alike.")] = 1,
    plot: Annotated[Path | None, typer.Option(help="Draw the mean wait by hour into this SVG file.")] = None,
    json: Json = False,
) -> None:
    """Replay a day as it was and with what is changed, and show the differences."""
    from dataclasses import asdict, replace

    from routing.indicators.formulas import in_words
    from simulator.differences import figures, mean_wait_by_hour
    from simulator.drawing import by_hour
    from simulator.replay import replay as run
    from simulator.staffing import with_agents

    place = place_of(context)
    day = _day(place, file, begin, end)
    changed = replace(day, rules=_rules(place, day.rules, changes or []))
    if agents is not None:
        try:
            changed = with_agents(changed, agents)
        except ValueError as problem:
            raise CommandFailed(str(problem)) from None
    before, after = run(day, seed=seed), run(changed, seed=seed)
    goal = place.settings().figures.goal
    was, is_ = figures(before, goal), figures(after, goal)
    if plot is not None:
        lines = {"as it was": mean_wait_by_hour(before), "changed": mean_wait_by_hour(after)}
        try:
            plot.write_text(
                by_hour("mean wait of those answered, by hour (UTC)", "s", lines), encoding="utf-8"
            )
        except OSError as problem:
            raise CommandFailed(f"{plot}: {problem.strerror}") from None
    if json:
        level = {"service_level": in_words("service_level_published", goal)}
        as_json({"seed": seed, "formulas": level, "as_it_was": asdict(was), "changed": asdict(is_)})
        return
    table(("", "as it was", "changed", "difference"), _rows(was, is_), "nothing")
    typer.echo(f"service level: {in_words('service_level_published', goal)}")


def _rows(was: "Figures", is_: "Figures") -> list[tuple[str, str, str, str]]:
    from dataclasses import asdict

    rows = []
    for (name, before), after in zip(asdict(was).items(), asdict(is_).values(), strict=True):
        share, whole = name == "service_level", isinstance(before, int)
        form = "{:.1%}" if share else "{:d}" if whole else "{:.0f} s"
        signed = form.replace("{:", "{:+")
        missing = before is None or after is None
        rows.append(
            (
                name.replace("_", " "),
                "–" if before is None else form.format(before),
                "–" if after is None else form.format(after),
                "–" if missing else signed.format(after - before),
            )
        )
    return rows


def _day(place: Place, file: Path | None, begin: str | None, end: str | None) -> "Day":
    from simulator.published_day import UnreadableDay, read_published_day

    if file is not None:
        if begin is not None or end is not None:
            raise typer.BadParameter("a file is replayed whole: leave --from and --to out")
        try:
            return read_published_day(file)
        except UnreadableDay as problem:
            raise CommandFailed(str(problem)) from None
    if begin is None or end is None:
        raise typer.BadParameter("name a CSV file, or --from and --to for the centre's own log")
    return _logged(place, begin, end)


def _logged(place: Place, begin: str, end: str) -> "Day":
    from config.build import to_centre
    from routing.record import AgentChange, CallRecord
    from simulator.logged_day import logged_day

    settings: Settings = place.settings()
    zone = settings.centre.time_zone
    since, until = moment(begin, zone), moment(end, zone)

    async def read(store: "Store") -> tuple[list[CallRecord], list[AgentChange]]:
        calls = await store.calls(since=since, until=until, limit=None)
        return calls, await store.agent_changes(since=since - BEFORE, until=until)

    nothing: tuple[list[CallRecord], list[AgentChange]] = ([], [])
    calls, changes = read_store(place, settings, read, nothing)
    centre = to_centre(settings)
    day = logged_day(calls, changes, centre.agents.values(), centre.desk, since)
    if not any(one.handled is not None for one in day.contacts):
        raise CommandFailed("nobody was answered in that time, so there is nothing to replay")
    return day


def _rules(place: Place, rules: "DeskRules", changes: list[str]) -> "DeskRules":
    """The rules with these changes, checked as the configuration checks them."""
    from dataclasses import fields, replace

    from config.build import to_centre
    from config.load import load

    if not changes:
        return rules
    known = {one.name for one in fields(rules)}
    names, environ = [], dict(os.environ)
    for change in changes:
        key, equals, value = change.partition("=")
        section, _, name = key.strip().partition(".")
        if not equals or section != "desk" or name not in known:
            some = ", ".join(f"desk.{one}" for one in sorted(known) if one != "relax")
            raise typer.BadParameter(
                f'"{change}" is no setting of the desk; write one of {some} as desk.wrap_up=30s'
            )
        names.append(name)
        environ[f"MOWAKABA_DESK__{name.upper()}"] = value.strip()
    wanted = to_centre(load(place.config, environ)).desk
    return replace(rules, **{name: getattr(wanted, name) for name in names})
