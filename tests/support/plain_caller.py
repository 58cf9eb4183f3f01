"""A caller made of two UDP sockets: says exactly the headers it is told, sends silence and keys.

It counts what it hears. Small on purpose: it shows attacks and the fallback, and can send what a real
softphone refuses to send.
"""

import asyncio
import contextlib
import random
import re
import struct
import uuid
from types import TracebackType
from typing import Self, cast

ALAW_SILENCE = b"\xd5" * 160
FRAME = 0.02


class _Socket(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.received: asyncio.Queue[bytes] = asyncio.Queue()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.received.put_nowait(data)


class PlainCaller:
    """One call from `address` to `number` at `server`. `sender` is the From header's value without its tag."""

    def __init__(
        self,
        server: tuple[str, int],
        number: str,
        sender: str,
        address: str = "127.0.0.2",
        headers: tuple[str, ...] = (),
        method: str = "INVITE",
    ) -> None:
        self.server, self.number, self.sender, self.address = server, number, sender, address
        self.headers, self.method = headers, method
        self.id = uuid.uuid4().hex
        self.status: int | None = None
        self.progressed = asyncio.Event()
        """183: she may hear something, and the call is not answered."""
        self.answered = asyncio.Event()
        self.refused = asyncio.Event()
        self.ended = asyncio.Event()
        self.heard = 0
        self.loud = 0
        self._to = f"<sip:{number}@{server[0]}:{server[1]}>"
        self._tasks: list[asyncio.Task[None]] = []
        self._keys: list[str] = []
        self._media: tuple[str, int] | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        _, self._sip = await loop.create_datagram_endpoint(_Socket, local_addr=(self.address, 0))
        _, self._rtp = await loop.create_datagram_endpoint(_Socket, local_addr=(self.address, 0))
        self._sip_port = self._sip.transport.get_extra_info("sockname")[1]
        self._rtp_port = self._rtp.transport.get_extra_info("sockname")[1]
        self._tasks = [asyncio.create_task(self._signal()), asyncio.create_task(self._listen())]
        self._send(self._request(self.method, 1, self._offer() if self.method == "INVITE" else ""))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.answered.is_set() and not self.ended.is_set():
            self._send(self._request("BYE", 2))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), 3)
        elif not self.refused.is_set() and not self.answered.is_set() and self.method == "INVITE":
            self._send(self._request("CANCEL", 1))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.refused.wait(), 3)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._sip.transport.close()
        self._rtp.transport.close()

    def key(self, keys: str) -> None:
        """Press keys, one after another."""
        self._keys.extend(keys)

    # ---- signalling ----

    def _request(self, method: str, sequence: int, body: str = "", to: str | None = None) -> str:
        branch = (
            f"z9hG4bK{self.id}"
            if method in ("INVITE", "CANCEL", "REGISTER")
            else f"z9hG4bK{uuid.uuid4().hex}"
        )
        lines = [
            f"{method} sip:{self.number}@{self.server[0]}:{self.server[1]} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.address}:{self._sip_port};branch={branch}",
            "Max-Forwards: 70",
            f"From: {self.sender};tag={self.id[:8]}",
            f"To: {to or self._to}",
            f"Call-ID: {self.id}",
            f"CSeq: {sequence} {method}",
            f"Contact: <sip:caller@{self.address}:{self._sip_port}>",
            *(self.headers if method == "INVITE" else ()),
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join(lines) + "\r\n\r\n" + body

    def _offer(self) -> str:
        return (
            f"v=0\r\no=- 1 1 IN IP4 {self.address}\r\ns=-\r\nc=IN IP4 {self.address}\r\nt=0 0\r\n"
            f"m=audio {self._rtp_port} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=sendrecv\r\n"
        )

    def _send(self, text: str) -> None:
        self._sip.transport.sendto(text.encode(), self.server)

    async def _signal(self) -> None:
        while True:
            text = (await self._sip.received.get()).decode(errors="replace")
            if text.startswith("SIP/2.0"):
                self._answer(text)
            elif text.startswith(("BYE", "OPTIONS")):
                copied = [
                    line
                    for line in text.split("\r\n")
                    if line.lower().startswith(("via:", "from:", "to:", "call-id:", "cseq:"))
                ]
                self._send("\r\n".join(["SIP/2.0 200 OK", *copied, "Content-Length: 0"]) + "\r\n\r\n")
                if text.startswith("BYE"):
                    self.ended.set()

    def _answer(self, text: str) -> None:
        status = int(text.split()[1])
        method = re.search(r"(?im)^cseq:\s*\d+\s+(\w+)", text)
        to = re.search(r"(?im)^to:\s*(.*?)\r?$", text)
        if status == 183 and "m=audio" in text:
            self._speak_to(text)
            self.progressed.set()
        if method is None or to is None or status < 200:
            return
        if method[1] == "BYE":
            self.ended.set()
        if method[1] not in ("INVITE", "REGISTER"):
            return
        self._to = to[1]
        if method[1] == "INVITE":
            self._send(self._request("ACK", 1, to=to[1]))
        if self.status is not None:
            return
        self.status = status
        if status == 200 and method[1] == "INVITE":
            self._speak_to(text)
            self.answered.set()
        else:
            self.refused.set()

    # ---- sound ----

    def _speak_to(self, text: str) -> None:
        """Send sound where the answer says; once."""
        address, port = re.search(r"c=IN IP4 (\S+)", text), re.search(r"m=audio (\d+)", text)
        assert address is not None
        assert port is not None
        if self._media is None:
            self._tasks.append(asyncio.create_task(self._speak()))
        self._media = (address[1], int(port[1]))

    async def _listen(self) -> None:
        while True:
            packet = await self._rtp.received.get()
            if len(packet) > 12 and packet[1] & 0x7F == 8:
                self.heard += 1
                # A-law silence is 0xd5 or 0x55 and their neighbours.
                self.loud += any(byte & 0x7F not in range(0x50, 0x58) for byte in packet[12:])

    async def _speak(self) -> None:
        assert self._media is not None
        source = random.getrandbits(32)
        sequence = stamp = 0
        loop = asyncio.get_running_loop()
        due = loop.time()

        async def packet(payload_type: int, payload: bytes, at: int) -> None:
            nonlocal sequence, due
            head = struct.pack("!BBHII", 0x80, payload_type, sequence & 0xFFFF, at & 0xFFFFFFFF, source)
            self._rtp.transport.sendto(head + payload, self._media)
            sequence += 1
            due += FRAME
            await asyncio.sleep(max(0.0, due - loop.time()))

        while True:
            if self._keys:
                event = "0123456789*#".index(self._keys.pop(0))
                for count in range(1, 7):
                    await packet(101, struct.pack("!BBH", event, 10, 160 * count), stamp)
                for _ in range(3):
                    await packet(101, struct.pack("!BBH", event, 0x80 | 10, 960), stamp)
                stamp += 160 * 9
            for _ in range(5):
                await packet(8, ALAW_SILENCE, stamp)
                stamp += 160
