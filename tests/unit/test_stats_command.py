"""What `mowakaba stats` shows of a log in a real database."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from db.store import Store
from routing.indicators.part import Part
from routing.indicators.report import every_figure
from routing.record import Watched
from server.cli import app
from server.parts import CHECKOUT
from tests.support.days import NINE, TODAY, E, a_call, a_log

DAY = ("--from", "2026-09-28", "--to", "2026-09-29")
HALF_AN_HOUR = timedelta(minutes=30)
ANSWERED, LATE = a_call(E.ANSWERED, 10, caller="+212612345678"), a_call(E.ANSWERED, 40)
SEEN = Watched("w", TODAY.start, NINE + HALF_AN_HOUR, 1)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A centre that was killed at half past nine."""

    async def keep() -> None:
        store = Store(f"sqlite:///{tmp_path}/mowakaba.db")
        await store.write([ANSWERED, LATE, SEEN])
        await store.close()

    asyncio.run(keep())
    return tmp_path


def run(state: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--state", str(state), "stats", *words])


def shown(state: Path, *words: str) -> Any:
    result = run(state, *DAY, "--json", *words)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_json_has_both_sides_of_each_division_and_with_ids_the_calls_behind_them(state: Path) -> None:
    level = shown(state)["total"]["figures"]["service_level_published"]
    assert (level["value"], level["numerator"], level["denominator"]) == (0.5, 1, 2)
    assert "rows" not in level
    level = shown(state, "--ids")["total"]["figures"]["service_level_published"]
    assert (level["rows"], level["of"]) == ([ANSWERED.id], [ANSWERED.id, LATE.id])


def test_an_hour_in_which_nobody_watched_is_uncertain(state: Path) -> None:
    found = shown(state, "--by", "hour")
    eight, nine, ten = found["groups"][8:11]
    assert (eight["uncertain"], eight["figures"]["offered"]["value"]) == (False, 0)
    assert (nine["uncertain"], nine["figures"]["offered"]["value"]) == (True, 2)
    assert nine["unwatched"] == [{"from": "2026-09-28T09:30:00+00:00", "to": "2026-09-28T10:00:00+00:00"}]
    assert (ten["uncertain"], ten["figures"]["offered"]["value"]) == (True, None)


def test_the_table_can_be_read_and_holds_no_number(state: Path) -> None:
    for words in ((), ("--by", "hour"), ("--by", "agent", "--ids")):
        result = run(state, *DAY, *words)
        assert result.exit_code == 0, result.output
        assert "50.0 %" in result.output
        assert "uncertain from 2026-09-28 09:30:00 to 2026-09-29 00:00:00" in result.output
        assert "612345678" not in result.output


@pytest.mark.parametrize(
    "words", [("--from", "2026-09-29", "--to", "2026-09-28"), ("--from", "0001-01-01"), ("--from", "Monday")]
)
def test_an_interval_that_cannot_be_is_refused_with_what_to_do(state: Path, words: tuple[str, ...]) -> None:
    result = run(state, *words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_centre_that_never_ran_has_no_figures(tmp_path: Path) -> None:
    result = run(tmp_path, *DAY)
    assert result.exit_code == 0
    assert "no calls" in result.output


def test_every_figure_is_explained_by_its_name() -> None:
    text = (CHECKOUT / "docs" / "indicators.md").read_text(encoding="utf-8")
    names = {figure.formula for figure in every_figure(Part(a_log(ANSWERED, LATE), TODAY))}
    lost = {name for name in names if f"`{name}`" not in text and not name.startswith("calls_")}
    assert {name for name in lost if not name.startswith("wait_of_")} == set()


def test_a_time_of_more_parts_than_anyone_reads_is_refused_with_what_to_do(tmp_path: Path) -> None:
    refused = run(tmp_path, "--from", "2000-01-01", "--to", "2026-01-01", "--by", "hour")
    assert refused.exit_code == 2
    assert "--by day" in refused.output
