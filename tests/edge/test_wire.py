"""Whole messages from any stream; no value becomes a header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx.message import parse
from pbx.wire import MAX_LINE, MAX_LINES, Splitter, UnsafeValue, encode

NAMES = "CallerIDName: جمعية المواكبة ⵜⴰⵎⵙⵎⵓⵏⵜ ⵏ ⵜⵎⵓⵏⵉ é"
MESSAGE = f"Event: Newchannel\r\n{NAMES}".encode()
STREAM = b"".join(
    [
        b"Asterisk Call Manager/11.0.0\r\n",
        b"Response: Success\r\nActionID: 1\r\n\r\n",
        MESSAGE + b"\r\n\r\n",
        b"\r\n\r\n\r\nno header\r\n\r\n",
        b"Event: X\r\nOutput: \r\n\r\n",
        MESSAGE[:30],
    ]
)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:end] for start, end in zip(bounds, bounds[1:], strict=False)]


@given(st.lists(st.integers(min_value=0)))
def test_any_split_of_the_stream_gives_the_same_messages(places):
    whole, pieces = Splitter(), Splitter()
    found = [message for piece in cut(STREAM, places) for message in pieces.feed(piece)]
    assert found == whole.feed(STREAM)
    assert MESSAGE in found


def test_arabic_and_tifinagh_survive_every_split():
    for place in range(len(MESSAGE) + 4):
        splitter = Splitter()
        stream = MESSAGE + b"\r\n\r\n"
        (raw,) = splitter.feed(stream[:place]) + splitter.feed(stream[place:])
        assert parse(raw)["CallerIDName"] == NAMES.partition(": ")[2]


@given(st.lists(st.binary(max_size=30), max_size=12), st.lists(st.integers(min_value=0)))
def test_messages_that_are_too_long_are_dropped_and_counted_however_they_come(parts, places):
    stream = b"\r\n\r\n".join([*parts, b"x" * 21, b"short", b""])
    whole, pieces = Splitter(longest=20), Splitter(longest=20)
    expected = whole.feed(stream)
    assert [message for piece in cut(stream, places) for message in pieces.feed(piece)] == expected
    assert pieces.oversize == whole.oversize >= 1
    assert expected[-1] == b"short"
    assert max(map(len, expected)) <= 20


def test_a_message_without_end_does_not_fill_memory():
    splitter = Splitter(longest=1000)
    for _ in range(100):
        assert splitter.feed(b"x" * 999) == []
        assert len(splitter._tail) <= 1000 + 999
    assert splitter.oversize == 1
    assert splitter.feed(b"\r\n\r\nEvent: Next\r\n\r\n") == [b"Event: Next"]


TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from("\r\n\x00\x7f:"), max_size=40)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5), TEXT, TEXT)
def test_what_is_sent_is_what_was_meant_or_nothing(pairs, action, action_id):
    try:
        sent = encode(action, pairs, action_id)
    except UnsafeValue:
        return
    assert sent.endswith(b"\r\n\r\n")
    assert sent.count(b"\n") == sent.count(b"\r") == 3 + len(pairs)
    assert not any(byte < 0x20 or byte == 0x7F for byte in sent.replace(b"\r\n", b""))
    lines = sent[:-4].decode().split("\r\n")
    assert lines == [
        f"{name}: {value}" for name, value in [("Action", action), ("ActionID", action_id), *pairs]
    ]


@pytest.mark.parametrize("unsafe", ["a\r\nAction: Originate", "a\nb", "a\x00b", "\x7f", "\x1b", "\ud800"])
@pytest.mark.parametrize(
    "arguments",
    [
        lambda unsafe: ("Ping", [(unsafe, "x")], "1"),
        lambda unsafe: ("Ping", {"Name": unsafe}, "1"),
        lambda unsafe: (unsafe, {}, "1"),
        lambda unsafe: ("Ping", {}, unsafe),
    ],
    ids=["name", "value", "action", "action id"],
)
def test_control_characters_are_refused_wherever_they_stand(unsafe, arguments):
    with pytest.raises(UnsafeValue):
        encode(*arguments(unsafe))


def test_lines_and_actions_that_asterisk_would_discard_are_refused():
    longest = "x" * (MAX_LINE - len("Command: "))
    assert longest.encode() in encode("AGI", {"Command": longest}, "1")
    with pytest.raises(UnsafeValue, match="1022"):
        encode("AGI", {"Command": longest + "x"}, "1")
    with pytest.raises(UnsafeValue, match="headers"):
        encode("AGI", [("Variable", "a=b")] * (MAX_LINES + 1), "1")
