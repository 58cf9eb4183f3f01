"""A model put on trial by the doctor: loaded once by a process of its own, which may crash on it."""

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from speech.recogniser_pipe import Kind, frame, listed

LOADS_WITHIN = 180.0  # seconds; the largest model is 1.4 GB


class TrialFailed(Exception):
    """The model cannot be used; the message says why."""


def absent_words(model: Path, words: Collection[str]) -> tuple[str, ...]:
    """Those of `words` that the model does not know. Raises `TrialFailed`. Blocks for seconds."""
    command = (sys.executable, "-P", "-m", "speech.recogniser_process", str(model))
    asked = frame(Kind.WORDS, payload=listed(words))
    try:
        done = subprocess.run(command, input=asked, capture_output=True, timeout=LOADS_WITHIN, check=False)
    except subprocess.TimeoutExpired:
        raise TrialFailed(f"was not loaded in {LOADS_WITHIN:.0f} s") from None
    try:
        facts = json.loads(done.stdout.splitlines()[0])
        if "failed" in facts:
            raise TrialFailed(facts["failed"])
        return tuple(sorted(facts["absent"]))
    except (IndexError, ValueError, KeyError):
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise TrialFailed(f"the recogniser ends with {done.returncode}: {' '.join(said[-1:])}") from None
