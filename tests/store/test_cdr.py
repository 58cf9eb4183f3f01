"""Asterisk's own record of calls, compared with ours."""

import csv
import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import cdr, cdr_position
from db.cdr import COLUMNS, CdrPosition, accepted_ids, close_unfinished, lost, read_cdr, reconcile
from db.store import Store
from routing.model import CallEnding, CallId, Direction
from tests.store.records import NOON, a_call

# Written by Asterisk 22: strings quoted, numbers not, a moment that never came is empty.
ANSWERED_IN_MENU = (
    '"","+212612345678","2000","from-trunk-test","""Anon"" <+212612345678>","PJSIP/test-00000001","","AGI",'
    '"agi:async,incoming","2026-11-23 12:00:00","2026-11-23 12:00:01","2026-11-23 12:01:00",60,59,"ANSWERED",'
    '"DOCUMENTATION","1700000000.12","","","1700000000.12",3\n'
)
SECONDS = timedelta(seconds=1)


def a_row(linked: str = "1700000000.1", **values: object) -> str:
    given_values: dict[str, object] = {
        "src": "+212612345678",
        "dst": "2000",
        "dcontext": "from-trunk-test",
        "start": "2026-11-23 12:00:00",
        "answer": "2026-11-23 12:00:01",
        "end": "2026-11-23 12:01:00",
        "disposition": "ANSWERED",
        "uniqueid": linked,
        "linkedid": linked,
        "sequence": 1,
    }
    text = io.StringIO()
    csv.DictWriter(text, COLUMNS, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerow(
        dict.fromkeys(COLUMNS, "") | given_values | values
    )
    return text.getvalue()


@pytest.fixture
def master(tmp_path: Path) -> Path:
    return tmp_path / "Master.csv"


def linked(path: Path, since: CdrPosition = CdrPosition()) -> tuple[list[str], CdrPosition]:  # noqa: B008
    reading = read_cdr(path, since)
    return [row.linked_id for row in reading.rows], reading.position


def test_a_row_as_asterisk_writes_it(master: Path) -> None:
    master.write_text(ANSWERED_IN_MENU)
    [row] = read_cdr(master).rows
    assert (row.linked_id, row.caller, row.dialled) == ("1700000000.12", "+212612345678", "2000")
    assert row.start == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert row.is_incoming


def test_a_callback_that_nobody_answered_is_no_call_of_hers(master: Path) -> None:
    """Asterisk writes it down in the trunk's context, as if she had called."""
    master.write_text(a_row("callback-481516-1-p1", dcontext="from-trunk-operator", dst="s", userfield=""))
    [row] = read_cdr(master).rows
    assert not row.is_incoming


def test_a_growing_file_is_read_on(master: Path) -> None:
    assert linked(master) == ([], CdrPosition())
    master.write_text(a_row("1.1"))
    found, position = linked(master)
    assert found == ["1.1"]
    with master.open("a") as file:
        file.write(a_row("1.2") + a_row("1.3")[:40])
    found, position = linked(master, position)
    assert found == ["1.2"]
    with master.open("a") as file:
        file.write(a_row("1.3")[40:])
    found, position = linked(master, position)
    assert found == ["1.3"]
    assert linked(master, position) == ([], position)


def test_a_rotated_file_is_read_to_its_end_then_the_new_one(master: Path) -> None:
    master.write_text(a_row("1.1"))
    _, position = linked(master)
    with master.open("a") as file:
        file.write(a_row("1.2"))
    master.rename(master.with_name("Master.csv.1"))
    master.write_text(a_row("1.3") + a_row("1.4"))
    reading = read_cdr(master, position)
    assert [row.linked_id for row in reading.rows] == ["1.2"]
    assert reading.more
    assert linked(master, reading.position)[0] == ["1.3", "1.4"]


def test_a_truncated_file_is_read_from_its_start(master: Path) -> None:
    master.write_text(a_row("1.1") + a_row("1.2"))
    _, position = linked(master)
    master.write_text(a_row("1.3"))
    assert linked(master, position)[0] == ["1.3"]


def test_a_large_file_is_read_in_pieces(master: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdr, "READ_SIZE", 500)
    master.write_text("".join(a_row(f"1.{number}") for number in range(20)))
    found: list[str] = []
    reading = read_cdr(master)
    found += [row.linked_id for row in reading.rows]
    while reading.more:
        reading = read_cdr(master, reading.position)
        found += [row.linked_id for row in reading.rows]
    assert found == [f"1.{number}" for number in range(20)]


def test_a_line_cut_by_a_crash_costs_one_row(master: Path) -> None:
    torn = a_row("1.1")[:60].rstrip('"') + "\n"
    master.write_text(torn + "".join(a_row(f"1.{number}") for number in range(2, 12)))
    reading = read_cdr(master)
    assert [row.linked_id for row in reading.rows] == [f"1.{number}" for number in range(2, 12)]
    assert reading.damaged == 1


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=5))
def test_callers_names_do_not_hide_rows(names: list[str]) -> None:
    names = [name for name in names if name.count("\n") < cdr.ROW_LINES]
    lines = [a_row(f"1.{number}", clid=name) for number, name in enumerate(names)]
    data = "".join(lines).encode()
    rows = list(cdr._rows([line + b"\n" for line in data.split(b"\n")[:-1]], final=True))
    assert [row.linked_id for row, _ in rows if row] == [f"1.{number}" for number in range(len(names))]
    assert sum(length for _, length in rows) == len(data)


