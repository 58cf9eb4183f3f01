"""What a call plays: phrases become sound files, each piece said by the best voice there is (`speech.speakers`).

`Speech` is `ivr.prompts.Prompts`. A sound in the cache costs a few file look-ups.
"""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from ivr.prompts import Phrase, PromptMissing
from routing.model import Language
from speech.cache import Cache, Shelf, twin
from speech.catalogue import Catalogue
from speech.made import MadeSounds, Voice
from speech.pieces import Piece, pieces
from speech.prompt import Prompt
from speech.speakers import Engine, Reader, Source, Speakers

Progress = Callable[[int, int], None]
"""Called with (done, all)."""
MOST_TOLD = 10  # of the prompts that cannot be said: they mostly fail for one reason


class Speech:
    """The centre's voice."""

    def __init__(
        self,
        catalogue: Catalogue,
        engine: Engine,
        reader: Reader,
        cache: Cache,
        made: MadeSounds | None = None,
        *,
        at_once: int | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._cache = cache
        self._made = made or MadeSounds()
        self._speakers = Speakers(engine, reader, cache, self._made, at_once)
        # Prompts without slots, which always are the same piece.
        self._static: dict[tuple[str, Language], list[Piece]] = {}

    def text(self, language: Language, phrase: Phrase) -> str:
        """The words. Raises `PromptMissing`."""
        return self._catalogue.text(language, phrase)

    async def sounds(self, language: Language, *phrases: Phrase) -> tuple[str, ...]:
        """Absolute paths without extension, in playing order; renders what is not cached. Or `PromptMissing`."""
        wanted = [piece for phrase in phrases for piece in self._pieces(language, phrase)]
        held = [self._speakers.held(piece) for piece in wanted]  # nearly always all of them
        found = [path for path in held if path is not None]
        paths = found if len(found) == len(held) else await asyncio.gather(*map(self._speakers.sound, wanted))
        return tuple(str(path).removesuffix(".wav") for path in paths)

    async def source(self, language: Language, key: str) -> Source:
        """Who says this prompt to the next caller, tried and not guessed. Raises `PromptMissing` for no such key.

        A prompt with slots counts as recorded when all its pieces are, but for values that are prompts themselves.
        A recording not played yet is brought to telephone level, which takes some hundredths of a second.
        """
        prompt = self._catalogue.prompt(key, language)
        if prompt.is_static:
            (piece,) = self._pieces(language, Phrase(key))
            return await self._speakers.source(piece)
        sentence = Piece(prompt, language, "", None, Shelf.SLOTS)
        synthetic = await self._speakers.source(sentence)
        if not self._made.has_recordings(language):
            return synthetic
        every = self._every_piece(prompt, language)
        # The recordings of values belong to many prompts: `faults` tells of them.
        literal = [piece for piece in every if str(piece.recorded_as).startswith(f"{key}.")]
        faults = [
            await self._speakers.fault(piece, made)
            for piece in literal
            for made in self._speakers.files(piece)
        ]
        problems = tuple(fault for fault in faults if fault)
        if not problems and all(map(self._speakers.files, every)):
            return Source(Voice.RECORDED)
        return Source(synthetic.voice, problems + synthetic.problems)

    async def faults(self) -> tuple[str, ...]:
        """Every sound file of a person or of gTTS that can't be played, with why and how to mend it."""
        found = [
            await self._speakers.fault(piece, made)
            for prompt in self._catalogue.prompts.values()
            for language in Language
            for piece in self._every_piece(prompt, language)
            for made in self._speakers.files(piece)
        ]
        return tuple(dict.fromkeys(fault for fault in found if fault))

    async def warm(self, progress: Progress = lambda done, everything: None) -> None:
        """Render every prompt without slots, in every language. `PromptMissing` names those that failed."""
        everything = [
            piece
            for prompt in self._catalogue.static()
            for language in Language
            for piece in self._pieces(language, Phrase(prompt.key))
        ]
        await asyncio.to_thread(self._cache.sweep)
        paths: set[Path] = set()
        failed: list[str] = []
        done = 0
        progress(done, len(everything))

        async def one(wanted: Piece) -> None:
            nonlocal done
            try:
                paths.add(await self._speakers.sound(wanted))
            except PromptMissing as missing:
                failed.append(str(missing))
            done += 1
            progress(done, len(everything))

        async with asyncio.TaskGroup() as group:
            for wanted in everything:
                group.create_task(one(wanted))
        if failed:
            more = [f"and {len(failed) - MOST_TOLD} more"] if len(failed) > MOST_TOLD else []
            raise PromptMissing("\n".join([*failed[:MOST_TOLD], *more]))
        await asyncio.to_thread(self._cache.keep_static, paths)

    async def close(self) -> None:
        """No more sound; what is being made is finished."""
        await self._speakers.close()

    async def export(self, keys: Iterable[str], folder: Path) -> None:
        """Write prompts without slots as `folder/<language>/<key>.wav`, for the fallback."""
        for key in keys:
            for language in Language:
                (sound,) = await self.sounds(language, Phrase(key))
                source, target = Path(f"{sound}.wav"), folder / language.value / f"{key}.wav"
                await asyncio.to_thread(_copy, twin(source), twin(target))
                await asyncio.to_thread(_copy, source, target)

    def _pieces(self, language: Language, phrase: Phrase) -> list[Piece]:
        known = (phrase.key, phrase.language or language)
        if not phrase.slots and known in self._static:
            return self._static[known]
        found = pieces(self._catalogue, self._made, language, phrase)
        if not phrase.slots:
            self._static[known] = found
        return found

    def _every_piece(self, prompt: Prompt, language: Language) -> list[Piece]:
        if prompt.is_static:
            return self._pieces(language, Phrase(prompt.key))
        parts = self._catalogue.pieces(prompt, language)
        return [Piece(prompt, language, part.text, part.key, Shelf.SLOTS) for part in parts]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    Cache.write(target, source.read_bytes())
