"""What a call plays: phrases become sound files, from a human recording where there is one, else synthesis.

`Speech` is `ivr.prompts.Prompts`. A sound in the cache costs a file look-up; another is rendered once,
however many callers wait for it, in a bounded number of processes and off the event loop.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from ivr.prompts import Phrase, PromptMissing
from routing.model import Language
from speech.cache import RATE, Cache, Shelf
from speech.catalogue import Catalogue, Prompt
from speech.level import NoSound, levelled
from speech.program import EngineFailed

log = structlog.get_logger()

Progress = Callable[[int, int], None]
"""Called with (done, all)."""


class Engine(Protocol):
    """Something that speaks."""

    async def identity(self) -> str:
        """What, beside text and language, decides how it sounds. Raises `EngineFailed`."""
        ...

    async def speak(self, language: Language, text: str, rate: int) -> bytes:
        """Raw mono 16-bit samples. Raises `EngineFailed`."""
        ...

    async def convert(self, file: Path, rate: int) -> bytes:
        """A recorded file as raw mono 16-bit samples. Raises `EngineFailed`."""
        ...


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One sound: which prompt, in which language, with which words."""

    prompt: Prompt
    language: Language
    text: str

    @property
    def shelf(self) -> Shelf:
        if self.prompt.is_static:
            return Shelf.STATIC
        return Shelf.PRIVATE if self.prompt.is_private else Shelf.SLOTS

    @property
    def name(self) -> str:
        return f"{self.prompt.key} in {self.language.value}"


