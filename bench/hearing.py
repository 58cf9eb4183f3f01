"""What a caller who speaks costs: the recogniser's processor and memory, with a real model, in real time.

Callers say a word every two seconds, all in one process, as in a centre; the sound goes through the same pipe.
"""

import asyncio
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from bench.figures import Figure
from ivr.words import Utterance
from routing.model import Language
from speech.model import inspect
from speech.recogniser import Recogniser
from speech.words import read_words
from tests.support import korean

CALLERS = 8
SECONDS = 8.0  # of sound from each
STEP = 0.02
BYTES = 640  # of one step, 16 kHz
MB = 1e6


def figures(say: Callable[[str], None]) -> list[Figure]:
    """Both. They are left out and told when they cannot be measured."""
    try:
        told = asyncio.run(_measure())
    except Exception as problem:  # an unattended run goes on
        say(f"hearing: {type(problem).__name__}: {problem}")
        return []
    for figure in told:
        say(f"{figure.id}  {figure.what}: {figure.ratio:.3g}")
    return told


async def _measure() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-hearing-") as name:
        folder = Path(name)
        vocabulary = read_words(korean.words(folder, "fr"), [Language.FRENCH])[Language.FRENCH]
        with wave.open(str(korean.by_telephone(korean.ONE, folder))) as sound:
            word = sound.readframes(sound.getnframes())
    recogniser = Recogniser(Language.FRENCH, korean.model(), vocabulary)
    running = asyncio.create_task(recogniser.run())
    try:
        await asyncio.wait_for(recogniser.ready(), 120)
        assert recogniser.pid is not None
        process = psutil.Process(recogniser.pid)
        alone = process.memory_info().rss
        cpu, heard = await _speak(recogniser, process, (word + bytes(64000))[:64000])
        busy = process.memory_info().rss
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    size = inspect(korean.model()).size
    return [
        Figure(
            "S1",
            f"recogniser's CPU for a second of a caller's time, {CALLERS} at once, {heard} words heard",
            f"{cpu * 1000:.0f} ms",
            "1000 ms (real time)",
            cpu,
            None,
            0.25,
            0.1,
        ),
        Figure(
            "S2",
            "memory of a recogniser's process / size of its model on disk",
            f"{alone / MB:.0f} MB, and {(busy - alone) / CALLERS / MB:.1f} a caller",
            f"{size / MB:.0f} MB (Korean model)",
            busy / size,
            None,
            3.0,
            2.5,
        ),
    ]


async def _speak(recogniser: Recogniser, process: psutil.Process, sound: bytes) -> tuple[float, int]:
    """CPU seconds for each second of each caller, and how many words were heard."""
    heard = 0

    def words(_: Utterance) -> None:
        nonlocal heard
        heard += 1

    forms = [form for each in (recogniser.vocabulary or {}).values() for form in each]
    sessions = [recogniser.listen(forms, words, lambda _: None, lambda: None) for _ in range(CALLERS)]
    before, began = process.cpu_times(), time.monotonic()
    for step in range(round(SECONDS / STEP)):
        at = step * BYTES % len(sound)
        for session in sessions:
            assert session is not None
            session.feed(sound[at : at + BYTES])
        await asyncio.sleep(max(0.0, began + (step + 1) * STEP - time.monotonic()))
    after = process.cpu_times()
    spent = after.user + after.system - before.user - before.system
    return spent / (SECONDS * CALLERS), heard
