"""`mowakaba calls`: the calls that came in and went out, newest first."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from server.commands.place import place_of
from server.commands.reading import read_store
from server.commands.show import FullNumbers, Json, as_json, local, moment, number, seconds, table, word

if TYPE_CHECKING:
    from db.store import Store
    from routing.record import CallRecord

COLUMNS = (
    "started",
    "id",
    "dir",
    "caller",
    "language",
    "subject",
    "agent",
    "ending",
    "wait",
    "talk",
    "callback",
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("calls")(calls)


def calls(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    since: Annotated[str | None, typer.Option(help="Only calls that began at this moment or later.")] = None,
    until: Annotated[str | None, typer.Option(help="Only calls that began before this moment.")] = None,
    ending: Annotated[
        str | None, typer.Option(help="Only calls that ended so: answered, abandoned, …")
    ] = None,
    agent: Annotated[str | None, typer.Option(help="Only this agent's calls.")] = None,
    full_numbers: FullNumbers = False,
    json: Json = False,
) -> None:
    """List calls, newest first. The table masks numbers; JSON is the data itself and holds them."""
    from routing.model import AgentId, CallEnding

    place = place_of(context)
    settings = place.settings()
    zone = settings.centre.time_zone
    first, last = _given(since, zone), _given(until, zone)
    if ending is not None and ending not in list(CallEnding):
        raise typer.BadParameter(f'"{ending}" is not an ending; they are {", ".join(CallEnding)}')

    async def read(store: "Store") -> "list[CallRecord]":
        return await store.calls(
            limit=limit,
            since=first,
            until=last,
            ending=None if ending is None else CallEnding(ending),
            agent=None if agent is None else AgentId(agent),
        )

    found: list[CallRecord] = read_store(place, settings, read, [])
    if json:
        as_json([call_json(call) for call in found])
        return
    rows = (
        (
            local(call.started_at, zone),
            call.id,
            call.direction,
            number(call.caller, full_numbers),
            word(call.language),
            word(call.subject),
            word(call.agent),
            word(call.ending),
            seconds(call.wait_seconds),
            seconds(call.talk_seconds),
            word(call.callback),
        )
        for call in found
    )
    table(COLUMNS, rows, "no calls")


def call_json(call: "CallRecord") -> dict[str, Any]:
    """A call as JSON shows it."""
    return {
        "id": call.id,
        "direction": call.direction,
        "caller": call.caller,
        "dialled": call.dialled,
        "language": call.language,
        "subject": call.subject,
        "agent": call.agent,
        "started_at": call.started_at,
        "answered_at": call.answered_at,
        "queued_at": call.queued_at,
        "connected_at": call.connected_at,
        "ended_at": call.ended_at,
        "ending": call.ending,
        "wait_seconds": call.wait_seconds,
        "talk_seconds": call.talk_seconds,
        "hold_seconds": call.hold_seconds,
        "callback": call.callback,
        "outcome": call.outcome,
        "satisfaction": call.satisfaction,
    }


def _given(text: str | None, zone: ZoneInfo) -> datetime | None:
    return None if text is None else moment(text, zone)
