"""The section `callbacks`: when and how often a promise to call back is tried."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from config.kinds import Prefix, Section
from config.moments import DaySpans, duration
from config.timetable import Week
from config.values import YesOrNo, as_list, listed, one_of, whole, wrong
from routing.callbacks import CallbackRules, First, Spacing
from routing.hours import Span

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
_RULES, _SPACING = CallbackRules(), Spacing()


def _waits(value: Any) -> Any:
    items = as_list(value)
    if not isinstance(items, list | tuple) or not items:
        raise wrong("is not a list", "write durations such as [15m, 1h]")
    return tuple(items)


Waits = Annotated[tuple[Annotated[timedelta, duration(SECOND, 30 * DAY)], ...], BeforeValidator(_waits)]


class SpacingSection(Section):
    """How long to wait after attempt 1, 2, … that came to this; the last repeats. A list is for all but busy."""

    no_answer: Waits = _SPACING.no_answer
    busy: Waits = _SPACING.busy
    unreachable: Waits = _SPACING.unreachable
    machine: Waits = _SPACING.machine

    @model_validator(mode="wrap")
    @classmethod
    def _list_for_all(cls, value: Any, read: Callable[[Any], "SpacingSection"]) -> "SpacingSection":
        if isinstance(value, dict | SpacingSection):
            return read(value)
        if not isinstance(value, str | list | tuple):
            raise wrong(
                "is not a list", "write [15m, 1h], or waits by cause: {no_answer: [15m, 1h], busy: 5m}"
            )
        waits = read({"no_answer": value}).no_answer
        return SpacingSection(no_answer=waits, unreachable=waits, machine=waits)


class QuietSection(Week):
    """Times in which nobody is called: `every_day`, and those of a day beside them."""

    every_day: DaySpans = (Span(time(0), time(8, 30)), Span(time(20), time(23, 59)))
    friday: DaySpans = (Span(time(12, 30), time(14)),)

    @property
    def week(self) -> tuple[tuple[Span, ...], ...]:
        """Monday first."""
        return tuple(
            tuple(sorted((*self.every_day, *day), key=lambda span: (span.opens, span.closes)))
            for day in self.days
        )


class CallbacksSection(Section):
    """When and how often a promise to call back is tried."""

    offered: YesOrNo = _RULES.offered
    first: Annotated[First, one_of(First)] = _RULES.first
    allowed: Annotated[tuple[Prefix, ...], listed("beginnings of numbers such as [+212]")] = _RULES.allowed
    refused: Annotated[tuple[Prefix, ...], listed("beginnings of numbers such as [+21289]")] = _RULES.refused
    spacing: SpacingSection = SpacingSection()
    busy_spacing: Annotated[timedelta, duration(SECOND, DAY)] | None = None
    """What `spacing: {busy: …}` says, as it was written in earlier versions; it wins."""
    most_attempts: Annotated[int, whole(1, 100)] = _RULES.most_attempts
    quiet: QuietSection = QuietSection()
    ring_for: Annotated[timedelta, duration(5 * SECOND, 3 * MINUTE)] = _RULES.ring_for
    at_once: Annotated[int, whole(1, 1000)] = _RULES.at_once
    per_number_a_day: Annotated[int, whole(1, 1000)] = _RULES.per_number_a_day
    a_day: Annotated[int, whole(1, 1_000_000)] = _RULES.a_day
    flash: YesOrNo = _RULES.flash
    per_window: Annotated[int, whole(1, 10_000)] | None = _RULES.per_window
    alert_before: Annotated[timedelta, duration(MINUTE, DAY)] = _RULES.alert_before

    @property
    def rules(self) -> CallbackRules:
        """As the program thinks of it."""
        spacing = self.spacing
        return CallbackRules(
            offered=self.offered,
            first=self.first,
            allowed=self.allowed,
            refused=self.refused,
            spacing=Spacing(
                no_answer=spacing.no_answer,
                busy=spacing.busy if self.busy_spacing is None else (self.busy_spacing,),
                unreachable=spacing.unreachable,
                machine=spacing.machine,
            ),
            most_attempts=self.most_attempts,
            ring_for=self.ring_for,
            at_once=self.at_once,
            per_number_a_day=self.per_number_a_day,
            a_day=self.a_day,
            flash=self.flash,
            per_window=self.per_window,
            alert_before=self.alert_before,
        )
