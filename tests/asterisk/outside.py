"""The public telephone network behind the centre's trunk: it passes calls on to a real phone, or refuses them.

It sits where the trunk's `host` is, on 127.0.0.2, and counts who was called, whatever became of it.
"""

from __future__ import annotations

import asyncio
import re
from typing import cast

from server.softphone import Softphone

REASONS = {
    403: "Forbidden",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    503: "Service Unavailable",
    603: "Decline",
}


class Operator(asyncio.DatagramProtocol):
    """`person` takes the calls: a phone, a SIP code with which they are refused, or None for silence."""

    def __init__(self) -> None:
        self.person: Softphone | int | None = None
        self.called: dict[str, str] = {}
        """The number of each call that came, by its SIP id."""
        self.shown: list[str] = []
        """The number that each of them showed."""
        self._transport: asyncio.DatagramTransport | None = None
        self._asterisk: tuple[str, int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        text = data.decode(errors="replace")
        if text.startswith("SIP/2.0"):
            if self._asterisk is not None:
                self._send(data, self._asterisk)  # the phone's answer
            return
        self._asterisk = addr
        match text.split(" ", 1)[0]:
            case "OPTIONS":
                self._answer(text, 200, "OK")
            case "INVITE":
                self._invited(data, text)
            case "CANCEL" | "ACK" | "BYE" if isinstance(self.person, Softphone):
                self._to_person(data)
            case "ACK":
                pass
            case _:
                self._answer(text, 200, "OK")

    def _invited(self, data: bytes, text: str) -> None:
        number = re.match(r"INVITE sips?:([^@]*)@", text)
        sender = re.search(r"(?im)^from:.*?sips?:([^@>]*)@", text)
        call = re.search(r"(?im)^call-id:\s*(\S+)", text)
        assert number is not None
        assert call is not None
        if call[1] not in self.called:
            self.called[call[1]] = number[1]
            self.shown.append(sender[1] if sender else "")
        match self.person:
            case Softphone():
                self._to_person(data)
            case int(code):
                self._answer(text, code, REASONS[code])
            case None:
                pass

    def _to_person(self, data: bytes) -> None:
        assert isinstance(self.person, Softphone)
        host, _, port = self.person.sip_address.partition(":")
        self._send(data, (host, int(port)))

    def _answer(self, text: str, code: int, reason: str) -> None:
        copied = [
            line + (";tag=operator" if line.lower().startswith("to:") and "tag=" not in line else "")
            for line in text.split("\r\n")
            if line.lower().startswith(("via:", "from:", "to:", "call-id:", "cseq:"))
        ]
        answer = "\r\n".join([f"SIP/2.0 {code} {reason}", *copied, "Content-Length: 0"]) + "\r\n\r\n"
        assert self._asterisk is not None
        self._send(answer.encode(), self._asterisk)

    def _send(self, data: bytes, to: tuple[str, int]) -> None:
        assert self._transport is not None
        self._transport.sendto(data, to)
