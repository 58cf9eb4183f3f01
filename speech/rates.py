"""A sound at the rates of the telephone, made through its spectrum in one go. Pure.

What no telephone carries goes on the way: everything below 120 Hz, and what is too high for the new rate.
"""

from math import ceil, gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speech.sound import Samples, Sound

_SILENT_BELOW, _WHOLE_ABOVE = 60.0, 120.0  # Hz
_WHOLE_UP_TO, _SILENT_FROM = 0.90, 0.98  # of half the new rate
_ROOM = 0.1  # seconds of silence at the end: a spectrum bites its own tail


def at_rates(sound: Sound, rates: tuple[int, ...]) -> list[Samples]:
    """Return the sound at each of the rates, which divide one another."""
    samples = sound.samples()
    unit = sound.rate // gcd(sound.rate, min(rates))
    units = _easy(ceil((len(samples) + sound.rate * _ROOM) / unit))
    spectrum = np.fft.rfft(samples, units * unit)
    return [_at_rate(spectrum, units * unit, sound.rate, rate)[: _length(sound, rate)] for rate in rates]


def _length(sound: Sound, rate: int) -> int:
    return len(sound.raw) // 2 * rate // sound.rate


def _at_rate(spectrum: NDArray[np.complexfloating[Any, Any]], n: int, old: int, new: int) -> Samples:
    length = n * new // old
    kept = min(len(spectrum), length // 2 + 1)
    frequencies = np.arange(kept, dtype=np.float32) * np.float32(old / n)
    half = min(old, new) / 2
    shape = _rising(frequencies, _SILENT_BELOW, _WHOLE_ABOVE)
    shape *= _rising(-frequencies, -_SILENT_FROM * half, -_WHOLE_UP_TO * half)
    made = np.fft.irfft(spectrum[:kept] * shape * np.float32(length / n), length)
    return made.astype(np.float32, copy=False)


def _rising(frequencies: Samples, silent: float, whole: float) -> Samples:
    """0 up to `silent`, 1 from `whole`, half a cosine between."""
    way = np.clip((frequencies - np.float32(silent)) / np.float32(whole - silent), 0, 1)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * way), np.float32)


def _easy(least: int) -> int:
    """The next number made of 2, 3 and 5 only, of which a spectrum is quickly had."""
    best = 1 << (least - 1).bit_length()
    five = 1
    while five < best:
        three = five
        while three < best:
            rest = ceil(least / three)
            best = min(best, three << (rest - 1).bit_length())
            three *= 3
        five *= 5
    return best
