"""`mowakaba trace`: what happened in one call, or in the attempts at one promise, in order."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.calls import call_json
from server.commands.place import CommandFailed, place_of
from server.commands.reading import read_store
from server.commands.show import Json, as_json, local, seconds, table, word

if TYPE_CHECKING:
    from db.store import Store
    from routing.record import AgentTalk, TraceLine


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("trace")(trace)


@dataclass(frozen=True, slots=True)
class Told:
    """What to show: of a call from its beginning, of a promise from when she asked."""

    title: str
    began: datetime
    lines: "list[TraceLine]"
    about: "dict[str, object]"
    parts: "tuple[AgentTalk, ...]" = ()
    """Of a call: who talked with her."""


def trace(
    context: typer.Context,
    call: Annotated[
        str, typer.Argument(help="The call's id, or the beginning of it; or a promise's reference.")
    ],
    json: Json = False,
) -> None:
    """Show what happened in a call, or who was rung for a promise and why; never digits or telephone numbers."""
    place = place_of(context)
    settings = place.settings()
    zone = settings.centre.time_zone

    async def read(store: "Store") -> Told | None:
        from db.store import AmbiguousPrefix
        from routing.model import CallbackId

        promise = await store.callback(CallbackId(call))
        if promise is not None:
            title = f"promise {call}, asked {local(promise.asked_at, zone)}, {promise.state}"
            about: dict[str, object] = {
                "reference": promise.id,
                "asked_at": promise.asked_at,
                "state": promise.state,
            }
            return Told(title, promise.asked_at, await store.promise_trace(promise.id), about)
        try:
            found = await store.find_call(call)
        except AmbiguousPrefix as several:
            raise CommandFailed(f"{several}; write more of it") from None
        if found is None:
            return None
        title = f"call {found.id}, {local(found.started_at, zone)}, ending {found.ending or 'open'}"
        parts = tuple(await store.talks(call=found.id))
        about = {**call_json(found), "talks": [part_json(part) for part in parts]}
        return Told(title, found.started_at, await store.trace(found.id), about, parts)

    told = read_store(place, settings, read, None)
    if told is None:
        raise CommandFailed(f"there is no call {call}; see: mowakaba calls")
    if json:
        happened = [
            {"seq": line.seq, "at": line.at, "what": line.what, "facts": dict(line.facts)}
            for line in told.lines
        ]
        as_json({**told.about, "trace": happened})
        return
    rows = (
        (
            local(line.at, zone, "%H:%M:%S.%f")[:-3],
            f"{(line.at - told.began).total_seconds():+.3f} s",
            line.what,
            "  ".join(f"{key}={value}" for key, value in line.facts.items()),
        )
        for line in told.lines
    )
    typer.echo(told.title)
    table(("time", "after", "what", "facts"), rows, "no trace")
    if told.parts:
        parts = (
            (
                local(part.began_at, zone, "%H:%M:%S"),
                local(part.ended_at, zone, "%H:%M:%S"),
                part.agent or f"directory {part.outside}",
                seconds(part.hold_seconds),
                word(part.ended_by),
            )
            for part in told.parts
        )
        table(("from", "to", "talked", "on hold", "ended by"), parts, "")


def part_json(part: "AgentTalk") -> "dict[str, object]":
    """One agent's part of a conversation as JSON shows it."""
    return {
        "agent": part.agent,
        "outside": part.outside,
        "began_at": part.began_at,
        "ended_at": part.ended_at,
        "hold_seconds": part.hold_seconds,
        "ended_by": part.ended_by,
    }
