"""`mowakaba callbacks`: the promises to call back."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.commands.place import place_of
from server.commands.reading import read_store
from server.commands.show import FullNumbers, Json, as_json, local, number, table, word

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from db.store import Store
    from routing.model import Callback

COLUMNS = (
    "reference",
    "asked",
    "number",
    "language",
    "subject",
    "state",
    "window",
    "next",
    "tries",
    "last",
    "promise",
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
    now, before = datetime.now(UTC), settings.callbacks.alert_before
    if json:
        as_json([callback_json(callback, now, before) for callback in found])
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
            _window(callback, zone),
            local(
                callback.not_before if callback.state == CallbackState.DUE else None, zone, "%Y-%m-%d %H:%M"
            ),
            str(callback.attempts),
            word(callback.last_result),
            _promise(callback, now, before),
        )
        for callback in found
    )
    table(COLUMNS, rows, "no promises" if everything else "no promises to keep")


def _window(callback: "Callback", zone: "ZoneInfo") -> str:
    """`2026-11-24 14:00-16:00`; the day again where the window ends on another one."""
    begins, ends = callback.promised_from, callback.promised_until
    until = local(ends, zone, "%Y-%m-%d %H:%M")
    if begins is None or ends is None:
        return until
    if begins.astimezone(zone).date() == ends.astimezone(zone).date():
        until = local(ends, zone, "%H:%M")
    return f"{local(begins, zone, '%Y-%m-%d %H:%M')}-{until}"


def _promise(callback: "Callback", now: datetime, before: timedelta) -> str:
    from routing.promise_watch import at_risk, standing

    soon = at_risk([callback], now, before, lambda _: True)
    taken = f", taken over by {callback.assigned_to}" if callback.assigned_to else ""
    return ("ABOUT TO BREAK" if soon else standing(callback, now)) + taken


def callback_json(callback: "Callback", now: datetime, before: timedelta) -> dict[str, Any]:
    """A promise as JSON shows it at `now`, at risk when less than `before` is left of its window."""
    from routing.promise_watch import at_risk, standing

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
        "promise": standing(callback, now),
        "at_risk": bool(at_risk([callback], now, before, lambda _: True)),
        "state": callback.state,
        "attempts": callback.attempts,
        "last_result": callback.last_result,
        "refusals": callback.refusals,
        "assigned_to": callback.assigned_to,
        "origin": callback.origin,
    }
