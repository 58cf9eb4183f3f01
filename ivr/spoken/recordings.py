"""Which values make every part that a kind of slot is played from: what a person may record, without 10 000 numbers.

Tests compare it with all values there are.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from ivr.spoken.grammar import CENTIMES, MOST, WEEKDAYS
from ivr.spoken.parts import Part
from ivr.spoken.slots import said
from ivr.spoken.waits import STEPS
from routing.model import Language

Values = Iterator[tuple[str, ...]]


def _numbers(language: Language) -> Values:
    """Numbers in which every part of a number or count occurs, alone, before more and after more."""
    yield from ((str(n),) for n in range(1, 200))
    ends = (0, 1, 3)
    yield from ((str(hundreds + end),) for hundreds in range(200, 1000, 100) for end in ends)
    yield from ((str(thousands + end),) for thousands in range(1000, 10000, 1000) for end in (*ends, 100))


def _from_zero(language: Language) -> Values:
    yield ("0",)
    yield from _numbers(language)


def _days(language: Language) -> Values:
    return ((str(date(2026, 1, 1) + timedelta(n)),) for n in range(365))


def _minutes(language: Language) -> Values:
    return ((f"{minute // 60:02}:{minute % 60:02}",) for minute in range(24 * 60))


def _durations(language: Language) -> Values:
    yield from ((str(seconds),) for seconds in range(60))
    yield from ((str(minutes * 60 + seconds),) for minutes in range(1, 60) for seconds in (0, 2, 12, 22))
    # One of each after an hour, and every number of hours.
    yield from ((str(3600 + minutes * 60),) for minutes in range(60))
    yield from ((str(3600 + seconds),) for seconds in range(60))
    yield from ((str(int(n) * 3600),) for (n,) in _numbers(language))


def _waits(language: Language) -> Values:
    steps = STEPS[language]
    yield from ((str(low), str(high)) for low in (0, *steps) for high in (*steps, MOST) if low <= high)


def _amounts(language: Language) -> Values:
    yield from ((f"0.{centimes:02}",) for centimes in range(CENTIMES))
    yield from ((f"1.{centimes:02}",) for centimes in range(CENTIMES))
    yield from _numbers(language)


def _pairs(language: Language) -> Values:
    yield from ((f"{pair:02}00",) for pair in range(100))
    yield from ((f"{digit}",) for digit in range(10))


def _digits(language: Language) -> Values:
    return ((str(digit),) for digit in range(10))


def _weekdays(language: Language) -> Values:
    return ((name,) for name in WEEKDAYS)


_SAMPLES: Mapping[str, Callable[[Language], Values]] = MappingProxyType(
    {
        "number": _from_zero,
        "count": _from_zero,
        "ordinal": _numbers,
        "phone": _pairs,
        "reference": _digits,
        "date": _days,
        "day": _weekdays,
        "time": _minutes,
        "duration": _durations,
        "wait": _waits,
        "amount": _amounts,
    }
)


@cache
def recordable(kind: str, language: Language, form: str = "") -> tuple[Part, ...]:
    """Every part that a slot of this kind may be played from, once each, as words alone."""
    found = (part for values in _SAMPLES[kind](language) for part in said(kind, values, language, form))
    return tuple({part.key: Part(part.key, part.words) for part in found}.values())