def rows_of(master: Path, *texts: str) -> list[cdr.CdrRow]:
    master.write_text("".join(texts))
    return read_cdr(master).rows


def test_calls_accepted_are_distinct_linked_ids_of_incoming_legs(master: Path) -> None:
    rows = rows_of(
        master,
        a_row("1.1"),
        a_row("1.1", uniqueid="1.2", dcontext="from-agent", sequence=2),
        a_row("1.1", sequence=3),
        a_row("1.5", dcontext="from-agent"),
        a_row("1.7", dcontext="fallback"),
        a_row("alert-1795429200-3", dcontext="from-trunk-test", answer="", disposition="NO ANSWER"),
        a_row("callback-123456-2-1", dcontext="from-trunk-test", answer="", disposition="BUSY"),
    )
    assert accepted_ids(rows) == {"1.1", "1.7"}
    assert [call.id for call in reconcile(rows, {CallId("1.7")})] == ["1.1"]


@pytest.mark.parametrize(
    ("values", "ending"),
    [
        ({}, CallEnding.SYSTEM_FAILURE),
        ({"answer": "", "disposition": "NO ANSWER"}, CallEnding.SYSTEM_FAILURE),
        ({"answer": "", "disposition": "FAILED", "dst": "s"}, CallEnding.SYSTEM_FAILURE),
        (
            {"answer": "", "disposition": "NO ANSWER", "end": "2026-11-23 12:00:03"},
            CallEnding.LEFT_IN_MENU,
        ),
        ({"dcontext": "fallback", "lastapp": "Queue", "dstchannel": "PJSIP/101-1"}, CallEnding.ANSWERED),
        ({"dcontext": "fallback", "lastapp": "Queue"}, CallEnding.SYSTEM_FAILURE),
    ],
)
def test_how_a_recovered_call_ended(master: Path, values: dict[str, object], ending: CallEnding) -> None:
    [call] = reconcile(rows_of(master, a_row(**values)), ())  # type: ignore[arg-type]
    assert call.ending is ending
    assert call.recovered
    assert (call.direction, call.started_at) == (Direction.INBOUND, NOON)


@pytest.mark.parametrize(
    ("src", "caller"), [("+212612345678", "+212612345678"), ("anonymous", None), ("", None)]
)
def test_only_a_number_is_a_caller(master: Path, src: str, caller: str | None) -> None:
    [call] = reconcile(rows_of(master, a_row(src=src)), ())
    assert call.caller == caller


async def test_a_recovered_call_gives_way_to_our_own_record(master: Path, store: Store) -> None:
    rows = rows_of(master, a_row("1.1"), a_row("1.2"))
    await store.write([a_call("1.1")])
    missing = reconcile(rows, await store.known_call_ids(accepted_ids(rows)))
    assert [call.id for call in missing] == ["1.2"]
    await store.write(missing)
    assert {call.id for call in await store.calls()} == accepted_ids(rows)
    await store.write([a_call("1.2")])
    own = await store.call(CallId("1.2"))
    assert own is not None
    assert not own.recovered


