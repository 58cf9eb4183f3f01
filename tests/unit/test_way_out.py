"""A trunk that carries nobody: how often agents are rung to try it."""

from datetime import UTC, datetime, timedelta

from routing.way_out import FAILURES, PAUSES, WayOut

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def after_failures(count: int) -> WayOut:
    """The trunk fails again as soon as it may be tried."""
    way, now = WayOut(), NOW
    for _ in range(count):
        now = way.paused_until or now
        assert way.may_try(now, 0)
        way = way.failed(now)
    return way


def test_one_failure_or_two_stop_nobody() -> None:
    for failures in range(FAILURES):
        way = after_failures(failures)
        assert not way.blocked
        assert way.may_try(NOW, under_way=5)


def test_after_three_in_a_row_nobody_tries_for_a_while() -> None:
    way = after_failures(FAILURES)
    assert way.blocked
    assert not way.may_try(NOW + PAUSES[0] - timedelta(seconds=1), 0)


def test_then_one_call_at_a_time_tries() -> None:
    way = after_failures(FAILURES)
    later = NOW + PAUSES[0]
    assert way.may_try(later, under_way=0)
    assert not way.may_try(later, under_way=1)


def test_the_pauses_grow_and_the_last_repeats() -> None:
    starts = [after_failures(FAILURES + count).paused_until for count in range(len(PAUSES) + 2)]
    assert None not in starts
    pauses = [later - earlier for earlier, later in zip([NOW, *starts], starts, strict=False)]  # type: ignore[operator]
    assert pauses == [*PAUSES, PAUSES[-1], PAUSES[-1]]


def test_a_call_begun_before_the_pause_does_not_make_it_longer() -> None:
    way = after_failures(FAILURES)
    assert way.failed(NOW + timedelta(seconds=20)) == way


def test_the_first_call_that_is_carried_ends_the_pause() -> None:
    way = after_failures(FAILURES + 2).carried()
    assert way.may_try(NOW, under_way=5)
    assert not way.failed(NOW).blocked, "and the count begins anew"
