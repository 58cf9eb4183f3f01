"""The offline voice: espeak-ng speaks, sox brings it to telephone rate. Text goes in by pipe, unseen in `ps`."""

import asyncio
from pathlib import Path
from types import MappingProxyType

from routing.model import Language
from speech import arabic, tamazight
from speech.program import EngineFailed, Runnable, pipe, run

# Words a minute: slower than espeak-ng's 175, for a telephone in a noisy place.
_VOICES = MappingProxyType(
    {
        Language.ARABIC: ("ar", "165"),
        Language.TAMAZIGHT: ("zgh", "145"),
        Language.FRENCH: ("fr", "165"),
    }
)
_RECIPE = "1"  # raised when the way of speaking changes, so that the cache is made anew


class Espeak:
    """espeak-ng with the Tamazight voice, whose data it builds below `home` at first use."""

    def __init__(self, espeak: Runnable, sox: Runnable, home: Path) -> None:
        self._espeak = espeak
        self._sox = sox
        self._home = home.absolute()
        self._building: asyncio.Task[tuple[Path, str]] | None = None

    async def identity(self) -> str:
        """Return what, beside text and language, decides how it sounds. Raises `EngineFailed`."""
        _, stamp = await self._data()
        return f"espeak-ng {_RECIPE} {stamp} {sorted(_VOICES.items())}"

    async def speak(self, language: Language, text: str, rate: int) -> bytes:
        """Return the spoken text as raw mono 16-bit samples. Raises `EngineFailed`."""
        data, _ = await self._data()
        voice, speed = _VOICES[language]
        spelt = arabic.for_voice(text) if language is Language.ARABIC else text
        samples = await pipe(
            (self._espeak, [f"--path={data}", "-v", voice, "-s", speed, "-b", "1", "--stdin", "--stdout"]),
            (self._sox, ["-V1", "-D", "-t", "wav", "--ignore-length", "-", *_raw(rate), *_EFFECTS]),
            given=spelt.encode(),
        )
        if not samples:
            raise EngineFailed("espeak-ng made no sound")
        return samples

    async def convert(self, file: Path, rate: int) -> bytes:
        """Return a recorded sound file as raw mono 16-bit samples. Raises `EngineFailed`."""
        samples = await run(self._sox, "-V1", "-D", file, *_raw(rate), *_EFFECTS)
        if not samples:
            raise EngineFailed("it holds no sound")
        return samples

    async def _data(self) -> tuple[Path, str]:
        if self._building is None or (self._building.done() and _failed(self._building)):
            self._building = asyncio.create_task(
                asyncio.to_thread(tamazight.voice_data, self._espeak, self._home)
            )
        return await asyncio.shield(self._building)


# Head-room before filtering; below 120 Hz a telephone carries nothing.
_EFFECTS = ("gain", "-6", "highpass", "120")


def _raw(rate: int) -> tuple[str, ...]:
    return ("-t", "raw", "-r", str(rate), "-e", "signed-integer", "-b", "16", "-c", "1", "-")


def _failed(task: asyncio.Task[tuple[Path, str]]) -> bool:
    return task.cancelled() or task.exception() is not None
