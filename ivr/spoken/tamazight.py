"""Standard Moroccan Tamazight numbers, counts, places, times, days and amounts, in Tifinagh.

Counts take the form «label: number», so that no noun must agree. Tens with units, thousands, the clock, waits and
money are inferred from the grammar, not from a printed table: docs/voice.md lists what a speaker must confirm.
"""

from datetime import date, time

from ivr.spoken.grammar import WEEKDAYS, Case, Gender, Noun, clock_parts, money_parts, sayable
from ivr.spoken.parts import Part, Parts, joined, with_after
from ivr.spoken.waits import FAR, Wait

_MASCULINE = ("ⴰⵎⵢⴰ", "ⵢⴰⵏ", "ⵙⵉⵏ", "ⴽⵕⴰⴹ", "ⴽⴽⵓⵥ", "ⵙⵎⵎⵓⵙ", "ⵚⴹⵉⵚ", "ⵙⴰ", "ⵜⴰⵎ", "ⵜⵥⴰ", "ⵎⵔⴰⵡ")
_FEMININE = ("ⴰⵎⵢⴰ", "ⵢⴰⵜ", "ⵙⵏⴰⵜ", "ⴽⵕⴰⵟⵜ", "ⴽⴽⵓⵥⵜ", "ⵙⵎⵎⵓⵙⵜ", "ⵚⴹⵉⵚⵜ", "ⵙⴰⵜ", "ⵜⴰⵎⵜ", "ⵜⵥⴰⵜ", "ⵎⵔⴰⵡⵜ")
_AND = "ⴷ"
_TENS_OF = "ⵉⴷ ⵎⵔⴰⵡ"
_HUNDRED, _HUNDREDS = "ⵜⵉⵎⵉⴹⵉ", "ⵜⵎⴰⴹ"
_THOUSAND, _THOUSANDS = "ⵉⴼⴹ", "ⵉⴼⴹⴰⵏ"
_LABELS = {
    Noun.SECOND: ("ⵜⴰⵙⵉⵏⵉⵏ", Gender.FEMININE),
    Noun.MINUTE: ("ⵜⵓⵙⴷⵉⴷⵉⵏ", Gender.FEMININE),
    Noun.HOUR: ("ⵜⵉⵙⵔⴰⴳⵉⵏ", Gender.FEMININE),
    Noun.DAY: ("ⵓⵙⵙⴰⵏ", Gender.MASCULINE),
    Noun.PERSON: ("ⵎⵉⴷⴷⵏ", Gender.MASCULINE),
    Noun.CALL: ("ⵜⵉⵖⵓⵔⵉⵡⵉⵏ", Gender.FEMININE),
    Noun.DIRHAM: ("ⵉⴷⵔⵉⵎⵏ", Gender.MASCULINE),
    Noun.CENTIME: ("ⵉⵙⴰⵏⵜⵉⵎⵏ", Gender.MASCULINE),
}
_CLOCK = "ⵜⴰⵙⵔⴰⴳⵜ"
_MORNING = Part("said.daypart.morning", "ⵜⵉⴼⴰⵡⵜ")
_AFTERNOON = Part("said.daypart.afternoon", "ⵜⴰⴷⴳⴳⵯⴰⵜ")
_FIRST = {Gender.MASCULINE: "ⴰⵎⵣⵡⴰⵔⵓ", Gender.FEMININE: "ⵜⴰⵎⵣⵡⴰⵔⵓⵜ"}
_PLACE = {Gender.MASCULINE: "ⵡⵉⵙⵙ", Gender.FEMININE: "ⵜⵉⵙⵙ"}
_FROM, _TO = Part("said.wait.from", "ⵙⴳ"), Part("said.wait.to", "ⴰⵔ")
_ABOVE = Part("said.wait.above", "ⵓⴳⴳⴰⵔ ⵏ")
_DAYS = ("ⴰⵢⵏⴰⵙ", "ⴰⵙⵉⵏⴰⵙ", "ⴰⴽⵕⴰⵙ", "ⴰⴽⵡⴰⵙ", "ⴰⵙⵉⵎⵡⴰⵙ", "ⴰⵙⵉⴹⵢⴰⵙ", "ⴰⵙⴰⵎⴰⵙ")
_MONTHS = [
    "ⵉⵏⵏⴰⵢⵔ",
    "ⴱⵕⴰⵢⵕ",
    "ⵎⴰⵕⵚ",
    "ⵉⴱⵔⵉⵔ",
    "ⵎⴰⵢⵢⵓ",
    "ⵢⵓⵏⵢⵓ",
    "ⵢⵓⵍⵢⵓⵣ",
    "ⵖⵓⵛⵜ",
    "ⵛⵓⵜⴰⵏⴱⵉⵔ",
    "ⴽⵜⵓⴱⵔ",
    "ⵏⵓⵡⴰⵏⴱⵉⵔ",
    "ⴷⵓⵊⴰⵏⴱⵉⵔ",
]


