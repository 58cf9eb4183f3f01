"""How long a caller is told she may wait: rounded as people say it, and never longer than before without a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from routing.model import Language

FAR = 9999
"""The upper end of a wait of which only the least is known."""
_USUAL = (5, 10, 15, 20, 25, 30, 45, 60, 90, 120, 180, 240)
STEPS: Mapping[Language, tuple[int, ...]] = MappingProxyType(
    {
        Language.ARABIC: _USUAL,
        Language.FRENCH: _USUAL,
        # Tens with units are rare in spoken Tamazight: none are said.
        Language.TAMAZIGHT: (5, 10, 15, 20, 30, 60, 120, 180, 240),
    }
)
"""The minutes that are said."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Minutes. `low` 0: less than `high`; `high` `FAR`: more than `low`; both equal: about that long."""

    low: int
    high: int


def rounded(low: int, high: int, language: Language) -> Wait:
    """The wait as said: the lower end down, the upper end up. ValueError unless 0 ≤ low ≤ high.

    What is rounded already stays. Beyond the last step only the lower end is said.
    """
    if not 0 <= low <= high:
        raise ValueError("a wait goes from a smaller to a larger number of minutes, neither below 0")
    steps = STEPS[language]
    down = max((step for step in steps if step <= low), default=0)
    up = min((step for step in steps if step >= high), default=FAR)
    return Wait(down or steps[0] if up == FAR else down, up)


def told(low: int, high: int, language: Language, before: Wait | None = None, *, grew: bool = False) -> Wait:
    """What she hears now. Without a reason why the wait `grew`, neither end is later than what she heard before."""
    now = rounded(low, high, language)
    if before is None or grew:
        return now
    return Wait(min(now.low, before.low), min(now.high, before.high))
