"""`mowakaba say`: the words of a prompt, the parts they are played from, and their sound, as a caller hears them."""

import asyncio
import wave
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from routing.model import Language
from server.commands.place import CommandFailed, place_of

if TYPE_CHECKING:
    from speech.catalogue import Catalogue, Prompt


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("say")(say)


def say(
    context: typer.Context,
    language: Annotated[Language, typer.Argument(metavar="LANG", help="ar, zgh or fr.")],
    key: Annotated[str, typer.Argument(help="The prompt's key, as queue.position.")],
    slots: Annotated[list[str] | None, typer.Argument(metavar="[SLOT=VALUE]...", help="As n=3.")] = None,
    parts: Annotated[bool, typer.Option("--parts", help="Also list the parts it is played from.")] = False,
    wav: Annotated[Path | None, typer.Option(help="Also write the sound to this file.")] = None,
) -> None:
    """Print what callers hear: mowakaba say fr queue.position n=3."""
    from ivr.prompts import Phrase, PromptMissing
    from server.commands.showing_progress import only_warnings
    from server.parts import PartMissing
    from server.voice import catalogue, voice
    from speech import CatalogueError

    try:
        prompts = catalogue(place_of(context).settings())
        phrase = Phrase(key, _values(_prompt(prompts, key), slots or ()))
        pieces = prompts.parts(language, phrase)
        typer.echo("".join(piece.text for piece in pieces))
        if parts:
            width = max(len(piece.key) for piece in pieces)
            for piece in pieces:
                typer.echo(f"  {piece.key:{width}}  {piece.words}")
        if wav is not None:
            only_warnings()
            sounds = asyncio.run(voice(prompts, place_of(context).state).sounds(language, phrase))
            _write(wav, (Path(f"{sound}.wav") for sound in sounds))
    except (PromptMissing, CatalogueError, PartMissing) as error:
        raise CommandFailed(str(error)) from None
    except OSError as error:
        raise CommandFailed(f"{error.filename or wav}: {error.strerror}; name another file") from None


def _prompt(prompts: "Catalogue", key: str) -> "Prompt":
    from difflib import get_close_matches

    found = prompts.prompts.get(key)
    if found is None:
        near = get_close_matches(key, prompts.prompts)
        meant = f"; is it {' or '.join(near)}?" if near else "; mowakaba prompts status shows every key"
        raise CommandFailed(f"there is no prompt {key!r}{meant}")
    return found


def _values(prompt: "Prompt", written: Iterable[str]) -> Mapping[str, str]:
    """The values by slot, each given once. What a slot takes is told when one is missing or not the prompt's."""
    values: dict[str, str] = {}
    wrong: list[str] = []
    for text in written:
        name, equals, value = text.partition("=")
        if not equals or not name:
            wrong.append(f'"{text}" is not a slot; write name=value, as n=3')
        elif name not in prompt.slots:
            wrong.append(f"{prompt.key} has no slot {name}")
        elif name in values:
            wrong.append(f"slot {name} is given twice; give it once")
        else:
            values[name] = value
    wrong += [f"slot {name} is missing" for name in prompt.slots if name not in values]
    if wrong:
        taken = [f"  {name}=…  {slot.takes}" for name, slot in prompt.slots.items()]
        takes = f"{prompt.key} takes:" if taken else f"{prompt.key} takes no slots"
        raise CommandFailed("\n".join([*wrong, takes, *taken]))
    return values


def _write(target: Path, sounds: Iterable[Path]) -> None:
    """One file of all sounds in a row."""
    samples: list[bytes] = []
    for sound in sounds:
        with wave.open(str(sound), "rb") as source:
            form = source.getparams()
            samples.append(source.readframes(form.nframes))
    # Opened here: what `wave` cannot open it complains of a second time.
    with target.open("wb") as file, wave.open(file, "wb") as written:
        written.setparams(form)
        written.writeframes(b"".join(samples))
