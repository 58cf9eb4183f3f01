"""The grammar that counted words need: gender, case, and the nouns that can be counted."""

from enum import StrEnum

MOST = 9999
"""The largest number that can be said."""


class Gender(StrEnum):
    """Of the thing counted."""

    MASCULINE = "masculine"
    FEMININE = "feminine"


class Case(StrEnum):
    """Arabic: what the word does in its sentence. The other languages ignore it."""

    NOMINATIVE = "nominative"
    ACCUSATIVE = "accusative"
    GENITIVE = "genitive"


class Noun(StrEnum):
    """What can be counted."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    PERSON = "person"
    CALL = "call"


def sayable(number: int) -> int:
    """Return the number; ValueError outside 0–9999."""
    if not 0 <= number <= MOST:
        raise ValueError(f"{number} cannot be said; numbers go from 0 to {MOST}")
    return number
