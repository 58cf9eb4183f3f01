"""A line of the journal gives back its record, and shows any damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.lines import DamagedLine, from_line, to_line
from routing.record import Record
from tests.store.records import a_call, a_line, records


@given(records)
def test_a_line_gives_back_its_record(record: Record) -> None:
    line = to_line(record)
    kept = from_line(line)
    assert line.count(b"\n") == 1
    assert to_line(kept) == line
    if "\ufffd" not in line.decode():
        assert kept == record


@given(records, st.data())
def test_a_changed_byte_is_noticed(record: Record, data: st.DataObject) -> None:
    line = bytearray(to_line(record))
    at = data.draw(st.integers(9, len(line) - 2))
    line[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DamagedLine):
        from_line(bytes(line))


@pytest.mark.parametrize("line", [b"", b"\n", b"zz {}\n", b"00000000 \n", to_line(a_call())[:-30]])
def test_what_is_no_line_is_damaged(line: bytes) -> None:
    with pytest.raises(DamagedLine):
        from_line(line)


def test_what_a_call_does_not_have_takes_no_room() -> None:
    assert b"connected_at" not in to_line(a_call())
    assert to_line(a_line()).endswith(b'"facts":{}}\n')
