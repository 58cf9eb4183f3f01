"""The callers: SIPp, with sound from the answer to the end and keys as RFC 4733 events. No number calls twice."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.centre import NUMBER
from bench.sides import Choices, Side
from tests.support.sipp import Keys, LoadCall, LoadResult, Pause, Script, place_calls

STAYS = 120.0  # seconds; who waits is hung up on before
JOINED_AFTER = 2.5  # seconds from the last answer until everyone has keyed and waits
FILLED_WITHIN = 30.0
LOOK = 0.2
FIRST_KEY, SECOND_KEY = "1", "2"
_numbers = itertools.count(600_000_000)

# Keyed ahead of the prompts: the pause after the answer, and the gap between the two keys. No other caller
# keys one of these pairs.
AHEAD = ((0.02, 0.06), (0.1, 0.06), (0.2, 0.1), (0.4, 0.06), (0.06, 0.14), (0.3, 0.2))
KEYED = (("1", "4"), ("2", "5"), ("3", "7"), ("1", "6"), ("2", "1"), ("3", "3"))


def _caller() -> str:
    return f"0{next(_numbers)}"


def menu_calls(count: int) -> list[LoadCall]:
    """Callers who listen a moment, choose the language, then the subject, and hang up in the queue."""
    # Pauses of different lengths: no key is in step with a prompt's frames.
    scripts = [
        Script((Pause(1.2 + step * 0.1), Keys(FIRST_KEY), Pause(1.3), Keys(SECOND_KEY), Pause(1.0)))
        for step in range(4)
    ]
    return [LoadCall(_caller(), NUMBER, scripts[index % len(scripts)]) for index in range(count)]


def waiting_calls(count: int) -> tuple[list[LoadCall], Choices]:
    """Callers who key ahead of the prompts and then wait; and what should be understood."""
    scripts, keyed = [], []
    for (pause, gap), (language, subject) in zip(AHEAD, KEYED, strict=True):
        keys = (Keys(language, press=0.08, gap=gap), Keys(subject, press=0.08, gap=gap))
        scripts.append(Script((Pause(pause), *keys, Pause(STAYS))))
        keyed.append((language, subject))
    chosen = [index % len(scripts) for index in range(count)]
    calls = [LoadCall(_caller(), NUMBER, scripts[index]) for index in chosen]
    return calls, Counter(keyed[index] for index in chosen)


async def place(side: Side, calls: list[LoadCall], rate: float) -> LoadResult:
    """Place them all and return when the last one has ended."""
    return await place_calls(calls, server=side.server, rate=rate, at_once=len(calls))


@asynccontextmanager
async def waiting(side: Side, calls: list[LoadCall], rate: float, beside: int = 0) -> AsyncIterator[int]:
    """All of them in the queue, with those `beside` who wait already; how many there are.

    At the end of the block everyone is hung up on.
    """
    placed = asyncio.create_task(place(side, calls, rate))
    try:
        async with asyncio.timeout(FILLED_WITHIN + len(calls) / rate):
            while (there := await side.calls()) < beside + len(calls) and not placed.done():  # noqa: ASYNC110
                await asyncio.sleep(LOOK)
        await asyncio.sleep(JOINED_AFTER)
        yield there
    finally:
        await side.drain()
        await placed
