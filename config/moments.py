"""Durations, days, times of day and zones as an administrator writes them."""

import re
from datetime import date, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

from config.values import as_list, text_of, wrong
from routing.hours import Span
from routing.zone import centre_zone

_DURATION = re.compile(
    r"(?:([0-9]{1,4})\s*d)?\s*(?:([0-9]{1,4})\s*h)?\s*(?:([0-9]{1,5})\s*m(?:in)?)?\s*(?:([0-9]{1,6})\s*s)?"
)
_CLOCK = re.compile(r"([0-9]{1,2})[:hH]([0-9]{2})")


def duration(least: timedelta = timedelta(0), most: timedelta = timedelta(days=30)) -> BeforeValidator:
    """A duration such as 10s, 1m30s, 2h between `least` and `most`."""

    def check(value: Any) -> timedelta:
        if isinstance(value, timedelta):
            return value
        text = text_of(value, "write 10s or 1m30s")
        found = _DURATION.fullmatch(text)
        if not text or found is None:
            raise wrong(f'"{text}" is not a duration', "write 10s or 1m30s")
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if length < least:
            raise wrong(f"{text} is too short", f"write {spell_duration(least)} or more")
        if length > most:
            raise wrong(f"{text} is too long", f"write {spell_duration(most)} or less")
        return length

    return BeforeValidator(check)


def spell_duration(length: timedelta) -> str:
    """As an administrator writes it: 1m30s."""
    seconds = int(length.total_seconds())
    parts = (
        (seconds // 86400, "d"),
        (seconds // 3600 % 24, "h"),
        (seconds // 60 % 60, "m"),
        (seconds % 60, "s"),
    )
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    text = text_of(value, "write a day such as 2027-03-10")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise wrong(f'"{text}" is not a day', "write year-month-day, such as 2027-03-10")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise wrong(f"{text} is not in the calendar", "write year-month-day, such as 2027-03-10") from None
    if not 2000 <= day.year <= 2100:
        raise wrong(f"{text} is not in this century", "check the year")
    return day


def _zone(value: Any) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    text = text_of(value, "write a zone such as Africa/Casablanca")
    try:
        zone: ZoneInfo = centre_zone(text)
        return zone
    except (KeyError, ValueError, OSError):
        mend = "write one of the time zone database, such as Africa/Casablanca"
        raise wrong(f'"{text}" is not a time zone', mend) from None


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise wrong(f'"{text}" is not a time of day', "write 8:30-16:30")
    return time(int(found[1]), int(found[2]))


def parse_span(text: str) -> Span:
    """`8:30-16:30` as a span; raises a refusal."""
    halves = re.split(r"\s*[-–]\s*", text.strip())
    if len(halves) != 2:
        raise wrong(f'"{text}" is not a time from and until', "write 8:30-16:30, or closed")
    opens, closes = _clock(halves[0]), _clock(halves[1])
    if closes <= opens:
        raise wrong(f"{text} ends before it begins", "write the earlier time first; a span ends on its day")
    return Span(opens, closes)


def _spell_span(span: Span) -> str:
    return f"{span.opens:%H:%M}-{span.closes:%H:%M}"


def _day_spans(value: Any) -> tuple[Span, ...]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, str) and value.strip().lower() == "closed":
        return ()
    parts = as_list(value)
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts) or not parts:
        raise wrong("is not a list of times", "write 8:30-16:30, or 8:30-12:00, 14:00-18:00, or closed")
    spans = sorted((parse_span(part) for part in parts), key=lambda span: span.opens)
    for earlier, later in zip(spans, spans[1:], strict=False):
        if later.opens < earlier.closes:
            raise wrong(
                f"{_spell_span(later)} overlaps {_spell_span(earlier)}", "write spans that follow each other"
            )
    return tuple(spans)


Day = Annotated[date, BeforeValidator(_day)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
DaySpans = Annotated[tuple[Span, ...], BeforeValidator(_day_spans)]
