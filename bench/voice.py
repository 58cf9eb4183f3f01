"""Figures of the voice: how long a caller waits for a sentence that nobody heard before, and the loop meanwhile."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.figures import Figure
from ivr.prompts import phrase
from routing.model import Language
from server.voice import catalogue, voice

SENTENCES = 30  # in each language, one after another
AT_ONCE = 50
PROMISED = 0.050  # seconds


def figures(say: Callable[[str], None]) -> list[Figure]:
    """Both. When they fail they are left out and told."""
    try:
        told = asyncio.run(_measured())
    except Exception as problem:  # an unattended run goes on
        say(f"voice: {type(problem).__name__}: {problem}")
        return []
    for figure in told:
        say(f"{figure.id}  {figure.what}: {figure.ratio:.3g}")
    return told


async def _measured() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        speech = voice(catalogue(), Path(folder))
        took: list[float] = []
        for language in Language:
            await speech.sounds(language, phrase("queue.position", n=1))
            for place in range(2, SENTENCES + 2):
                began = time.perf_counter()
                await speech.sounds(language, phrase("queue.position", n=place))
                took.append(time.perf_counter() - began)
        loop = asyncio.get_running_loop()
        wanted = (phrase("queue.position", n=place) for place in range(100, 100 + AT_ONCE))
        began = last = loop.time()
        longest = 0.0
        rendering = asyncio.gather(*(speech.sounds(Language.ARABIC, one) for one in wanted))
        while not rendering.done():
            await asyncio.sleep(0.001)
            longest, last = max(longest, loop.time() - last), loop.time()
    middle, high = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    all_of_them = last - began
    return [
        Figure(
            "P12",
            "a sentence with a value not heard before, p95 / 50 ms",
            f"{high * 1000:.0f} ms (p50 {middle * 1000:.0f})",
            "–",
            high / PROMISED,
            None,
            1.0,
            0.5,
        ),
        Figure(
            "P12",
            f"longest stall of the loop while {AT_ONCE} are made / what they take",
            f"{longest * 1000:.0f} ms",
            f"{all_of_them * 1000:.0f} ms (ours)",
            longest / all_of_them,
            None,
            0.25,
            0.05,
        ),
    ]
