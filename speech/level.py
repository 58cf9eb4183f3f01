"""Telephone level: silence trimmed, speech equally loud in every prompt, peaks never above −3 dB. Pure."""

import functools
import math
import sys
from array import array
from operator import mul

LOUDNESS = -21.0
"""Loudness of speech in dB below full scale: power of the frames in which someone speaks."""
CEILING = 10 ** (-3.2 / 20) * 32767
"""No sample is larger: −3 dB with a margin for a codec's rounding."""
_KNEE = 0.6 * CEILING  # peaks above are rounded off, not cut
_FRAME = 0.02  # seconds
_SPEECH = 10 ** (-30 / 20)  # a frame this far below the loudest still is speech
_SOUND = 10 ** (-42 / 20)  # a frame this far below the loudest still is sound
_LEAD, _TAIL = 0.04, 0.12  # seconds kept before and after; prompts follow one another
_NEAR = 0.97  # a quarter of a dB
_FAINTEST = 8.0  # mean amplitude below which a recording counts as empty


class NoSound(Exception):
    """Nothing can be heard in it."""


def levelled(samples: bytes, rate: int) -> bytes:
    """Return raw mono 16-bit samples, trimmed and at telephone level. Raises `NoSound`."""
    whole = _array(samples)
    frames = _amplitudes(whole, rate)
    first, last = _heard(frames)
    step = int(rate * _FRAME)
    sound = whole[max(0, first * step - int(rate * _LEAD)) : last * step + int(rate * _TAIL)]
    wanted = 10 ** (LOUDNESS / 20) * 32768
    gain = wanted / _spoken(frames)
    made = _limited(sound, gain)
    reached = loudness(made, rate)
    if reached < wanted * _NEAR:  # rounding peaks off took some of it
        made = _limited(sound, gain * wanted / reached)
    return _bytes(made)


def loudness(sound: "array[int]", rate: int) -> float:
    """Return the mean amplitude of the frames in which someone speaks. Raises `NoSound`."""
    return _spoken(_amplitudes(sound, rate))


def _spoken(frames: list[float]) -> float:
    least = _loudest(frames) * _SPEECH
    speech = [frame * frame for frame in frames if frame >= least]
    return math.sqrt(sum(speech) / len(speech))


def _heard(frames: list[float]) -> tuple[int, int]:
    """Return the first frame with sound, and the one after the last."""
    least = _loudest(frames) * _SOUND
    heard = [place for place, frame in enumerate(frames) if frame >= least]
    return heard[0], heard[-1] + 1


def _loudest(frames: list[float]) -> float:
    loudest = max(frames, default=0.0)
    if loudest < _FAINTEST:
        raise NoSound("it is silent")
    return loudest


def _amplitudes(sound: "array[int]", rate: int) -> list[float]:
    step = int(rate * _FRAME)
    frames = (sound[place : place + step] for place in range(0, len(sound), step))
    return [math.sqrt(sum(map(mul, frame, frame)) / len(frame)) for frame in frames]


def _limited(sound: "array[int]", gain: float) -> "array[int]":
    peak = max(max(sound), -min(sound))
    if peak * gain <= _KNEE:
        return array("h", [int(sample * gain) for sample in sound])
    curve, gain = _curve(), min(gain, _LOUDEST / peak)
    return array("h", [curve[int(sample * gain)] for sample in sound])


_LOUDEST = 4 * 32768


@functools.cache
def _curve() -> "array[int]":
    """What becomes of a sample: index 0 upwards, and from the end, as Python counts, for negative ones."""
    rounded = [int(_rounded_off(sample)) for sample in range(_LOUDEST + 1)]
    return array("h", rounded + [-sample for sample in reversed(rounded[1:])])


def _rounded_off(sample: float) -> float:
    if sample <= _KNEE:
        return sample
    room = CEILING - _KNEE
    return _KNEE + room * math.tanh((sample - _KNEE) / room)


def _array(samples: bytes) -> "array[int]":
    sound = array("h", samples[: len(samples) // 2 * 2])
    if sys.byteorder == "big":
        sound.byteswap()
    return sound


def _bytes(sound: "array[int]") -> bytes:
    if sys.byteorder == "big":
        sound = sound[:]
        sound.byteswap()
    return sound.tobytes()
