"""How long one who waits will wait, as a range that should hold four times out of five. Pure.

With `n` agents at work, all of them busy, the caller at place `p` is served after `p` of them have finished: on
average after p × H / n, with H the mean handling time (conversation and wrap-up), and with a standard deviation of
√p × S / n, S being that of the handling times. Source: W. Whitt, «Predicting queueing delays», Management Science
45 (1999), for the mean; the spread is that of a sum of independent times.
"""

from collections.abc import Sequence
from datetime import timedelta
from statistics import fmean, stdev

FEWEST = 10
"""Conversations below which nothing is said: a wrong promise is worse than none."""
FOUR_OF_FIVE = 1.2816
"""Standard deviations on either side of the mean between which 80 % of a normal distribution lie."""


def expected_wait(
    place: int, at_work: int, handled: Sequence[timedelta]
) -> tuple[timedelta, timedelta] | None:
    """The range for `place` (1 is next) with `at_work` agents, from recent handling times.

    None when nobody is at work or the sample is too small.
    """
    if place < 1 or at_work < 1 or len(handled) < FEWEST:
        return None
    seconds = [time.total_seconds() for time in handled]
    mean = place * fmean(seconds) / at_work
    spread = FOUR_OF_FIVE * place**0.5 * stdev(seconds) / at_work
    return timedelta(seconds=max(0.0, mean - spread)), timedelta(seconds=mean + spread)
