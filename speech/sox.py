"""Sound files of any kind, read by sox: WAV, MP3, Ogg, FLAC and more."""

from pathlib import Path

from speech.program import EngineFailed, Runnable, run
from speech.sound import Sound

RATE = 16000
"""Nothing above half of it is ever played."""

LONGEST = 300
"""Seconds; what is longer is no prompt, and would take more memory than a call should cost."""


class Sox:
    """Reads sound files."""

    def __init__(self, sox: Runnable) -> None:
        self._sox = sox

    async def read(self, file: Path) -> Sound:
        """Return a sound file. Raises `EngineFailed`."""
        raw = await run(
            self._sox,
            *("-V1", "-D", file),
            *f"-t raw -r {RATE} -L -e signed-integer -b 16 -c 1 -".split(),
            *f"gain -6 trim 0 {LONGEST + 1}".split(),
        )
        if not raw:
            raise EngineFailed("it holds no sound")
        if len(raw) > LONGEST * RATE * 2:
            raise EngineFailed(f"it is longer than {LONGEST} s")
        return Sound(raw, RATE)
