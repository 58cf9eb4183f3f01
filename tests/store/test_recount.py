"""Somebody counts again, from the rows alone and with code of his own, and comes to the same figures."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from db.log import read_log
from db.store import Store
from routing.indicators.interval import Interval
from routing.indicators.log import Part
from routing.indicators.report import every_figure
from routing.model import Language
from server.commands.stats import name
from tests.support.days import MONDAY
from tests.support.random_days import random_days
from tests.support.recount import recount

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEGIN, AS_OF = MONDAY - 4 * DAY, MONDAY + 8 * DAY
PARTS = [
    Interval(MONDAY, MONDAY + DAY),
    Interval(BEGIN, AS_OF),
    Interval(MONDAY + 9 * HOUR, MONDAY + 10 * HOUR),
    Interval(AS_OF + DAY, AS_OF + 2 * DAY),
]


def naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


@pytest.mark.parametrize("seed", range(5))
async def test_an_independent_count_of_the_rows_gives_the_same_figures(tmp_path: Path, seed: int) -> None:
    file = tmp_path / "mowakaba.db"
    store = Store(f"sqlite:///{file}")
    await store.write(random_days(seed, BEGIN))
    try:
        for interval in PARTS:
            log = await read_log(store, interval, AS_OF)
            for language in (None, *Language):
                ours = {name(one): one.value for one in every_figure(Part(log, interval, language=language))}
                theirs = recount(
                    str(file), naive(interval.start), naive(interval.end), naive(AS_OF), language
                )
                compared = {formula: ours.get(formula) for formula in theirs}
                assert compared == {formula: pytest.approx(value) for formula, value in theirs.items()}
                left = {one for one in ours if not one.startswith("calls_")} - set(theirs)
                assert left == set(), "figures that nobody counted again"
    finally:
        await store.close()
