"""`mowakaba prompts versions`, `rollback`, `remove`: the recordings of one prompt, now and before."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from routing.model import Language
from server.commands.place import CommandFailed, place_of
from server.commands.show import Json, as_json, local, table, word

if TYPE_CHECKING:
    from recordings.shelf import Shelf

Key = Annotated[str, typer.Argument(help="The prompt's key, as menu.repeat.")]
Lang = Annotated[Language, typer.Argument(metavar="LANG", help="ar, zgh or fr.")]
T = TypeVar("T")


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("versions")(versions)
    group.command("rollback")(rollback)
    group.command("remove")(remove)


def versions(context: typer.Context, key: Key, language: Lang, json: Json = False) -> None:
    """List the recordings of a prompt, oldest first: when, how and by whom each came."""
    history = _on_shelf(context, key, language, lambda shelf: shelf.history(language, key))
    if json:
        found = [
            {
                "version": one.number,
                "current": one.number == history.current,
                "at": one.at,
                "how": one.how,
                "by": one.by,
                "seconds": one.seconds,
                "source": one.source,
            }
            for one in history.versions
        ]
        as_json({"versions": found})
        return
    zone = place_of(context).settings().centre.time_zone
    rows = (
        (
            str(one.number),
            "heard now" if one.number == history.current else "",
            local(one.at, zone, "%Y-%m-%d %H:%M"),
            one.how,
            word(one.by or None),
            f"{one.seconds:.1f} s",
            word(one.source or None),
        )
        for one in history.versions
    )
    nothing = f"{key} was never recorded in {language.value}; the synthetic voice speaks"
    table(("version", "", "recorded", "how", "by", "length", "file"), rows, nothing)


def rollback(
    context: typer.Context,
    key: Key,
    language: Lang,
    to: Annotated[
        int | None, typer.Option(help="The version; by default the one before the current.")
    ] = None,
) -> None:
    """Let callers hear an earlier recording again, from the next call on."""
    from server.intake import whoever

    version = _on_shelf(
        context,
        key,
        language,
        lambda shelf: shelf.restore(language, key, to, by=whoever(), at=datetime.now(UTC)),
    )
    typer.echo(f"{key} in {language.value}: version {version.number} is heard from the next call on")


def remove(context: typer.Context, key: Key, language: Lang) -> None:
    """Let the synthetic voice speak again. The versions stay, and rollback --to brings one back."""
    from server.intake import whoever

    gone = _on_shelf(
        context, key, language, lambda shelf: shelf.remove(language, key, by=whoever(), at=datetime.now(UTC))
    )
    if not gone:
        raise CommandFailed(f"{key} has no recording in {language.value}; see: mowakaba prompts status")
    typer.echo(f"{key} in {language.value}: the synthetic voice speaks from the next call on")


def _on_shelf(context: typer.Context, key: str, language: Language, work: "Callable[[Shelf], T]") -> T:
    import difflib

    from recordings.files import Damaged
    from recordings.shelf import NoSuchVersion
    from server.studio import Folders
    from server.voice import catalogue
    from speech import CatalogueError

    try:
        known = {part.key for part in catalogue(place_of(context).settings()).recordable(language)}
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            mend = f"is {near[0]} meant?" if near else "mowakaba prompts status lists them"
            raise CommandFailed(f"there is no prompt {key} to record in {language.value}; {mend}")
        return work(Folders(place_of(context).state).shelf)
    except (CatalogueError, Damaged, NoSuchVersion) as error:
        raise CommandFailed(str(error)) from None
    except OSError as error:
        raise CommandFailed(f"{error.filename}: {error.strerror}") from None
