"""What a replayed day came to, in the figures of docs/indicators.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from routing.indicators.outcome import Goal
from simulator.replay import Outcome


@dataclass(frozen=True, slots=True)
class Figures:
    """Waits in seconds; None where nobody is to be counted. `service_level` is the published one."""

    joined: int
    answered: int
    left: int
    service_level: float | None
    mean_wait: float | None
    median_wait: float | None
    ninetieth_wait: float | None
    longest_wait: float | None


def figures(outcomes: Sequence[Outcome], goal: Goal) -> Figures:
    """Of all who joined; waits are of those who were answered."""
    waits = sorted(one.waited for one in outcomes if one.agent is not None)
    left = [one.waited for one in outcomes if one.agent is None]
    counted = len(waits) + sum(waited > goal.short for waited in left)
    return Figures(
        joined=len(outcomes),
        answered=len(waits),
        left=len(left),
        service_level=sum(waited <= goal.within for waited in waits) / counted if counted else None,
        mean_wait=sum(waits, timedelta()).total_seconds() / len(waits) if waits else None,
        median_wait=_at(waits, 0.5),
        ninetieth_wait=_at(waits, 0.9),
        longest_wait=_at(waits, 1.0),
    )


def mean_wait_by_hour(outcomes: Sequence[Outcome]) -> dict[int, float]:
    """By hour of joining (UTC) the mean wait in seconds of those who were answered."""
    by_hour: dict[int, list[float]] = {}
    for one in outcomes:
        if one.agent is not None:
            by_hour.setdefault(one.contact.joined_at.hour, []).append(one.waited.total_seconds())
    return {hour: sum(waits) / len(waits) for hour, waits in sorted(by_hour.items())}


def _at(waits: Sequence[timedelta], share: float) -> float | None:
    """The wait that this share does not exceed (nearest rank)."""
    if not waits:
        return None
    return waits[max(0, -int(-share * len(waits) // 1) - 1)].total_seconds()
