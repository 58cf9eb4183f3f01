"""`mowakaba status` and `mowakaba agents`: the desk as it is now, asked of the running controller."""

import asyncio
from typing import Any

import typer

from server.commands.place import CommandFailed, Place, place_of
from server.commands.show import Json, as_json, table, word

MOST_SHOWN = 10  # references on one line


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("status")(status)
    app.command("agents")(agents)


def status(context: typer.Context, json: Json = False) -> None:
    """Show what the centre does now: open or closed, who waits, who is free, whether anything is wrong."""
    now = _asked(place_of(context))
    if json:
        as_json(now)
        return
    desk = now["desk"]
    typer.echo(f"{now['hours_in_words']}; {now['calls']} calls, {desk['waiting_count']} waiting")
    if said := now.get("hours_changed"):
        typer.echo(f"hours: {said['by']} said {said['becomes']} ({said['why']}); mowakaba hours changes")
    typer.echo(f"Asterisk: {'connected' if now['link'] else 'NOT CONNECTED'}; database: {now['database']}")
    if now["speech"]:
        typer.echo("speech: " + ", ".join(f"{language} {state}" for language, state in now["speech"].items()))
    states = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in desk["by_state"].items())
    typer.echo(f"agents: {states or 'none'}; {desk['free']} free")
    trouble = f"; {now['callbacks_trouble']}" if now["callbacks_trouble"] else ""
    typer.echo(f"callbacks: {now['callbacks_open']} promised, {desk['callbacks_count']} being tried{trouble}")
    if now["callbacks_broken"]:
        typer.echo(f"PROMISES BROKEN: {now['callbacks_broken']} were not called in their window")
    if now["callbacks_at_risk"]:
        soon = ", ".join(
            f"{one['id']} ({one['why'].replace('_', ' ')})" for one in now["callbacks_at_risk"][:MOST_SHOWN]
        )
        typer.echo(f"PROMISES ABOUT TO BREAK: {len(now['callbacks_at_risk'])}: {soon}")
    for one in now["alerts"]:
        knows = f"acknowledged by {one['acknowledged_by']}" if one["acknowledged_by"] else "NOBODY KNOWS YET"
        typer.echo(f"ALERT: {one['alert'].replace('_', ' ')} since {one['since']}; {knows}")
    rows = (
        (
            str(one["place"]),
            one["id"],
            one["language"],
            one["subject"],
            _clock(one["waited"]),
            word(one["rung"]),
        )
        for one in desk["waiting"]
    )
    if desk["waiting"]:
        table(("place", "call", "language", "subject", "waited", "ringing"), rows, "")


def agents(context: typer.Context, json: Json = False) -> None:
    """Show the agents: signed in, free, talking, on break, and what their telephones can do."""
    found = _asked(place_of(context))["desk"]["agents"]
    if json:
        as_json(found)
        return
    rows = (
        (
            one["id"],
            one["extension"],
            one["state"].replace("_", " "),
            one["reason"],
            one["device"],
            one["entry"] or "–",
        )
        for one in found
    )
    table(("agent", "extension", "state", "reason", "telephone", "call"), rows, "no agents")


def _asked(place: Place) -> Any:
    from server.control import NoController, ask

    try:
        return asyncio.run(ask(place.state, "status"))
    except NoController as problem:
        raise CommandFailed(str(problem)) from None


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
