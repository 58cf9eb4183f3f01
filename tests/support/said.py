"""Which prompts a recording of a call holds, and in which order, by normalised cross-correlation.

A prompt is cut into pieces of a third of a second. At every moment of the recording each piece is compared with
what is heard where it should be, within a little play, as a network may shift it; the mean over the pieces is how
much the prompt is heard there: near 1 for the same sound, near 0 for another.
"""

from pathlib import Path

import numpy as np
from scipy.ndimage import maximum_filter1d
from scipy.signal import fftconvolve

from tests.support.tones import samples_of

HEARD = 0.7  # the same prompt through A-law is above 0.9, another below 0.4
PIECE = 0.33  # seconds
PLAY = 0.12  # seconds that a piece may come early or late
FAINT = 0.005  # of full scale; pieces below are pauses, and everything is like a pause


class NotHeard(AssertionError):
    """The prompt is not where it should be."""


def sound_of(*files: Path) -> np.ndarray:
    """Prompts as they are played, one after the other; 8000 samples a second."""
    parts = [samples_of(file) for file in files]
    assert {rate for _, rate in parts} == {8000}
    return np.concatenate([samples for samples, _ in parts])


def likeness(recording: np.ndarray, prompt: np.ndarray, rate: int = 8000) -> np.ndarray:
    """How much the prompt is heard at each moment of the recording, 0 to 1: one value a sample."""
    size, play = int(PIECE * rate), int(2 * PLAY * rate) + 1
    starts = [
        at
        for at in range(0, max(len(prompt) - size, 0) + 1, size)
        if np.sqrt(np.mean(prompt[at : at + size] ** 2)) > FAINT
    ]
    padded = np.concatenate([recording, np.zeros(len(prompt) + play)])
    moments = len(recording)
    total = np.zeros(moments)
    power = np.maximum(fftconvolve(padded**2, np.ones(size), "valid"), 0)
    for at in starts:
        piece = prompt[at : at + size]
        together = fftconvolve(padded, piece[::-1], "valid")
        loudness = np.sqrt(power[: len(together)] * float(np.sum(piece**2)))
        alike = np.where(loudness > size * FAINT**2, together / np.maximum(loudness, 1e-12), 0)
        total += maximum_filter1d(alike, play)[at : at + moments]
    return total / max(len(starts), 1)


def find(recording: np.ndarray, prompt: np.ndarray, since: float = 0.0) -> float:
    """The second at which the prompt is first heard after `since`. Raises `NotHeard`."""
    begin = int(since * 8000)
    alike = likeness(recording[begin:], prompt)
    above = np.flatnonzero(alike >= HEARD)
    if not len(above):
        best = float(alike.max(initial=0.0))
        raise NotHeard(f"not heard after {since:.1f} s: {best:.2f} alike at best, {HEARD} is needed")
    near = alike[above[0] : above[0] + int(2 * PLAY * 8000)]
    return (begin + int(above[0]) + int(np.argmax(near))) / 8000


def in_order(recording: np.ndarray, prompts: dict[str, np.ndarray]) -> dict[str, float]:
    """When each prompt begins, each after the one before it has ended. Raises `NotHeard` with its name."""
    moments: dict[str, float] = {}
    since = 0.0
    for name, prompt in prompts.items():
        try:
            moments[name] = find(recording, prompt, since)
        except NotHeard as missing:
            raise NotHeard(f"{name}: {missing}; before it {moments}") from None
        since = max(0.0, moments[name] + len(prompt) / 8000 - PLAY)
    return moments
