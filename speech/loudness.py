"""How loud speech is: the active speech level, its mean power over the time in which someone speaks. Pure.

Source: ITU-T P.56, method B: the envelope is |x| smoothed twice with 30 ms; speech is what stands within
15.9 dB below the level itself, and 200 ms after. Here the envelope has a point each millisecond.
"""

import numpy as np

from speech.sound import NoSound, Samples

_SMOOTHED = 30  # ms
_HELD = 200  # ms
_MARGIN = 15.9  # dB
_THRESHOLDS = np.arange(-90.0, 0.0, 6.0)  # dB below full scale
_LONG_AGO = -10_000_000


def active_level(samples: Samples, rate: int) -> float:
    """Return the level of the speech in dB below full scale. Raises `NoSound`."""
    step = rate // 1000
    blocks = samples[: len(samples) // step * step].reshape(-1, step)
    if not blocks.size:
        raise NoSound("it is empty")
    energy = float(np.square(blocks, dtype=np.float64).sum()) / step
    envelope = np.convolve(np.abs(blocks).mean(axis=1), _smoothing())[: len(blocks)]
    places = np.arange(len(blocks))
    above: tuple[float, float] | None = None  # threshold, and the level that it gives
    for threshold in _THRESHOLDS[::-1]:
        since = places - np.maximum.accumulate(
            np.where(envelope >= 10 ** (threshold / 20), places, _LONG_AGO)
        )
        active = int(np.count_nonzero(since <= _HELD))
        if not active:
            continue
        level = 10 * float(np.log10(energy / active))
        if level - threshold >= _MARGIN:
            return level if above is None else _between((float(threshold), level), above)
        above = float(threshold), level
    raise NoSound("it is silent")


def _between(below: tuple[float, float], above: tuple[float, float]) -> float:
    """The level at the point between two thresholds where it stands 15.9 dB above its threshold."""
    low, high = below[1] - below[0], above[1] - above[0]
    way = (low - _MARGIN) / (low - high)
    return below[1] + way * (above[1] - below[1])


def _smoothing() -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    kept = np.exp(-1 / _SMOOTHED)
    n = np.arange(_SMOOTHED * 12)
    answer: np.ndarray[tuple[int], np.dtype[np.float64]] = (1 - kept) ** 2 * (n + 1) * kept**n
    return answer
