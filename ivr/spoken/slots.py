"""What a slot of a prompt sounds like: its kind, its values and a language give parts."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from types import MappingProxyType

from ivr.spoken import arabic, digits, french, tamazight
from ivr.spoken.grammar import CENTIMES, MOST, WEEKDAYS, Case, Gender, Grammar, Noun
from ivr.spoken.parts import Part, Parts, text_of
from ivr.spoken.waits import STEPS, rounded
from routing.model import Language

GRAMMARS: Mapping[Language, Grammar] = MappingProxyType(
    {Language.ARABIC: arabic, Language.TAMAZIGHT: tamazight, Language.FRENCH: french}
)
_PAUSES = MappingProxyType({Language.ARABIC: "، ", Language.TAMAZIGHT: ", ", Language.FRENCH: ", "})
_AMOUNT = re.compile(r"(\d{1,4})(?:[.,](\d\d?))?", re.ASCII)
_LONGEST = (MOST + 1) * 3600  # seconds


class BadValue(ValueError):
    """A slot's value cannot be said; the message never repeats a private value."""


def _number(language: Language, form: str, n: str) -> Parts:
    return GRAMMARS[language].number(_whole(n), _gender(form))


def _ordinal(language: Language, form: str, n: str) -> Parts:
    return GRAMMARS[language].ordinal(_whole(n), _gender(form))


def _count(language: Language, form: str, n: str) -> Parts:
    noun, _, case = form.partition(" ")
    return GRAMMARS[language].count(_whole(n), Noun(noun), Case(case or Case.NOMINATIVE))


def _phone(language: Language, form: str, number: str) -> Parts:
    return digits.telephone(number, GRAMMARS[language].number, _PAUSES[language])


def _reference(language: Language, form: str, digits_: str) -> Parts:
    return digits.one_by_one(digits_, GRAMMARS[language].number, _PAUSES[language])


def _date(language: Language, form: str, on: str) -> Parts:
    return GRAMMARS[language].day(date.fromisoformat(on))


def _day(language: Language, form: str, on: str) -> Parts:
    place = WEEKDAYS.index(on) if on in WEEKDAYS else date.fromisoformat(on).weekday()
    return GRAMMARS[language].weekday(place)


def _time(language: Language, form: str, at: str) -> Parts:
    return GRAMMARS[language].clock(time.fromisoformat(at))


def _duration(language: Language, form: str, seconds: str) -> Parts:
    length = _whole(seconds)
    if length >= _LONGEST:
        raise ValueError("too long")
    return GRAMMARS[language].duration(length)


def _wait(language: Language, form: str, low: str, high: str) -> Parts:
    return GRAMMARS[language].wait(rounded(_whole(low), _whole(high), language))


def _amount(language: Language, form: str, dirhams: str) -> Parts:
    written = _AMOUNT.fullmatch(dirhams)
    if written is None:
        raise ValueError("not an amount")
    whole, rest = written.groups(default="")
    return GRAMMARS[language].amount(int(whole) * CENTIMES + int(rest.ljust(2, "0")))


def _whole(text: str) -> int:
    # int() alone takes «1_000», « 5» and digits of other scripts.
    if not (text.isascii() and text.isdigit()):
        raise ValueError("not a whole number")
    return int(text)


