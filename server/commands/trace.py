"""`mowakaba trace`: what happened in one call, in order."""

from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.calls import call_json
from server.commands.place import CommandFailed, place_of
from server.commands.reading import read_store
from server.commands.show import Json, as_json, local, table

if TYPE_CHECKING:
    from db.store import Store
    from routing.record import CallRecord, TraceLine


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("trace")(trace)


def trace(
    context: typer.Context,
    call: Annotated[str, typer.Argument(help="The call's id, or the beginning of it.")],
    json: Json = False,
) -> None:
    """Show what happened in a call. A trace never holds digits or telephone numbers."""
    place = place_of(context)
    settings = place.settings()

    async def read(store: "Store") -> "tuple[CallRecord, list[TraceLine]] | None":
        from db.store import AmbiguousPrefix

        try:
            found = await store.find_call(call)
        except AmbiguousPrefix as several:
            raise CommandFailed(f"{several}; write more of it") from None
        return None if found is None else (found, await store.trace(found.id))

    answer = read_store(place, settings, read, None)
    if answer is None:
        raise CommandFailed(f"there is no call {call}; see: mowakaba calls")
    record, lines = answer
    if json:
        happened = [
            {"seq": line.seq, "at": line.at, "what": line.what, "facts": dict(line.facts)} for line in lines
        ]
        as_json({**call_json(record), "trace": happened})
        return
    zone = settings.centre.time_zone
    rows = (
        (
            local(line.at, zone, "%H:%M:%S.%f")[:-3],
            f"{(line.at - record.started_at).total_seconds():+.3f} s",
            line.what,
            "  ".join(f"{key}={value}" for key, value in line.facts.items()),
        )
        for line in lines
    )
    typer.echo(f"call {record.id}, {local(record.started_at, zone)}, ending {record.ending or 'open'}")
    table(("time", "after", "what", "facts"), rows, "no trace")