class Speech:
    """The centre's voice. `recordings` holds `<language>/<key>.wav` for prompts without slots."""

    def __init__(
        self,
        catalogue: Catalogue,
        engine: Engine,
        cache: Cache,
        recordings: Path | None = None,
        *,
        at_once: int | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._engine = engine
        self._cache = cache
        self._recordings = recordings
        self._pool = asyncio.Semaphore(at_once or (os.cpu_count() or 2))
        self._rendering: dict[Path, asyncio.Task[None]] = {}
        self._identity: str | None = None
        # Of prompts without slots, by key and source.
        self._places: dict[tuple[str, Language, str], Path] = {}

    def text(self, language: Language, phrase: Phrase) -> str:
        """The words. Raises `PromptMissing`."""
        return self._catalogue.text(language, phrase)

    async def sounds(self, language: Language, *phrases: Phrase) -> tuple[str, ...]:
        """Absolute paths without extension, in playing order; renders what is not cached. Or `PromptMissing`."""
        wanted = [self._wanted(language, phrase) for phrase in phrases]
        held = [self._held(one) for one in wanted]  # nearly always all of them
        found = [path for path in held if path is not None]
        paths = found if len(found) == len(held) else await asyncio.gather(*map(self._sound, wanted))
        return tuple(str(path.with_suffix("")) for path in paths)

    async def warm(self, progress: Progress = lambda done, everything: None) -> None:
        """Render every prompt without slots, in every language. `PromptMissing` names all that failed."""
        everything = [
            _Wanted(prompt, language, self.text(language, Phrase(prompt.key)))
            for prompt in self._catalogue.static()
            for language in Language
        ]
        await asyncio.to_thread(self._cache.sweep)
        paths: set[Path] = set()
        failed: list[str] = []
        done = 0
        progress(done, len(everything))

        async def one(wanted: _Wanted) -> None:
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

    async def export(self, keys: Iterable[str], folder: Path) -> None:
        """Write prompts without slots as `folder/<language>/<key>.wav`, for the fallback."""
        for key in keys:
            for language in Language:
                (sound,) = await self.sounds(language, Phrase(key))
                await asyncio.to_thread(_copy, Path(f"{sound}.wav"), folder / language.value / f"{key}.wav")

    def _wanted(self, language: Language, phrase: Phrase) -> _Wanted:
        said_in = phrase.language or language
        text = self._catalogue.text(said_in, phrase)
        return _Wanted(self._catalogue.prompt(phrase.key, said_in), said_in, text)

    def _held(self, wanted: _Wanted) -> Path | None:
        """Where its sound is, if it is in the cache whole."""
        recording = self._recording(wanted)
        source = self._identity if recording is None else recording[1]
        if source is None:
            return None
        path = self._path(wanted, source)
        return path if path not in self._rendering and self._cache.holds(path) else None

    async def _sound(self, wanted: _Wanted) -> Path:
        recording = self._recording(wanted)
        if recording is not None:
            try:
                return await self._recorded(wanted, *recording)
            except PromptMissing as missing:
                log.warning("recording not usable, the synthetic voice speaks", why=str(missing))
        return await self._spoken(wanted)

    # ---- recorded ----

    def _recording(self, wanted: _Wanted) -> tuple[Path, str] | None:
        """The human recording of a prompt, and what changes when it is recorded anew."""
        if self._recordings is None or not wanted.prompt.is_static:
            return None
        file = self._recordings / wanted.language.value / f"{wanted.prompt.key}.wav"
        try:
            found = file.stat()
        except OSError:
            return None
        return file, f"recorded {found.st_size} {found.st_mtime_ns} {found.st_ino}"

    async def _recorded(self, wanted: _Wanted, file: Path, state: str) -> Path:
        path = self._path(wanted, state)
        await self._ensure(
            wanted, path, lambda: self._engine.convert(file, RATE), mend=f"record {file} again"
        )
        return path

    # ---- spoken ----

    async def _spoken(self, wanted: _Wanted) -> Path:
        if self._identity is None:
            try:
                self._identity = await self._engine.identity()
            except EngineFailed as failure:
                raise PromptMissing(f"{wanted.name}: {failure}; {self._advice(wanted)}") from failure
        path = self._path(wanted, self._identity)

        def speak() -> Awaitable[bytes]:
            return self._engine.speak(wanted.language, wanted.text, RATE)

        await self._ensure(wanted, path, speak, mend=self._advice(wanted))
        return path

    def _advice(self, wanted: _Wanted) -> str:
        if self._recordings is None or not wanted.prompt.is_static:
            return "run: make setup"
        place = self._recordings / wanted.language.value / f"{wanted.prompt.key}.wav"
        return f"run: make setup, or put a recording at {place}"

    # ---- either ----

    def _path(self, wanted: _Wanted, source: str) -> Path:
        known = (wanted.prompt.key, wanted.language, source)
        path = self._places.get(known)
        if path is None:
            content = f"{source}\n{RATE}\n{wanted.language.value}\n{wanted.text}"
            path = self._cache.path(wanted.shelf, wanted.language.value, wanted.prompt.key, content)
            if wanted.prompt.is_static:
                self._places[known] = path
        return path

    async def _ensure(
        self, wanted: _Wanted, path: Path, make: Callable[[], Awaitable[bytes]], *, mend: str
    ) -> None:
        if path not in self._rendering:
            if self._cache.holds(path):
                return
            task = asyncio.create_task(self._render(wanted, path, make, mend))
            self._rendering[path] = task
            task.add_done_callback(lambda done: self._rendered(path, done))
        # A caller who hangs up does not take the sound from the others who wait for it.
        await asyncio.shield(self._rendering[path])

    def _rendered(self, path: Path, task: asyncio.Task[None]) -> None:
        self._rendering.pop(path, None)
        if not task.cancelled():
            task.exception()  # those who wait have it; when none does, the next caller tries again

    async def _render(
        self, wanted: _Wanted, path: Path, make: Callable[[], Awaitable[bytes]], mend: str
    ) -> None:
        try:
            async with self._pool:
                started = time.perf_counter()
                samples = await make()
            await asyncio.to_thread(lambda: self._cache.put(path, levelled(samples, RATE)))
        except (EngineFailed, NoSound, OSError) as failure:
            raise PromptMissing(f"{wanted.name}: {failure}; {mend}") from failure
        if wanted.shelf is Shelf.PRIVATE:
            self._forget_later(path, self._cache.private_life)
        took = round((time.perf_counter() - started) * 1000)
        log.debug("prompt rendered", key=wanted.prompt.key, language=wanted.language.value, milliseconds=took)

    def _forget_later(self, path: Path, seconds: float) -> None:
        def due() -> None:
            left = self._cache.forget(path)
            if left is not None:
                self._forget_later(path, left + 1)

        asyncio.get_running_loop().call_later(seconds, due)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    Cache.write(target, source.read_bytes())
