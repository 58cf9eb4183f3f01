"""A day of random callers: the production's own desk serves them, and its own figures tell how."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from config.build import to_centre
from config.load import load
from routing.indicators.log import Log
from routing.indicators.part import Part
from routing.indicators.promises import promises
from routing.indicators.service import Service
from server.parts import CHECKOUT
from server.simulation.crowd import Rates
from server.simulation.day import simulate_day

OPENS = datetime(2026, 11, 23, 9, tzinfo=UTC)
CENTRE = to_centre(load(CHECKOUT / "config" / "center.yaml", {}), OPENS)
BUSY = Rates(60, 4, mean_talk=timedelta(minutes=4), patience=timedelta(minutes=3))


def simulated(rates: Rates = BUSY, seed: int = 1) -> Log:
    return simulate_day(CENTRE, OPENS, rates, seed=seed)


def service(log: Log) -> Service:
    return Service(Part(log, log.interval))


def test_every_call_has_an_end_and_nobody_waits_for_ever() -> None:
    log = simulated()
    assert len(log.calls) > 200
    assert all(call.ending is not None and call.ended_at is not None for call in log.calls)


def test_the_same_seed_is_the_same_day_and_another_is_not() -> None:
    def waits(seed: int) -> list[float]:
        return list(service(simulated(replace(BUSY, calls_per_hour=20), seed)).waits.values())

    assert waits(1) == waits(1)
    assert waits(1) != waits(2)


def test_more_agents_answer_sooner_and_lose_fewer() -> None:
    few, many = service(simulated()), service(simulated(replace(BUSY, agents=12)))
    assert (many.published().value or 0) > (few.published().value or 0)
    assert (many.abandonment().value or 0) < (few.abandonment().value or 1)
    assert many.published().value == pytest.approx(1, abs=0.1)


def test_who_takes_a_callback_is_called_back_within_the_day() -> None:
    log = simulated(replace(BUSY, patience=timedelta(minutes=20), takes_callback=0.5, agents=5, reached=1.0))
    found = {figure.formula: figure for figure in promises(Part(log, log.interval))}
    assert (found["callbacks_asked"].value or 0) > 5
    assert found["callbacks_reached"].value == 1
    assert (found["promises_kept"].value or 0) > 0.5


def test_a_day_on_which_it_is_closed_is_refused() -> None:
    with pytest.raises(ValueError, match="closed"):
        simulate_day(CENTRE, OPENS - timedelta(days=1), BUSY, seed=1)
