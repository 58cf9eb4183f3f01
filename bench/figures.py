"""From what the rounds saw to figures: ratios, their intervals, and what was promised.

A ratio is taken within each round and its median told; the interval is a bootstrap over rounds and, inside each, over
what was seen (95 %).
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.rounds import Rings, Round, SideSeen

DRAWS = 2000
LEVEL = (2.5, 97.5)
FRAME = 0.020  # seconds, the step in which telephone sound comes: added to both sides, as nobody hears less


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report. `ours` and `native` are absolute, for the reader; the ratio is what counts."""

    id: str
    what: str
    ours: str
    native: str
    ratio: float | None
    interval: tuple[float, float] | None
    reach: float | None
    """None, as the aim is, where the figure only explains another one."""
    aim: float | None
    at_least: bool = False
    """Whether more is better."""

    @property
    def reached(self) -> bool | None:
        """Whether the ratio is as promised; None when it could not be measured or nothing was promised."""
        return self._fits(self.reach)

    @property
    def aimed(self) -> bool | None:
        """Whether it is even as good as aimed for."""
        return self._fits(self.aim)

    def _fits(self, bound: float | None) -> bool | None:
        if self.ratio is None or bound is None:
            return None
        return self.ratio >= bound if self.at_least else self.ratio <= bound


Samples = tuple[Sequence[float], Sequence[float]]
"""What one round saw of the two things that are compared."""
Statistic = Callable[[np.ndarray, np.ndarray], float]


def median_of_rounds(
    rounds: Sequence[Samples], statistic: Statistic
) -> tuple[float | None, tuple[float, float] | None]:
    """The median over rounds of `statistic`, and its bootstrap interval (None with fewer than two rounds)."""
    pairs = [(np.asarray(a, float), np.asarray(b, float)) for a, b in rounds if len(a) and len(b)]
    if not pairs:
        return None, None
    middle = float(np.median([statistic(a, b) for a, b in pairs]))
    if len(pairs) < 2:
        return middle, None
    chance = np.random.default_rng(1)
    drawn = np.empty(DRAWS)
    for draw in range(DRAWS):
        chosen = [pairs[index] for index in chance.integers(0, len(pairs), len(pairs))]
        drawn[draw] = np.median(
            [statistic(chance.choice(a, len(a)), chance.choice(b, len(b))) for a, b in chosen]
        )
    low, high = np.percentile(drawn, LEVEL)
    return middle, (float(low), float(high))


def of_rounds(rounds: Sequence[Round]) -> list[Figure]:
    """The figures that need calls."""
    return [
        *_key_to_prompt(rounds),
        _lost_keys(rounds),
        *_cost(rounds),
        *_free_to_ring(rounds),
        *_crowd(rounds),
        *_memory(rounds),
    ]


def _key_to_prompt(rounds: Sequence[Round]) -> list[Figure]:
    samples = [(each.ours.key_to_prompt, each.native.key_to_prompt) for each in rounds]
    figures = []
    for level, reach in ((50, 1.3), (95, 1.6)):

        def with_frame(a: np.ndarray, b: np.ndarray, level: int = level) -> float:
            return float((np.percentile(a, level) + FRAME) / (np.percentile(b, level) + FRAME))

        ratio, interval = median_of_rounds(samples, with_frame)
        figures.append(
            Figure(
                "P1",
                f"key → next prompt, p{level}, (t + 20 ms) / (native + 20 ms)",
                _milliseconds([a for a, _ in samples], level),
                _milliseconds([b for _, b in samples], level),
                ratio,
                interval,
                reach,
                1.05,
            )
        )
    return figures


def _lost_keys(rounds: Sequence[Round]) -> Figure:
    def told(side: Callable[[Round], SideSeen]) -> tuple[int, int]:
        return sum(side(each).keys_lost for each in rounds), sum(side(each).keyed_ahead for each in rounds)

    ours, native = told(lambda each: each.ours), told(lambda each: each.native)
    # Beyond what native would lose of as many callers.
    beyond = max(0.0, ours[0] - native[0] * ours[1] / native[1]) if ours[1] and native[1] else None
    return Figure(
        "P2",
        "callers whose keys typed ahead were lost, beyond native",
        f"{ours[0]} of {ours[1]}",
        f"{native[0]} of {native[1]}",
        beyond,
        None,
        0,
        0,
    )


