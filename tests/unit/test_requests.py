"""What the fallback kept in its spool: a bad file stops neither the others nor the calls that are due."""

import json
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from routing.hours import OpeningHours, Span
from routing.record import Record
from routing.zone import MOROCCO, centre_zone
from server.promises import PromiseBook
from server.requests import UNUSABLE, take_in
from tests.support.house import centre

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOURS = OpeningHours(centre_zone(MOROCCO), ((Span(time(8, 30), time(16, 30)),),) * 7)


class Kept:
    """A recorder that keeps."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def record(self, record: Record) -> None:
        self.records.append(record)


@pytest.fixture
def book() -> PromiseBook:
    return PromiseBook(Kept(), HOURS, lambda: MONDAY)


def request(spool: Path, call: str, number: str, asked_at: str = "2026-11-23T09:00:00+00:00") -> None:
    facts = {"number": number, "call": call, "language": "fr", "subject": "", "asked_at": asked_at}
    (spool / f"{call}.json").write_text(json.dumps(facts))


def test_a_moment_without_a_time_zone_is_set_aside_and_what_is_due_stays_due(
    tmp_path: Path, book: PromiseBook
) -> None:
    request(tmp_path, "1.0", "0612345601", "2026-11-23T09:00:00")
    request(tmp_path, "2.0", "0612345602")
    assert take_in(tmp_path, book, centre()) == 1
    assert [promise.number for promise in book.due(MONDAY)] == ["+212612345602"]
    assert [file.name for file in (tmp_path / UNUSABLE).iterdir()] == ["1.0.json"]


def test_a_file_that_cannot_be_set_aside_keeps_no_other_back(tmp_path: Path, book: PromiseBook) -> None:
    (tmp_path / UNUSABLE).write_text("somebody made a file where the folder would be")
    request(tmp_path, "1.0", "12")
    request(tmp_path, "2.0", "0612345602")
    assert take_in(tmp_path, book, centre()) == 1
    assert not (tmp_path / "2.0.json").exists()
    assert (tmp_path / "1.0.json").exists(), "nothing is lost"
