"""How much is measured. Bounded on purpose: a full run takes a quarter of an hour."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Counts of one run; rates are calls a second."""

    rounds: int
    menu_calls: int
    """Of each side in a round, in two halves."""
    menu_rate: float
    waiting: int
    """Callers who wait throughout a hand-over measurement."""
    hand_overs: int
    few: int
    crowd: int
    """Callers who wait while memory is measured: what each costs is the growth from `few` to `crowd`."""
    crowd_hand_overs: int
    """Hand-overs with the crowd waiting; 0 leaves P4b out."""
    fill_rate: float


FULL = Sizes(
    rounds=5,
    menu_calls=128,
    menu_rate=8,
    waiting=30,
    hand_overs=36,
    few=100,
    crowd=300,
    crowd_hand_overs=36,
    fill_rate=20,
)
QUICK = Sizes(
    rounds=2,
    menu_calls=24,
    menu_rate=8,
    waiting=30,
    hand_overs=12,
    few=40,
    crowd=100,
    crowd_hand_overs=0,
    fill_rate=20,
)
