"""Somebody counts again, from the rows alone and with code of his own, and comes to the same figures."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from db.log import read_log
from db.store import Store
from routing.indicators.agents import handling_time
from routing.indicators.interval import Interval
from routing.indicators.part import Part
from routing.indicators.regions import PREFIXES
from routing.indicators.report import every_figure
from routing.model import Language
from server.commands.stats import name
from tests.support.days import MONDAY
from tests.support.random_days import AGENTS, random_days
from tests.support.recount import recount

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEGIN, AS_OF = MONDAY - 4 * DAY, MONDAY + 8 * DAY
PARTS = [
    Interval(MONDAY, MONDAY + DAY),
    Interval(BEGIN, AS_OF),
    Interval(MONDAY + 9 * HOUR, MONDAY + 10 * HOUR),
    Interval(AS_OF + DAY, AS_OF + 2 * DAY),
]
CUTS: list[dict[str, Any]] = [
    {},
    *({"language": one} for one in Language),
    *({"agent": one} for one in AGENTS),
    *({"region": one} for one in ("Souss-Massa", "Oriental", "Marrakech-Safi")),
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
            for cut in CUTS:
                asked = dict(cut)
                ours = {name(one): one.value for one in every_figure(replace(Part(log, interval), **asked))}
                if "region" in asked:
                    asked["begins"] = PREFIXES[asked.pop("region")]
                begin, end, now = (naive(moment) for moment in (interval.start, interval.end, AS_OF))
                theirs = recount(str(file), begin, end, now, **asked)
                compared = {formula: ours.get(formula) for formula in theirs}
                assert compared == {formula: pytest.approx(value) for formula, value in theirs.items()}
                left = {one for one in ours if not one.startswith("calls_")} - set(theirs)
                assert left == set(), "figures that nobody counted again"
    finally:
        await store.close()


@pytest.mark.parametrize("seed", range(5))
async def test_the_agents_times_of_talk_add_up_to_that_of_all(tmp_path: Path, seed: int) -> None:
    store = Store(f"sqlite:///{tmp_path}/mowakaba.db")
    await store.write(random_days(seed, BEGIN))
    try:
        whole = Part(await read_log(store, PARTS[1], AS_OF), PARTS[1])
    finally:
        await store.close()
    for figure in handling_time(whole)[1:3]:
        agents = [
            one
            for agent in AGENTS
            for one in handling_time(whole.of_agent(agent))
            if one.formula == figure.formula
        ]
        assert sum(one.numerator or 0 for one in agents) == pytest.approx(figure.numerator)
        assert {row for one in agents for row in one.rows} == set(figure.rows)
