"""The laws of the windows that a caller is offered, for any opening hours around every change of the clock."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from config.callbacks import QuietSection
from routing.calling_hours import CallingHours
from routing.hours import OpeningHours
from routing.promised_window import Window, WindowRefused, check
from routing.windows import (
    MOST_OF_A_DAY,
    MOST_OFFERED,
    NamedWindow,
    Part,
    capacity,
    filled,
    named,
    offers,
    windows,
)
from tests.property.test_hours_laws import AROUND, ZONE, hours

QUIET = OpeningHours(ZONE, QuietSection().week)
calling_hours = st.builds(CallingHours, hours, st.sampled_from([None, QUIET]))
moments = st.builds(
    lambda around, minutes: around + timedelta(minutes=minutes),
    st.sampled_from(AROUND),
    st.integers(-4 * 1440, 4 * 1440),
)


@settings(max_examples=100)
@given(calling_hours, moments)
def test_people_may_be_called_in_all_of_a_window_and_it_is_never_in_the_past(
    calling: CallingHours, now: datetime
) -> None:
    for one in windows(calling, now):
        assert now <= one.window.begins < one.window.ends
        until = calling.until(one.window.begins)
        assert until is not None
        assert one.window.ends <= until
        last = one.window.ends - timedelta(microseconds=1)
        for moment in (one.window.begins, last):
            assert moment.astimezone(calling.opening.zone).date() == one.day


@settings(max_examples=100)
@given(calling_hours, moments)
def test_windows_follow_each_other_and_no_two_are_called_the_same(
    calling: CallingHours, now: datetime
) -> None:
    found = list(windows(calling, now))
    assert all(
        first.window.ends <= second.window.begins for first, second in zip(found, found[1:], strict=False)
    )
    called = [(one.day, one.part) for one in found if one.part is not Part.BETWEEN]
    assert len(called) == len(set(called))
    today = now.astimezone(calling.opening.zone).date()
    assert all((one.part is Part.BETWEEN) == (one.day == today) for one in found)


@settings(max_examples=100)
@given(calling_hours, moments)
def test_what_is_offered_can_be_promised(calling: CallingHours, now: datetime) -> None:
    for one in offers(calling, now, lambda _: False):
        try:
            check(one.window, now, calling)
        except WindowRefused as refused:
            raise AssertionError(f"{one} was refused: {refused}") from None


@settings(max_examples=100)
@given(
    calling_hours,
    moments,
    st.lists(st.integers(0, 8 * 1440), max_size=60),
    st.integers(0, 5),
    st.booleans(),
)
def test_what_is_offered_is_never_full_and_little_enough_to_remember(
    calling: CallingHours, now: datetime, promised: list[int], room: int, soon: bool
) -> None:
    at = [now + timedelta(minutes=minutes) for minutes in promised]

    def full(window: NamedWindow) -> bool:
        return filled(window, at) >= room

    offered = offers(calling, now, full, soon=soon)
    assert len(offered) + soon <= MOST_OFFERED
    assert not any(map(full, offered))
    assert list(offered) == sorted(offered, key=lambda one: one.window.begins)
    for one in offered:
        assert sum(other.day == one.day for other in offered) <= MOST_OF_A_DAY
    free = [one for one in windows(calling, now) if not full(one)]
    if free and not soon:
        assert offered[0] == free[0], "the soonest with room comes first"


@given(st.integers(0, 20), st.integers(1, 600), st.integers(1, 60))
def test_more_agents_keep_more_promises(agents: int, minutes: int, handling: int) -> None:
    length, each = timedelta(minutes=minutes), timedelta(minutes=handling)
    assert capacity(agents, length, each, 0.5) <= capacity(agents + 1, length, each, 0.5)
    assert capacity(agents, length, each, 1.0) * each <= agents * length


def test_without_a_handling_time_nothing_can_be_kept() -> None:
    assert capacity(3, timedelta(hours=2), timedelta(0), 1.0) == 0


def told(opening: OpeningHours, now: datetime, *, soon: bool) -> list[str]:
    zone = opening.zone
    return [
        f"{one.day:%a} {one.part} {one.window.begins.astimezone(zone):%H:%M}-"
        f"{one.window.ends.astimezone(zone):%H:%M}"
        for one in offers(CallingHours(opening, QUIET), now, lambda _: False, soon=soon)
    ]


def test_a_caller_of_monday_morning_chooses_between_today_and_tomorrow(week: OpeningHours) -> None:
    monday = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
    assert told(week, monday, soon=True) == ["Mon between 12:00-14:00", "Tue morning 08:30-12:00"]


def test_a_caller_of_sunday_hears_of_monday_twice_and_of_tuesday(week: OpeningHours) -> None:
    sunday = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
    assert told(week, sunday, soon=False) == [
        "Mon morning 08:30-12:00",
        "Mon afternoon 12:00-16:30",
        "Tue morning 08:30-12:00",
    ]


def test_nobody_is_called_at_the_friday_prayer(week: OpeningHours) -> None:
    thursday = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
    assert told(week, thursday, soon=False)[:2] == [
        "Fri morning 08:30-12:30",
        "Fri afternoon 14:00-16:30",
    ]


def test_before_opening_today_is_told_by_the_clock(week: OpeningHours) -> None:
    early = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert told(week, early, soon=False) == [
        "Mon between 08:30-10:00",
        "Mon between 10:00-12:00",
        "Tue morning 08:30-12:00",
    ]


def test_a_half_hour_at_the_end_of_the_day_is_no_window_of_its_own(week: OpeningHours) -> None:
    noon = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
    assert told(week, noon, soon=True)[0] == "Mon between 14:00-16:30"


def test_a_promise_for_a_whole_other_day_is_neither_of_its_halves(week: OpeningHours) -> None:
    now = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    whole = Window(monday + timedelta(hours=8.5), monday + timedelta(hours=16.5))
    assert named(whole, now, week.zone) is None
    today = named(whole, monday, week.zone)
    assert today is not None
    assert today.part is Part.BETWEEN
