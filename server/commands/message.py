"""`mowakaba message …`: the message of the day, which callers of one language hear after the welcome."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from routing.model import Language
from server.commands.place import CommandFailed, place_of
from server.commands.show import Json, as_json, local, table

if TYPE_CHECKING:
    from server.studio import Folders

Lang = Annotated[Language, typer.Argument(metavar="LANG", help="ar, zgh or fr.")]
group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@group.callback()
def message() -> None:
    """Look after the message of the day. By telephone: *18, the PIN, then 0 and #."""


def register(app: typer.Typer) -> None:
    """Add the group with its commands."""
    group.command("set")(set_)
    group.command("show")(show)
    group.command("clear")(clear)
    app.add_typer(group, name="message")


def set_(
    context: typer.Context,
    language: Lang,
    file: Annotated[Path, typer.Argument(help="WAV, MP3 or Ogg, at most 30 seconds.")],
    days: Annotated[int, typer.Option(min=1, max=30, help="How many days, today included.")] = 1,
) -> None:
    """Let callers of LANG hear this recording from the next call on, until midnight of the last day."""
    from ivr.studio import MESSAGE
    from recordings.messages import Message, until
    from recordings.shelf import How
    from recordings.sound import read_wav
    from server import parts
    from server.intake import Unreadable, decoded, whoever
    from server.studio import MESSAGE_EXPECTED, examine

    place = place_of(context)
    zone, now = place.settings().centre.time_zone, datetime.now(UTC)
    try:
        content = asyncio.run(decoded(parts.find("sox"), file))
    except (Unreadable, parts.PartMissing) as problem:
        raise CommandFailed(f"{file}: {problem}") from None
    found = examine(content, MESSAGE_EXPECTED)
    for finding in found:
        typer.echo(f"{file}: {finding.what}; {finding.mend}", err=True)
    if any(finding.grave for finding in found):
        raise CommandFailed("the message was not taken")
    stands = Message(until(now, days, zone), whoever(), now)
    with _folders(context) as folders:
        seconds = read_wav(content).seconds
        folders.shelf.add(
            language,
            MESSAGE,
            content,
            how=How.IMPORTED,
            by=whoever(),
            at=now,
            seconds=seconds,
            source=file.name,
        )
        folders.messages.set(language, stands)
    typer.echo(
        f"callers hear it in {language.value} until {local(stands.until, zone, '%A %d %B %H:%M')} ({seconds:.0f} s)"
    )


def show(context: typer.Context, json: Json = False) -> None:
    """Show the message of each language, until when it stands and who set it."""
    zone, now = place_of(context).settings().centre.time_zone, datetime.now(UTC)
    with _folders(context) as folders:
        known = dict(folders.messages.all())
    if json:
        as_json(
            {
                language.value: {
                    "until": one.until,
                    "stands": now < one.until,
                    "by": one.by,
                    "at": one.at,
                }
                for language, one in known.items()
            }
        )
        return
    rows = (
        (
            language.value,
            "heard" if now < one.until else "expired",
            local(one.until, zone, "%Y-%m-%d %H:%M"),
            one.by,
            local(one.at, zone, "%Y-%m-%d %H:%M"),
        )
        for language, one in known.items()
    )
    table(("language", "", "until", "by", "set"), rows, "no message in any language")


def clear(context: typer.Context, language: Lang) -> None:
    """End the message of LANG now."""
    with _folders(context) as folders:
        if not folders.messages.clear(language):
            raise CommandFailed(f"there is no message in {language.value}")
    typer.echo(f"no message in {language.value} from the next call on")


@contextmanager
def _folders(context: typer.Context) -> "Iterator[Folders]":
    """The state's folders; what goes wrong with them ends the command with a message."""
    from recordings.files import Damaged
    from server.studio import Folders

    try:
        yield Folders(place_of(context).state)
    except Damaged as error:
        raise CommandFailed(str(error)) from None
    except OSError as error:
        raise CommandFailed(f"{error.filename}: {error.strerror}") from None
