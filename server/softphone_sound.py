"""What a softphone says: WAV files of A-law's rate, long enough for any call.

baresip ends a call when its file ends, so what is played is followed by silence up to LONGEST_CALL.
"""

from __future__ import annotations

import array
import math
import struct
import wave
from pathlib import Path

RATE = 8000  # samples a second, one channel, 16 bits
LONGEST_CALL = 10 * 60  # seconds
LEVEL = 0.25  # of full scale: -12 dB, about a voice


def write_silence(path: Path) -> None:
    """Write LONGEST_CALL of silence; the file takes no room on disk."""
    _write(path, b"")


def write_tone(path: Path, hertz: int) -> None:
    """Write LONGEST_CALL of one steady tone."""
    if not 50 <= hertz <= 3400:
        raise ValueError(f"{hertz} Hz is outside what a telephone carries, 50 to 3400 Hz")
    # A whole number of waves fits into one second, so seconds join without a click.
    second = array.array("h", (_sample(hertz, moment) for moment in range(RATE)))
    _write(path, second.tobytes() * LONGEST_CALL)


def write_speech(path: Path, source: Path) -> None:
    """Write a WAV file's sound, then silence; ValueError when it is not 8000 Hz, mono, 16 bits."""
    with wave.open(str(source)) as sound:
        shape = (sound.getframerate(), sound.getnchannels(), sound.getsampwidth())
        if shape != (RATE, 1, 2):
            raise ValueError(
                f"{source}: {shape[0]} Hz, {shape[1]} channel(s), {8 * shape[2]} bits; a softphone plays "
                f"{RATE} Hz, 1 channel, 16 bits (sox {source.name} -r 8000 -c 1 -b 16 out.wav)"
            )
        _write(path, sound.readframes(sound.getnframes()))


def _sample(hertz: int, moment: int) -> int:
    return round(32767 * LEVEL * math.sin(2 * math.pi * hertz * moment / RATE))


def _write(path: Path, samples: bytes) -> None:
    size = max(len(samples), 2 * RATE * LONGEST_CALL)
    shape = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    header = struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE") + shape + struct.pack("<4sI", b"data", size)
    with path.open("wb") as file:
        file.write(header + samples)
        file.truncate(len(header) + size)
