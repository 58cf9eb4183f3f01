"""Sounds made where they are not in the cache: once, however many wait, a few at a time, off the event loop."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog

from speech.cache import Cache
from speech.level import TAIL, levelled
from speech.program import EngineFailed
from speech.sound import NoSound, Sound

log = structlog.get_logger()

Maker = Callable[[], Awaitable[Sound]]


class NotRendered(Exception):
    """No sound came of it; the message says why."""


class Renderings:
    """What is being made just now."""

    def __init__(self, cache: Cache, at_once: int | None = None) -> None:
        self._cache = cache
        self._pool = asyncio.Semaphore(at_once or (os.cpu_count() or 2))
        # One thread: what a thread has once needed for a sound its heap keeps, and asyncio's own are six or more.
        self._levelling = ThreadPoolExecutor(max_workers=1, thread_name_prefix="levelling")
        self._under_way: dict[Path, asyncio.Task[None]] = {}
        self._closed = False

    def held(self, path: Path) -> bool:
        """Whether the sound is in the cache, whole."""
        return path not in self._under_way and self._cache.holds(path)

    async def ensure(self, path: Path, make: Maker, *, tail: float = TAIL, private: bool = False) -> None:
        """Make the sound at telephone level if it is not there. Raises `NotRendered`.

        `tail`: seconds of silence after it. `private`: it is forgotten after its life.
        """
        if path not in self._under_way:
            if self._cache.holds(path):
                return
            task = asyncio.create_task(self._render(path, make, tail, private))
            self._under_way[path] = task
            task.add_done_callback(lambda done: self._rendered(path, done))
        # A caller who hangs up does not take the sound from the others who wait for it.
        await asyncio.shield(self._under_way[path])

    async def close(self) -> None:
        """No more sound; what is being made is finished: asyncio may lose a program cancelled as it starts."""
        self._closed = True
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        self._levelling.shutdown(wait=False)

    def _rendered(self, path: Path, task: asyncio.Task[None]) -> None:
        self._under_way.pop(path, None)
        if not task.cancelled():
            task.exception()  # those who wait have it; when none does, the next caller tries again

    async def _render(self, path: Path, make: Maker, tail: float, private: bool) -> None:
        try:
            async with self._pool:
                if self._closed:
                    raise NoSound("the centre is stopping")
                started = time.perf_counter()
                sound = await make()
                await asyncio.get_running_loop().run_in_executor(
                    self._levelling, lambda: self._cache.put(path, levelled(sound, tail))
                )
        except (EngineFailed, NoSound, OSError) as failure:
            raise NotRendered(str(failure)) from failure
        if private:
            self._forget_later(path, self._cache.private_life)
        log.debug("prompt rendered", milliseconds=round((time.perf_counter() - started) * 1000))

    def _forget_later(self, path: Path, seconds: float) -> None:
        def due() -> None:
            left = self._cache.forget(path)
            if left is not None:
                self._forget_later(path, left + 1)

        asyncio.get_running_loop().call_later(seconds, due)
