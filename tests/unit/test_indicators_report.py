"""Parts of a time: hours and days of the centre's clock, calls across their ends, and times nobody watched."""

from datetime import UTC, datetime, timedelta

from routing.indicators.interval import Interval, day_of, days, hours
from routing.indicators.part import Part
from routing.indicators.report import By, Group, group, groups
from routing.record import Watched
from routing.zone import MOROCCO, centre_zone
from tests.support.days import NINE, TODAY, E, a_call, a_change, a_log

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONE = centre_zone(MOROCCO)
WATCHED = (Watched("w", TODAY.start - DAY, TODAY.end + DAY, 1),)


def value(found: Group, formula: str) -> float | None:
    (figure,) = (one for one in found.figures if one.formula == formula)
    return figure.value


def test_the_hours_of_a_day_add_up_to_the_day() -> None:
    calls = [a_call(E.ANSWERED, 30, at=TODAY.start + timedelta(minutes=37 * n)) for n in range(38)]
    part = Part(a_log(*calls, watched=WATCHED), TODAY)
    cut = list(groups(part, By.HOUR, ZONE))
    assert len(cut) == 24
    assert sum(value(one, "offered") or 0 for one in cut) == value(group(part), "offered") == len(calls)


def test_a_call_across_midnight_belongs_to_the_day_on_which_it_began() -> None:
    late = a_call(E.ANSWERED, 30, at=TODAY.end - timedelta(seconds=20), talked=600)
    two_days = Interval(TODAY.start, TODAY.end + DAY)
    part = Part(a_log(late, interval=two_days, watched=WATCHED), two_days)
    first, second = groups(part, By.DAY, ZONE)
    assert (value(first, "offered"), value(second, "offered")) == (1, 0)
    assert (value(first, "talk_time"), value(second, "talk_time")) == (600, None)


def test_an_agents_time_across_midnight_belongs_to_both_days() -> None:
    change = a_change("amal", TODAY.end - HOUR, "available")
    two_days = Interval(TODAY.start, TODAY.end + DAY)
    part = Part(
        a_log(changes=(change,), interval=two_days, as_of=TODAY.end + HOUR, watched=WATCHED), two_days
    )
    first, second = groups(part, By.DAY, ZONE)
    denominators = [
        next(f.denominator for f in one.figures if f.formula == "occupancy") for one in (first, second)
    ]
    assert denominators == [3600, 3600]


def test_the_day_on_which_morocco_set_its_clocks_for_good_has_twenty_five_hours() -> None:
    the_day = day_of(datetime(2026, 9, 20, 12, tzinfo=UTC), ZONE)
    assert the_day.end - the_day.start == 25 * HOUR
    cut = list(hours(the_day, ZONE))
    assert len(cut) == 25
    assert all(one.end - one.start == HOUR for one in cut)
    assert [one.start for one in cut[1:]] == [one.end for one in cut[:-1]]


def test_days_begin_at_the_centres_midnight_and_not_at_that_of_utc() -> None:
    summer = Interval(datetime(2026, 7, 1, 22, tzinfo=UTC), datetime(2026, 7, 3, tzinfo=UTC))
    assert [one.start for one in days(summer, ZONE)] == [
        datetime(2026, 7, 1, 22, tzinfo=UTC),
        datetime(2026, 7, 1, 23, tzinfo=UTC),
        datetime(2026, 7, 2, 23, tzinfo=UTC),
    ]


def test_hours_that_lie_ahead_are_not_shown() -> None:
    part = Part(a_log(as_of=NINE + 0.5 * HOUR, watched=WATCHED), TODAY)
    assert len(list(groups(part, By.HOUR, ZONE))) == 10


def test_an_hour_without_calls_that_was_watched_is_nought_and_one_that_was_not_is_unknown() -> None:
    stretch = Watched("w", TODAY.start, NINE, 1)
    part = Part(a_log(watched=(stretch,)), TODAY)
    cut = list(groups(part, By.HOUR, ZONE))
    assert (cut[8].uncertain, value(cut[8], "offered")) == (False, 0)
    assert (cut[9].uncertain, value(cut[9], "offered")) == (True, None)
    assert group(part).unwatched == (Interval(NINE, TODAY.end),)


def test_what_was_seen_in_an_hour_that_was_half_watched_is_shown_and_marked() -> None:
    stretch = Watched("w", TODAY.start, NINE + 0.5 * HOUR, 1)
    part = Part(a_log(a_call(E.ANSWERED, 5), watched=(stretch,)), TODAY)
    nine = list(groups(part, By.HOUR, ZONE))[9]
    assert (nine.uncertain, value(nine, "offered")) == (True, 1)


def test_who_chose_no_language_stands_apart_so_that_the_parts_add_up() -> None:
    calls = (a_call(E.ANSWERED, 5), a_call(E.LEFT_IN_MENU, language=None, subject=None))
    part = Part(a_log(*calls, watched=WATCHED), TODAY)
    assert [(one.key, value(one, "calls")) for one in groups(part, By.LANGUAGE, ZONE)] == [("", 1), ("fr", 1)]
    assert [(one.key, value(one, "calls")) for one in groups(part, By.SUBJECT, ZONE)] == [
        ("", 1),
        ("funding", 1),
    ]
    assert [(one.key, value(one, "calls")) for one in groups(part, By.AGENT, ZONE)] == [("amal", 1)]


def test_an_empty_interval_has_no_parts() -> None:
    nothing = Interval(NINE, NINE)
    part = Part(a_log(interval=nothing, watched=WATCHED), nothing)
    assert list(groups(part, By.HOUR, ZONE)) == []
    assert value(group(part), "offered") == 0
