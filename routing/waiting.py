"""How long one who waits will wait, as a range that should hold four times out of five. Pure.

The trials of `routing/line_ahead.py` give the middle and the spread of her wait; how far the range reaches on either
side of the middle is learnt from how far earlier waits were from theirs, as in conformal prediction (Vovk, Gammerman
and Shafer, «Algorithmic Learning in a Random World», 2005). Cube roots of waits are nearly normal, as those of sums of
independent times are (Wilson and Hilferty, 1931), so middle and spread are those of cube roots.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import NormalDist, fmean, pstdev

OUTSIDE = 0.1
"""The share of waits that may be shorter than the range, and the share that may be longer."""
LEARNT = 200
"""Earlier waits that tell how far ranges must reach."""
SUPPOSED = 100
"""As many more are supposed to have been as the trials say, but for `UNSURE`: so the first ranges reach far enough, and
a bad quarter of an hour does not stretch those that follow."""
UNSURE = 1.2
"""Times as far from the middle as the trials say: they do not know who will come to work, and when others will go."""
LEAST_SPREAD = 0.3
"""In cube roots of seconds: a minute is never told more narrowly than some 15 s on either side."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A wait not over yet: `middle` and `spread` of its cube root, in seconds, counted from now."""

    middle: float
    spread: float

    def at(self, deviation: float) -> float:
        """Seconds at so many spreads from the middle."""
        return max(0.0, self.middle + deviation * self.spread) ** 3

    def deviation(self, seconds: float) -> float:
        """How many spreads from the middle a wait of `seconds` is."""
        return (float(max(0.0, seconds) ** (1 / 3)) - self.middle) / self.spread


def likely_wait(trials: Sequence[float]) -> Likely:
    """From the waits in seconds that were tried out, at least one."""
    roots = [wait ** (1 / 3) for wait in trials]
    return Likely(fmean(roots), max(LEAST_SPREAD, pstdev(roots)))


AS_TRIED_OUT = tuple(UNSURE * NormalDist().inv_cdf((i + 0.5) / SUPPOSED) for i in range(SUPPOSED))


@dataclass(slots=True)
class Reach:
    """How far ranges reach, learnt from the `deviation` of waits that are over."""

    supposed: Sequence[float] = AS_TRIED_OUT
    """Deviations that stand for waits before the first."""
    _seen: deque[float] = field(default_factory=lambda: deque(maxlen=LEARNT))

    def learn(self, deviation: float) -> None:
        """A wait is over that was so many spreads from the middle of what was expected."""
        self._seen.append(deviation)

    def range_of(self, likely: Likely) -> tuple[timedelta, timedelta]:
        """Between which waits four of five like this one should end."""
        known = sorted((*self._seen, *self.supposed))
        low, high = (known[round(share * (len(known) - 1))] for share in (OUTSIDE, 1 - OUTSIDE))
        return timedelta(seconds=likely.at(low)), timedelta(seconds=likely.at(high))
