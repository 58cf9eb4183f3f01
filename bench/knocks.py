"""Requests that Asterisk answers by itself: how long that takes tells how busy it and the machine are."""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator

from bench.centre import NUMBER
from tests.support.sipp import PEER

EVERY = 0.113  # seconds; each knock falls into another millisecond of sound's 20
_numbers = itertools.count(1)


@contextlib.asynccontextmanager
async def knocking(sip: int) -> AsyncIterator[None]:
    """OPTIONS, as a trunk asks whether the other side is there, at this port until the block is left."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind((PEER, 0))
        door.setblocking(False)
        task = asyncio.create_task(_knock(door, sip))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _knock(door: socket.socket, sip: int) -> None:
    host, port = door.getsockname()
    while True:
        number = next(_numbers)
        lines = (
            f"OPTIONS sip:{NUMBER}@127.0.0.1:{sip} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bKknock{number}",
            f"From: <sip:knock@{host}>;tag=knock{number}",
            f"To: <sip:{NUMBER}@127.0.0.1:{sip}>",
            f"Call-ID: knock-{number}",
            f"CSeq: {number} OPTIONS",
            f"Contact: <sip:knock@{host}:{port}>",
            "Max-Forwards: 70",
            "Content-Length: 0",
        )
        door.sendto("\r\n".join((*lines, "", "")).encode(), ("127.0.0.1", sip))
        await asyncio.sleep(EVERY)
