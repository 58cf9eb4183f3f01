"""`mowakaba hours`, the real command, on a machine whose own zone data is of 2025."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from typer import BadParameter

from routing.overrides import Becomes, Reason, change
from routing.zone import MOROCCO, centre_zone
from server.commands.hours import end_of
from server.hours_file import HoursFile

CHECKOUT = Path(__file__).parents[2]
MOWAKABA = [sys.executable, "-c", "from server.cli import app; app()"]


@pytest.fixture
def stale_machine(tmp_path: Path) -> dict[str, str]:
    """An environment in which the system says that Morocco is still on UTC+1."""
    zone = tmp_path / "zoneinfo/Africa/Casablanca"
    zone.parent.mkdir(parents=True)
    zone.write_bytes(files("tzdata").joinpath("zoneinfo", "Etc", "GMT-1").read_bytes())
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MOWAKABA_")}
    folder = str(tmp_path / "zoneinfo")
    return {
        **kept,
        "TZ": "Africa/Casablanca",
        "TZDIR": folder,
        "PYTHONTZPATH": folder,
        "PYTHONPATH": str(CHECKOUT),
    }


def run(environ: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [*MOWAKABA, *words], env=environ, capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout


def hours(environ: dict[str, str], at: str) -> Any:
    return json.loads(run(environ, "hours", "--at", at, "--json"))


def test_the_machine_is_wrong_indeed(stale_machine: dict[str, str]) -> None:
    code = "import datetime as d; print(d.datetime(2026, 11, 23, 8, tzinfo=d.UTC).astimezone().utcoffset())"
    done = subprocess.run(
        [sys.executable, "-c", code], env=stale_machine, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1:00:00"


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        (
            "2026-11-23T08:29+00:00",
            {"open": False, "reopens_at": "2026-11-23T08:30:00+00:00", "why": "before opening"},
        ),
        ("2026-11-23T08:30+00:00", {"open": True, "until": "2026-11-23T16:30:00+00:00"}),
        ("2026-11-23T16:29:59+00:00", {"open": True, "until": "2026-11-23T16:30:00+00:00"}),
        (
            "2026-11-23T16:30+00:00",
            {"open": False, "reopens_at": "2026-11-24T08:30:00+00:00", "why": "after closing"},
        ),
        (
            "2026-11-18T10:00+00:00",
            {"open": False, "reopens_at": "2026-11-19T08:30:00+00:00", "why": "Independence Day"},
        ),
        (
            "2027-01-14T10:00+00:00",
            {"open": False, "reopens_at": "2027-01-15T08:30:00+00:00", "why": "Amazigh New Year"},
        ),
        ("2025-10-31T10:00+00:00", {"open": True, "until": "2025-10-31T15:30:00+00:00"}),
        (
            "2028-10-31T10:00+00:00",
            {"open": False, "reopens_at": "2028-11-01T08:30:00+00:00", "why": "Unity Day"},
        ),
        ("2026-11-23T08:30", {"open": True, "until": "2026-11-23T16:30:00+00:00"}),
        (
            "2027-03-09T10:00+00:00",
            {"open": False, "reopens_at": "2027-03-11T08:30:00+00:00", "why": "Eid al-Fitr (estimated)"},
        ),
    ],
)
def test_the_hours_are_right(stale_machine: dict[str, str], at: str, answer: dict[str, object]) -> None:
    told = hours(stale_machine, at)
    told.pop("at")
    assert told == answer


def test_words_for_people(stale_machine: dict[str, str]) -> None:
    told = run(stale_machine, "hours", "--at", "2026-11-23T16:30+00:00")
    assert told == "closed: after closing; reopens Tuesday 24 November 2026 08:30\n"
    told = run(stale_machine, "hours", "--at", "2026-11-23T08:30+00:00")
    assert told == "open until Monday 23 November 2026 16:30\n"


def test_an_answer_comes_soon(stale_machine: dict[str, str]) -> None:
    """The best of three: a busy machine is not the command's fault."""
    run(stale_machine, "hours")
    took = []
    for _ in range(3):
        began = time.monotonic()
        run(stale_machine, "hours")
        took.append(time.monotonic() - began)
    assert min(took) < 2.0


def test_heavy_libraries_are_left_alone(stale_machine: dict[str, str]) -> None:
    code = (
        "import sys; from server.cli import app\n"
        "try: app(['hours'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'sqlalchemy', 'panoramisk', 'rich', 'babel', 'alembic'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=stale_machine, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_what_a_supervisor_said_is_shown_before_the_calendar(
    stale_machine: dict[str, str], tmp_path: Path
) -> None:
    state = tmp_path / "state"
    said = datetime(2026, 11, 23, 10, tzinfo=UTC)
    HoursFile(state).add(change(said, Becomes.CLOSED, said + timedelta(hours=4), Reason.TECHNICAL, "hind"))
    place = stale_machine | {"MOWAKABA_STATE": str(state)}
    assert hours(place, "2026-11-23T09:59+00:00")["until"] == "2026-11-23T10:00:00+00:00"
    closed = hours(place, "2026-11-23T10:00+00:00")
    assert (closed["open"], closed["reopens_at"], closed["why"]) == (
        False,
        "2026-11-23T14:00:00+00:00",
        "technical (hind)",
    )
    (listed,) = json.loads(run(place, "hours", "changes", "--json"))
    assert (listed["becomes"], listed["why"], listed["by"]) == ("closed", "technical", "hind")


def test_a_damaged_list_of_changes_is_named(stale_machine: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "hours.json").write_text("[1]")
    done = subprocess.run(
        [*MOWAKABA, "hours"],
        env=stale_machine | {"MOWAKABA_STATE": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 1
    assert "hours.json is damaged" in done.stderr


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("16:00", "2026-11-23T16:00:00+00:00"),
        ("09:00", "2026-11-24T09:00:00+00:00"),
        ("2026-11-25T18:00", "2026-11-25T18:00:00+00:00"),
        ("2026-11-25T18:00+01:00", "2026-11-25T17:00:00+00:00"),
    ],
)
def test_an_end_without_a_day_is_the_next_one(text: str, end: str) -> None:
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert end_of(text, now, centre_zone(MOROCCO)).astimezone(UTC).isoformat() == end


def test_an_end_that_is_no_moment_is_refused() -> None:
    with pytest.raises(BadParameter, match="is not a moment"):
        end_of("tomorrow", datetime(2026, 11, 23, 10, tzinfo=UTC), centre_zone(MOROCCO))


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"])
def test_an_end_that_no_clock_can_show_is_refused(text: str) -> None:
    with pytest.raises(BadParameter, match="is not between the years"):
        end_of(text, datetime(2026, 11, 23, 10, tzinfo=UTC), centre_zone(MOROCCO))
