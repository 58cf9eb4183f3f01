"""`mowakaba prompts status`: each prompt in each language, the voice that says it, and who reviewed it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from routing.model import Language
from server.commands.place import CommandFailed, place_of
from server.commands.show import Json, as_json, table

if TYPE_CHECKING:
    from speech.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Covered:
    """A prompt in a language. `parts` it may be played from, and how many of them a person has `recorded`."""

    key: str
    file: str
    language: Language
    source: str
    review: str
    parts: int
    recorded: int
    problems: tuple[str, ...]

    @property
    def cell(self) -> str:
        """As the table shows it."""
        some = f" {self.recorded}/{self.parts}" if self.parts > 1 and self.recorded else ""
        return f"{self.source}{some}, {self.review}"


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("status")(status)


def status(context: typer.Context, json: Json = False) -> None:
    """Show which prompts are recorded and reviewed in which language."""
    from server.commands.showing_progress import only_warnings
    from server.parts import PartMissing
    from server.voice import catalogue
    from speech import CatalogueError

    only_warnings()
    place = place_of(context)
    try:
        prompts = catalogue(place.settings())
        found = asyncio.run(coverage(prompts, place.state))
    except CatalogueError as error:
        raise CommandFailed(str(error), code=2) from None
    except PartMissing as error:
        raise CommandFailed(str(error)) from None
    totals = {language.value: total(found, language, prompts, place.state) for language in Language}
    if json:
        as_json({"prompts": [asdict(one) for one in found], "totals": totals})
        return
    cells = {(one.key, one.language): one.cell for one in found}
    rows = ((key, *(cells[key, language] for language in Language)) for key in prompts.prompts)
    table(("key", *(language.value for language in Language)), rows, "no prompts")
    typer.echo()
    names = tuple(next(iter(totals.values())))
    table(
        ("", *names),
        ((language, *(str(count) for count in counts.values())) for language, counts in totals.items()),
        "",
    )
    for one in found:
        for problem in one.problems:
            typer.echo(f"{one.key} in {one.language.value}: {problem}")


async def coverage(prompts: "Catalogue", state: Path) -> list[Covered]:
    """Every prompt in every language, in the catalogue's order. The voices are tried."""
    from server.voice import gtts_sounds, recordings, voice
    from speech.made import MadeSounds

    speech = voice(prompts, state)
    made = MadeSounds(recordings(state), gtts_sounds(state))
    found: list[Covered] = []
    for prompt in prompts.prompts.values():
        for language in Language:
            said = await speech.source(language, prompt.key)
            keys = {part.key for part in prompts.pieces(prompt, language)}
            recorded = sum(made.recording(language, key) is not None for key in keys)
            review = prompt.review(language)
            found.append(
                Covered(
                    prompt.key, prompt.file, language, said.voice, review, len(keys), recorded, said.problems
                )
            )
    return found


def total(found: Sequence[Covered], language: Language, prompts: "Catalogue", state: Path) -> dict[str, int]:
    """How many prompts of a language are said by whom and are reviewed; how many parts a person has recorded."""
    from server.voice import recordings
    from speech.made import MadeSounds, Voice
    from speech.prompt import DRAFT

    mine = [one for one in found if one.language is language]
    voices = Counter(one.source for one in mine)
    drafts = sum(one.review == DRAFT for one in mine)
    made = MadeSounds(recordings(state))
    parts = prompts.recordable(language)
    return {
        "prompts": len(mine),
        **{voice.value: voices[voice] for voice in Voice},
        "reviewed": len(mine) - drafts,
        DRAFT: drafts,
        "parts": len(parts),
        "parts recorded": sum(made.recording(language, part.key) is not None for part in parts),
    }
