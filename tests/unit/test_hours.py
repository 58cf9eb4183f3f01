"""When the centre is open, told as what a caller meets at the door."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter

import pytest

from routing.holidays import fixed_holidays
from routing.hours import (
    Certainty,
    Closed,
    Holiday,
    Open,
    OpeningHours,
    SeasonalWeek,
    Span,
    SpecialDay,
    moment_of_clock,
)
from routing.zone import MOROCCO, centre_zone

CASABLANCA = centre_zone(MOROCCO)
WORKDAY = (Span(time(8, 30), time(16, 30)),)
WEEK = (WORKDAY,) * 5 + ((), ())
FIXED = tuple(day for year in range(2025, 2030) for day in fixed_holidays(year))
CENTRE = OpeningHours(CASABLANCA, WEEK, FIXED)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def why(hours: OpeningHours, text: str) -> str:
    state = hours.at(utc(text))
    assert isinstance(state, Closed)
    return state.why


def test_a_minute_before_opening_it_is_closed() -> None:
    assert CENTRE.at(utc("2026-11-23T08:29")) == Closed(utc("2026-11-23T08:30"), "before opening")


def test_at_the_minute_of_opening_it_is_open() -> None:
    assert CENTRE.at(utc("2026-11-23T08:30")) == Open(utc("2026-11-23T16:30"))


def test_at_the_minute_of_closing_it_is_closed() -> None:
    assert CENTRE.at(utc("2026-11-23T16:29:59.999999")) == Open(utc("2026-11-23T16:30"))
    assert CENTRE.at(utc("2026-11-23T16:30")) == Closed(utc("2026-11-24T08:30"), "after closing")


@pytest.mark.parametrize(
    ("moment", "holiday"),
    [
        ("2026-11-18T10:00", "Independence Day"),
        ("2027-01-14T10:00", "Amazigh New Year"),
        ("2028-10-31T10:00", "Unity Day"),
    ],
)
def test_a_holiday_is_closed_and_named(moment: str, holiday: str) -> None:
    assert why(CENTRE, moment) == holiday


def test_a_holiday_that_did_not_exist_yet_is_a_working_day() -> None:
    assert CENTRE.at(utc("2025-10-31T10:00")) == Open(utc("2025-10-31T15:30"))


def test_the_hours_follow_the_clock_on_the_wall_across_the_end_of_utc_plus_one() -> None:
    assert CENTRE.first_open(utc("2026-09-18T00:00")) == utc("2026-09-18T07:30")
    assert CENTRE.first_open(utc("2026-09-21T00:00")) == utc("2026-09-21T08:30")


def test_the_hours_follow_the_clock_on_the_wall_in_ramadan_of_2026() -> None:
    assert CENTRE.first_open(utc("2026-02-13T00:00")) == utc("2026-02-13T07:30")
    assert CENTRE.first_open(utc("2026-02-16T00:00")) == utc("2026-02-16T08:30")
    assert CENTRE.first_open(utc("2026-03-23T00:00")) == utc("2026-03-23T07:30")


def test_a_moment_may_be_given_in_any_zone() -> None:
    local = datetime(2026, 11, 23, 8, 30, tzinfo=CASABLANCA)
    assert CENTRE.at(local) == CENTRE.at(utc("2026-11-23T08:30"))


def test_the_weekend_is_called_so() -> None:
    assert CENTRE.at(utc("2026-11-21T10:00")) == Closed(utc("2026-11-23T08:30"), "weekend")


def test_a_closed_weekday_is_called_by_its_name() -> None:
    hours = OpeningHours(CASABLANCA, (WORKDAY, WORKDAY, (), WORKDAY, WORKDAY, (), ()))
    assert why(hours, "2026-11-25T10:00") == "closed on Wednesdays"


def test_a_long_lunch_is_between_the_opening_times() -> None:
    friday = (Span(time(8, 30), time(12)), Span(time(14), time(16, 30)))
    hours = OpeningHours(CASABLANCA, (*WEEK[:4], friday, (), ()))
    assert hours.at(utc("2026-11-20T12:30")) == Closed(utc("2026-11-20T14:00"), "between the opening times")


def test_a_special_day_wins_over_a_holiday() -> None:
    special = SpecialDay(date(2026, 11, 18), (Span(time(10), time(12)),), "caravan in Oujda")
    hours = OpeningHours(CASABLANCA, WEEK, FIXED, (special,))
    assert hours.at(utc("2026-11-18T10:00")) == Open(utc("2026-11-18T12:00"))
    assert why(hours, "2026-11-18T09:00") == "before opening (caravan in Oujda)"


def test_a_special_day_without_hours_is_closed_for_its_reason() -> None:
    hours = OpeningHours(CASABLANCA, WEEK, FIXED, (SpecialDay(date(2026, 11, 24), (), "flood"),))
    assert why(hours, "2026-11-24T10:00") == "flood"


def test_a_holiday_wins_over_a_season_and_the_season_over_the_week() -> None:
    ramadan_day = (Span(time(9), time(15)),)
    season = SeasonalWeek(date(2027, 1, 11), date(2027, 1, 17), (ramadan_day,) * 5 + ((), ()), "Ramadan")
    hours = OpeningHours(CASABLANCA, WEEK, FIXED, seasons=(season,))
    assert why(hours, "2027-01-14T10:00") == "Amazigh New Year"
    assert hours.at(utc("2027-01-15T10:00")) == Open(utc("2027-01-15T15:00"))
    assert why(hours, "2027-01-15T15:00") == "after closing (Ramadan)"
    assert why(hours, "2027-01-17T10:00") == "weekend"
    assert hours.at(utc("2027-01-18T15:00")) == Open(utc("2027-01-18T16:30"))


def test_a_day_known_only_from_the_calculation_of_the_moon_says_so() -> None:
    feast = Holiday(date(2027, 3, 10), "eid_al_fitr", Certainty.ESTIMATED)
    assert why(OpeningHours(CASABLANCA, WEEK, (feast,)), "2027-03-10T10:00") == "eid_al_fitr (estimated)"


def test_a_centre_that_never_opens_says_so_and_answers_quickly() -> None:
    hours = OpeningHours(CASABLANCA, ((),) * 7, FIXED)
    before = perf_counter()
    assert hours.at(utc("2026-11-23T10:00")) == Closed(None, "closed on Mondays")
    assert perf_counter() - before < 0.5


def test_spans_that_meet_are_one_opening() -> None:
    hours = OpeningHours(CASABLANCA, ((Span(time(8), time(12)), Span(time(12), time(16))),) * 7)
    assert hours.at(utc("2026-11-23T09:00")) == Open(utc("2026-11-23T16:00"))
    day = hours.intervals(utc("2026-11-23T09:00"), utc("2026-11-24T08:00"))
    assert day == [(utc("2026-11-23T09:00"), utc("2026-11-23T16:00"))]


def test_the_next_two_weeks_as_intervals() -> None:
    found = CENTRE.intervals(utc("2026-11-16T00:00"), utc("2026-11-30T00:00"))
    assert len(found) == 9
    assert all(closes - opens == timedelta(hours=8) for opens, closes in found)
    assert not any(opens.date() == date(2026, 11, 18) for opens, _ in found)


def test_a_time_the_clock_leaves_out_is_the_moment_of_the_change() -> None:
    for clock in (time(2), time(2, 30), time(2, 59, 59), time(3)):
        change = moment_of_clock(CASABLANCA, date(2026, 3, 22), clock, second_time=False)
        assert change == utc("2026-03-22T02:00")


def test_a_time_the_clock_shows_twice_opens_the_first_time_and_closes_the_second() -> None:
    night = OpeningHours(CASABLANCA, (WORKDAY,) * 6 + ((Span(time(1, 15), time(1, 45)),),))
    assert night.intervals(utc("2026-09-20T00:00"), utc("2026-09-20T12:00")) == [
        (utc("2026-09-20T00:15"), utc("2026-09-20T01:45"))
    ]


def test_what_was_asked_before_changes_no_answer() -> None:
    asked = [utc("2026-11-23T00:00") + timedelta(minutes=30 * half_hour) for half_hour in range(7 * 48)]
    used = replace(CENTRE)
    for moment in (*asked, *reversed(asked)):
        assert used.at(moment) == replace(CENTRE).at(moment)
