"""`mowakaba audit`: who was with whose conversation, when, for how long and how, newest last."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.commands.place import place_of
from server.commands.reading import read_store
from server.commands.show import Json, as_json, local, moment, seconds, table, word

if TYPE_CHECKING:
    from db.store import Store
    from routing.record import Audit

COLUMNS = ("began", "who", "did", "whom", "call", "lasted", "how, and at which second")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit")(audit)


def audit(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(help="Only what began at this moment or later.")] = None,
    until: Annotated[str | None, typer.Option(help="Only what began before this moment.")] = None,
    json: Json = False,
) -> None:
    """List what supervisors did that somebody may ask about, oldest first."""
    place = place_of(context)
    settings = place.settings()
    zone = settings.centre.time_zone
    first = None if since is None else moment(since, zone)
    last = None if until is None else moment(until, zone)

    async def read(store: "Store") -> "list[Audit]":
        return await store.audited(first, last)

    found: list[Audit] = read_store(place, settings, read, [])
    if json:
        as_json([audit_json(one) for one in found])
        return
    rows = (
        (
            local(one.began_at, zone),
            one.who,
            one.did,
            word(one.whom),
            word(one.call),
            seconds(_lasted(one)),
            one.detail,
        )
        for one in found
    )
    table(COLUMNS, rows, "nobody was overheard")


def audit_json(one: "Audit") -> dict[str, Any]:
    """A row as JSON shows it; `seconds` is null while it goes on."""
    return {
        "id": one.id,
        "who": one.who,
        "did": one.did,
        "whom": one.whom,
        "call": one.call,
        "began_at": one.began_at,
        "ended_at": one.ended_at,
        "seconds": _lasted(one),
        "detail": one.detail,
    }


def _lasted(one: "Audit") -> float | None:
    ended: datetime | None = one.ended_at
    return None if ended is None else (ended - one.began_at).total_seconds()
