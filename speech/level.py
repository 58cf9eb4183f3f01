"""Telephone level: silence trimmed, speech equally loud in every prompt, peaks never above −3 dB. Pure."""

from dataclasses import dataclass

import numpy as np

from speech.loudness import active_level
from speech.rates import at_rates
from speech.sound import NoSound, Samples, Sound, raw

LOUDNESS = -21.0
"""Active speech level (`speech.loudness`) of every prompt, in dB below full scale."""
CEILING = 10 ** (-3.2 / 20)
"""No sample is larger: −3 dB with a margin for a codec's rounding."""
NARROW, WIDE = 8000, 16000
"""Samples a second of an ordinary call, and of a wideband one."""
TAIL = 0.12
"""Seconds of silence after a prompt: another may follow."""
RECIPE = "2"
"""Raised when the way of levelling changes, so that the cache is made anew."""
_KNEE = 0.6 * CEILING  # peaks above are rounded off, not cut
_FRAME = 0.02  # seconds
_SOUND = 10 ** (-42 / 20)  # a frame this far below the loudest still is sound
_LEAD = 0.04  # seconds of silence kept before
_FADE = 0.004  # seconds
_NEAR = 0.2  # dB
_ROUNDS = 4
_FAINTEST = 8 / 32768  # amplitude of the loudest frame below which a recording counts as empty


@dataclass(frozen=True, slots=True)
class Levelled:
    """One sound at telephone level, at both rates; raw mono 16-bit samples."""

    narrow: bytes
    wide: bytes


def levelled(sound: Sound, tail: float = TAIL) -> Levelled:
    """Return a sound trimmed and at telephone level, with `tail` seconds of silence. Raises `NoSound`."""
    narrow, wide = at_rates(sound, (NARROW, WIDE))
    first, last = _heard(narrow)

    def finished(samples: Samples, rate: int) -> bytes:
        spoken = samples[int(first * rate) : int((last + min(tail, TAIL)) * rate)]
        lacking = int((last - first + tail) * rate) - len(spoken)
        return raw(np.pad(_at_level(_faded(spoken, rate), rate), (0, max(0, lacking))))

    return Levelled(finished(narrow, NARROW), finished(wide, WIDE))


def _heard(samples: Samples) -> tuple[float, float]:
    """Return the seconds at which to begin, a little before the sound, and at which it ends."""
    step = int(NARROW * _FRAME)
    frames = samples[: len(samples) // step * step].reshape(-1, step)
    amplitudes = np.sqrt(np.square(frames).mean(axis=1))
    loudest = amplitudes.max(initial=0.0)
    if loudest < _FAINTEST:
        raise NoSound("it is silent")
    heard = np.flatnonzero(amplitudes >= loudest * _SOUND)
    return max(0.0, heard[0] * _FRAME - _LEAD), (heard[-1] + 1) * _FRAME


def _faded(samples: Samples, rate: int) -> Samples:
    """Without a click at the ends."""
    ramp = np.linspace(0, 1, int(rate * _FADE), dtype=np.float32)
    shape = np.ones_like(samples)
    shape[: len(ramp)] = ramp
    shape[-len(ramp) :] *= ramp[::-1]
    return samples * shape


def _at_level(samples: Samples, rate: int) -> Samples:
    gain = LOUDNESS - active_level(samples, rate)
    made = _limited(samples, gain)
    for _ in range(_ROUNDS):  # rounding peaks off takes some of it
        lacking = LOUDNESS - active_level(made, rate)
        if lacking < _NEAR:
            break
        gain += lacking
        made = _limited(samples, gain)
    return made


def _limited(samples: Samples, gain: float) -> Samples:
    """Louder by `gain` dB, with peaks rounded off towards the ceiling."""
    louder = samples * np.float32(10 ** (gain / 20))
    size = np.abs(louder)
    room = np.float32(CEILING - _KNEE)
    rounded = np.float32(_KNEE) + room * np.tanh((size - np.float32(_KNEE)) / room)
    return np.where(size <= _KNEE, louder, np.copysign(rounded, louder)).astype(np.float32, copy=False)
