"""A sound as the engines give it, and as numbers between −1 and 1."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
"""One channel, full scale at 1."""


class NoSound(Exception):
    """Nothing can be heard in it."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Raw mono 16-bit little-endian samples, `rate` of them a second."""

    raw: bytes
    rate: int

    def samples(self) -> Samples:
        """The sound as numbers; half a sample at the end is left out."""
        whole = np.frombuffer(self.raw[: len(self.raw) // 2 * 2], dtype="<i2")
        return whole.astype(np.float32) / np.float32(32768)


def raw(samples: Samples) -> bytes:
    """Return numbers as 16-bit samples, towards zero."""
    return (samples * np.float32(32768)).astype("<i2").tobytes()
