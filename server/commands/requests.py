"""`mowakaba requests`: the links that callers asked for, to be sent by staff; and that they are sent."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.commands.place import CommandFailed, place_of
from server.commands.reading import read_store
from server.commands.show import FullNumbers, Json, as_json, local, number, table

if TYPE_CHECKING:
    from db.store import Store
    from routing.model import LinkRequest

COLUMNS = ("id", "asked", "number", "language", "article", "state", "sent")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("requests")(requests)


def requests(
    context: typer.Context,
    sent: Annotated[str | None, typer.Option(help="Mark the request with this id as sent.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those that are sent too.")] = False,
    full_numbers: FullNumbers = False,
    json: Json = False,
) -> None:
    """List the links still to be sent, oldest first. The table masks numbers; JSON holds them."""
    from routing.model import RequestState

    place = place_of(context)
    settings = place.settings()

    async def read(store: "Store") -> "list[LinkRequest]":
        if sent is not None:
            return await mark(store, sent)
        return await store.link_requests(None if everything else RequestState.OPEN)

    found: list[LinkRequest] = read_store(place, settings, read, [])
    if json:
        as_json([request_json(request) for request in found])
        return
    zone = settings.centre.time_zone
    rows = (
        (
            request.id,
            local(request.asked_at, zone, "%Y-%m-%d %H:%M"),
            number(request.number, full_numbers),
            request.language,
            request.article,
            request.state,
            local(request.sent_at, zone, "%Y-%m-%d %H:%M"),
        )
        for request in found
    )
    table(COLUMNS, rows, "no requests" if everything else "no links to send")


async def mark(store: "Store", id: str) -> "list[LinkRequest]":
    """The request, sent now; again changes nothing."""
    from routing.model import RequestState

    request = await store.link_request(id)
    if request is None:
        raise CommandFailed(f"there is no request {id}; `mowakaba requests` lists them")
    if request.state is RequestState.OPEN:
        now = datetime.now(UTC).replace(microsecond=0)
        request = replace(request, state=RequestState.SENT, sent_at=now, version=request.version + 1)
        await store.write([request])
    return [request]


def request_json(request: "LinkRequest") -> dict[str, Any]:
    """A request as JSON shows it."""
    return {
        "id": request.id,
        "number": request.number,
        "language": request.language,
        "article": request.article,
        "asked_at": request.asked_at,
        "asked_in": request.asked_in,
        "state": request.state,
        "sent_at": request.sent_at,
    }