@pytest.mark.parametrize(
    ("values", "ending"),
    [
        ({}, CallEnding.LEFT_IN_MENU),
        ({"queued_at": NOON}, CallEnding.ABANDONED),
        ({"queued_at": NOON, "connected_at": NOON + 5 * SECONDS}, CallEnding.ANSWERED),
        ({"ending": CallEnding.CALLBACK_TAKEN}, CallEnding.CALLBACK_TAKEN),
        ({"direction": Direction.OUTBOUND}, CallEnding.NOT_REACHED),
    ],
)
def test_a_call_that_ended_while_we_were_away_is_closed(
    master: Path, values: dict[str, object], ending: CallEnding
) -> None:
    rows = rows_of(master, a_row(), a_row(end="2026-11-23 12:00:30"))
    [call] = close_unfinished(rows, [a_call(**values), a_call("1700000009.9")])  # type: ignore[arg-type]
    assert call.ending is ending
    assert call.ended_at == NOON + timedelta(minutes=1)
    assert call.version == 2


def test_an_end_is_never_before_what_we_saw(master: Path) -> None:
    seen = NOON + timedelta(minutes=1, milliseconds=400)
    [call] = close_unfinished(rows_of(master, a_row()), [a_call(connected_at=seen)])
    assert call.ended_at == seen


def test_the_file_may_be_read_while_it_is_open_for_writing(master: Path) -> None:
    fd = os.open(master, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(fd, a_row("1.1").encode())
    assert linked(master)[0] == ["1.1"]
    os.close(fd)


def test_a_file_that_was_emptied_and_has_grown_past_the_place_is_read_from_its_start(master: Path) -> None:
    """As logrotate's copytruncate leaves it: the inode is the same and the size tells nothing."""
    master.write_text(a_row("1.1"))
    _, position = linked(master)
    inode = master.stat().st_ino
    with master.open("r+") as file:
        file.truncate()
        file.write(a_row("1.2") + a_row("1.3") + a_row("1.4"))
    assert master.stat().st_ino == inode
    reading = read_cdr(master, position)
    assert [row.linked_id for row in reading.rows] == ["1.2", "1.3", "1.4"]
    assert reading.anew


def test_only_a_place_that_is_lost_makes_old_rows_new(master: Path) -> None:
    master.write_text(a_row("1.1"))
    first = read_cdr(master)
    assert first.anew
    assert not read_cdr(master, first.position).anew
    master.rename(master.with_name("Master.csv.1"))
    master.write_text(a_row("1.2"))
    rotated = read_cdr(master, first.position)
    assert ([row.linked_id for row in rotated.rows], rotated.anew) == (["1.2"], False)


def test_a_place_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "cdr-position"
    assert cdr_position.load(file) == CdrPosition()
    cdr_position.save(file, CdrPosition(7, 4000, "abc"))
    assert cdr_position.load(file) == CdrPosition(7, 4000, "abc")
    assert file.stat().st_mode & 0o777 == 0o600
    for broken in ("", "{", "[]", '{"inode": 7}', '{"inode": "x", "offset": 1, "tail": ""}'):
        file.write_text(broken)
        assert cdr_position.load(file) == CdrPosition(), "a broken one is none"
    cdr_position.save(tmp_path / "nowhere" / "cdr-position", CdrPosition(7, 4000, "abc"))


@pytest.mark.parametrize(
    ("seen", "ending", "at"),
    [
        ({}, CallEnding.SYSTEM_FAILURE, NOON),
        ({"queued_at": NOON + timedelta(seconds=9)}, CallEnding.SYSTEM_FAILURE, NOON + timedelta(seconds=9)),
        ({"connected_at": NOON + timedelta(minutes=1)}, CallEnding.ANSWERED, NOON + timedelta(minutes=1)),
    ],
)
def test_a_call_that_went_with_asterisk_is_closed_at_the_last_moment_known_of_it(
    seen: dict[str, object], ending: CallEnding, at: datetime
) -> None:
    closed = lost(a_call(**seen))  # type: ignore[arg-type]
    assert (closed.ending, closed.ended_at, closed.version) == (ending, at, 2)
    assert (closed.talk_ended_at is None) == (closed.connected_at is None)
