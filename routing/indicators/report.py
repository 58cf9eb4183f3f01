"""Every figure of a part, and the parts into which people cut a time: languages, subjects, regions, agents, hours."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from routing.indicators.agents import answer_rate, handling_time, occupancy
from routing.indicators.callers import Callers, first_contact_resolution
from routing.indicators.entries import UNKNOWN
from routing.indicators.figure import Figure
from routing.indicators.interval import Interval, days, hours
from routing.indicators.menus import menus, time_before_queue
from routing.indicators.part import Part
from routing.indicators.promises import promises
from routing.indicators.regions import region_of
from routing.indicators.service import Service


class By(StrEnum):
    """Into what a time is cut."""

    LANGUAGE = "language"
    SUBJECT = "subject"
    REGION = "region"
    AGENT = "agent"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one part. `unwatched`: the times in it in which something may have been missed."""

    by: By | None
    key: str
    interval: Interval
    figures: tuple[Figure, ...]
    unwatched: tuple[Interval, ...]

    @property
    def uncertain(self) -> bool:
        """Whether something may have been missed."""
        return bool(self.unwatched)


def every_figure(part: Part) -> tuple[Figure, ...]:
    """All of them, in the order in which docs/indicators.md explains them."""
    service = Service(part)
    agents = () if part.is_of_callers else (occupancy(part),)
    return (
        *service.counts(),
        service.published(),
        service.strict(),
        service.abandonment(),
        *service.speed(),
        *handling_time(part),
        *agents,
        *answer_rate(part),
        first_contact_resolution(part),
        *Callers(part).figures(),
        *promises(part),
        time_before_queue(part),
        *menus(part),
    )


def group(part: Part, by: By | None = None, key: str = "all") -> Group:
    """The figures of `part`. Where nobody watched at all, nothing seen is not nought."""
    found = every_figure(part)
    blind = sum(gap.seconds for gap in part.unwatched) >= elapsed(part).seconds
    if part.unwatched and blind:
        found = tuple(figure if figure.rows or figure.of else _unknown(figure) for figure in found)
    return Group(by, key, part.interval, found, part.unwatched)


def groups(part: Part, by: By, zone: ZoneInfo) -> Iterator[Group]:
    """`part` cut by `by`; hours and days are those of `zone`, and none of them lies ahead of the log."""
    match by:
        case By.LANGUAGE:
            for language in sorted({call.language or UNKNOWN for call in part.calls} | _languages(part)):
                yield group(part.of_language(language), by, language)
        case By.SUBJECT:
            for subject in sorted({call.subject or UNKNOWN for call in part.calls} | _subjects(part)):
                yield group(part.of_subject(subject), by, subject)
        case By.REGION:
            numbers = (*(call.caller for call in part.calls), *(one.number for one in part.callbacks))
            for region in sorted({region_of(number) for number in numbers}):
                yield group(part.of_region(region), by, region)
        case By.AGENT:
            had = (part.log.agents_of[call.id] for call in (*part.calls, *part.conversations))
            seen = {one.agent for one in part.stretches}.union(*had)
            for agent in sorted(seen):
                yield group(part.of_agent(agent), by, agent)
        case By.HOUR:
            for hour in hours(elapsed(part), zone):
                yield group(part.within(hour), by, f"{hour.start.astimezone(zone):%Y-%m-%d %H:%M%z}")
        case By.DAY:
            for day in days(elapsed(part), zone):
                yield group(part.within(day), by, f"{day.start.astimezone(zone):%Y-%m-%d}")
        case _:
            assert_never(by)


def elapsed(part: Part) -> Interval:
    """The interval as far as it is over."""
    return Interval(part.interval.start, max(min(part.interval.end, part.log.as_of), part.interval.start))


def _languages(part: Part) -> set[str]:
    return {one.language for one in part.callbacks}


def _subjects(part: Part) -> set[str]:
    return {one.subject for one in part.callbacks}


def _unknown(figure: Figure) -> Figure:
    return replace(figure, value=None, numerator=None, denominator=None)
