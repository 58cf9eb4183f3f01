"""What the journal promises: a record is kept when `record` returns, whatever happens next."""

import os
import resource
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from db import journal as journal_module
from db.journal import Journal, JournalInUse
from routing.record import Record
from tests.store.records import a_call, a_callback, a_change, a_line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def drain(journal: Journal) -> list[Record]:
    """Everything that is not acknowledged, acknowledged as it is taken."""
    found: list[Record] = []
    while not journal.settled:
        batch = journal.take(100)
        found += batch.records
        journal.acknowledge(batch)
    return found


def replayed(folder: Path) -> list[Record]:
    journal = Journal(folder)
    try:
        return drain(journal)
    finally:
        journal.close()


def last_segment(folder: Path) -> Path:
    return max(path for path in folder.glob("*.journal") if path.stat().st_size)


@contextmanager
def a_full_disk(size: int) -> Iterator[None]:
    """No file grows beyond `size` bytes: the kernel cuts writes short, then refuses them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


def test_a_record_is_in_the_file_when_record_returns(folder: Path) -> None:
    journal = Journal(folder)
    journal.record(a_call())
    text = last_segment(folder).read_text()
    journal.close()
    assert '"id":"1700000000.1"' in text


def test_only_the_owner_reads_the_journal(folder: Path) -> None:
    journal = Journal(folder)
    journal.record(a_call())
    journal.reject(a_call(), "for the test")
    journal.close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_the_next_process_finds_what_was_not_acknowledged(folder: Path) -> None:
    records: list[Record] = [a_call(), a_line(1), a_callback(), a_change("1")]
    journal = Journal(folder)
    for record in records:
        journal.record(record)
    journal.close()
    assert replayed(folder) == records


def test_a_torn_last_line_is_skipped_and_everything_before_it_kept(folder: Path) -> None:
    journal = Journal(folder)
    for seq in range(1, 11):
        journal.record(a_line(seq))
    journal.close()
    file = last_segment(folder)
    os.truncate(file, file.stat().st_size - 20)
    with capture_logs() as said:
        assert replayed(folder) == [a_line(seq) for seq in range(1, 10)]
    assert [entry["event"] for entry in said if entry["log_level"] == "warning"] == [
        "journal: a damaged line was skipped"
    ]


def test_an_altered_line_costs_only_itself(folder: Path) -> None:
    journal = Journal(folder)
    for seq in range(1, 4):
        journal.record(a_line(seq))
    journal.close()
    file = last_segment(folder)
    file.write_bytes(file.read_bytes().replace(b'"seq":2', b'"seq":7'))
    assert replayed(folder) == [a_line(1), a_line(3)]
    assert '\\"seq\\":7' in (folder / "rejected.jsonl").read_text()


def test_a_second_process_is_refused(folder: Path) -> None:
    journal = Journal(folder)
    with pytest.raises(JournalInUse, match="another running process"):
        Journal(folder)
    journal.close()
    Journal(folder).close()


def test_segments_are_deleted_once_the_database_has_them(folder: Path) -> None:
    journal = Journal(folder, segment_size=1000)
    for seq in range(100):
        journal.record(a_line(seq))
    assert journal.health().segments > 5
    assert drain(journal) == [a_line(seq) for seq in range(100)]
    journal.delete_finished()
    assert journal.health().segments == 1
    journal.close(keep=False)
    assert list(folder.glob("*.journal")) == []


def test_what_memory_does_not_keep_is_read_from_the_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "KEPT_DECODED", 10)
    monkeypatch.setattr(journal_module, "READ_SIZE", 700)
    journal = Journal(folder, segment_size=2000)
    for seq in range(100):
        journal.record(a_line(seq))
    assert journal.reads_files
    assert drain(journal) == [a_line(seq) for seq in range(100)]
    journal.close()


def test_a_long_line_is_read_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "READ_SIZE", 100)
    records = [a_line(1, what="x" * 5000), a_line(2)]
    journal = Journal(folder)
    for record in records:
        journal.record(record)
    journal.close()
    assert replayed(folder) == records


def test_a_full_disk_keeps_records_in_memory_and_writes_them_later(folder: Path) -> None:
    records = [a_line(seq) for seq in range(40)]
    journal = Journal(folder)
    with capture_logs() as said:
        with a_full_disk(1000):
            for record in records:
                journal.record(record)
            assert journal.disk_failing
            assert journal.health().in_memory > 20
            assert last_segment(folder).stat().st_size <= 1000
        journal.close()
    assert [entry["log_level"] for entry in said] == ["error", "info"]
    assert replayed(folder) == records


def test_a_full_disk_does_not_hide_records_from_the_writer(folder: Path) -> None:
    records = [a_line(seq) for seq in range(40)]
    journal = Journal(folder)
    with a_full_disk(1000):
        for record in records:
            journal.record(record)
        assert drain(journal) == records
        assert not journal.disk_failing
    journal.close(keep=False)
    assert replayed(folder) == []


def test_memory_is_bounded_and_gives_up_trace_lines_first(folder: Path) -> None:
    journal = Journal(folder, unwritten_limit=5000)
    with capture_logs() as said, a_full_disk(100):
        for seq in range(100):
            journal.record(a_line(seq))
        lost = journal.health().lost
        journal.record(a_call())
        assert 0 < lost < 100
        assert journal.health().lost == lost
        assert drain(journal)[-1] == a_call()
    journal.close()
    assert [entry["event"] for entry in said].count(
        "journal: memory is full too; records are being lost"
    ) == 1


def test_text_that_no_database_takes_is_replaced(folder: Path) -> None:
    journal = Journal(folder)
    journal.record(a_line(1, what="a\0b", name="\ud800ⵜ", plain="مواكبة"))
    [line] = drain(journal)
    journal.close()
    assert line == replace(a_line(1), what="a\ufffdb", facts={"name": "\ufffdⵜ", "plain": "مواكبة"})


def test_a_record_that_cannot_be_kept_does_not_end_the_call(folder: Path) -> None:
    journal = Journal(folder)
    with capture_logs() as said:
        journal.record(a_call(started_at=a_call().started_at.replace(tzinfo=None)))
        journal.record(a_call("1700000000.2"))
    assert drain(journal) == [a_call("1700000000.2")]
    journal.close()
    assert [entry["event"] for entry in said] == ["record rejected"]
    assert "+212612345678" not in str(said)
    assert "ValueError" in (folder / "rejected.jsonl").read_text()


RECORD_FOR_EVER = """
    import itertools, sys
    from pathlib import Path
    from db.journal import Journal
    from tests.store.records import a_line
    journal = Journal(Path(sys.argv[1]), segment_size=20_000)
    for seq in itertools.count(1):
        journal.record(a_line(seq))
        print(seq, flush=True)
"""


def test_a_killed_process_loses_nothing(folder: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(RECORD_FOR_EVER), folder], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    promised = [int(child.stdout.readline()) for _ in range(500)]
    child.kill()
    promised += [int(line) for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    child.stdout.close()
    child.wait()
    found = replayed(folder)
    assert found[: len(promised)] == [a_line(seq) for seq in promised]