def number(n: int, gender: Gender = Gender.MASCULINE) -> Parts:
    """Say 21 as «ⵙⵉⵏ ⵉⴷ ⵎⵔⴰⵡ ⴷ ⵢⴰⵏ», with ⵢⴰⵜ for a feminine noun."""
    thousands, rest = divmod(sayable(n), 1000)
    hundreds, low = divmod(rest, 100)
    parts: list[Part] = []
    if thousands:
        words = f"{_MASCULINE[thousands]} {_THOUSANDS}" if thousands > 1 else _THOUSAND
        parts.append(_and_more(f"said.number.{thousands}000", words, more=bool(rest)))
    if hundreds:
        words = f"{_FEMININE[hundreds]} {_HUNDREDS}" if hundreds > 1 else _HUNDRED
        parts.append(_and_more(f"said.number.{hundreds}00", words, more=bool(low)))
    if low or not parts:
        parts.append(_low(low, gender))
    return joined(" ", ((part,) for part in parts))


def _and_more(key: str, words: str, *, more: bool) -> Part:
    # The «and», a single consonant, is recorded with the word before it.
    return Part(f"{key}.and", f"{words} {_AND}") if more else Part(key, words)


def _low(n: int, gender: Gender) -> Part:
    words = _below_hundred(n, gender)
    own = gender is Gender.FEMININE and words != _below_hundred(n, Gender.MASCULINE)
    return Part(f"said.number.{n}{'.feminine' if own else ''}", words)


def _below_hundred(n: int, gender: Gender) -> str:
    units = _FEMININE if gender is Gender.FEMININE else _MASCULINE
    if n <= 10:
        return units[n]
    ten, unit = divmod(n, 10)
    if ten == 1:
        return f"{units[unit]} {_AND} {units[10]}"
    tens = f"{_MASCULINE[ten]} {_TENS_OF}"
    return f"{tens} {_AND} {units[unit]}" if unit else tens


def count(n: int, noun: Noun, case: Case = Case.NOMINATIVE) -> Parts:
    """Say «ⵜⵓⵙⴷⵉⴷⵉⵏ: ⵙⵎⵎⵓⵙⵜ»: the label, then the number."""
    return (_label(noun), *number(n, _LABELS[noun][1]))


def _label(noun: Noun) -> Part:
    return Part(f"said.noun.{noun}", f"{_LABELS[noun][0]}: ")


def ordinal(n: int, gender: Gender = Gender.MASCULINE) -> Parts:
    """Say the first as «ⴰⵎⵣⵡⴰⵔⵓ», the third as «ⵡⵉⵙⵙ ⴽⵕⴰⴹ»."""
    suffix = ".feminine" if gender is Gender.FEMININE else ""
    if sayable(n, 1) == 1:
        return (Part(f"said.ordinal.1{suffix}", _FIRST[gender]),)
    return joined(" ", [(Part(f"said.place{suffix}", _PLACE[gender]),), number(n, gender)])


def clock(at: time) -> Parts:
    """Say the hour, then the minutes, then morning or afternoon."""
    hour = at.hour % 12 or 12
    words = f"{_CLOCK}: {_below_hundred(hour, Gender.FEMININE)}"
    groups: list[Parts] = [(Part(f"said.hour.{hour}", words),)]
    if at.minute:
        groups.append(count(at.minute, Noun.MINUTE))
    return joined(", ", [*groups, (_MORNING if at.hour < 12 else _AFTERNOON,)])


def day(on: date) -> Parts:
    """Say the weekday, then the day's number and the month."""
    month = Part(f"said.month.{on.month}", _MONTHS[on.month - 1])
    return (*with_after(weekday(on.weekday()), ", "), *joined(" ", [number(on.day), (month,)]))


def weekday(place: int) -> Parts:
    """Say «ⴰⵢⵏⴰⵙ»."""
    return (Part(f"said.weekday.{WEEKDAYS[place]}", _DAYS[place]),)


def duration(seconds: int) -> Parts:
    """Say 5400 seconds as «ⵜⵉⵙⵔⴰⴳⵉⵏ: ⵢⴰⵜ, ⵜⵓⵙⴷⵉⴷⵉⵏ: ⴽⵕⴰⴹ ⵉⴷ ⵎⵔⴰⵡ»."""
    return joined(", ", (count(n, noun) for n, noun in clock_parts(seconds)))


def wait(span: Wait) -> Parts:
    """Say «minutes: from five to ten», «minutes: up to five», «minutes: ten», «hours: more than four»."""
    if span.high == FAR:
        label, number_ = _in_units(span.low)
        return (label, *joined(" ", [(_ABOVE,), number_]))
    label, high = _in_units(span.high)
    if not span.low:
        return (label, *joined(" ", [(_TO,), high]))
    if span.low == span.high:
        return (label, *high)
    low_label, low = _in_units(span.low)
    if low_label == label:
        return (label, *joined(" ", [(_FROM,), low, (_TO,), high]))
    return joined(" ", [(_FROM,), (low_label, *low), (_TO,), (label, *high)])


def _in_units(minutes: int) -> tuple[Part, Parts]:
    """A step of a wait: its label, and how many."""
    noun, n = (Noun.HOUR, minutes // 60) if minutes % 60 == 0 else (Noun.MINUTE, minutes)
    return _label(noun), number(n, Gender.FEMININE)


def amount(centimes: int) -> Parts:
    """Say 1250 centimes as «ⵉⴷⵔⵉⵎⵏ: …, ⵉⵙⴰⵏⵜⵉⵎⵏ: …»."""
    return joined(", ", (count(n, noun) for n, noun in money_parts(centimes)))
