"""Ranges and how good they are: coverage, width, interval score, error, bias; and ranges made from single numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, hstack, identity

PENALTY = 10  # per second outside: 2 ÷ 0.2 for ranges of 80 % (Gneiting and Raftery, JASA 102, 2007)
Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """What was told at entry and the wait that followed, in seconds; `stayed`: she was answered, else it is what she
    would have waited. `hour` is the hour of the day in which she joined."""

    low: float
    middle: float
    high: float
    wait: float
    stayed: bool
    hour: int


@dataclass(frozen=True, slots=True)
class Quality:
    told: int
    coverage: float
    width: float
    score: float
    error: float
    bias: float


def quality(told: Sequence[Told]) -> Quality:
    """Means over all of them; `error` is that of the middle, `bias` above 0 when it promises too long a wait."""
    low, middle, high, wait = (
        np.array([getattr(one, name) for one in told]) for name in ("low", "middle", "high", "wait")
    )
    missed = np.maximum(0, low - wait) + np.maximum(0, wait - high)
    return Quality(
        told=len(told),
        coverage=float(np.mean(missed == 0)),
        width=float(np.mean(high - low)),
        score=float(np.mean(high - low + PENALTY * missed)),
        error=float(np.mean(np.abs(middle - wait))),
        bias=float(np.mean(middle - wait)),
    )


def best_line(points: Column, waits: Column, share: float) -> tuple[float, float]:
    """`a` and `b` for which a + b × point is the quantile `share` of the waits: no other line has a lower pinball loss.

    The interval score of a range is the sum of its ends' losses, so no ranges whose ends are lines of the points do
    better than two of these. Koenker and Bassett, «Regression quantiles», Econometrica 46 (1978), as a linear program.
    """
    n = len(points)
    design = csr_matrix(np.column_stack([np.ones(n), points]))
    equal = hstack([design, -design, identity(n), -identity(n)])
    cost = np.concatenate([np.zeros(4), np.full(n, share), np.full(n, 1 - share)])
    found = linprog(cost, A_eq=equal, b_eq=waits, bounds=(0, None), method="highs").x
    return float(found[0] - found[2]), float(found[1] - found[3])


def in_hindsight(points: Column, waits: Column, covers: float) -> tuple[Column, Column, Column]:
    """Low, middle and high of the best ranges that lines of these points give, with the day known from end to end."""
    ends = []
    for share in ((1 - covers) / 2, 0.5, (1 + covers) / 2):
        a, b = best_line(points, waits, share)
        ends.append(np.maximum(0, a + b * points))
    low, middle, high = ends
    return np.minimum(low, high), middle, np.maximum(low, high)
