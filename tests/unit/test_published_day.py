"""A recorded day is read, and told from it who was at work when."""

from datetime import timedelta
from pathlib import Path

import pytest

from routing.events import AgentReturned, AgentSignedIn, AgentSignedOut, AgentTookBreak
from routing.model import AgentId, BreakReason, Subject
from simulator.published_day import MIDNIGHT, UnreadableDay, read_published_day

HEADER = (
    "vru+line,call_id,type,vru_entry,vru_exit,vru_time,q_start,q_exit,q_time,outcome,"
    "ser_start,ser_exit,ser_time,server,server_abv"
)
BORIS = AgentId("BORIS")


def row(id: int, joined: str, waited: int, outcome: str, talked: int = 0, server: str = "NO_SERVER") -> str:
    """One line; `joined` h:mm:ss, `waited` 0 for who did not queue."""
    queued = joined if waited else "0:00:00"
    return f"X,{id},PS,{joined},{joined},0,{queued},0:00:00,{waited},{outcome},0:00:00,0:00:00,{talked},{server},X"


@pytest.fixture
def written(tmp_path: Path):
    def write(*rows: str, header: str = HEADER) -> Path:
        file = tmp_path / "day.csv"
        file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return file

    return write


def seconds(value: int) -> timedelta:
    return timedelta(seconds=value)


def test_each_who_reached_the_line_is_there_with_what_became_of_her(written):
    day = read_published_day(
        written(
            row(1, "9:00:00", 0, "AGENT", 100, "BORIS"),
            row(2, "9:00:30", 40, "HANG"),
            row(3, "9:01:00", 0, "HANG"),  # in the menu
            row(4, "9:01:10", 20, "PHANTOM"),
            row(1, "9:02:00", 30, "AGENT", 60, "BORIS"),
        )
    )
    assert [one.id for one in day.contacts] == ["1", "2", "1.2"]
    first, gone, again = day.contacts
    assert (first.joined_at, first.waited, first.handled, first.agent) == (
        MIDNIGHT + timedelta(hours=9),
        seconds(0),
        seconds(100),
        BORIS,
    )
    assert (gone.waited, gone.handled, gone.gave_up) == (seconds(40), None, True)
    assert (again.waited, again.subject, again.gave_up) == (seconds(30), Subject("ps"), False)


def test_who_leaves_somebody_waiting_for_long_was_on_break(written):
    day = read_published_day(
        written(
            row(1, "9:00:00", 0, "AGENT", 60, "BORIS"),  # until 9:01:00
            row(2, "9:00:30", 34, "AGENT", 56, "BORIS"),  # answered after 4 s, until 9:02:00
            row(3, "9:01:50", 300, "AGENT", 60, "BORIS"),  # answered at 9:06:50
        )
    )
    assert day.rules.wrap_up == seconds(4)
    at = [(change.at - MIDNIGHT - timedelta(hours=9), change.event) for change in day.attendance]
    assert at == [
        (seconds(0), AgentSignedIn(BORIS)),
        (seconds(124), AgentTookBreak(BORIS, BreakReason.PAUSE)),
        (seconds(410), AgentReturned(BORIS)),
        (seconds(474), AgentSignedOut(BORIS)),
    ]


def test_who_is_idle_because_nobody_calls_stays_at_work(written):
    day = read_published_day(
        written(row(1, "9:00:00", 0, "AGENT", 60, "BORIS"), row(2, "9:20:00", 0, "AGENT", 60, "BORIS"))
    )
    assert [type(change.event) for change in day.attendance] == [AgentSignedIn, AgentSignedOut]


def test_who_answers_nobody_for_hours_had_gone_home(written):
    day = read_published_day(
        written(row(1, "9:00:00", 0, "AGENT", 60, "BORIS"), row(2, "14:00:00", 0, "AGENT", 60, "BORIS"))
    )
    assert [type(change.event) for change in day.attendance] == [AgentSignedIn, AgentSignedOut] * 2


def test_who_leaves_the_menu_after_midnight_joins_the_next_day(written):
    late = "X,1,PS,23:59:50,0:00:05,15,0:00:05,0:00:20,15,AGENT,0:00:20,0:01:20,60,BORIS,X"
    (one,) = read_published_day(written(late)).contacts
    assert one.joined_at == MIDNIGHT + timedelta(days=1, seconds=5)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([row(1, "9:00", 0, "AGENT", 60, "BORIS")], 'line 2, column vru_entry: "9:00" is not a moment'),
        ([row(1, "9:00:00", -5, "HANG")], 'line 2, column q_time: "-5" is not a whole number'),
        ([row(1, "9:00:00", 5, "HANG")], "nobody was answered"),
        ([], "nobody was answered"),
        (["1,2"], "column q_start"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_line_and_column(written, rows, says):
    file = written(*rows)
    with pytest.raises(UnreadableDay, match=says) as refused:
        read_published_day(file)
    assert str(file) in str(refused.value)


def test_a_file_of_another_kind_is_refused(written, tmp_path):
    with pytest.raises(UnreadableDay, match="has no column call_id, type"):
        read_published_day(written(header="a,b,c"))
    with pytest.raises(UnreadableDay, match="No such file"):
        read_published_day(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableDay, match="not a CSV file in UTF-8"):
        read_published_day(tmp_path / "bytes.csv")
