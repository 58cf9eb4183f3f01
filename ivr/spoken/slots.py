"""What a slot of a prompt sounds like: its kind, its values and a language give parts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from types import MappingProxyType

from ivr.spoken import arabic, digits, french, tamazight
from ivr.spoken.grammar import CENTIMES, MOST, WEEKDAYS, Case, Gender, Grammar, Noun
from ivr.spoken.parts import Parts, text_of
from ivr.spoken.waits import rounded
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
    """How a kind of slot is said, from `values` values, and what may be written there."""

    say: Callable[..., Parts]
    example: str
    values: int = 1


_WHOLE = f"a whole number from 0 to {MOST}, as"
_KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "number": _Kind(_number, f"{_WHOLE} 3"),
        "count": _Kind(_count, f"{_WHOLE} 5"),
        "ordinal": _Kind(_ordinal, f"a place from 1 to {MOST}, as 3"),
        "phone": _Kind(_phone, "a telephone number, as +212612345678"),
        "reference": _Kind(_reference, "digits, as 482913"),
        "date": _Kind(_date, "a day, as 2026-11-23"),
        "day": _Kind(_day, "a day, as 2026-11-23 or monday"),
        "time": _Kind(_time, "a time of day, as 15:30"),
        "duration": _Kind(_duration, "whole seconds, as 90"),
        "wait": _Kind(_wait, "whole minutes, the smaller number first, as 5 and 10", values=2),
        "amount": _Kind(_amount, "dirhams up to 9999 with or without centimes, as 12.50"),
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
