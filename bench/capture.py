"""One clock for both sides: a capture of the loopback, read as moments and packets. Needs root or CAP_NET_RAW."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from server import parts

LISTENING = b"listening on"
STARTS_WITHIN = 10.0
FLUSHED_AFTER = 0.3  # seconds for the last packets to come through the kernel's buffer


class CannotCapture(Exception):  # noqa: N818 - named for what is wrong
    """This user may not capture, or tcpdump is missing; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One UDP packet, or what one of TCP carries. `at` is seconds since the epoch."""

    at: float
    source: tuple[str, int]
    target: tuple[str, int]
    payload: bytes


def check_rights() -> None:
    """Raises CannotCapture."""
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
        parts.find("tcpdump")
    except PermissionError:
        raise CannotCapture(
            "capturing on the loopback and sending keys as RTP need root or CAP_NET_RAW: run the bench as root"
        ) from None
    except parts.PartMissing as missing:
        raise CannotCapture(str(missing)) from None


@asynccontextmanager
async def capturing(file: Path, what: str) -> AsyncIterator[None]:
    """Everything that fits `what`, in tcpdump's language, is in `file` when the block is left."""
    program = parts.find("tcpdump")
    options = ("-i", "lo", "-n", "-U", "-Z", "root", "-B", "65536", "-s", "1600", "-w", file)
    process = await asyncio.create_subprocess_exec(
        *program.command(*options, what),
        env=program.environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            while LISTENING not in (line := await process.stderr.readline()):
                if not line:
                    raise CannotCapture("tcpdump ended at its start")
        yield
        await asyncio.sleep(FLUSHED_AFTER)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.communicate()


def read(file: Path, protocol: int = socket.IPPROTO_UDP) -> Iterator[Packet]:
    """The packets of UDP, or of TCP, in a capture of Ethernet frames with IPv4."""
    data = file.read_bytes()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    place = 24
    while place + 16 <= len(data):
        seconds, micros, kept, _ = struct.unpack_from(f"{order}IIII", data, place)
        frame = data[place + 16 : place + 16 + kept]
        place += 16 + kept
        if frame[12:14] != b"\x08\x00" or frame[23] != protocol:
            continue
        ports = 14 + (frame[14] & 15) * 4
        source, target = struct.unpack_from(">HH", frame, ports)
        head = 8 if protocol == socket.IPPROTO_UDP else (frame[ports + 12] >> 4) * 4
        yield Packet(
            seconds + micros / 1e6,
            (socket.inet_ntoa(frame[26:30]), source),
            (socket.inet_ntoa(frame[30:34]), target),
            frame[ports + head :],
        )
