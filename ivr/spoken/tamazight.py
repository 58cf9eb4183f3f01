"""Standard Moroccan Tamazight numbers, counts, times and days, in Tifinagh.

Counts take the form «label: number», so that no noun must agree. Tens with units, thousands and the clock are
inferred from the grammar, not from a printed table: docs/voice.md lists what a speaker must confirm.
"""

from datetime import date, time

from ivr.spoken.grammar import Case, Gender, Noun, sayable

_MASCULINE = ("ⴰⵎⵢⴰ", "ⵢⴰⵏ", "ⵙⵉⵏ", "ⴽⵕⴰⴹ", "ⴽⴽⵓⵥ", "ⵙⵎⵎⵓⵙ", "ⵚⴹⵉⵚ", "ⵙⴰ", "ⵜⴰⵎ", "ⵜⵥⴰ", "ⵎⵔⴰⵡ")
_FEMININE = ("ⴰⵎⵢⴰ", "ⵢⴰⵜ", "ⵙⵏⴰⵜ", "ⴽⵕⴰⵟⵜ", "ⴽⴽⵓⵥⵜ", "ⵙⵎⵎⵓⵙⵜ", "ⵚⴹⵉⵚⵜ", "ⵙⴰⵜ", "ⵜⴰⵎⵜ", "ⵜⵥⴰⵜ", "ⵎⵔⴰⵡⵜ")
_AND = "ⴷ"
_TENS_OF = "ⵉⴷ ⵎⵔⴰⵡ"
_HUNDRED, _HUNDREDS = "ⵜⵉⵎⵉⴹⵉ", "ⵜⵎⴰⴹ"
_THOUSAND, _THOUSANDS = "ⵉⴼⴹ", "ⵉⴼⴹⴰⵏ"
_LABELS = {
    Noun.MINUTE: ("ⵜⵓⵙⴷⵉⴷⵉⵏ", Gender.FEMININE),
    Noun.HOUR: ("ⵜⵉⵙⵔⴰⴳⵉⵏ", Gender.FEMININE),
    Noun.DAY: ("ⵓⵙⵙⴰⵏ", Gender.MASCULINE),
    Noun.PERSON: ("ⵎⵉⴷⴷⵏ", Gender.MASCULINE),
    Noun.CALL: ("ⵜⵉⵖⵓⵔⵉⵡⵉⵏ", Gender.FEMININE),
}
_CLOCK = "ⵜⴰⵙⵔⴰⴳⵜ"
_MINUTES = "ⵜⵓⵙⴷⵉⴷⵉⵏ"
_MORNING, _AFTERNOON = "ⵜⵉⴼⴰⵡⵜ", "ⵜⴰⴷⴳⴳⵯⴰⵜ"
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


def number(n: int, gender: Gender = Gender.MASCULINE) -> str:
    """Say 21 as «ⵙⵉⵏ ⵉⴷ ⵎⵔⴰⵡ ⴷ ⵢⴰⵏ», with ⵢⴰⵜ for a feminine noun."""
    thousands, rest = divmod(sayable(n), 1000)
    hundreds, low = divmod(rest, 100)
    parts: list[str] = []
    if thousands:
        parts.append(f"{_MASCULINE[thousands]} {_THOUSANDS}" if thousands > 1 else _THOUSAND)
    if hundreds:
        parts.append(f"{_FEMININE[hundreds]} {_HUNDREDS}" if hundreds > 1 else _HUNDRED)
    if low or not parts:
        parts.append(_below_hundred(low, gender))
    return f" {_AND} ".join(parts)


def _below_hundred(n: int, gender: Gender) -> str:
    units = _FEMININE if gender is Gender.FEMININE else _MASCULINE
    if n <= 10:
        return units[n]
    ten, unit = divmod(n, 10)
    if ten == 1:
        return f"{units[unit]} {_AND} {units[10]}"
    tens = f"{_MASCULINE[ten]} {_TENS_OF}"
    return f"{tens} {_AND} {units[unit]}" if unit else tens


def count(n: int, noun: Noun, case: Case = Case.NOMINATIVE) -> str:
    """Say «ⵜⵓⵙⴷⵉⴷⵉⵏ: ⵙⵎⵎⵓⵙⵜ»: the label, then the number."""
    label, gender = _LABELS[noun]
    return f"{label}: {number(n, gender)}"


def clock(at: time) -> str:
    """Say the hour, then the minutes, then morning or afternoon."""
    hour = number(at.hour % 12 or 12, Gender.FEMININE)
    minutes = f", {_MINUTES}: {number(at.minute, Gender.FEMININE)}" if at.minute else ""
    return f"{_CLOCK}: {hour}{minutes}, {_MORNING if at.hour < 12 else _AFTERNOON}"


def day(on: date) -> str:
    """Say the weekday, then the day's number and the month."""
    return f"{_DAYS[on.weekday()]}, {number(on.day)} {_MONTHS[on.month - 1]}"
