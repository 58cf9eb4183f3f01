"""The range that a caller is told she will wait: from trials, and from how far earlier ranges were wrong."""

from datetime import timedelta

import pytest

from routing.waiting import LEARNT, Likely, Reach, likely_wait


def test_waits_that_differ_more_give_a_wider_range():
    alike = Reach().range_of(likely_wait([280, 300, 320] * 5))
    apart = Reach().range_of(likely_wait([100, 300, 500] * 5))
    for low, high in (alike, apart):
        assert low < timedelta(seconds=300) < high
    assert apart[1] - apart[0] > 2 * (alike[1] - alike[0])


def test_a_range_never_begins_before_now():
    low, high = Reach().range_of(likely_wait([0, 0, 0, 5, 400]))
    assert low == timedelta(0)
    assert high > timedelta(seconds=60)


def test_where_waits_were_longer_than_expected_the_range_moves_up():
    likely = likely_wait([200, 240, 300, 330])
    learnt = Reach()
    for _ in range(LEARNT):
        learnt.learn(likely.deviation(600))
    assert learnt.range_of(likely)[1] >= timedelta(seconds=599)
    assert learnt.range_of(likely)[0] > Reach().range_of(likely)[0]


def test_an_earlier_wait_counts_by_how_far_it_was_from_what_was_expected():
    likely = Likely(middle=5.0, spread=0.5)
    assert likely.deviation(125) == pytest.approx(0)
    assert likely.at(likely.deviation(216)) == pytest.approx(216)
    assert likely.deviation(0) == pytest.approx(-10)
