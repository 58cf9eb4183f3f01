"""The recording sheet of a centre, written into a folder: CSV, page, and the synthetic voice's drafts as WAV files."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from ivr.prompts import Phrase, PromptMissing, Prompts
from recordings.numbers import Numbers
from recordings.sheet import Row, as_csv, as_page
from routing.model import Language
from server import parts
from server.intake import DRAFTS
from server.recordable import numbered, recordable, words
from speech.cache import twin
from speech.catalogue import Catalogue

CSV, PAGE = "recording-sheet.csv", "recording-sheet.html"
AT_ONCE = 4
Progress = Callable[[int, int], None]
"""Called with (done, all)."""


async def export(
    folder: Path,
    catalogue: Catalogue,
    numbers: Numbers,
    drafts: Prompts,
    languages: tuple[Language, ...],
    centre: Mapping[Language, str],
    day: date,
    progress: Progress = lambda done, everything: None,
) -> list[Row]:
    """Write the sheet of these languages; return its rows. A draft that cannot be made is left out.

    Raises OSError, and PartMissing where set-up has not run.
    """
    plain = rows(catalogue, numbers, languages)
    wanted = [(row.key, language) for row in plain if row.number is not None for language in row.texts]
    made: dict[tuple[str, Language], str] = {}
    turn = asyncio.Semaphore(AT_ONCE)

    async def draft(key: str, language: Language) -> None:
        async with turn:
            name = f"{DRAFTS}/{language.value}/{key}.wav"
            try:
                (sound,) = await drafts.sounds(language, Phrase(key))
            except PromptMissing:
                return
            finally:
                progress(len(made), len(wanted))
            await asyncio.to_thread(_copy, Path(f"{sound}.wav"), folder / name)
            made[key, language] = name

    await asyncio.to_thread(_make_folder, folder)
    await asyncio.gather(*(draft(key, language) for key, language in wanted))
    progress(len(wanted), len(wanted))
    found = [_with_drafts(row, made) for row in plain]
    font = await asyncio.to_thread(parts.sheet_font().read_bytes)
    page = as_page(found, languages, centre, f"{day:%d/%m/%Y}", font)
    await asyncio.to_thread((folder / CSV).write_bytes, as_csv(found, languages).encode())
    await asyncio.to_thread((folder / PAGE).write_bytes, page.encode())
    return found


def rows(catalogue: Catalogue, numbers: Numbers, languages: tuple[Language, ...]) -> list[Row]:
    """What may be recorded, in the order of the catalogue: prompts, then pieces, with their numbers."""
    given = numbers.of(numbered(catalogue))
    found = []
    for key in recordable(catalogue):
        said = {language: text for language in languages if (text := words(catalogue, language, key))}
        prompt = catalogue.prompts[key]
        reviews = {language: prompt.review(language) for language in said} if prompt.file else {}
        if said:
            found.append(Row(key, given.get(key), said, reviews, prompt.context))
    return found


def _with_drafts(row: Row, made: dict[tuple[str, Language], str]) -> Row:
    drafts = {language: made[row.key, language] for language in row.texts if (row.key, language) in made}
    return Row(row.key, row.number, row.texts, row.reviews, row.context, drafts)


def _make_folder(folder: Path) -> None:
    for place in (folder, folder / DRAFTS, *(folder / DRAFTS / language.value for language in Language)):
        place.mkdir(parents=True, exist_ok=True)


def _copy(sound: Path, target: Path) -> None:
    """The wideband sound where there is one: people listen to it on a computer."""
    wide = twin(sound)
    target.write_bytes((wide if wide.is_file() else sound).read_bytes())
