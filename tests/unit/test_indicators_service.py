"""Service level, waits and abandonment: what is divided by what, to the decimal."""

from datetime import timedelta

import pytest

from routing.indicators.day import day
from routing.indicators.outcome import OUTCOMES, Abandoned
from routing.indicators.part import Part
from routing.indicators.service import Service
from routing.model import CallEnding, Language
from routing.record import CallRecord
from tests.support.days import NINE, TODAY, E, a_call, a_change, a_log


def of(*calls: CallRecord) -> Service:
    return Service(Part(a_log(*calls), TODAY))


def the_worked_example() -> list[CallRecord]:
    """1000 answered, 860 of them within 20 s; 60 abandoned, 20 of them within 20 s, 10 of these within 5 s."""
    waits = [(E.ANSWERED, 20.0)] * 860 + [(E.ANSWERED, 20.5)] * 140
    waits += [(E.ABANDONED, 5.0)] * 10 + [(E.ABANDONED, 12.0)] * 10 + [(E.ABANDONED, 90.0)] * 40
    return [a_call(ending, waited) for ending, waited in waits]


def test_the_worked_example_gives_the_published_and_the_strict_service_level() -> None:
    service = of(*the_worked_example())
    assert service.published().per_cent == "81.9 %"
    assert (service.published().numerator, service.published().denominator) == (860, 1050)
    assert service.strict().per_cent == "81.1 %"
    assert (service.strict().numerator, service.strict().denominator) == (860, 1060)


def test_the_six_common_formulas_differ_by_five_points_on_the_same_day() -> None:
    service = of(*the_worked_example())
    in_time, answered = len(service.in_time), len(service.answered)
    by = {one: sum(found is one for found in service.outcomes.values()) for one in OUTCOMES}
    short, before = by[Abandoned.SHORT], by[Abandoned.BEFORE]
    after = by[Abandoned.AFTER]
    formulas = [
        in_time / (answered + short + before + after),
        in_time / (answered + before + after),
        in_time / (answered + after),
        (in_time + before + short) / (answered + short + before + after),
        (in_time + before) / (answered + before + after),
        in_time / answered,
    ]
    assert [f"{100 * one:.1f}" for one in formulas] == ["81.1", "81.9", "82.7", "83.0", "82.9", "86.0"]


def test_every_call_has_one_outcome() -> None:
    calls = [a_call(ending, 30) for ending in CallEnding] + [a_call(None, 30), a_call(None)]
    service = of(*calls)
    assert sum(figure.value or 0 for figure in service.counts()[4:]) == len(calls)
    assert set(service.outcomes.values()) == set(OUTCOMES) - {Abandoned.SHORT, Abandoned.BEFORE}


def test_a_callback_taken_in_the_line_is_neither_answered_nor_abandoned() -> None:
    calls = [a_call(E.ANSWERED, 5), a_call(E.ABANDONED, 60), a_call(E.CALLBACK_TAKEN, 90)]
    service = of(*calls, a_call(E.CALLBACK_TAKEN))  # the last out of hours
    assert service.deferred == (calls[2].id,)
    assert service.published().value == 0.5
    assert service.abandonment().value == 0.5
    assert len(service.offered) == 3


def test_who_waits_now_is_not_counted_before_it_is_known_how_it_ends() -> None:
    waiting = a_call(None, 3)
    service = of(a_call(E.ANSWERED, 5), waiting)
    assert waiting.id not in service.offered
    assert service.abandonment().denominator == 1
    assert service.published().denominator == 1


def test_no_call_is_no_figure_and_not_nought_per_cent() -> None:
    service = of()
    for figure in (service.published(), service.strict(), service.abandonment(), *service.speed()):
        assert figure.value is None
    assert service.published().per_cent == "–"


def test_waits_have_a_mean_a_median_a_ninetieth_percentile_and_a_longest() -> None:
    service = of(*(a_call(E.ANSWERED, wait) for wait in range(1, 11)), a_call(E.ABANDONED, 100))
    by = {figure.formula: figure for figure in service.speed()}
    assert by["speed_of_answer"].value == pytest.approx(5.5)
    assert by["wait_of_answered_median"].value == pytest.approx(5.5)
    assert by["wait_of_answered_p90"].value == 9
    assert by["wait_of_answered_longest"].value == 10
    assert by["wait_of_abandoned"].value == by["wait_of_abandoned_longest"].value == 100


def test_the_speed_of_answer_without_ringing_ends_where_the_telephone_that_was_picked_up_began_to_ring() -> (
    None
):
    call = a_call(E.ANSWERED, 30)
    joined = NINE + timedelta(seconds=10)
    changes = [
        a_change("idir", joined, "offered", call.id),  # rings ten seconds in vain
        a_change("idir", joined + timedelta(seconds=10), "on_break", "missed_offer"),
        a_change("amal", joined + timedelta(seconds=22), "offered", call.id),
        a_change("amal", joined + timedelta(seconds=30), "talking", call.id),
    ]
    service = Service(Part(a_log(call, changes=tuple(changes)), TODAY))
    with_ringing, without = service.speed()[:2]
    assert (with_ringing.value, without.value) == (30, 22)


def test_a_language_is_not_hidden_in_the_mean() -> None:
    log = a_log(
        *(a_call(E.ANSWERED, 5) for _ in range(9)), a_call(E.ABANDONED, 300, language=Language.TAMAZIGHT)
    )
    found = day(log, Language)
    assert found.total.service_level.per_cent == "90.0 %"
    assert found.by_language[Language.TAMAZIGHT].service_level.per_cent == "0.0 %"
    assert found.by_language[Language.ARABIC].service_level.value is None
    assert found.by_language[Language.FRENCH].offered.value == 9


def test_a_call_belongs_to_the_interval_in_which_it_began() -> None:
    before = a_call(E.ANSWERED, 30, at=TODAY.start - timedelta(seconds=15))  # answered after midnight
    at_midnight, last = a_call(E.ANSWERED, 30, at=TODAY.start), a_call(E.ANSWERED, 30, at=TODAY.end)
    assert of(before, at_midnight, last).answered == (at_midnight.id,)
