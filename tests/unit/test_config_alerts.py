"""The section `alerts`, and the supervisors who are called."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from config.build import to_on_call
from config.load import load
from config.mistakes import ConfigError
from routing.alerts import Kind, OnCall, Rule
from routing.hours import Span

WRITTEN = """
centre: {name: {ar: A, zgh: Z, fr: F}}
supervisors:
  - {id: hind, name: Hind, extension: 110, on_duty: "8:30-12:00, 14:00-18:00"}
  - {id: omar, name: Omar, phone: "0612345678"}
  - {id: rim, name: Rim}
alerts:
  call: [omar, hind]
  again: 20m
  nobody_signed_in: {for: 3m}
  longest_wait: {over: 8m, for: 30s}
  waiting: {over: 12}
  service_level: {under: 70, for: 10m}
  database: {out_of_hours: yes}
"""
MINUTE = timedelta(minutes=1)


def test_what_is_watched_and_who_is_called_are_read(tmp_path: Path) -> None:
    file = tmp_path / "center.yaml"
    file.write_text(WRITTEN, encoding="utf-8")
    settings = load(file, {})
    rules = settings.alerts.rules
    assert rules.again == 20 * MINUTE
    assert rules.rules == (
        Rule(Kind.NOBODY_SIGNED_IN, 3 * MINUTE),
        Rule(Kind.LONGEST_WAIT, MINUTE / 2, 480),
        Rule(Kind.WAITING, 5 * MINUTE, 12),
        Rule(Kind.SERVICE_LEVEL, 10 * MINUTE, 70),
        Rule(Kind.DATABASE, 5 * MINUTE, out_of_hours=True),
    )
    half_days = (Span(time(8, 30), time(12)), Span(time(14), time(18)))
    assert to_on_call(settings) == (
        OnCall("omar", None, "+212612345678"),
        OnCall("hind", "110", None, half_days),
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("[omar, hind]", "[omar, hint]", 'alerts.call.2: "hint" is no supervisor'),
        ("[omar, hind]", "[rim]", "alerts.call.1: rim has no telephone on which he can be called"),
        ("[omar, hind]", "[omar, omar]", 'alerts.call.2: "omar" is listed twice'),
        ('"0612345678"', '"0112345678"', "supervisors.omar.phone: is a number that no telephone can have"),
        ('"0612345678"', '"+33612345678"', "supervisors.omar.phone: may not be called"),
        ("for: 3m", "for: ever", 'alerts.nobody_signed_in.for: "ever" is not a duration'),
        ("under: 70", "under: 101", "alerts.service_level.under: 101 is out of range"),
        ("{over: 12}", "{above: 12}", "alerts.waiting.above: is not a setting"),
    ],
)
def test_alerts_that_cannot_be(tmp_path: Path, before: str, after: str, told: str) -> None:
    file = tmp_path / "center.yaml"
    assert before in WRITTEN
    file.write_text(WRITTEN.replace(before, after), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(file, {})
    assert told in str(refused.value)


def test_with_nobody_to_call_nothing_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "center.yaml"
    file.write_text(WRITTEN.replace("[omar, hind]", "[]"), encoding="utf-8")
    assert to_on_call(load(file, {})) == ()
