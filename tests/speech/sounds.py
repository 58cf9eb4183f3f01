"""Sounds of the tests, and an ear of their own: nothing here is shared with the code under test."""

import wave
from pathlib import Path

import numpy as np
from scipy import signal

RATES = {".wav": 8000, ".wav16": 16000}


def heard(path):
    """A sound file as numbers between −1 and 1; the file must be of the rate that its name tells."""
    path = Path(path)
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATES[path.suffix], 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768


def speech_level(samples, rate):
    """Active speech level in dB below full scale as ITU-T P.56 defines it, sample by sample."""
    kept = np.exp(-1 / (rate * 0.03))
    once = signal.lfilter([1 - kept], [1, -kept], np.abs(samples))
    envelope = signal.lfilter([1 - kept], [1, -kept], once)
    energy, places = np.sum(samples**2), np.arange(len(samples))
    points = []
    for power in range(-15, 0):
        last = np.maximum.accumulate(np.where(envelope >= 2.0**power, places, -(10**9)))
        active = np.count_nonzero(places - last <= 0.2 * rate)
        if active:
            points.append((10 * np.log10(energy / active), 20 * np.log10(2.0**power)))
    for (level, threshold), (next_level, next_threshold) in zip(points, points[1:], strict=False):
        over, next_over = level - threshold, next_level - next_threshold
        if next_over <= 15.9:
            return level + (over - 15.9) / (over - next_over) * (next_level - level)
    raise AssertionError("no speech in it")


def write_wav(path, samples, rate=44100, channels=1):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.asarray(samples) * 32767).astype("<i2").tobytes())
    return path


def voiced(seconds, rate, *, level=0.1, pitch=140.0):
    """Something like speech: syllables of a buzzing tone with pauses between them."""
    t = np.arange(int(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * pitch * n * t) / n for n in range(1, 20) if pitch * n < rate / 2)
    return level * buzz * np.clip(np.sin(2 * np.pi * 3 * t), 0, 1)
