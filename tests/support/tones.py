"""How loud a tone is in a recording: the proof of who hears whom.

An agent who plays 1200 Hz and a caller who plays 700 Hz each hear the other's tone and not their own:

    assert_hears(caller_call.heard, 1200, not_=700)
"""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

QUIET = -120.0  # dB, what an empty or silent recording has of anything
HEARD = -30.0  # dB of full scale; a softphone's tone is at -12
SEPARATION = 30.0  # dB; A-law's own noise is about 38 below a tone


def samples_of(recording: Path) -> tuple[np.ndarray, int]:
    """Return a mono 16-bit WAV file's samples, full scale 1.0, and its rate."""
    with wave.open(str(recording)) as sound:
        if (sound.getnchannels(), sound.getsampwidth()) != (1, 2):
            raise ValueError(f"{recording} is not mono with 16 bits")
        data = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        return data.astype(np.float64) / 32768, sound.getframerate()


def seconds_of(recording: Path) -> float:
    """Return how much sound there is."""
    samples, rate = samples_of(recording)
    return len(samples) / rate


def tone_level(recording: Path, hertz: float, *, skip: float = 0.0) -> float:
    """Return a tone's level in dB of full scale, after `skip` seconds: -12 for a tone of a quarter's height.

    The median over windows of 100 ms, so a short gap or a key does not count.
    """
    samples, rate = samples_of(recording)
    return level_in(samples[int(skip * rate) :], rate, hertz)


def level_in(samples: np.ndarray, rate: int, hertz: float) -> float:
    """Return a tone's level in samples, in dB of full scale."""
    window = rate // 10
    count = len(samples) // window
    if count == 0:
        return QUIET
    shape = np.hanning(window)
    wave_of_tone = np.exp(-2j * np.pi * hertz * np.arange(window) / rate) * shape
    rows = samples[: count * window].reshape(count, window)
    heights = np.abs(rows @ wave_of_tone) * 2 / shape.sum()
    return max(QUIET, 20 * float(np.log10(max(float(np.median(heights)), 1e-9))))


def assert_hears(recording: Path | None, hertz: float, *, not_: float | None = None) -> None:
    """Fail unless a recording has the tone, and has not the other one."""
    assert recording is not None, "nothing was recorded"
    level = tone_level(recording, hertz)
    assert level > HEARD, f"{recording.name} has {hertz:g} Hz at {level:.0f} dB; it should be heard"
    if not_ is not None:
        other = tone_level(recording, not_)
        assert other < level - SEPARATION, (
            f"{recording.name} has {not_:g} Hz at {other:.0f} dB beside {hertz:g} Hz at {level:.0f} dB"
        )


def assert_silent(recording: Path | None, *hertz: float) -> None:
    """Fail if a recording has one of the tones."""
    assert recording is not None, "nothing was recorded"
    for tone in hertz:
        level = tone_level(recording, tone)
        assert level < HEARD - SEPARATION / 2, f"{recording.name} has {tone:g} Hz at {level:.0f} dB"
