"""What one message says, in Asterisk's own words and in damaged ones."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx.message import Doubtful, Malformed, parse
from tests.support.fake_asterisk import transcript

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


def test_names_of_headers_are_found_whatever_their_case():
    message = parse(b"Event: AsyncAGIExec\r\nCommandId: c1\r\nResult: 200\r\nEmpty: \r\nUrl: a: b")
    assert message.name == "AsyncAGIExec"
    assert message["commandid"] == message["CommandID"] == message.get("COMMANDID") == "c1"
    assert message["Empty"] == ""
    assert message["Url"] == "a: b"
    assert "result" in message
    assert message.get("Nothing", "-") == "-"
    with pytest.raises(KeyError):
        message["Nothing"]


def test_repeated_headers_are_kept():
    message = parse(b"Event: X\r\nChanVariable: A=1\r\nUniqueid: 1\r\nChanVariable: B=x=y")
    assert message.all("chanvariable") == ("A=1", "B=x=y")
    assert message["ChanVariable"] == "A=1"
    assert message.variables == {"A": "1", "B": "x=y"}
    assert message.all("Nothing") == ()


def test_an_event_whose_caller_wrote_another_header_into_it_is_refused():
    with pytest.raises(Doubtful):
        parse(b"Event: Hangup\r\nCallerIDNum: 6\r\nUniqueid: another's\r\nUniqueid: mine")


def test_lines_that_are_no_headers_are_skipped():
    message = parse(b"Event: X\r\nnonsense\r\nA:1\r\n: no name\r\nB: 2")
    assert list(message) == [("Event", "X"), ("A", "1"), ("B", "2")]


@pytest.mark.parametrize("raw", [b"", b"nonsense", b"Uniqueid: 1\r\nEvent: Hangup", b"\xff\xfe", b":"])
def test_what_is_no_message_is_refused(raw):
    with pytest.raises(Malformed):
        parse(raw)


def test_bytes_that_are_no_text_do_not_lose_the_message():
    assert parse(b"Event: X\r\nName: caf\xe9\r\nB: 2")["B"] == "2"


@given(st.binary())
def test_no_bytes_do_worse_than_malformed(raw):
    with contextlib.suppress(Malformed):
        parse(b"Event: " + raw)


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_everything_that_a_real_asterisk_said_is_understood(path):
    messages = [parse(raw[:-4]) for raw in transcript(path)]
    assert all(message.name for message in messages)
    names = {message.name for message in messages}
    assert names >= {
        "AsyncAGIStart",
        "AsyncAGIExec",
        "AsyncAGIEnd",
        "DTMFEnd",
        "DialEnd",
        "Hangup",
        "BridgeEnter",
    }
    assert any(message["CallerIDName"] == "مواكبة ⵎⵡⴽⴱ" for message in messages if "CallerIDName" in message)
