"""The Islamic holidays: estimates from the `holidays` package until an administrator confirms the day.

The estimates were a day early in five of six announced cases, so each says which it is.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache

from config.timetable import ConfirmedFeast, Feast
from routing.hours import Certainty, Holiday

LENGTH = {Feast.MUHARRAM: 1, Feast.MAWLID: 2, Feast.EID_AL_FITR: 2, Feast.EID_AL_ADHA: 2}
NEAR = timedelta(days=5)  # an announced day differs from the estimate by one or two
NAMES = {
    Feast.MUHARRAM: "1 Muharram",
    Feast.MAWLID: "Mawlid",
    Feast.EID_AL_FITR: "Eid al-Fitr",
    Feast.EID_AL_ADHA: "Eid al-Adha",
}
_PACKAGE_NAMES = {
    Feast.MUHARRAM: "Islamic New Year",
    Feast.MAWLID: "Prophet's Birthday",
    Feast.EID_AL_FITR: "Eid al-Fitr",
    Feast.EID_AL_ADHA: "Eid al-Adha",
}


def feast_days(years: range, confirmed: Iterable[ConfirmedFeast]) -> tuple[Holiday, ...]:
    """Every Islamic holiday of `years`, by day; a confirmed date replaces the estimate of the same feast."""
    announced = tuple(confirmed)
    days: list[Holiday] = []
    for feast in Feast:
        known = [one.first_day for one in announced if one.feast is feast]
        days += _run(feast, known, Certainty.CONFIRMED)
        estimates = [day for day in _first_days(feast, years) if _nearest(day, known) > NEAR]
        days += _run(feast, estimates, Certainty.ESTIMATED)
    return tuple(sorted(days, key=lambda holiday: (holiday.day, holiday.name)))


def far_from_estimate(feast: ConfirmedFeast) -> date | None:
    """The estimate that a confirmed day should be near to, when it is not."""
    year = feast.first_day.year
    estimates = _first_days(feast.feast, range(year - 1, year + 2))
    if _nearest(feast.first_day, estimates) <= NEAR:
        return None
    return min(estimates, key=lambda day: abs(day - feast.first_day))


def _run(feast: Feast, first_days: Iterable[date], certainty: Certainty) -> Iterator[Holiday]:
    for first in first_days:
        for offset in range(LENGTH[feast]):
            yield Holiday(first + timedelta(days=offset), NAMES[feast], certainty)


def _nearest(day: date, others: Iterable[date]) -> timedelta:
    return min((abs(day - other) for other in others), default=timedelta.max)


@cache
def _estimates(year: int) -> dict[str, tuple[date, ...]]:
    # The library is slow to import and needed only when hours are.
    from holidays import country_holidays

    calendar = country_holidays("MA", years=year, language="en_US", islamic_show_estimated=False)
    found: dict[str, list[date]] = {}
    for day in sorted(calendar):
        for name in calendar.get_list(day):
            found.setdefault(name, []).append(day)
    return {name: tuple(days) for name, days in found.items()}


def _first_days(feast: Feast, years: range) -> list[date]:
    days = [day for year in years for day in _estimates(year).get(_PACKAGE_NAMES[feast], ())]
    return [day for day in days if day - timedelta(days=1) not in days]
