"""A house with a clock that jumps, and proof after every call that nothing is left behind."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest_asyncio

from ivr.prompts import Phrase
from speech.catalogue import Catalogue
from tests.support.house import House
from tests.support.virtual_clock import VirtualLoop, left_behind

CATALOGUE = Catalogue.load(Path(__file__).parents[2] / "config" / "prompts")


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Time is virtual in this folder."""
    return {"virtual": VirtualLoop}


@pytest_asyncio.fixture
async def open_house() -> AsyncIterator[Callable[..., House]]:
    """Make houses; afterwards nobody waits, no agent is held, no task runs, and every phrase had its words."""
    houses: list[House] = []

    def opened(*arguments: object, **options: object) -> House:
        houses.append(House(*arguments, **options))  # type: ignore[arg-type]
        return houses[-1]

    yield opened
    for house in houses:
        house.check_clean()
        for caller in house.callers.values():
            for said in caller.said:
                assert CATALOGUE.text(said.language, Phrase(said.key, said.slots))
        house.close()
    await asyncio.sleep(0)
    assert left_behind() == []


@pytest_asyncio.fixture
async def house(open_house: Callable[..., House]) -> House:
    """Monday, ten o'clock; Amal (ar, fr) and Idir (zgh, ar) are at work."""
    house = open_house()
    house.signs_in("amal", "idir")
    return house
