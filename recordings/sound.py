"""What can be measured of a recording: how long, how loud, how noisy, whether it is cut off. Pure."""

import io
import math
import struct
import sys
import wave
from array import array
from dataclasses import dataclass
from operator import mul

FRAME = 0.02  # seconds
SPEECH = 30.0  # dB below the loudest frame is still speech
FAINTEST = 8.0  # mean amplitude below which there is no sound at all
FULL = 32768
HOT = 31_900  # the highest values of A-law are just above
RUN = 3  # so many of them in a row are no wave but its missing top


class NoSound(Exception):  # noqa: N818 - named for what is wrong
    """Nothing can be heard in it, or it is no sound; the message says which."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono 16-bit samples in this machine's byte order, `rate` a second."""

    samples: "array[int]"
    rate: int

    @property
    def seconds(self) -> float:
        """All of it, silence included."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True)
class Measured:
    """`seconds` from the first to the last word. Levels in dB below full scale.

    `loudness` of the frames in which someone speaks, `noise` of the quietest tenth; `clipped` is the share of
    samples that belong to a cut-off top.
    """

    seconds: float
    loudness: float
    noise: float
    clipped: float

    @property
    def clearness(self) -> float:
        """How far speech stands above the noise, in dB."""
        return self.loudness - self.noise


def read_wav(content: bytes) -> Sound:
    """A mono 16-bit WAV file, also one whose header does not know its length. Raises `NoSound`."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise NoSound("it is not mono with 16 bits")
            samples, rate = array("h"), file.getframerate()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError, struct.error) as error:
        raise NoSound(f"it is not a WAV file ({error})") from None
    samples.frombytes(data[: len(data) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    if not samples or not rate:
        raise NoSound("it is empty")
    return Sound(samples, rate)


def wav(sound: Sound) -> bytes:
    """The sound as a WAV file."""
    samples = sound.samples
    if sys.byteorder == "big":
        samples = samples[:]
        samples.byteswap()
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((1, 2, sound.rate, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return made.getvalue()


def measured(sound: Sound) -> Measured:
    """Measure it. Raises `NoSound` when it is silent."""
    frames = _amplitudes(sound)
    loudest = max(frames)
    if loudest < FAINTEST:
        raise NoSound("it is silent")
    least = loudest * 10 ** (-SPEECH / 20)
    spoken = [place for place, frame in enumerate(frames) if frame >= least]
    quiet = sorted(frames)[: max(1, len(frames) // 10)]
    return Measured(
        seconds=(spoken[-1] + 1 - spoken[0]) * FRAME,
        loudness=_decibels(_mean([frames[place] for place in spoken])),
        noise=_decibels(_mean(quiet)),
        clipped=_cut_off(sound.samples) / len(sound.samples),
    )


def _amplitudes(sound: Sound) -> list[float]:
    step = max(1, int(sound.rate * FRAME))
    frames = (sound.samples[place : place + step] for place in range(0, len(sound.samples), step))
    return [math.sqrt(sum(map(mul, frame, frame)) / len(frame)) for frame in frames]


def _mean(amplitudes: list[float]) -> float:
    return math.sqrt(sum(map(mul, amplitudes, amplitudes)) / len(amplitudes))


def _decibels(amplitude: float) -> float:
    return 20 * math.log10(max(amplitude, 0.1) / FULL)


def _cut_off(samples: "array[int]") -> int:
    """Samples at full height that have others beside them."""
    if max(samples) < HOT and min(samples) > -HOT:
        return 0
    count = run = 0
    for sample in samples:
        if sample >= HOT or sample <= -HOT:
            run += 1
            count += RUN if run == RUN else run > RUN
        else:
            run = 0
    return count
