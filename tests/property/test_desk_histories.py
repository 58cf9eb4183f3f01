"""The laws of the desk in 2 000 random days: nobody overtaken, lost, in two places or left to starve."""

import pytest

from tests.support.desk_histories import history

DAYS, TOGETHER = 2000, 250


@pytest.mark.parametrize("first", range(0, DAYS, TOGETHER))
def test_the_laws_hold_all_day(first: int) -> None:
    offers = 0
    for seed in range(first, first + TOGETHER):
        try:
            offers += history(seed)
        except AssertionError as broken:
            raise AssertionError(f"history({seed}): {broken}") from broken
    assert offers > TOGETHER, "days in which nothing is offered show nothing"
