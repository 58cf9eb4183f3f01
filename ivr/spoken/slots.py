"""What a slot of a prompt sounds like: its kind, its value and a language give words."""

from collections.abc import Callable, Mapping
from datetime import date, time
from types import MappingProxyType, ModuleType

from ivr.spoken import arabic, digits, french, tamazight
from ivr.spoken.grammar import Case, Gender, Noun
from routing.model import Language

_GRAMMARS: Mapping[Language, ModuleType] = MappingProxyType(
    {Language.ARABIC: arabic, Language.TAMAZIGHT: tamazight, Language.FRENCH: french}
)
_PAUSES = MappingProxyType({Language.ARABIC: "، ", Language.TAMAZIGHT: ", ", Language.FRENCH: ", "})


class BadValue(ValueError):
    """A slot's value cannot be said; the message never repeats a private value."""


def _number(value: str, form: str, language: Language) -> str:
    gender = Gender(form) if form else Gender.MASCULINE
    return str(_GRAMMARS[language].number(int(value), gender))


def _count(value: str, form: str, language: Language) -> str:
    noun, _, case = form.partition(" ")
    return str(_GRAMMARS[language].count(int(value), Noun(noun), Case(case or Case.NOMINATIVE)))


def _phone(value: str, form: str, language: Language) -> str:
    return digits.telephone(value, _GRAMMARS[language].number, _PAUSES[language])


def _reference(value: str, form: str, language: Language) -> str:
    return digits.one_by_one(value, _GRAMMARS[language].number, _PAUSES[language])


def _date(value: str, form: str, language: Language) -> str:
    return str(_GRAMMARS[language].day(date.fromisoformat(value)))


def _time(value: str, form: str, language: Language) -> str:
    return str(_GRAMMARS[language].clock(time.fromisoformat(value)))


_SAY: Mapping[str, Callable[[str, str, Language], str]] = MappingProxyType(
    {
        "number": _number,
        "count": _count,
        "phone": _phone,
        "reference": _reference,
        "date": _date,
        "time": _time,
    }
)
_EXAMPLES = MappingProxyType(
    {
        "number": "a whole number from 0 to 9999, as 3",
        "count": "a whole number from 0 to 9999, as 5",
        "phone": "a telephone number, as +212612345678",
        "reference": "digits, as 482913",
        "date": "a day, as 2026-11-23",
        "time": "a time of day, as 15:30",
    }
)

KINDS = frozenset(_SAY)
"""`number` (form: masculine, feminine), `count` (form: a noun, and a case for Arabic), `phone`, `reference`,
`date`, `time`."""
PRIVATE_KINDS = frozenset({"phone", "reference"})
"""Kinds whose values lead to a person: kept out of logs and file names."""


def check_form(kind: str, form: str) -> None:
    """Raise ValueError when a slot of this kind cannot have this form."""
    match kind:
        case "number" if form:
            Gender(form)
        case "count":
            noun, _, case = form.partition(" ")
            Noun(noun)
            Case(case or Case.NOMINATIVE)
        case _ if form:
            raise ValueError(f"a {kind} has no form {form!r}")


def spoken(kind: str, value: str, language: Language, form: str = "") -> str:
    """Return the words for a slot's value. Raises `BadValue`."""
    try:
        return _SAY[kind](value, form, language)
    except ValueError:
        shown = "this value" if kind in PRIVATE_KINDS else repr(value)
        raise BadValue(f"{shown} cannot be said as {kind}; give {_EXAMPLES[kind]}") from None
