"""A figure that can be opened: its formula's name, what was divided by what, and the rows on both sides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from statistics import median


class Unit(StrEnum):
    """What a figure counts."""

    SHARE = "share"
    """0 to 1; people read it as per cent."""
    SECONDS = "seconds"
    COUNT = "count"
    RATIO = "ratio"
    """So many of one for each of the other; may be above 1."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator. `formula` is its name in docs/indicators.md.

    `value` is None where nothing can be divided: a share of nothing is not 0. `rows` are the ids behind the
    numerator, `of` those behind the denominator: calls, references of promises, or changes of agents. `about`: the
    menu, where there is a figure for each.
    """

    formula: str
    unit: Unit
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    rows: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    about: str = ""

    @property
    def per_cent(self) -> str:
        """`81.9 %`, or `–` without a value."""
        return "–" if self.value is None else f"{100 * self.value:.1f} %"


def share(formula: str, part: Iterable[str], whole: Iterable[str]) -> Figure:
    """How many of `whole` are in `part`. Raises ValueError for a part that is not within the whole."""
    of = tuple(whole)
    rows, within = tuple(part), set(of)
    if not within.issuperset(rows):
        raise ValueError(f"{formula}: what is counted is not among what it is divided by")
    value = len(rows) / len(of) if of else None
    return Figure(formula, Unit.SHARE, value, len(rows), len(of), rows, of)


def count(formula: str, rows: Iterable[str]) -> Figure:
    """How many there are."""
    found = tuple(rows)
    return Figure(formula, Unit.COUNT, len(found), len(found), None, found)


def mean(formula: str, seconds: Mapping[str, float], of: Iterable[str] | None = None) -> Figure:
    """Σ `seconds` ÷ how many (`of`, where these are others)."""
    rows = tuple(seconds)
    by = rows if of is None else tuple(of)
    total = float(sum(seconds.values()))
    return Figure(formula, Unit.SECONDS, total / len(by) if by else None, total, len(by), rows, by)


def quotient(formula: str, unit: Unit, part: Mapping[str, float], whole: Mapping[str, float]) -> Figure:
    """Σ `part` ÷ Σ `whole`, by the ids to which the amounts belong."""
    above, below = float(sum(part.values())), float(sum(whole.values()))
    return Figure(formula, unit, above / below if below else None, above, below, tuple(part), tuple(whole))


def middle(formula: str, seconds: Mapping[str, float]) -> Figure:
    """The median: of an even number the mean of the two in the middle."""
    value = median(seconds.values()) if seconds else None
    return Figure(formula, Unit.SECONDS, value, value, None, tuple(seconds))


def percentile(formula: str, seconds: Mapping[str, float], per_cent: int) -> Figure:
    """The smallest of the values that `per_cent` of them do not exceed (nearest rank)."""
    value = nearest_rank(sorted(seconds.values()), per_cent)
    return Figure(formula, Unit.SECONDS, value, value, None, tuple(seconds))


def longest(formula: str, seconds: Mapping[str, float]) -> Figure:
    """The longest, with the row that it is."""
    if not seconds:
        return Figure(formula, Unit.SECONDS, None)
    row = max(seconds, key=lambda one: (seconds[one], one))
    return Figure(formula, Unit.SECONDS, seconds[row], seconds[row], None, (row,))


def nearest_rank(ordered: Sequence[float], per_cent: int) -> float | None:
    """The value at rank ⌈n × per cent ÷ 100⌉ of `ordered`; None of nothing."""
    if not ordered:
        return None
    return ordered[max(ceil(len(ordered) * per_cent / 100), 1) - 1]
