"""`mowakaba simulate replay`: a day as it was, and changed."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from routing.events import AgentReturned, AgentSignedIn, AgentSignedOut, AgentTookBreak
from routing.model import AgentId, BreakReason, CallEnding, CallId, DeskRules, Direction, Language, Subject
from routing.record import AgentChange, CallRecord
from server.cli import app
from simulator.logged_day import logged_day
from tests.unit.test_published_day import HEADER, row

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
AMAL = AgentId("amal")


@pytest.fixture
def day(tmp_path):
    file = tmp_path / "day.csv"
    rows = [row(n, f"9:{n:02}:00", 0 if n == 0 else 65 * n, "AGENT", 120, "BORIS") for n in range(6)]
    file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return file


def replays(*words):
    done = CliRunner().invoke(app, ["simulate", "replay", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_longer_pause_after_calls_makes_waits_longer_and_more_agents_make_them_shorter(day, tmp_path):
    slower = json.loads(replays(day, "--set", "desk.wrap_up=50s", "--json"))
    assert slower["as_it_was"]["joined"] == slower["changed"]["joined"] == 6
    assert slower["changed"]["mean_wait"] > slower["as_it_was"]["mean_wait"] > 60
    more = json.loads(replays(day, "--agents", "3", "--json"))
    assert more["as_it_was"] == slower["as_it_was"]
    assert more["changed"]["mean_wait"] == 0
    assert more["changed"]["service_level"] == 1


def test_the_differences_are_shown_in_a_table_and_a_picture(day, tmp_path):
    picture = tmp_path / "waits.svg"
    shown = replays(day, "--agents", 2, "--plot", picture)
    line = next(line for line in shown.splitlines() if line.startswith("mean wait"))
    assert "-" in line.split()[-2]
    assert picture.read_text(encoding="utf-8").count("<polyline") == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--set", "desk.wrap_up=long"], "wrap_up"),
        (["--set", "queue.longest_wait=1m"], "no setting of the desk"),
        (["--set", "wrap_up"], "no setting of the desk"),
        (["--from", "2026-11-23"], "replayed whole"),
    ],
)
def test_what_cannot_be_changed_is_told(day, words, says):
    done = CliRunner().invoke(app, ["simulate", "replay", str(day), *words])
    assert done.exit_code != 0
    assert says in done.output


def test_without_a_file_the_time_in_the_log_must_be_given(tmp_path):
    done = CliRunner().invoke(app, ["simulate", "replay", "--state", str(tmp_path)])
    assert done.exit_code != 0
    assert "--from and --to" in done.output


def test_the_centres_own_log_becomes_a_day():
    def call(id, ending, waited, talked=None):
        connected = NINE + timedelta(seconds=waited) if talked else None
        return CallRecord(
            CallId(id),
            1,
            Direction.INBOUND,
            None,
            "2000",
            started_at=NINE - timedelta(seconds=20),
            language=Language.FRENCH,
            subject=Subject("legal"),
            agent=AMAL if talked else None,
            queued_at=NINE,
            connected_at=connected,
            talk_ended_at=connected + timedelta(seconds=talked) if connected and talked else None,
            ended_at=NINE + timedelta(seconds=waited + (talked or 0)),
            ending=ending,
        )

    def change(minutes, state):
        return AgentChange(f"{minutes}", AMAL, NINE + timedelta(minutes=minutes), state, "")

    calls = [
        call("a", CallEnding.ANSWERED, 10, 60),
        call("b", CallEnding.ABANDONED, 40),
        call("c", CallEnding.CALLBACK_TAKEN, 50),
    ]
    changes = [change(-30, "available"), change(1, "talking"), change(3, "on_break"), change(5, "available")]
    day = logged_day(calls, [*changes, change(9, "signed_out")], [], DeskRules(), NINE)
    assert [(one.handled, one.gave_up, one.bound_to_leave) for one in day.contacts] == [
        (timedelta(seconds=60), False, False),
        (None, True, False),
        (None, False, True),
    ]
    assert [(one.at, one.event) for one in day.attendance] == [
        (NINE, AgentSignedIn(AMAL)),
        (NINE + timedelta(minutes=3), AgentTookBreak(AMAL, BreakReason.PAUSE)),
        (NINE + timedelta(minutes=5), AgentReturned(AMAL)),
        (NINE + timedelta(minutes=9), AgentSignedOut(AMAL)),
    ]
