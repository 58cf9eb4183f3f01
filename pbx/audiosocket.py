"""The AudioSocket protocol: Asterisk connects, says whom it brings, and sends sound. Bytes in, frames out.

A frame is one byte of kind, two of length (big-endian) and a payload. Source: Asterisk 22, `res_audiosocket.h`;
the kinds 0x10 to 0x18 are signed linear sound of one rate each.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import structlog

log = structlog.get_logger()

HEADER = 3  # bytes
HANG_UP, IDENTITY, SILENCE, KEY, FAULT = 0x00, 0x01, 0x02, 0x03, 0xFF
SOUND_16K = 0x12
RATE = 16000  # samples a second of SOUND_16K, each two bytes, little-endian
BYTES_A_SECOND = 2 * RATE
MOST_PAYLOAD = 4096  # 20 ms are 640
IDENTIFIES_WITHIN = 2.0  # seconds from the connection to its name
AHEAD = 5.0  # seconds of sound that may come before their time
LEAVES_WITHIN = 2.0  # seconds for Asterisk to take leave
MOST_STRANGERS = 32  # connections that have not said whom they bring


class Rubbish(Exception):  # noqa: N818 - named for what came
    """The peer does not speak the protocol, or too fast."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole frame."""

    kind: int
    payload: bytes


class Splitter:
    """Frames from a stream that is cut anywhere. Holds less than one frame."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that are whole now. Raises `Rubbish` for a length that no frame has."""
        data, at = self._rest + chunk, 0
        frames: list[Frame] = []
        while len(data) - at >= HEADER:
            length = int.from_bytes(data[at + 1 : at + HEADER], "big")
            if length > MOST_PAYLOAD:
                raise Rubbish(f"a frame of {length} bytes")
            end = at + HEADER + length
            if len(data) < end:
                break
            frames.append(Frame(data[at], data[at + HEADER : end]))
            at = end
        self._rest = data[at:]
        return frames


@dataclass(frozen=True, slots=True)
class Expected:
    """Who waits for a stream: `sound` takes each piece of it at 16 kHz, `over` is called once at its end."""

    sound: Callable[[bytes], None]
    over: Callable[[], None]


class AudioSocketServer:
    """Takes the streams that were announced with `expect`, on a port of this machine only."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._expected: dict[UUID, Expected] = {}
        self._streams: dict[UUID, _Stream] = {}
        self._leaving: set[_Stream] = set()
        self._empty = asyncio.Event()
        self.strangers: set[_Stream] = set()
        self.refused = 0
        """Connections that were closed for what they sent."""

    async def start(self) -> int:
        """Listen; the port."""
        self._server = await asyncio.get_running_loop().create_server(lambda: _Stream(self), "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """End every stream and listen no more."""
        if self._server is not None:
            self._server.close()
        for who in list(self._streams):
            self.forget(who)
        for stream in list(self.strangers):
            stream.end()
        while self._leaving:
            self._empty.clear()
            await self._empty.wait()

    def expect(self, who: UUID, expected: Expected) -> None:
        """The next connection that says `who` is taken."""
        self._expected[who] = expected

    def forget(self, who: UUID) -> None:
        """End this stream, or refuse it when it comes. Asterisk hangs its channel up."""
        self._expected.pop(who, None)
        stream = self._streams.pop(who, None)
        if stream is not None:
            self._leaving.add(stream)
            stream.take_leave()

    # ---- for the streams

    def take(self, who: UUID, stream: "_Stream") -> Expected:
        """The stream says whom it brings. Raises `Rubbish` when nobody waits for that, or no more."""
        expected = self._expected.pop(who, None)
        if expected is None:
            raise Rubbish("nobody it was asked for")
        self.strangers.discard(stream)
        self._streams[who] = stream
        return expected

    def left(self, stream: "_Stream") -> None:
        """The stream has ended."""
        self.strangers.discard(stream)
        self._leaving.discard(stream)
        if stream.who is not None:
            self._streams.pop(stream.who, None)
        if not self._leaving:
            self._empty.set()


class _Stream(asyncio.Protocol):
    """One connection."""

    def __init__(self, server: AudioSocketServer) -> None:
        self.who: UUID | None = None
        self._server = server
        self._splitter = Splitter()
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._taken = 0
        self._expected: Expected | None = None
        self._transport: asyncio.Transport | None = None
        self._left = False
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if len(self._server.strangers) >= MOST_STRANGERS:
            transport.abort()
            return
        self._server.strangers.add(self)
        self._deadline = self._loop.call_later(IDENTIFIES_WITHIN, self._nameless)

    def data_received(self, data: bytes) -> None:
        if self._left:
            return
        try:
            self._taken += len(data)
            if self._taken > (self._loop.time() - self._began + AHEAD) * BYTES_A_SECOND * 1.1:
                raise Rubbish("more sound than there is time")
            for frame in self._splitter.feed(data):
                self._take(frame)
        except Rubbish as rubbish:
            self._server.refused += 1
            log.warning("a sound stream was refused", why=str(rubbish))
            self.end()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._server.left(self)
        expected, self._expected = self._expected, None
        if expected is not None:
            expected.over()

    def take_leave(self) -> None:
        """Ask Asterisk to hang up, and read on until it has: to be cut off is an error in its log."""
        expected, self._expected = self._expected, None
        self._left = True
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(bytes([HANG_UP, 0, 0]))
            self._deadline = self._loop.call_later(LEAVES_WITHIN, self.end)
        if expected is not None:
            expected.over()

    def end(self) -> None:
        """Cut the connection; nothing more is handed over."""
        if self._transport is not None:
            self._transport.abort()

    def _take(self, frame: Frame) -> None:
        match frame.kind:
            case _ if self._left or self._transport is None or self._transport.is_closing():
                return
            case _ if self._expected is None and frame.kind != IDENTITY:
                raise Rubbish("sound before its name")
            case 0x01 if self._expected is None and len(frame.payload) == 16:
                self.who = UUID(bytes=frame.payload)
                self._expected = self._server.take(self.who, self)
                if self._deadline is not None:
                    self._deadline.cancel()
            case 0x12 if len(frame.payload) % 2 == 0 and self._expected is not None:
                self._expected.sound(frame.payload)
            case 0x00 | 0xFF:
                self.end()
            case 0x02 | 0x03:
                pass
            case kind:
                raise Rubbish(f"a frame of kind {kind:#04x} and {len(frame.payload)} bytes")

    def _nameless(self) -> None:
        if self._expected is None:
            self._server.refused += 1
            self.end()
