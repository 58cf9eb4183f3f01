"""Today's main figures of the running centre, from its log: the same answer for the telephone, commands and pages."""

from typing import TYPE_CHECKING, Any

from db.engine import DatabaseUnreachable
from db.log import read_day
from routing.indicators.day import Day, MainFigures, day
from routing.indicators.figure import Figure
from routing.indicators.formulas import in_words
from routing.indicators.interval import Interval, day_of

if TYPE_CHECKING:
    from server.controller import Controller

WRITTEN_WITHIN = 1.0  # seconds until what the journal holds is in the database, when that is well


async def today(centre: "Controller") -> Day:
    """The figures since midnight, by the centre's clock. Raises DatabaseUnreachable, also when it lags behind."""
    now = centre.clock()
    if not await centre.writer.flush(WRITTEN_WITHIN):
        raise DatabaseUnreachable("the database lags behind the journal: no figures until it has caught up")
    began = day_of(now, centre.centre.zone).start
    log = await read_day(centre.store, Interval(began, now), now)
    return day(log, centre.centre.languages, centre.centre.goal)


def day_json(figures: Day) -> dict[str, Any]:
    """For JSON: each figure with its formula's name and both sides, not its rows."""
    return {
        "from": figures.log.interval.start.isoformat(),
        "to": figures.log.interval.end.isoformat(),
        "formulas": {formula: in_words(formula, figures.goal) for formula in formulas_of(figures.total)},
        "total": _main_json(figures.total),
        "by_language": {language: _main_json(one) for language, one in figures.by_language.items()},
    }


def figure_json(figure: Figure, *, ids: bool = False) -> dict[str, Any]:
    """One figure, with the `ids` behind it or without."""
    shown: dict[str, Any] = {
        "formula": figure.formula,
        "unit": figure.unit,
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
    }
    return shown | {"rows": list(figure.rows), "of": list(figure.of)} if ids else shown


def formulas_of(figures: MainFigures) -> list[str]:
    """The names of their formulas."""
    return [getattr(figures, name).formula for name in MainFigures.__slots__]


def _main_json(figures: MainFigures) -> dict[str, Any]:
    return {name: figure_json(getattr(figures, name)) for name in MainFigures.__slots__}
