"""In which region a caller's number is at home, and the figures of a region."""

from zoneinfo import ZoneInfo

import pytest

from ivr.numbers import normalise
from routing.indicators.part import Part
from routing.indicators.regions import ABROAD, MOBILE, PREFIXES, UNKNOWN, region_of
from routing.indicators.report import By, every_figure, groups
from tests.support.days import TODAY, E, a_call, a_log


@pytest.mark.parametrize(
    ("keyed", "region"),
    [
        ("0528 23 45 67", "Souss-Massa"),
        ("0522 30 40 50", "Casablanca-Settat"),
        ("0529 71 23 45", "Souss-Massa"),  # 0529 is Casablanca, but for blocks such as 05297
        ("0529 01 23 45", "Casablanca-Settat"),
        ("0537 40 12 34", "Tanger-Tétouan-Al Hoceïma"),  # Ouazzane
        ("0537 70 12 34", "Rabat-Salé-Kénitra"),
        ("0535 70 12 34", "Drâa-Tafilalet"),  # Goulmima
        ("0528 81 23 45", UNKNOWN),  # from Agadir to Tarfaya
        ("0612345678", MOBILE),
        ("0712345678", MOBILE),
        ("+33 1 42 68 53 00", ABROAD),
        (None, UNKNOWN),
    ],
)
def test_the_beginning_of_a_fixed_line_tells_its_region(keyed: str | None, region: str) -> None:
    assert region_of(None if keyed is None else normalise(keyed.replace(" ", ""))) == region


def test_no_block_belongs_to_two_regions() -> None:
    every = [prefix for prefixes in PREFIXES.values() for prefix in prefixes]
    assert len(every) == len(set(every))


def test_each_region_has_its_own_line_and_all_callers_stand_in_one() -> None:
    calls = [
        a_call(E.ANSWERED, 10, caller="+212528234567"),
        a_call(E.ABANDONED, 60, caller="+212528234568"),
        a_call(E.ANSWERED, 10, caller="+212612345678"),
        a_call(E.ANSWERED, 10, caller=None),
    ]
    cut = list(groups(Part(a_log(*calls), TODAY), By.REGION, ZoneInfo("UTC")))
    assert [one.key for one in cut] == ["", "Souss-Massa", "mobile"]
    offered = {one.key: figure.value for one in cut for figure in one.figures if figure.formula == "offered"}
    assert offered == {"": 1, "Souss-Massa": 2, "mobile": 1}


def test_an_agents_free_time_has_no_region() -> None:
    formulas = {figure.formula for figure in every_figure(Part(a_log(), TODAY).of_region("mobile"))}
    assert "occupancy" not in formulas
