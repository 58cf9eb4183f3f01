"""What a call plays: phrases become sound files, by the best voice there is.

`Speech` is `ivr.prompts.Prompts`. A prompt is said by a person who recorded it, one with slots from the pieces that a
person recorded (`speech.pieces`), else by gTTS where the administrator had it made, else by espeak-ng; a file that
can't be used is told once and the next voice speaks.
A sound in the cache costs a few file look-ups.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from ivr.prompts import Phrase, PromptMissing
from routing.model import Language
from speech.cache import Cache, Shelf, twin
from speech.catalogue import Catalogue
from speech.level import RECIPE
from speech.made import Made, MadeSounds, Voice
from speech.pieces import Piece, pieces
from speech.program import EngineFailed
from speech.prompt import Prompt
from speech.rendering import NotRendered, Renderings
from speech.sound import Sound

log = structlog.get_logger()

Progress = Callable[[int, int], None]
"""Called with (done, all)."""
TRIED_AGAIN = 300.0
"""Seconds after which a file that could not be used is tried again: what kept it may have been the machine."""


class Engine(Protocol):
    """Something that speaks any text, on this machine."""

    @property
    def name(self) -> str:
        """What administrators call it."""
        ...

    async def identity(self) -> str:
        """What, beside text and language, decides how it sounds. Raises `EngineFailed`."""
        ...

    async def speak(self, language: Language, text: str) -> Sound:
        """The spoken text. Raises `EngineFailed`."""
        ...


class Reader(Protocol):
    """Something that reads sound files."""

    async def read(self, file: Path) -> Sound:
        """Return a sound file. Raises `EngineFailed`."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """Who says a prompt. `problems` tell which better voice can't be used, why, and how to mend it."""

    voice: Voice
    problems: tuple[str, ...] = ()


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
        self._engine = engine
        self._reader = reader
        self._cache = cache
        self._made = made or MadeSounds()
        self._renderings = Renderings(cache, at_once)
        self._identity: str | None = None
        # Of prompts without slots, by key and source.
        self._places: dict[tuple[str, Language, str], Path] = {}
        self._unusable: dict[Made, _Trouble] = {}
        self._engine_trouble: str | None = None

    def text(self, language: Language, phrase: Phrase) -> str:
        """The words. Raises `PromptMissing`."""
        return self._catalogue.text(language, phrase)

    async def sounds(self, language: Language, *phrases: Phrase) -> tuple[str, ...]:
        """Absolute paths without extension, in playing order; renders what is not cached. Or `PromptMissing`."""
        wanted = [piece for phrase in phrases for piece in self._pieces(language, phrase)]
        held = [self._held(one) for one in wanted]  # nearly always all of them
        found = [path for path in held if path is not None]
        paths = found if len(found) == len(held) else await asyncio.gather(*map(self._sound, wanted))
        return tuple(str(path.with_suffix("")) for path in paths)

    async def source(self, language: Language, key: str) -> Source:
        """Who says this prompt to the next caller, tried and not guessed. Raises `PromptMissing` for no such key.

        A prompt with slots counts as recorded when all its pieces are, but for values that are prompts themselves.
        A recording not played yet is brought to telephone level, which takes some hundredths of a second.
        """
        prompt = self._catalogue.prompt(key, language)
        problems: list[str] = []
        if prompt.is_static:
            (piece,) = self._pieces(language, Phrase(key))
            for made in self._choices(piece):
                if why := await self._fault(piece, made):
                    problems.append(why)
                else:
                    return Source(made.voice, tuple(problems))
        else:
            found = {piece.recorded_as: self._choices(piece) for piece in self._every_piece(prompt, language)}
            for piece in self._every_piece(prompt, language):
                # The recordings of values belong to many prompts: `faults` tells of them.
                if str(piece.recorded_as).startswith(f"{key}."):
                    problems += [
                        why for made in self._choices(piece) if (why := await self._fault(piece, made))
                    ]
            if found and all(found.values()) and not problems:
                return Source(Voice.RECORDED)
        try:
            await self._engine_identity()
        except EngineFailed as failure:
            return Source(Voice.NOBODY, (*problems, f"{failure}; run: make setup"))
        return Source(Voice.ESPEAK, tuple(problems))

    async def faults(self) -> tuple[str, ...]:
        """Every sound file of a person or of gTTS that can't be played, with why and how to mend it."""
        found: list[str] = []
        for prompt in self._catalogue.prompts.values():
            for language in Language:
                for piece in self._every_piece(prompt, language):
                    found += [await self._fault(piece, made) for made in self._choices(piece)]
        return tuple(dict.fromkeys(why for why in found if why))

    def _every_piece(self, prompt: Prompt, language: Language) -> list[Piece]:
        if prompt.is_static:
            return self._pieces(language, Phrase(prompt.key))
        parts = self._catalogue.pieces(prompt, language)
        return [Piece(prompt, language, part.text, part.key, Shelf.SLOTS) for part in parts]

    async def _fault(self, piece: Piece, made: Made) -> str:
        try:
            await self._from_file(piece, made)
        except NotRendered as failure:
            return f"{failure}; {made.mend}"
        return ""

    async def warm(self, progress: Progress = lambda done, everything: None) -> None:
        """Render every prompt without slots, in every language. `PromptMissing` names all that failed."""
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
                paths.add(await self._sound(wanted))
            except PromptMissing as missing:
                failed.append(str(missing))
            done += 1
            progress(done, len(everything))

        async with asyncio.TaskGroup() as group:
            for wanted in everything:
                group.create_task(one(wanted))
        if failed:
            raise PromptMissing("\n".join(failed))
        await asyncio.to_thread(self._cache.keep_static, paths)

    async def close(self) -> None:
        """No more sound; what is being made is finished."""
        await self._renderings.close()

    async def export(self, keys: Iterable[str], folder: Path) -> None:
        """Write prompts without slots as `folder/<language>/<key>.wav`, for the fallback."""
        for key in keys:
            for language in Language:
                (sound,) = await self.sounds(language, Phrase(key))
                source, target = Path(f"{sound}.wav"), folder / language.value / f"{key}.wav"
                await asyncio.to_thread(_copy, twin(source), twin(target))
                await asyncio.to_thread(_copy, source, target)

    def _pieces(self, language: Language, phrase: Phrase) -> list[Piece]:
        return pieces(self._catalogue, self._made, language, phrase)

    def _held(self, wanted: Piece) -> Path | None:
        """Where its sound is, if it is in the cache whole."""
        made = self._best_file(wanted)
        source = self._identity if made is None else made.state
        if source is None:
            return None
        path = self._path(wanted, source)
        return path if self._renderings.held(path) else None

    async def _sound(self, wanted: Piece) -> Path:
        while (made := self._best_file(wanted)) is not None:
            try:
                return await self._from_file(wanted, made)
            except NotRendered as failure:
                self._set_aside(wanted, made, str(failure))
        return await self._spoken(wanted)

    # ---- from a file ----

    def _choices(self, wanted: Piece) -> list[Made]:
        key, language = wanted.recorded_as, wanted.language
        if key is None:
            return []
        recording = self._made.recording(language, key)
        gtts = self._made.gtts(language, key, wanted.text) if wanted.is_static else None
        return [made for made in (recording, gtts) if made is not None]

    def _best_file(self, wanted: Piece) -> Made | None:
        """The best sound file that is not set aside."""
        for made in self._choices(wanted):
            trouble = self._unusable.get(made)
            if trouble is None or trouble.until <= time.monotonic():
                return made
        return None

    async def _from_file(self, wanted: Piece, made: Made) -> Path:
        path = self._path(wanted, made.state)
        await self._renderings.ensure(
            path,
            lambda: self._reader.read(made.file),
            tail=wanted.tail,
            private=wanted.shelf is Shelf.PRIVATE,
        )
        self._unusable.pop(made, None)
        return path

    def _set_aside(self, wanted: Piece, made: Made, why: str) -> None:
        """Leave a file out for a while; the administrator is told once for as long as the reason is the same."""
        before = self._unusable.get(made)
        self._unusable[made] = _Trouble(why, time.monotonic() + TRIED_AGAIN)
        if before is None or before.why != why:
            # The name of a value's recording tells the value, and this one may be of a telephone number.
            tells = wanted.shelf is not Shelf.PRIVATE
            told = f"{wanted.name}: {why}; {made.mend}" if tells else f"{wanted.name}; run: mowakaba doctor"
            log.warning("sound file not usable, another voice speaks", voice=made.voice.value, why=told)

    # ---- spoken ----

    async def _spoken(self, wanted: Piece) -> Path:
        try:
            path = self._path(wanted, await self._engine_identity())
            await self._renderings.ensure(
                path,
                lambda: self._engine.speak(wanted.language, wanted.text),
                tail=wanted.tail,
                private=wanted.shelf is Shelf.PRIVATE,
            )
        except (EngineFailed, NotRendered) as failure:
            self._tell_of_engine(str(failure))
            raise PromptMissing(f"{wanted.name}: {failure}; {self._advice(wanted)}") from failure
        self._engine_trouble = None
        return path

    async def _engine_identity(self) -> str:
        if self._identity is None:
            self._identity = await self._engine.identity()
        return self._identity

    def _tell_of_engine(self, why: str) -> None:
        if why != self._engine_trouble:
            log.warning("the synthetic voice fails", engine=self._engine.name, why=f"{why}; run: make setup")
        self._engine_trouble = why

    def _advice(self, wanted: Piece) -> str:
        place = self._made.place_for(wanted.language, wanted.prompt.key)
        if place is None or not wanted.is_static:
            return "run: make setup"
        return f"run: make setup, or put a recording at {place}"

    # ---- either ----

    def _path(self, wanted: Piece, source: str) -> Path:
        known = (wanted.prompt.key, wanted.language, source)
        path = self._places.get(known)
        if path is None:
            content = f"{source}\n{RECIPE} {wanted.tail}\n{wanted.language.value}\n{wanted.text}"
            path = self._cache.path(wanted.shelf, wanted.language.value, wanted.prompt.key, content)
            if wanted.is_static:
                self._places[known] = path
        return path


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why a file is set aside, and until when on the monotonic clock."""

    why: str
    until: float


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    Cache.write(target, source.read_bytes())
