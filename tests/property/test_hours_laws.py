"""The laws of opening hours, for any week, holidays, special days and seasons, around every change of the clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from routing import overrides
from routing.hours import (
    HORIZON,
    Certainty,
    Closed,
    Holiday,
    Open,
    OpeningHours,
    SeasonalWeek,
    Span,
    SpecialDay,
)
from routing.overrides import Becomes, HoursChange, Reason
from routing.zone import MOROCCO, centre_zone

ZONE = centre_zone(MOROCCO)
SHOWN_TWICE = {date(2026, 2, 15), date(2026, 9, 20)}
AROUND = [
    datetime(2026, 2, 15, 2, tzinfo=UTC),
    datetime(2026, 3, 22, 2, tzinfo=UTC),
    datetime(2026, 9, 20, 1, tzinfo=UTC),
    datetime(2026, 11, 23, tzinfo=UTC),
]


@st.composite
def days(draw: st.DrawFn) -> date:
    around = draw(st.sampled_from(AROUND))
    return around.date() + timedelta(days=draw(st.integers(-4, 4)))


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    marks = st.integers(0, 95) | st.sampled_from([4, 6, 8, 10, 12])
    quarters = sorted(draw(st.lists(marks, max_size=4, unique=True)))
    clocks = [time(quarter // 4, quarter % 4 * 15) for quarter in quarters]
    return tuple(Span(a, b) for a, b in zip(clocks[::2], clocks[1::2], strict=False))


weeks = st.tuples(*[spans()] * 7)


@st.composite
def seasons(draw: st.DrawFn) -> SeasonalWeek:
    first = draw(days())
    return SeasonalWeek(first, first + timedelta(days=draw(st.integers(0, 5))), draw(weeks), "season")


hours = st.builds(
    OpeningHours,
    zone=st.just(ZONE),
    week=weeks,
    holidays=st.lists(
        st.builds(Holiday, days(), st.just("feast"), st.sampled_from(Certainty)), max_size=3
    ).map(tuple),
    special_days=st.lists(st.builds(SpecialDay, days(), spans(), st.just("special")), max_size=2).map(tuple),
    seasons=st.lists(seasons(), max_size=1).map(tuple),
)
calendars = hours
moments = st.builds(
    lambda around, minutes, micro: around + timedelta(minutes=minutes, microseconds=micro),
    st.sampled_from(AROUND),
    st.integers(-4000, 4000) | st.integers(-12, 12).map(lambda quarter: quarter * 15),
    st.sampled_from([-1, 0, 0, 1]),
)

changes = st.lists(
    st.builds(
        lambda at, becomes, minutes: HoursChange(
            at, becomes, at + timedelta(minutes=minutes), Reason.TECHNICAL, "hind"
        ),
        moments,
        st.sampled_from(Becomes),
        st.integers(1, 6000),
    ),
    max_size=5,
    unique_by=lambda change: change.at,
)
hours = st.builds(
    lambda calendar, said: replace(calendar, overrides=overrides.spans(said)),
    calendars,
    changes | st.just([]),
)


def spans_on(hours: OpeningHours, day: date) -> tuple[Span, ...]:
    for special in hours.special_days:
        if special.day == day:
            return special.spans
    if any(holiday.day == day for holiday in hours.holidays):
        return ()
    for season in hours.seasons:
        if season.first <= day <= season.last:
            return season.week[day.weekday()]
    return hours.week[day.weekday()]


@given(calendars, moments)
def test_it_is_open_when_the_clock_on_the_wall_is_within_the_hours(
    hours: OpeningHours, moment: datetime
) -> None:
    local = moment.astimezone(ZONE)
    within = any(span.opens <= local.time() < span.closes for span in spans_on(hours, local.date()))
    is_open = isinstance(hours.at(moment), Open)
    assert is_open == within or (local.date() in SHOWN_TWICE and is_open)


@given(hours, moments)
def test_what_is_said_about_the_next_change_is_true(hours: OpeningHours, moment: datetime) -> None:
    match hours.at(moment):
        case Open(until):
            assert until > moment
            assert isinstance(hours.at(until - timedelta(microseconds=1)), Open)
            assert until > moment + HORIZON - timedelta(days=2) or isinstance(hours.at(until), Closed)
            assert hours.first_open(moment) == moment
        case Closed(reopens_at, why):
            assert why
            assert hours.first_open(moment) == reopens_at
            if reopens_at is None:
                assert hours.intervals(moment, moment + HORIZON - timedelta(days=1)) == []
            else:
                assert reopens_at > moment
                assert isinstance(hours.at(reopens_at), Open)
                before = hours.at(reopens_at - timedelta(microseconds=1))
                assert isinstance(before, Closed)
                assert before.reopens_at == reopens_at


@given(hours, moments, moments, moments)
@settings(max_examples=60)
def test_the_intervals_agree_with_every_moment(
    hours: OpeningHours, since: datetime, until: datetime, moment: datetime
) -> None:
    found = hours.intervals(since, until)
    edges = [edge for interval in found for edge in interval]
    assert edges == sorted(set(edges)), "ascending, never touching"
    assert all(since <= edge <= until for edge in edges)
    for probe in (moment, *edges[:4]):
        if since <= probe < until:
            inside = any(opens <= probe < closes for opens, closes in found)
            assert inside == isinstance(hours.at(probe), Open)


@given(calendars, changes, moments)
def test_what_was_said_last_holds_and_then_the_calendar(
    calendar: OpeningHours, said: list[HoursChange], moment: datetime
) -> None:
    now = replace(calendar, overrides=overrides.spans(said))
    holding = overrides.holds(said, moment)
    if holding is None:
        assert isinstance(now.at(moment), Open) == isinstance(calendar.at(moment), Open)
    else:
        assert isinstance(now.at(moment), Open) == (holding.becomes is Becomes.OPEN)
