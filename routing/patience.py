"""How long people wait before they give up, learnt where most were answered first. Pure.

Who was answered would have waited longer than she did, nobody knows how much longer. The estimate of Kaplan and Meier
(«Nonparametric estimation from incomplete observations», JASA 53, 1958) takes both into account.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from math import inf


@dataclass(frozen=True, slots=True)
class Patience:
    """`staying[i]` of all people wait longer than `after[i]` seconds; the first rises, the second falls."""

    after: tuple[float, ...] = ()
    staying: tuple[float, ...] = ()

    def share_staying(self, waited: float) -> float:
        """The share of people who wait longer than `waited` seconds; 1 before anybody gave up."""
        at = bisect_right(self.after, waited)
        return self.staying[at - 1] if at else 1.0

    def of_one(self, waited: float, chance: float) -> float:
        """The patience in seconds of one who has waited `waited`, `chance` being a random number from 0 to 1.

        Infinite for one who stays longer than anyone was seen to.
        """
        wanted = chance * self.share_staying(waited)
        at = bisect_right(self.after, waited)
        last = len(self.staying)
        while at < last:  # the first share that is not above `wanted`
            middle = (at + last) // 2
            if self.staying[middle] <= wanted:
                last = middle
            else:
                at = middle + 1
        return self.after[at] if at < len(self.after) else inf


def learn_patience(waits: Iterable[tuple[float, bool]]) -> Patience:
    """From waits in seconds and whether she who waited gave up. After equal waits, giving up comes first."""
    known = sorted(waits)
    at_risk, share = len(known), 1.0
    after: list[float] = []
    staying: list[float] = []
    for waited, same in groupby(known, key=lambda one: one[0]):
        alike = [gave_up for _, gave_up in same]
        if any(alike):
            share *= 1 - sum(alike) / at_risk
            after.append(waited)
            staying.append(share)
        at_risk -= len(alike)
    return Patience(tuple(after), tuple(staying))