def _cost(rounds: Sequence[Round]) -> list[Figure]:
    seen = [each for each in rounds if each.ours.menu_calls and each.native.menu_calls]

    def a_call(side: SideSeen, seconds: float) -> float:
        return 1000 * seconds / side.menu_calls

    ours = [a_call(each.ours, each.ours.asterisk_cpu) for each in seen]
    controller = [a_call(each.ours, each.ours.controller_cpu) for each in seen]
    native = [a_call(each.native, each.native.asterisk_cpu) for each in seen]
    whole = [([a + c], [n]) for a, c, n in zip(ours, controller, native, strict=True)]
    share = [([c], [a]) for a, c in zip(ours, controller, strict=True)]
    total, total_interval = median_of_rounds(whole, _means)
    part, part_interval = median_of_rounds(share, _means)
    shown = f"{_median(ours):.1f} + {_median(controller):.1f} ms"
    return [
        Figure(
            "P3",
            "CPU per menu call, (Asterisk + controller) / native",
            shown,
            f"{_median(native):.1f} ms",
            total,
            total_interval,
            1.6,
            1.3,
        ),
        Figure(
            "P3",
            "CPU per menu call, controller / its Asterisk",
            f"{_median(controller):.1f} ms",
            f"{_median(ours):.1f} ms (ours)",
            part,
            part_interval,
            0.35,
            0.15,
        ),
    ]


def _free_to_ring(rounds: Sequence[Round]) -> list[Figure]:
    samples = [(each.ours.rings.free_to_ring, each.native.rings.free_to_ring) for each in rounds]
    figures = []
    for level in (50, 95):
        ratio, interval = median_of_rounds(samples, _percentiles(level))
        figures.append(
            Figure(
                "P4",
                f"agent free → his telephone's INVITE, p{level}, ours / app_queue",
                _milliseconds([a for a, _ in samples], level),
                _milliseconds([b for _, b in samples], level),
                ratio,
                interval,
                0.10,
                0.05,
            )
        )
    return figures


def _crowd(rounds: Sequence[Round]) -> list[Figure]:
    """The whole, which something was promised of; and what of it is the controller's and what Asterisk's."""
    both = [(each.ours.rings_crowd, each.ours.rings) for each in rounds]
    if not any(crowd.free_to_ring for crowd, _ in both):
        return []
    figures = []
    for what, promised, of in (
        ("the same with 300 waiting / with 30 waiting, p50", (1.5, 1.1), _FREE_TO_RING),
        ("… of which the controller, event → command, p50", (None, None), _CONTROLLER),
        ("… beside it an answer of Asterisk's alone, OPTIONS → answer, p50", (None, None), _ANSWER),
    ):
        samples = [(of(crowd), of(few)) for crowd, few in both]
        ratio, interval = median_of_rounds(samples, _percentiles(50))
        figures.append(
            Figure(
                "P4b",
                what,
                _milliseconds([a for a, _ in samples], 50),
                f"{_milliseconds([b for _, b in samples], 50)} (ours, 30 waiting)",
                ratio,
                interval,
                *promised,
            )
        )
    return figures


def _memory(rounds: Sequence[Round]) -> list[Figure]:
    seen = [each.ours for each in rounds if each.ours.asterisk_per_waiting > 0]
    if not seen:
        return [
            Figure("P8", "controller memory per waiting call / Asterisk's", "–", "–", None, None, 0.20, 0.10)
        ]
    samples = [([each.controller_per_waiting], [each.asterisk_per_waiting]) for each in seen]
    ratio, interval = median_of_rounds(samples, _means)
    return [
        Figure(
            "P8",
            "controller memory per waiting call / Asterisk's",
            f"{_median([each.controller_per_waiting for each in seen]) / 1024:.1f} KB",
            f"{_median([each.asterisk_per_waiting for each in seen]) / 1024:.0f} KB (ours)",
            ratio,
            interval,
            0.20,
            0.10,
        )
    ]


# ---- steps they share


_FREE_TO_RING: Callable[[Rings], list[float]] = operator.attrgetter("free_to_ring")
_CONTROLLER: Callable[[Rings], list[float]] = operator.attrgetter("controller")
_ANSWER: Callable[[Rings], list[float]] = operator.attrgetter("knock_to_answer")


def _means(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.mean(a) / np.mean(b))


def _percentiles(level: int) -> Statistic:
    return lambda a, b: float(np.percentile(a, level) / np.percentile(b, level))


def _median(values: Sequence[float]) -> float:
    return float(np.median(values)) if values else 0.0


def _milliseconds(rounds: Sequence[Sequence[float]], level: int) -> str:
    """The median over rounds of a percentile."""
    each = [float(np.percentile(seconds, level)) for seconds in rounds if seconds]
    return f"{1000 * _median(each):.1f} ms" if each else "–"
