"""An agent's telephone made of one UDP socket: it registers with its secret and answers each call with one SIP code.

For answers that a real softphone does not give, such as 603.
"""

import asyncio
import hashlib
import re
import uuid
from types import TracebackType
from typing import Self, cast

COPIED = ("via:", "from:", "to:", "call-id:", "cseq:")


class PlainPhone(asyncio.DatagramProtocol):
    """Registers as `user` at `server` and answers INVITEs with `code`, such as "603 Decline"."""

    def __init__(self, server: tuple[str, int], user: str, secret: str, code: str) -> None:
        self.server, self.user, self.secret, self.code = server, user, secret, code
        self.registered = asyncio.Event()
        self.rung = 0
        self._id, self._count = uuid.uuid4().hex, 0

    async def __aenter__(self) -> Self:
        await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0), remote_addr=self.server
        )
        self._register()
        await asyncio.wait_for(self.registered.wait(), 10)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)
        self._port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        text = data.decode(errors="replace")
        if text.startswith("SIP/2.0 401"):
            self._register(text)
        elif text.startswith("SIP/2.0 200"):
            self.registered.set()
        elif text.startswith("OPTIONS"):
            self._answer(text, "200 OK")
        elif text.startswith("INVITE"):
            self.rung += 1
            self._answer(text, self.code)

    def _answer(self, text: str, status: str) -> None:
        copied = [
            line + (";tag=phone" if line.lower().startswith("to:") else "")
            for line in text.split("\r\n")
            if line.lower().startswith(COPIED)
        ]
        self._send([f"SIP/2.0 {status}", *copied])

    def _register(self, challenge: str = "") -> None:
        self._count += 1
        uri, own = f"sip:{self.server[0]}:{self.server[1]}", f"<sip:{self.user}@127.0.0.1>"
        self._send(
            [
                f"REGISTER {uri} SIP/2.0",
                f"Via: SIP/2.0/UDP 127.0.0.1:{self._port};branch=z9hG4bK{uuid.uuid4().hex};rport",
                f"From: {own};tag={self._id}",
                f"To: {own}",
                f"Call-ID: {self._id}",
                f"CSeq: {self._count} REGISTER",
                f"Contact: <sip:{self.user}@127.0.0.1:{self._port}>",
                "Expires: 300",
                "Max-Forwards: 70",
                *([self._credentials(uri, challenge)] if challenge else []),
            ]
        )

    def _credentials(self, uri: str, challenge: str) -> str:
        found = dict(re.findall(r'(realm|nonce|opaque)="([^"]*)"', challenge))
        who = _md5(f"{self.user}:{found['realm']}:{self.secret}")
        response = _md5(f"{who}:{found['nonce']}:00000001:phone:auth:{_md5(f'REGISTER:{uri}')}")
        words = {**found, "username": self.user, "uri": uri, "response": response, "cnonce": "phone"}
        quoted = ", ".join(f'{key}="{value}"' for key, value in words.items())
        return f"Authorization: Digest {quoted}, qop=auth, nc=00000001, algorithm=MD5"

    def _send(self, lines: list[str]) -> None:
        self._transport.sendto("\r\n".join([*lines, "Content-Length: 0", "", ""]).encode())


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
