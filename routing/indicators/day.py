"""The main figures of a day so far: what a supervisor hears, reads and compares. The same for every reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from routing.indicators.figure import Figure, count
from routing.indicators.log import Log
from routing.indicators.outcome import Goal
from routing.indicators.part import Part
from routing.indicators.service import Service
from routing.model import CallbackState, Language
from routing.promise_changes import OPEN_STATES


@dataclass(frozen=True, slots=True)
class MainFigures:
    """All in one place, each a `Figure` with its rows. `wait` figures are in seconds, of those answered."""

    service_level: Figure
    """As it is published."""
    service_level_strict: Figure
    offered: Figure
    answered: Figure
    abandoned: Figure
    abandonment: Figure
    deferred: Figure
    wait_mean: Figure
    wait_median: Figure
    wait_p90: Figure
    wait_longest: Figure
    callbacks_due: Figure
    """Promises that may be tried now."""
    callbacks_overdue: Figure
    """Open promises whose promised time is over."""
    callbacks_open: Figure


@dataclass(frozen=True, slots=True)
class Day:
    """The figures of all callers, and those of each language: a mean must not hide one."""

    log: Log
    total: MainFigures
    by_language: Mapping[Language, MainFigures]
    goal: Goal


def day(log: Log, languages: Iterable[Language], goal: Goal | None = None) -> Day:
    """The main figures of the log's interval at its `as_of`."""
    goal = goal or Goal()
    whole = Part(log, log.interval, goal)
    each = {language: main_figures(whole.of_language(language)) for language in languages}
    return Day(log, main_figures(whole), MappingProxyType(each), goal)


def main_figures(part: Part) -> MainFigures:
    """Of one part."""
    service, now = Service(part), part.log.as_of
    mean, _, median, p90, longest, *_ = service.speed()
    ours = [one for one in part.every_promise if one.state in OPEN_STATES]
    return MainFigures(
        service_level=service.published(),
        service_level_strict=service.strict(),
        offered=count("offered", service.offered),
        answered=count("calls_answered", service.answered),
        abandoned=count("abandoned", service.abandoned),
        abandonment=service.abandonment(),
        deferred=count("deferred", service.deferred),
        wait_mean=mean,
        wait_median=median,
        wait_p90=p90,
        wait_longest=longest,
        callbacks_due=count(
            "callbacks_due",
            (one.id for one in ours if one.state is CallbackState.DUE and one.not_before <= now),
        ),
        callbacks_overdue=count(
            "callbacks_overdue",
            (one.id for one in ours if one.promised_until is not None and one.promised_until <= now),
        ),
        callbacks_open=count("callbacks_open", (one.id for one in ours)),
    )
