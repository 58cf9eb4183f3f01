"""How long people wait before they give up, learnt where most were answered first. Pure.

Who was answered would have waited longer than she did, nobody knows how much longer. The estimate of Kaplan and Meier
(«Nonparametric estimation from incomplete observations», JASA 53, 1958) takes both into account.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from math import inf


@dataclass(frozen=True, slots=True)
class Patience:
    """`gone[i]` of all people wait no longer than `after[i]` seconds; both rise."""

    after: tuple[float, ...] = ()
    gone: tuple[float, ...] = ()

    def of_one(self, waited: float, chance: float) -> float:
        """The patience in seconds of one who has waited `waited`, `chance` being a random number from 0 to 1.

        Infinite for one who stays longer than anyone was seen to.
        """
        at = bisect_left(
            self.gone, 1 - chance * (1 - self.gone_within(waited)), bisect_right(self.after, waited)
        )
        return self.after[at] if at < len(self.after) else inf

    def gone_within(self, seconds: float) -> float:
        """The share of people who wait no longer."""
        first = bisect_right(self.after, seconds)
        return self.gone[first - 1] if first else 0.0


def learn_patience(waits: Iterable[tuple[float, bool]]) -> Patience:
    """From waits in seconds and whether she who waited gave up. After equal waits, giving up comes first."""
    known = sorted(waits)
    at_risk, staying = len(known), 1.0
    after: list[float] = []
    gone: list[float] = []
    for waited, same in groupby(known, key=lambda one: one[0]):
        alike = [gave_up for _, gave_up in same]
        if any(alike):
            staying *= 1 - sum(alike) / at_risk
            after.append(waited)
            gone.append(1 - staying)
        at_risk -= len(alike)
    return Patience(tuple(after), tuple(gone))
