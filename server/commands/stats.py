"""`mowakaba stats`: what the log says of a time, each figure with its formula's name and the rows behind it."""

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from routing.indicators.report import By
from server.commands.place import place_of
from server.commands.reading import centre_time, read_figures
from server.commands.show import Json, as_json, local, moment, table

if TYPE_CHECKING:
    from routing.indicators.figure import Figure
    from routing.indicators.outcome import Goal
    from routing.indicators.part import Part
    from routing.indicators.report import Group

COLUMNS = (
    "offered",
    "calls_answered",
    "abandoned",
    "deferred",
    "service_level_published",
    "service_level_strict",
    "abandonment",
    "speed_of_answer",
    "wait_of_answered_p90",
    "handling_time",
    "occupancy",
    "promises_kept",
)
"""What a table with a line for each part has room for; JSON has everything."""

MOST_PARTS = 750  # a month by the hour, two years by the day


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("stats")(stats)


def stats(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option("--from", help="From this moment; by default the last midnight.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="Until this moment, which is not part of it; by default now.")
    ] = None,
    by: Annotated[By | None, typer.Option(help="Cut by this; by default by language.")] = None,
    ids: Annotated[bool, typer.Option("--ids", help="With the ids behind each figure.")] = False,
    json: Json = False,
) -> None:
    """Show the figures of a time, computed from the log; docs/indicators.md explains each."""
    from routing.indicators.interval import Interval, day_of
    from routing.indicators.part import Part
    from routing.indicators.report import group, groups

    place = place_of(context)
    settings = place.settings()
    zone = settings.centre.time_zone
    now = centre_time(place)
    first = day_of(now, zone).start if since is None else moment(since, zone).astimezone(UTC)
    last = now if until is None else moment(until, zone).astimezone(UTC)
    if last <= first:
        raise typer.BadParameter("--to is not after --from; the interval would be empty")
    _not_too_many(by, last - first)
    log = read_figures(place, settings, Interval(first, last), now)
    part = Part(log, log.interval, settings.figures.goal)
    total, cut = group(part), list(groups(part, by or By.LANGUAGE, zone))
    if json:
        as_json(stats_json(part, total, cut, by or By.LANGUAGE, ids=ids))
        return
    typer.echo(f"from {local(first, zone)} to {local(last, zone)}")
    if by is None:
        table_of_figures(total, cut, part.goal)
    else:
        _table_of_parts(total, cut)
        _show_agreed(total, part.goal)
    for gap in total.unwatched:
        typer.echo(f"uncertain from {local(gap.start, zone)} to {local(gap.end, zone)}: nobody watched")
    if ids:
        _show_ids(total, part.goal)


def _not_too_many(by: By | None, time: timedelta) -> None:
    length = {By.HOUR: timedelta(hours=1), By.DAY: timedelta(days=1)}.get(by) if by else None
    if length is not None and time > MOST_PARTS * length:
        longer = " or --by day" if by is By.HOUR else ""
        raise typer.BadParameter(
            f"that is {time // length} parts, more than {MOST_PARTS}; take a shorter time{longer}"
        )


# ---- JSON


def stats_json(part: "Part", total: "Group", cut: "list[Group]", by: By, *, ids: bool) -> dict[str, Any]:
    """The figures of a part, all of them and of each of its parts."""
    from routing.indicators.formulas import in_words

    return {
        "from": part.interval.start,
        "to": part.interval.end,
        "as_of": part.log.as_of,
        "answered_within": part.goal.within.total_seconds(),
        "short": part.goal.short.total_seconds(),
        "formulas": {figure.formula: in_words(figure.formula, part.goal) for figure in total.figures},
        "total": _group_json(total, ids=ids),
        "by": by,
        "groups": [_group_json(one, ids=ids) for one in cut],
    }


def _group_json(group: "Group", *, ids: bool) -> dict[str, Any]:
    from server.figures import figure_json

    return {
        "key": group.key,
        "from": group.interval.start,
        "to": group.interval.end,
        "uncertain": group.uncertain,
        "unwatched": [{"from": gap.start, "to": gap.end} for gap in group.unwatched],
        "figures": {name(figure): figure_json(figure, ids=ids) for figure in group.figures},
    }


def name(figure: "Figure") -> str:
    """The formula's name, and the menu's where there is one for each."""
    return f"{figure.formula}.{figure.about}" if figure.about else figure.formula


# ---- tables


def table_of_figures(total: "Group", cut: "list[Group]", goal: "Goal") -> None:
    """A line for each figure that has rows, and what those are counted by that depend on what was agreed."""
    every = [{name(figure): figure for figure in one.figures} for one in (total, *cut)]
    names = dict.fromkeys(one for figures in every for one in figures)
    rows = [
        (one, _opened(every[0].get(one)), *(_shown(figures.get(one)) for figures in every))
        for one in names
        if any(one in figures and (figures[one].rows or figures[one].of) for figures in every)
    ]
    heads = (one.key or "–" for one in cut)
    table(("figure", "of", "all", *heads), rows, "no calls")
    _show_agreed(total, goal)


def _show_agreed(total: "Group", goal: "Goal") -> None:
    from routing.indicators.formulas import depends_on_goal, in_words

    for figure in total.figures:
        if figure.of and depends_on_goal(figure.formula):
            typer.echo(f"{figure.formula}: {in_words(figure.formula, goal)}")


def _table_of_parts(total: "Group", cut: "list[Group]") -> None:
    rows = []
    for one in (*cut, total):
        figures = {name(figure): figure for figure in one.figures}
        mark = "uncertain" if one.uncertain else ""
        rows.append((one.key or "–", *(_shown(figures.get(column)) for column in COLUMNS), mark))
    heads = (column.removeprefix("calls_").replace("_", " ") for column in COLUMNS)
    table(("", *heads, ""), rows, "")


def _opened(figure: "Figure | None") -> str:
    """Numerator and denominator."""
    if figure is None or figure.denominator is None or figure.numerator is None:
        return ""
    return f"{figure.numerator:g} ÷ {figure.denominator:g}"


def _shown(figure: "Figure | None") -> str:
    from routing.indicators.figure import Unit

    if figure is None or figure.value is None:
        return "–"
    match figure.unit:
        case Unit.SHARE:
            return figure.per_cent
        case Unit.SECONDS:
            return f"{figure.value:.1f} s"
        case Unit.COUNT:
            return f"{figure.value:.0f}"
        case Unit.RATIO:
            return f"{figure.value:.2f}"


def _show_ids(total: "Group", goal: "Goal") -> None:
    """Each figure opened: its formula, and the rows on both sides."""
    from routing.indicators.formulas import in_words

    for figure in total.figures:
        rows = " ".join(figure.rows)
        if figure.of:
            rows = f"{rows or '–'} ÷ {' '.join(figure.of)}"
        if rows:
            typer.echo(f"{name(figure)}: {in_words(figure.formula, goal)}: {rows}")
