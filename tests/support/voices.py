"""Sound that passes for speech: bursts of a tone with pauses, quiet noise beneath."""

import math
import random
from array import array

RATE = 8000
BURST, PAUSE = 0.24, 0.12  # seconds; as syllables


def speech(
    seconds: float, *, hertz: float = 440, height: float = 0.25, noise: float = 0.001, rate: int = RATE
) -> bytes:
    """Mono 16-bit samples; `height` and `noise` of full scale."""
    return samples(seconds, hertz=hertz, height=height, noise=noise, rate=rate).tobytes()


def samples(
    seconds: float, *, hertz: float = 440, height: float = 0.25, noise: float = 0.001, rate: int = RATE
) -> "array[int]":
    """The same, as numbers."""
    chance = random.Random(1)
    made = array("h")
    for place in range(int(seconds * rate)):
        at = place / rate
        spoken = height if at % (BURST + PAUSE) < BURST else 0.0
        value = spoken * math.sin(2 * math.pi * hertz * at) + noise * chance.uniform(-1, 1)
        made.append(max(-32768, min(32767, round(value * 32768))))
    return made
