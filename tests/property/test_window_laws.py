"""The laws of the windows that a caller is offered, for any opening hours around every change of the clock."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.hours import Open, OpeningHours, Span
from routing.windows import (
    DAYTIME,
    MOST_OF_A_DAY,
    MOST_OFFERED,
    Part,
    Window,
    capacity,
    filled,
    offers,
    windows,
)
from tests.property.test_hours_laws import AROUND, hours

moments = st.builds(
    lambda around, minutes: around + timedelta(minutes=minutes),
    st.sampled_from(AROUND),
    st.integers(-4 * 1440, 4 * 1440),
)
ringing = st.sampled_from([DAYTIME, Span(time(0), time(23, 59)), Span(time(9, 15), time(12, 30))])


@settings(max_examples=300)
@given(hours, moments, ringing)
def test_a_window_is_inside_open_hours_and_never_in_the_past(
    opening: OpeningHours, now: datetime, daytime: Span
) -> None:
    for window in windows(opening, now, daytime):
        assert now <= window.opens < window.closes
        found = opening.at(window.opens)
        assert isinstance(found, Open)
        assert window.closes <= found.until
        for moment in (window.opens, window.closes - timedelta(microseconds=1)):
            local = moment.astimezone(opening.zone)
            assert local.date() == window.day
            assert daytime.opens <= local.time() < daytime.closes


@settings(max_examples=300)
@given(hours, moments)
def test_windows_follow_each_other_and_no_two_are_called_the_same(
    opening: OpeningHours, now: datetime
) -> None:
    found = list(windows(opening, now))
    assert all(first.closes <= second.opens for first, second in zip(found, found[1:], strict=False))
    named = [(window.day, window.part) for window in found if window.part is not Part.BETWEEN]
    assert len(named) == len(set(named))
    today = now.astimezone(opening.zone).date()
    assert all((window.part is Part.BETWEEN) == (window.day == today) for window in found)


@settings(max_examples=300)
@given(hours, moments, st.lists(st.integers(0, 8 * 1440), max_size=60), st.integers(0, 5), st.booleans())
def test_what_is_offered_is_never_full_and_little_enough_to_remember(
    opening: OpeningHours, now: datetime, promised: list[int], room: int, soon: bool
) -> None:
    at = [now + timedelta(minutes=minutes) for minutes in promised]

    def full(window: Window) -> bool:
        return filled(window, at) >= room

    offered = offers(opening, now, full, soon=soon)
    assert len(offered) + soon <= MOST_OFFERED
    assert not any(map(full, offered))
    assert list(offered) == sorted(offered, key=lambda window: window.opens)
    for window in offered:
        assert sum(other.day == window.day for other in offered) <= MOST_OF_A_DAY
    free = [window for window in windows(opening, now) if not full(window)]
    if free and not (soon and free[0].day == now.astimezone(opening.zone).date()):
        assert offered[0] == free[0], "the soonest with room comes first"


@given(st.integers(0, 20), st.integers(1, 600), st.integers(1, 60))
def test_more_agents_keep_more_promises(agents: int, minutes: int, handling: int) -> None:
    length, each = timedelta(minutes=minutes), timedelta(minutes=handling)
    assert capacity(agents, length, each, 0.5) <= capacity(agents + 1, length, each, 0.5)
    assert capacity(agents, length, each, 1.0) * each <= agents * length


def test_without_a_handling_time_nothing_can_be_kept() -> None:
    assert capacity(3, timedelta(hours=2), timedelta(0), 1.0) == 0


def named(opening: OpeningHours, now: datetime, *, soon: bool) -> list[str]:
    found = offers(opening, now, lambda window: False, soon=soon)
    zone = opening.zone
    return [
        f"{window.day:%a} {window.part} {window.opens.astimezone(zone):%H:%M}-"
        f"{window.closes.astimezone(zone):%H:%M}"
        for window in found
    ]


def test_a_caller_of_monday_morning_chooses_between_today_and_tomorrow(week: OpeningHours) -> None:
    monday = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
    assert named(week, monday, soon=True) == ["Mon between 12:00-14:00", "Tue morning 08:30-12:00"]


def test_a_caller_of_sunday_hears_of_monday_twice_and_of_tuesday(week: OpeningHours) -> None:
    sunday = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
    assert named(week, sunday, soon=False) == [
        "Mon morning 08:30-12:00",
        "Mon afternoon 12:00-16:30",
        "Tue morning 08:30-12:00",
    ]


def test_before_opening_today_is_told_by_the_clock(week: OpeningHours) -> None:
    early = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert named(week, early, soon=False) == [
        "Mon between 08:30-10:00",
        "Mon between 10:00-12:00",
        "Tue morning 08:30-12:00",
    ]


def test_a_half_hour_at_the_end_of_the_day_is_no_window_of_its_own(week: OpeningHours) -> None:
    noon = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
    assert named(week, noon, soon=True)[0] == "Mon between 14:00-16:30"
