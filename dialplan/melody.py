"""A slow, soft melody for those who wait, when the centre brings no music of its own."""

import io
import math
import wave
from array import array
from functools import cache

RATE = 8000
BEAT = 0.8  # seconds
LOUDNESS = 1400  # of 32767: under a voice
DECAY = 1.6  # seconds until a note has faded to a third
# Semitones above A3 in a pentatonic scale, None is a rest: neither gay nor sad, and no one's property.
NOTES = (
    0,
    3,
    7,
    10,
    12,
    None,
    10,
    7,
    5,
    7,
    10,
    None,
    7,
    5,
    3,
    0,
    None,
    3,
    5,
    7,
    3,
    None,
    0,
    -2,
    0,
    None,
    None,
    None,
)


@cache
def melody() -> bytes:
    """A WAV file of some 22 seconds, 8 kHz, mono, 16 bit, that can be repeated without a seam."""
    length = int(len(NOTES) * BEAT * RATE)
    mix = [0.0] * length
    for beat, note in enumerate(NOTES):
        if note is not None:
            _add(mix, int(beat * BEAT * RATE), 220.0 * 2 ** (note / 12))
    samples = array("h", (int(LOUDNESS * max(-3.0, min(3.0, value))) for value in mix))
    if array("h", [1]).tobytes()[0] == 0:
        samples.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())
    return file.getvalue()


def _add(mix: list[float], start: int, frequency: float) -> None:
    """One plucked note; what rings beyond the end sounds on at the beginning."""
    step = 2 * math.pi * frequency / RATE
    for index in range(int(3 * DECAY * RATE)):
        seconds = index / RATE
        loudness = min(1.0, seconds / 0.02) * math.exp(-seconds / DECAY)
        mix[(start + index) % len(mix)] += loudness * (
            math.sin(step * index) + 0.3 * math.sin(2 * step * index)
        )