def _gender(form: str) -> Gender:
    return Gender(form) if form else Gender.MASCULINE


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a kind of slot is said, from `values` values; what may be written there; which values give every part."""

    say: Callable[..., Parts]
    example: str
    samples: Callable[[Language], Iterator[tuple[str, ...]]]
    values: int = 1


def _numbers(language: Language) -> Iterator[tuple[str]]:
    """Numbers in which every part of a number or count occurs, alone, before more and after more."""
    yield from ((str(n),) for n in range(1, 200))
    ends = (0, 1, 3)
    yield from ((str(hundreds + end),) for hundreds in range(200, 1000, 100) for end in ends)
    yield from ((str(thousands + end),) for thousands in range(1000, 10000, 1000) for end in (*ends, 100))


def _from_zero(language: Language) -> Iterator[tuple[str]]:
    yield ("0",)
    yield from _numbers(language)


def _days(language: Language) -> Iterator[tuple[str]]:
    return ((str(date(2026, 1, 1) + timedelta(n)),) for n in range(365))


def _minutes(language: Language) -> Iterator[tuple[str]]:
    return ((f"{minute // 60:02}:{minute % 60:02}",) for minute in range(24 * 60))


def _durations(language: Language) -> Iterator[tuple[str]]:
    yield from ((str(seconds),) for seconds in range(60))
    yield from ((str(minutes * 60 + seconds),) for minutes in range(1, 60) for seconds in (0, 2, 12, 22))
    # One of each after an hour, and every number of hours.
    yield from ((str(3600 + minutes * 60),) for minutes in range(60))
    yield from ((str(3600 + seconds),) for seconds in range(60))
    yield from ((str(int(n) * 3600),) for (n,) in _numbers(language))


def _waits(language: Language) -> Iterator[tuple[str, str]]:
    steps = STEPS[language]
    yield from ((str(low), str(high)) for low in (0, *steps) for high in (*steps, MOST) if low <= high)


def _amounts(language: Language) -> Iterator[tuple[str]]:
    yield from ((f"0.{centimes:02}",) for centimes in range(CENTIMES))
    yield from ((f"1.{centimes:02}",) for centimes in range(CENTIMES))
    yield from _numbers(language)


def _pairs(language: Language) -> Iterator[tuple[str]]:
    yield from ((f"{pair:02}00",) for pair in range(100))
    yield from ((f"{digit}",) for digit in range(10))


def _digits(language: Language) -> Iterator[tuple[str]]:
    return ((str(digit),) for digit in range(10))


_WHOLE = f"a whole number from 0 to {MOST}, as"
_KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "number": _Kind(_number, f"{_WHOLE} 3", _from_zero),
        "count": _Kind(_count, f"{_WHOLE} 5", _from_zero),
        "ordinal": _Kind(_ordinal, f"a place from 1 to {MOST}, as 3", _numbers),
        "phone": _Kind(_phone, "a telephone number, as +212612345678", _pairs),
        "reference": _Kind(_reference, "digits, as 482913", _digits),
        "date": _Kind(_date, "a day, as 2026-11-23", _days),
        "day": _Kind(_day, "a day, as 2026-11-23 or monday", lambda language: ((name,) for name in WEEKDAYS)),
        "time": _Kind(_time, "a time of day, as 15:30", _minutes),
        "duration": _Kind(_duration, "whole seconds, as 90", _durations),
        "wait": _Kind(_wait, "whole minutes, the smaller number first, as 5 and 10", _waits, values=2),
        "amount": _Kind(_amount, "dirhams up to 9999 with or without centimes, as 12.50", _amounts),
    }
)

KINDS: Mapping[str, int] = MappingProxyType({name: kind.values for name, kind in _KINDS.items()})
"""Each kind with the number of values it takes. Forms: `number` and `ordinal` a gender; `count` a noun, and a case
for Arabic."""
PRIVATE_KINDS = frozenset({"phone", "reference"})
"""Kinds whose values lead to a person: kept out of logs and file names. Their parts, digits and pairs, do not."""


def takes(kind: str) -> str:
    """What a slot of this kind may be given, in words."""
    return _KINDS[kind].example


def check_form(kind: str, form: str) -> None:
    """Raise ValueError when a slot of this kind cannot have this form."""
    match kind:
        case "number" | "ordinal" if form:
            Gender(form)
        case "count":
            noun, _, case = form.partition(" ")
            Noun(noun)
            Case(case or Case.NOMINATIVE)
        case _ if form:
            raise ValueError(f"a {kind} has no form {form!r}")


def said(kind: str, values: tuple[str, ...], language: Language, form: str = "") -> Parts:
    """Return the parts for a slot's values. Raises `BadValue`."""
    how = _KINDS[kind]
    try:
        return how.say(language, form, *values)
    except ValueError:
        shown = "this value" if kind in PRIVATE_KINDS else " and ".join(map(repr, values))
        raise BadValue(f"{shown} cannot be said as {kind}; give {how.example}") from None


def spoken(kind: str, value: str, language: Language, form: str = "") -> str:
    """Return the words for the value of a slot that takes one. Raises `BadValue`."""
    return text_of(said(kind, (value,), language, form))


def recordable(kind: str, language: Language, form: str = "") -> tuple[Part, ...]:
    """Every part that a slot of this kind may be played from, once each, as words alone."""
    how = _KINDS[kind]
    found = (part for values in how.samples(language) for part in how.say(language, form, *values))
    return tuple({part.key: Part(part.key, part.words) for part in found}.values())
