"""Sound files of any kind, read by sox: WAV, MP3, Ogg, FLAC and more."""

from pathlib import Path

from speech.program import EngineFailed, Runnable, run
from speech.sound import Sound

RATE = 16000
"""Nothing above half of it is ever played."""


class Sox:
    """Reads sound files."""

    def __init__(self, sox: Runnable) -> None:
        self._sox = sox

    async def read(self, file: Path) -> Sound:
        """Return a sound file. Raises `EngineFailed`."""
        raw = await run(
            self._sox,
            *("-V1", "-D", file, "-t", "raw", "-r", str(RATE), "-L"),
            *("-e", "signed-integer", "-b", "16", "-c", "1", "-", "gain", "-6"),
        )
        if not raw:
            raise EngineFailed("it holds no sound")
        return Sound(raw, RATE)
