"""How long people wait before they give up, learnt from those who did and those who were answered first."""

from math import inf

import pytest

from routing.patience import Patience, learn_patience


def test_who_was_answered_counts_as_staying_until_then():
    """Four people: one gives up at 10, one is answered at 20, one gives up at 30, one is answered at 40."""
    patience = learn_patience([(40, False), (10, True), (30, True), (20, False)])
    assert patience.after == (10, 30)
    assert patience.gone == pytest.approx((1 / 4, 1 - 3 / 4 * 1 / 2))


def test_who_has_waited_already_stays_longer_than_that():
    patience = learn_patience([(10, True), (20, True), (30, True), (40, True)])
    assert patience.of_one(0, chance=0.9) == 10
    assert patience.of_one(20, chance=0.9) == 30
    assert patience.of_one(20, chance=0.1) == 40


def test_nobody_is_made_to_leave_later_than_anyone_was_seen_to():
    patience = learn_patience([(10, True), (60, False)])
    assert patience.of_one(0, chance=0.2) == inf
    assert Patience().of_one(0, chance=0.0) == inf
