"""How long a caller is told she may wait: rounded as people say it, and never longer than before without a reason.

Ends are rounded to the nearest step, so that four of five waits still end within what is said: rounded outwards,
nearly all would, and the range would tell little (bench/results/waits.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from routing.model import Language

FAR = 9999
"""The upper end of a wait of which only the least is known."""
LEAST_HIGH = 2
"""Nobody is told of less than two minutes: a telephone rings, and who hopes for seconds is annoyed by a minute."""
_USUAL = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 45, 60, 90, 120, 180, 240)
STEPS: Mapping[Language, tuple[int, ...]] = MappingProxyType(
    {
        Language.ARABIC: _USUAL,
        Language.FRENCH: _USUAL,
        # Tens with units are rare in spoken Tamazight: none are said.
        Language.TAMAZIGHT: (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 60, 120, 180, 240),
    }
)
"""The minutes that are said."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Minutes. `low` 0: less than `high`; `high` `FAR`: more than `low`; both equal: about that long."""

    low: int
    high: int


def rounded(low: float, high: float, language: Language) -> Wait:
    """The wait in minutes as said: each end the nearest step. ValueError unless 0 ≤ low ≤ high.

    What is rounded already stays. Beyond the last step only the lower end is said.
    """
    if not 0 <= low <= high:
        raise ValueError("a wait goes from a smaller to a larger number of minutes, neither below 0")
    steps = STEPS[language]
    down = _nearest(low, (0, *steps))
    if high > steps[-1]:
        return Wait(down or LEAST_HIGH, FAR)
    return Wait(down, max(LEAST_HIGH, _nearest(high, steps)))


def _nearest(minutes: float, steps: tuple[int, ...]) -> int:
    return min(steps, key=lambda step: (abs(step - minutes), step))


def told(
    low: float, high: float, language: Language, before: Wait | None = None, *, grew: bool = False
) -> Wait:
    """What she hears now. Without a reason why the wait `grew`, neither end is later than what she heard before."""
    now = rounded(low, high, language)
    if before is None or grew:
        return now
    return Wait(min(now.low, before.low), min(now.high, before.high))
