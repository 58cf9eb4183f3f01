"""What was agreed about service: written once, and every service level that is shown or said is counted by it."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from config.build import to_centre
from config.load import load
from config.mistakes import ConfigError
from db.store import Store
from routing.indicators.day import MainFigures, day
from routing.indicators.formulas import FORMULAS, in_words
from routing.indicators.outcome import Goal
from routing.indicators.part import Part
from routing.indicators.report import every_figure
from routing.model import CallId, Language
from routing.record import TraceLine, Watched
from server.cli import app
from server.figures import day_json, today
from server.parts import CHECKOUT
from tests.support.days import NINE, TODAY, E, a_call, a_log
from tests.support.recount import recount

CENTRE = "centre: {name: {ar: A, zgh: Z, fr: F}}\n"
STRICTER = CENTRE + "figures: {answered_within: 1m30s, short: 20s}\n"
CALLS = (a_call(E.ANSWERED, 10), a_call(E.ANSWERED, 60), a_call(E.ABANDONED, 15), a_call(E.ABANDONED, 100))
BY_DEFAULT, AS_WRITTEN = 1 / 4, 2 / 3
"""Of the four: one in time; two in time, and who hung up after 15 s does not count."""


def written(folder: Path, text: str) -> Path:
    file = folder / "center.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def state(tmp_path: Path) -> Path:
    async def keep() -> None:
        store = Store(f"sqlite:///{tmp_path}/mowakaba.db")
        await store.write([*CALLS, Watched("w", TODAY.start, TODAY.end, 1)])
        await store.close()

    asyncio.run(keep())
    return tmp_path


def stats(state: Path, config: Path, *words: str) -> str:
    place = ("--config", str(config), "--state", str(state))
    result = CliRunner().invoke(app, [*place, "stats", "--from", "2026-09-28", "--to", "2026-09-29", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_without_a_line_it_is_twenty_and_five_seconds_as_in_the_file_that_comes_along(tmp_path: Path) -> None:
    usual = Goal(timedelta(seconds=20), timedelta(seconds=5))
    assert to_centre(load(written(tmp_path, CENTRE), {})).goal == usual
    assert to_centre(load(CHECKOUT / "config" / "center.yaml", {})).goal == usual


def test_the_command_counts_by_what_is_written_and_shows_it_with_the_formula(state: Path) -> None:
    file = written(state, STRICTER)
    shown = json.loads(stats(state, file, "--json"))
    level = shown["total"]["figures"]["service_level_published"]
    assert level["value"] == pytest.approx(AS_WRITTEN)
    assert shown["formulas"]["service_level_published"] == (
        "answered within 90 s ÷ (answered + abandoned − abandoned within 20 s)"
    )
    assert set(shown["formulas"]) >= {one["formula"] for one in shown["total"]["figures"].values()}
    for words in ((), ("--by", "hour")):
        assert "service_level_strict: answered within 90 s ÷" in stats(state, file, *words)
    assert "abandonment: abandoned ÷ (offered − deferred): " in stats(state, file, "--ids")


def test_what_a_supervisor_hears_and_is_called_about_is_counted_by_it_too(state: Path) -> None:
    async def told(config: Path) -> MainFigures:
        store = Store(f"sqlite:///{state}/mowakaba.db")

        async def flushed(within: float) -> bool:
            return True

        running: Any = SimpleNamespace(
            clock=lambda: NINE + timedelta(hours=2),
            writer=SimpleNamespace(flush=flushed),
            store=store,
            centre=to_centre(load(config, {})),
        )
        try:
            figures = await today(running)
        finally:
            await store.close()
        goal = figures.goal
        assert day_json(figures)["formulas"]["service_level_published"] == in_words(
            "service_level_published", goal
        )
        return figures.total

    assert asyncio.run(told(written(state, CENTRE))).service_level.value == pytest.approx(BY_DEFAULT)
    assert asyncio.run(told(written(state, STRICTER))).service_level.value == pytest.approx(AS_WRITTEN)


def test_an_independent_count_with_the_same_times_agrees(state: Path) -> None:
    begin, end = (moment.replace(tzinfo=None) for moment in (TODAY.start, TODAY.end))
    again = recount(str(state / "mowakaba.db"), begin, end, end, within=90, short=20)
    assert again["service_level_published"] == pytest.approx(AS_WRITTEN)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("figures: {answered_within: 0s}", "figures.answered_within: 0s is too short; write 1s or more"),
        ("figures: {answered_within: soon}", 'figures.answered_within: "soon" is not a duration'),
        (
            "figures: {answered_within: 3s}",
            "figures.short: 5s is longer than answered_within; write 3s or less",
        ),
        ("figures: {short: 30s}", "figures.short: 30s is longer than answered_within; write 20s or less"),
        ("figures: {within: 30s}", "figures.within: is not a setting"),
    ],
)
def test_times_that_cannot_be_are_told_with_how_to_mend_them(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(written(tmp_path, CENTRE + text), {})
    assert told in str(refused.value)


def test_every_figure_that_is_told_has_its_formula_in_words() -> None:
    heard = TraceLine(CallId(CALLS[0].id), 1, NINE, "menu answered", {"menu": "subject", "language": "fr"})
    log = a_log(*CALLS, notes=(heard,))
    figures = {figure.formula for figure in every_figure(Part(log, TODAY))}
    main = day(log, Language).total
    figures |= {getattr(main, name).formula for name in MainFigures.__slots__}
    assert figures == set(FORMULAS)


def test_a_simulated_day_is_counted_by_it(tmp_path: Path) -> None:
    agents = "agents: [{id: salma, name: Salma, extension: 101, languages: [ar, zgh, fr]}]\n"
    file = written(tmp_path, STRICTER + agents)
    words = ("simulate", "day", "--calls-per-hour", "5", "--agents", "2", "--at", "2026-11-23T15:30")
    result = CliRunner().invoke(app, ["--config", str(file), "--state", str(tmp_path), *words])
    assert result.exit_code == 0, result.output
    assert "answered within 90 s" in result.output
    nobody = ["--config", str(written(tmp_path, STRICTER)), "--state", str(tmp_path), *words]
    refused = CliRunner().invoke(app, nobody)
    assert refused.exit_code == 1
    assert "add one under agents" in refused.output
