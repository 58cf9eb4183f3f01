"""Sound streams from Asterisk, and from whoever else finds the port."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from pbx import audiosocket
from pbx.audiosocket import (
    HANG_UP,
    IDENTITY,
    KEY,
    MOST_PAYLOAD,
    SOUND_16K,
    AudioSocketServer,
    Expected,
    Frame,
    Rubbish,
    Splitter,
)

PIECE = bytes(range(256)) + bytes(384)


def frame(kind: int, payload: bytes = b"") -> bytes:
    return bytes([kind]) + len(payload).to_bytes(2, "big") + payload


@dataclass
class Stream:
    """What came of one stream that was asked for."""

    who: UUID = field(default_factory=uuid4)
    pieces: list[bytes] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    ends: int = 0

    def expected(self) -> Expected:
        return Expected(self.take, self.end)

    def take(self, piece: bytes) -> None:
        self.pieces.append(piece)
        self.came.set()

    def end(self) -> None:
        self.ends += 1
        self.over.set()


@dataclass
class Port:
    """The server, and its port."""

    server: AudioSocketServer
    number: int
    open: list[asyncio.StreamWriter] = field(default_factory=list)

    async def sends(self, *frames: bytes) -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.number)
        self.open.append(writer)
        writer.write(b"".join(frames))
        return reader

    async def hangs_up(self) -> None:
        for writer in self.open:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
        self.open.clear()

    async def refuses(self, *frames: bytes) -> None:
        """It closes the connection."""
        reader = await self.sends(*frames)
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 10) == b""


@pytest_asyncio.fixture
async def port() -> AsyncIterator[Port]:
    server = AudioSocketServer()
    made = Port(server, await server.start())
    yield made
    await made.hangs_up()
    await server.close()
    for _ in range(3):
        await asyncio.sleep(0)
    assert server.strangers == set()


async def test_sound_goes_to_whom_it_was_asked_for(port: Port) -> None:
    one, two = Stream(), Stream()
    for stream in (one, two):
        port.server.expect(stream.who, stream.expected())
    for stream, piece in ((one, PIECE), (two, bytes(640))):
        await port.sends(
            frame(IDENTITY, stream.who.bytes), frame(KEY, b"1"), frame(SOUND_16K, piece), frame(HANG_UP)
        )
        await asyncio.wait_for(stream.over.wait(), 10)
        assert stream.pieces == [piece]
        assert stream.ends == 1


async def test_who_is_forgotten_is_hung_up_on(port: Port) -> None:
    stream = Stream()
    port.server.expect(stream.who, stream.expected())
    reader = await port.sends(frame(IDENTITY, stream.who.bytes), frame(SOUND_16K, PIECE))
    await asyncio.wait_for(stream.came.wait(), 10)
    port.server.forget(stream.who)
    assert stream.over.is_set()
    assert await asyncio.wait_for(reader.read(3), 10) == frame(HANG_UP)
    await port.hangs_up()


async def test_who_does_not_leave_is_cut_off(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiosocket, "LEAVES_WITHIN", 0.01)
    stream = Stream()
    port.server.expect(stream.who, stream.expected())
    await port.sends(frame(IDENTITY, stream.who.bytes), frame(SOUND_16K, PIECE))
    await asyncio.wait_for(stream.came.wait(), 10)
    await asyncio.wait_for(port.server.close(), 10)
    assert stream.ends == 1


@pytest.mark.parametrize(
    "rubbish",
    [
        frame(IDENTITY, uuid4().bytes),
        frame(IDENTITY, b"short"),
        frame(SOUND_16K, PIECE),
        b"GET / HTTP/1.1\r\nHost: here\r\n\r\n",
        frame(IDENTITY)[:1] + b"\xff\xff",
    ],
    ids=["an unknown name", "half a name", "sound of nobody", "a browser", "a frame without end"],
)
async def test_a_stranger_is_refused(port: Port, rubbish: bytes) -> None:
    await port.refuses(rubbish)
    assert port.server.refused == 1


async def test_a_name_serves_once(port: Port) -> None:
    stream = Stream()
    port.server.expect(stream.who, stream.expected())
    await port.sends(frame(IDENTITY, stream.who.bytes), frame(SOUND_16K, PIECE))
    await asyncio.wait_for(stream.came.wait(), 10)
    await port.refuses(frame(IDENTITY, stream.who.bytes))
    assert not stream.over.is_set()
    await port.hangs_up()
    await asyncio.wait_for(stream.over.wait(), 10)


@pytest.mark.parametrize(
    "rubbish", [frame(0x77), frame(SOUND_16K, b"odd"), frame(IDENTITY, bytes(16)), frame(0x10, PIECE)]
)
async def test_a_stream_that_turns_to_rubbish_ends(port: Port, rubbish: bytes) -> None:
    stream = Stream()
    port.server.expect(stream.who, stream.expected())
    await port.refuses(frame(IDENTITY, stream.who.bytes), frame(SOUND_16K, PIECE), rubbish)
    assert (stream.pieces, stream.ends) == ([PIECE], 1)


async def test_a_flood_ends_the_stream(port: Port) -> None:
    stream = Stream()
    port.server.expect(stream.who, stream.expected())
    flood = frame(SOUND_16K, bytes(MOST_PAYLOAD)) * 100
    await port.refuses(frame(IDENTITY, stream.who.bytes), flood)
    assert stream.ends == 1
    assert sum(map(len, stream.pieces)) < len(flood)


async def test_strangers_who_say_nothing_do_not_pile_up(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiosocket, "IDENTIFIES_WITHIN", 0.01)
    monkeypatch.setattr(audiosocket, "MOST_STRANGERS", 2)
    await asyncio.gather(*(port.refuses() for _ in range(5)))
    assert port.server.refused <= 2


@given(
    st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=700)), max_size=5),
    st.lists(st.integers(0, 3000), max_size=6),
)
def test_frames_are_the_same_however_the_stream_is_cut(
    frames: list[tuple[int, bytes]], cuts: list[int]
) -> None:
    stream = b"".join(frame(*each) for each in frames)
    splitter, got, last = Splitter(), [], 0
    for cut in [*sorted(min(cut, len(stream)) for cut in cuts), len(stream)]:
        got += splitter.feed(stream[last:cut])
        last = cut
    assert got == [Frame(*each) for each in frames]


@given(st.binary(max_size=3000))
def test_no_bytes_are_more_than_rubbish(data: bytes) -> None:
    try:
        for each in Splitter().feed(data):
            assert len(each.payload) <= MOST_PAYLOAD
    except Rubbish:
        pass
