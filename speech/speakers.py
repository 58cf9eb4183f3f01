"""Who says a piece: a person's recording, else gTTS' sound, else espeak-ng; each failure is told once.

A file that can't be used is set aside for a while and the next voice speaks. When espeak-ng itself fails, what it said
before is still in the cache and is played.
"""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from ivr.prompts import PromptMissing
from routing.model import Language
from speech.cache import Cache
from speech.level import RECIPE
from speech.made import Made, MadeSounds, Voice
from speech.pieces import Piece
from speech.program import EngineFailed
from speech.rendering import NotRendered, Renderings
from speech.sound import Sound

log = structlog.get_logger()

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


class Speakers:
    """The voices of a centre, the best first."""

    def __init__(
        self, engine: Engine, reader: Reader, cache: Cache, made: MadeSounds, at_once: int | None = None
    ) -> None:
        self._engine = engine
        self._reader = reader
        self._cache = cache
        self._made = made
        self._renderings = Renderings(cache, at_once)
        self._identity: str | None = None
        # Of prompts without slots, by key and source.
        self._places: dict[tuple[str, Language, str], Path] = {}
        self._unusable: dict[Made, _Trouble] = {}
        self._engine_trouble: str | None = None

    def held(self, piece: Piece) -> Path | None:
        """Where its sound is, if it is in the cache whole."""
        made = self._best_file(piece)
        source = self._identity if made is None else made.state
        return None if source is None else self._held(piece, source)

    async def sound(self, piece: Piece) -> Path:
        """Where its sound is, by the best voice that can say it; it is made if need be. Raises `PromptMissing`."""
        while (made := self._best_file(piece)) is not None:
            try:
                return await self._from_file(piece, made)
            except NotRendered as failure:
                self._set_aside(piece, made, str(failure))
        return await self._spoken(piece)

    async def source(self, piece: Piece) -> Source:
        """Who says this piece to the next caller, tried and not guessed; espeak-ng is taken at its word."""
        problems: list[str] = []
        for made in self.files(piece):
            fault = await self.fault(piece, made)
            if not fault:
                return Source(made.voice, tuple(problems))
            problems.append(fault)
        try:
            await self._engine_identity()
        except EngineFailed as failure:
            problems.append(f"{failure}; run: make setup")
            voice = Voice.ESPEAK if await self._said_before(piece) else Voice.NOBODY
            return Source(voice, tuple(problems))
        return Source(Voice.ESPEAK, tuple(problems))

    def files(self, piece: Piece) -> list[Made]:
        """The sound files that say it, the best first."""
        key, language = piece.recorded_as, piece.language
        if key is None:
            return []
        recording = self._made.recording(language, key)
        gtts = self._made.gtts(language, key, piece.text) if piece.is_static else None
        return [made for made in (recording, gtts) if made is not None]

    async def fault(self, piece: Piece, made: Made) -> str:
        """What keeps a sound file from being played, and how to mend it; empty when nothing does."""
        try:
            await self._from_file(piece, made)
        except NotRendered as failure:
            return f"{failure}; {made.mend}"
        return ""

    async def close(self) -> None:
        """No more sound; what is being made is finished."""
        await self._renderings.close()

    # ---- from a file ----

    def _best_file(self, piece: Piece) -> Made | None:
        """The best sound file that is not set aside."""
        for made in self.files(piece):
            trouble = self._unusable.get(made)
            if trouble is None or trouble.until <= time.monotonic():
                return made
        return None

    async def _from_file(self, piece: Piece, made: Made) -> Path:
        path = self._path(piece, made.state)
        await self._renderings.ensure(
            path, lambda: self._reader.read(made.file), tail=piece.tail, private=piece.is_private
        )
        self._unusable.pop(made, None)
        return path

    def _set_aside(self, piece: Piece, made: Made, why: str) -> None:
        """Leave a file out for a while; the administrator is told once for as long as the reason is the same."""
        before = self._unusable.get(made)
        self._unusable[made] = _Trouble(why, time.monotonic() + TRIED_AGAIN)
        if before is None or before.why != why:
            # The name of a value's recording tells the value, and this one may be of a telephone number.
            told = "run: mowakaba doctor" if piece.is_private else f"{why}; {made.mend}"
            log.warning(
                "sound file not usable, another voice speaks",
                voice=made.voice.value,
                why=f"{piece.name}: {told}",
            )

    # ---- spoken ----

    async def _spoken(self, piece: Piece) -> Path:
        try:
            path = self._path(piece, await self._engine_identity())
            await self._renderings.ensure(
                path,
                lambda: self._engine.speak(piece.language, piece.text),
                tail=piece.tail,
                private=piece.is_private,
            )
        except (EngineFailed, NotRendered) as failure:
            self._tell_of_engine(str(failure))
            before = await self._said_before(piece)
            if before is not None:
                return before
            raise PromptMissing(f"{piece.name}: {failure}; {self._advice(piece)}") from failure
        self._engine_trouble = None
        return path

    async def _engine_identity(self) -> str:
        if self._identity is None:
            self._identity = await self._engine.identity()
            await asyncio.to_thread(self._cache.note, self._engine.name, self._identity)
        return self._identity

    async def _said_before(self, piece: Piece) -> Path | None:
        """What the engine said of it when it still spoke, perhaps before a restart."""
        identity = await asyncio.to_thread(self._cache.noted, self._engine.name)
        return None if identity is None else self._held(piece, identity)

    def _tell_of_engine(self, why: str) -> None:
        if why != self._engine_trouble:
            log.warning("the synthetic voice fails", engine=self._engine.name, why=f"{why}; run: make setup")
        self._engine_trouble = why

    def _advice(self, piece: Piece) -> str:
        place = self._made.place_for(piece.language, piece.prompt.key)
        if place is None or not piece.is_static:
            return "run: make setup"
        return f"run: make setup, or put a recording at {place}"

    # ---- either ----

    def _held(self, piece: Piece, source: str) -> Path | None:
        path = self._path(piece, source)
        return path if self._renderings.held(path) else None

    def _path(self, piece: Piece, source: str) -> Path:
        known = (piece.prompt.key, piece.language, source)
        path = self._places.get(known)
        if path is None:
            content = f"{source}\n{RECIPE} {piece.tail}\n{piece.language.value}\n{piece.text}"
            path = self._cache.path(piece.shelf, piece.language.value, piece.prompt.key, content)
            if piece.is_static:
                self._places[known] = path
        return path


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why a file is set aside, and until when on the monotonic clock."""

    why: str
    until: float
