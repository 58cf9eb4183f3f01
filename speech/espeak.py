"""The offline voice: espeak-ng. Text goes in by pipe, unseen in `ps`."""

import asyncio
import struct
from pathlib import Path
from types import MappingProxyType

from routing.model import Language
from speech import arabic, tamazight
from speech.program import EngineFailed, Runnable, run
from speech.sound import Sound

# Words a minute: slower than espeak-ng's 175, for a telephone in a noisy place.
_VOICES = MappingProxyType(
    {
        Language.ARABIC: ("ar", "165"),
        Language.TAMAZIGHT: ("zgh", "145"),
        Language.FRENCH: ("fr", "165"),
    }
)
_RECIPE = "2"  # raised when the way of speaking changes, so that the cache is made anew


class Espeak:
    """espeak-ng with the Tamazight voice, whose data it builds below `home` at first use."""

    name = "espeak-ng"

    def __init__(self, espeak: Runnable, home: Path) -> None:
        self._espeak = espeak
        self._home = home.absolute()
        self._building: asyncio.Task[tuple[Path, str]] | None = None

    async def identity(self) -> str:
        """Return what, beside text and language, decides how it sounds. Raises `EngineFailed`."""
        _, stamp = await self._data()
        return f"espeak-ng {_RECIPE} {stamp} {sorted(_VOICES.items())}"

    async def speak(self, language: Language, text: str) -> Sound:
        """Return the spoken text. Raises `EngineFailed`."""
        data, _ = await self._data()
        try:
            return await self._speak(language, text, data)
        except EngineFailed:
            if await asyncio.to_thread((data / tamazight.DATA).is_dir):
                raise
        # Somebody cleaned up.
        self._building = None
        data, _ = await self._data()
        return await self._speak(language, text, data)

    async def _speak(self, language: Language, text: str, data: Path) -> Sound:
        voice, speed = _VOICES[language]
        spelt = arabic.for_voice(text) if language is Language.ARABIC else text
        arguments = (f"--path={data}", "-v", voice, "-s", speed, "-b", "1", "--stdin", "--stdout")
        return _sound(await run(self._espeak, *arguments, given=spelt.encode()))

    async def _data(self) -> tuple[Path, str]:
        if self._building is None or (self._building.done() and _failed(self._building)):
            self._building = asyncio.create_task(
                asyncio.to_thread(tamazight.voice_data, self._espeak, self._home)
            )
        return await asyncio.shield(self._building)


def _sound(wav: bytes) -> Sound:
    """espeak-ng's WAV, whose sizes it can't know when it writes the header."""
    if len(wav) <= _HEADER.size:
        raise EngineFailed("espeak-ng made no sound")
    riff, wave, channels, rate, bits = _HEADER.unpack_from(wav)
    if (riff, wave, channels, bits) != (b"RIFF", b"WAVE", 1, 16):
        raise EngineFailed("espeak-ng made something that is no sound")
    return Sound(wav[_HEADER.size :], rate)


_HEADER = struct.Struct("<4s4x4s10xHI6xH8x")


def _failed(task: asyncio.Task[tuple[Path, str]]) -> bool:
    return task.cancelled() or task.exception() is not None
