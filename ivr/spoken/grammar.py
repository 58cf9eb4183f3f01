"""The grammar that counted words need: gender, case, the nouns that can be counted; and what each language can say."""

from datetime import date, time
from enum import StrEnum
from typing import Protocol

from ivr.spoken.parts import Parts
from ivr.spoken.waits import Wait

MOST = 9999
"""The largest number that can be said."""
CENTIMES = 100
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


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

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    PERSON = "person"
    CALL = "call"
    DIRHAM = "dirham"
    CENTIME = "centime"


class Grammar(Protocol):
    """A language: each value as parts. ValueError for what cannot be said."""

    def number(self, n: int, gender: Gender = Gender.MASCULINE) -> Parts:
        """A number as a label."""
        ...

    def count(self, n: int, noun: Noun, case: Case = Case.NOMINATIVE) -> Parts:
        """A number of things."""
        ...

    def ordinal(self, n: int, gender: Gender = Gender.MASCULINE) -> Parts:
        """A place in a row, from 1."""
        ...

    def clock(self, at: time) -> Parts:
        """A time of day."""
        ...

    def day(self, on: date) -> Parts:
        """Weekday, day and month."""
        ...

    def weekday(self, place: int) -> Parts:
        """A day of the week, Monday 0."""
        ...

    def duration(self, seconds: int) -> Parts:
        """Hours, minutes and seconds."""
        ...

    def wait(self, span: Wait) -> Parts:
        """A wait, rounded already."""
        ...

    def amount(self, centimes: int) -> Parts:
        """Dirhams and centimes."""
        ...


def sayable(number: int, least: int = 0) -> int:
    """Return the number; ValueError outside `least`–9999."""
    if not least <= number <= MOST:
        raise ValueError(f"{number} cannot be said; numbers go from {least} to {MOST}")
    return number


def clock_parts(seconds: int) -> list[tuple[int, Noun]]:
    """Hours, minutes and seconds that are not nothing, largest first; of no time at all, zero seconds."""
    if seconds < 0:
        raise ValueError("a duration is not negative")
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    units = [(hours, Noun.HOUR), (minutes, Noun.MINUTE), (rest, Noun.SECOND)]
    return [unit for unit in units if unit[0]] or units[-1:]


def money_parts(centimes: int) -> list[tuple[int, Noun]]:
    """Dirhams and centimes that are not nothing; of no money at all, zero dirhams."""
    dirhams, rest = divmod(centimes, CENTIMES)
    units = [(dirhams, Noun.DIRHAM), (rest, Noun.CENTIME)]
    return [unit for unit in units if unit[0]] or units[:1]
