"""`mowakaba callbacks`: the promises to call back."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.commands.place import place_of
from server.commands.reading import read_store
from server.commands.show import FullNumbers, Json, as_json, local, number, table, word

if TYPE_CHECKING:
    from db.store import Store
    from routing.model import Callback

COLUMNS = (
    "reference",
    "asked",
    "number",
    "language",
    "subject",
    "state",
    "not before",
    "until",
    "tries",
    "last",
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("callbacks")(callbacks)


def callbacks(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Kept, given up and cancelled ones too.")] = False,
    full_numbers: FullNumbers = False,
    json: Json = False,
) -> None:
    """List the promises still to be kept, oldest first. The table masks numbers; JSON holds them."""
    from routing.model import CallbackState

    place = place_of(context)
    settings = place.settings()
    states = None if everything else (CallbackState.DUE, CallbackState.IN_PROGRESS)

    async def read(store: "Store") -> "list[Callback]":
        return await store.callbacks(states)

    found: list[Callback] = read_store(place, settings, read, [])
    if json:
        as_json([callback_json(callback) for callback in found])
        return
    zone = settings.centre.time_zone
    rows = (
        (
            callback.id,
            local(callback.asked_at, zone, "%Y-%m-%d %H:%M"),
            number(callback.number, full_numbers),
            callback.language,
            callback.subject,
            callback.state,
            local(callback.not_before, zone, "%Y-%m-%d %H:%M"),
            local(callback.promised_until, zone, "%Y-%m-%d %H:%M"),
            str(callback.attempts),
            word(callback.last_result),
        )
        for callback in found
    )
    table(COLUMNS, rows, "no promises" if everything else "no promises to keep")


def callback_json(callback: "Callback") -> dict[str, Any]:
    """A promise as JSON shows it."""
    return {
        "id": callback.id,
        "number": callback.number,
        "language": callback.language,
        "subject": callback.subject,
        "asked_at": callback.asked_at,
        "asked_in": callback.asked_in,
        "not_before": callback.not_before,
        "promised_from": callback.promised_from,
        "promised_until": callback.promised_until,
        "first_attempt_at": callback.first_attempt_at,
        "state": callback.state,
        "attempts": callback.attempts,
        "last_result": callback.last_result,
    }
