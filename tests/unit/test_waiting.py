"""The range that a caller is told she will wait."""

from datetime import timedelta

import pytest

from routing.waiting import FEWEST, expected_wait


def minutes(*values: float) -> list[timedelta]:
    return [timedelta(minutes=value) for value in values]


def test_nothing_is_said_from_too_few_conversations_or_with_nobody_at_work() -> None:
    assert expected_wait(1, 1, minutes(*[5] * (FEWEST - 1))) is None
    assert expected_wait(1, 0, minutes(*[5] * FEWEST)) is None
    assert expected_wait(0, 1, minutes(*[5] * FEWEST)) is None


def test_equal_conversations_give_a_wait_without_a_range() -> None:
    assert expected_wait(3, 2, minutes(*[4] * 20)) == (timedelta(minutes=6), timedelta(minutes=6))


def test_the_more_conversations_differ_the_wider_the_range() -> None:
    alike = expected_wait(2, 1, minutes(*[4, 6] * 10))
    apart = expected_wait(2, 1, minutes(*[1, 9] * 10))
    assert alike is not None
    assert apart is not None
    for low, high in (alike, apart):
        assert low + high == pytest.approx(2 * timedelta(minutes=10), abs=timedelta(milliseconds=1))
    assert apart[1] - apart[0] > alike[1] - alike[0]


def test_a_range_never_begins_before_now() -> None:
    found = expected_wait(1, 1, minutes(*[0.5] * 18, 30, 40))
    assert found is not None
    assert found[0] == timedelta(0)
    assert found[1] > timedelta(minutes=4)


@pytest.mark.parametrize(("more", "fewer"), [((4, 2), (3, 2)), ((3, 1), (3, 2))])
def test_more_ahead_or_fewer_agents_make_it_longer(more: tuple[int, int], fewer: tuple[int, int]) -> None:
    handled = minutes(3, 4, 5, 6, 7, 3, 4, 5, 6, 7)
    longer, shorter = expected_wait(*more, handled), expected_wait(*fewer, handled)
    assert longer is not None
    assert shorter is not None
    assert longer[1] > shorter[1]
