"""gTTS, the voice made beforehand: Arabic and French texts that never change are sent abroad, once, when asked for.

Only at build time and only what `Catalogue.static` holds: never a name, a number or a reference. Its
sounds are kept as they came, by content (`speech.made`), and the running centre needs no network for them.
"""

import asyncio
import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ivr.prompts import Phrase
from routing.model import Language
from speech.cache import Cache
from speech.catalogue import Catalogue
from speech.level import NARROW, levelled
from speech.made import gtts_name
from speech.program import EngineFailed, Runnable, run
from speech.sound import NoSound
from speech.sox import Sox

LANGUAGES = (Language.ARABIC, Language.FRENCH)
"""The languages of the centre that gTTS has."""
PAUSES = (2.0, 8.0, 30.0)
"""Seconds before each further attempt: the service refuses who asks too often."""
LONGEST = 60.0
"""Seconds for one attempt."""
MOST_FAILURES = 3
"""Prompts in a row after which the others are not tried: the service is away."""
_ASKS = Path(__file__).with_name("ask_gtts.py")
_SHORTEST = 0.04  # seconds for each letter

Told = Callable[[str], None]


@dataclass(slots=True)
class Outcome:
    """What came of it: prompts made now, had before, and those that failed with the reason."""

    made: int = 0
    had: int = 0
    failed: dict[tuple[str, Language], str] = field(default_factory=dict)
    not_tried: int = 0


@dataclass(frozen=True, slots=True)
class _Text:
    key: str
    language: Language
    text: str


class Gtts:
    """Asks gTTS for sounds, through `python`, which has the library; `reader` decodes what comes."""

    def __init__(
        self,
        python: Runnable,
        reader: Sox,
        *,
        pauses: tuple[float, ...] | None = None,
        longest: float = LONGEST,
    ) -> None:
        self._python = python
        self._reader = reader
        self._pauses = PAUSES if pauses is None else pauses
        self._longest = longest

    async def say(self, language: Language, text: str) -> bytes:
        """Return MP3 that was tried: it decodes, and is long enough for its words. Raises `EngineFailed`."""
        for pause in self._pauses:
            try:
                return await self._attempt(language, text)
            except EngineFailed:
                await asyncio.sleep(pause)
        return await self._attempt(language, text)

    async def _attempt(self, language: Language, text: str) -> bytes:
        # By its path: the package around it would bring all of the voice along.
        asks = ("-P", _ASKS, language.value)
        sound = await run(self._python, *asks, given=text.encode(), longest=self._longest)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "said.mp3"
            await asyncio.to_thread(file.write_bytes, sound)
            decoded = await self._reader.read(file)
        try:
            heard = await asyncio.to_thread(levelled, decoded)
        except NoSound as nothing:
            raise EngineFailed(f"the service sent no speech: {nothing}") from nothing
        seconds = len(heard.narrow) / 2 / NARROW
        if seconds < _SHORTEST * sum(map(str.isalpha, text)):
            raise EngineFailed(f"the service sent {seconds:.1f} s, too short for the text")
        return sound


async def synthesise(
    catalogue: Catalogue, engine: Gtts, folder: Path, told: Told, *, without: Collection[str] = ()
) -> Outcome:
    """Make every sound that is not in `folder` yet, but of the keys `without`; remove those of earlier words.

    What the service does never ends it: that stands in the outcome.
    """
    outcome = Outcome()
    everything = [text for text in _texts(catalogue) if text.key not in without]
    in_a_row = 0
    for place, wanted in enumerate(everything, 1):
        file = folder / wanted.language.value / gtts_name(wanted.key, wanted.text)
        if file.exists():
            outcome.had += 1
            continue
        if in_a_row == MOST_FAILURES:
            outcome.not_tried += 1
            continue
        try:
            sound = await engine.say(wanted.language, wanted.text)
        except EngineFailed as failure:
            in_a_row += 1
            outcome.failed[wanted.key, wanted.language] = str(failure)
            told(f"{place}/{len(everything)} {wanted.key} {wanted.language.value}: {failure}")
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        Cache.write(file, sound)
        in_a_row = 0
        outcome.made += 1
        told(f"{place}/{len(everything)} {wanted.key} {wanted.language.value}")
    _keep(folder, everything)
    return outcome


def _texts(catalogue: Catalogue) -> Iterator[_Text]:
    for prompt in catalogue.static():
        for language in LANGUAGES:
            yield _Text(prompt.key, language, catalogue.text(language, Phrase(prompt.key)))


def _keep(folder: Path, everything: list[_Text]) -> None:
    wanted = {folder / one.language.value / gtts_name(one.key, one.text) for one in everything}
    for file in folder.glob("*/*.mp3"):
        if file not in wanted:
            file.unlink(missing_ok=True)
