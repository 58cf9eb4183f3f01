"""The public telephone network behind the centre's trunk: it passes calls on to a real phone, or refuses them.

It sits where the trunk's `host` is, on 127.0.0.2, and counts who was called, whatever became of it.
"""

from __future__ import annotations

import asyncio
import re
from typing import cast

from server.softphone import Softphone

TRYING = 100
"""The network looks for her, and finds nobody until the call is given up."""
REASONS = {
    TRYING: "Trying",
    403: "Forbidden",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    503: "Service Unavailable",
    487: "Request Terminated",
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
        self.ringing: set[str] = set()
        """SIP ids of the calls that ring or talk at a phone."""
        self.most_at_once = 0
        """The most there ever were of them."""
        self._transport: asyncio.DatagramTransport | None = None
        self._asterisk: tuple[str, int] | None = None
        self._sought: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        text = data.decode(errors="replace")
        if text.startswith("SIP/2.0"):
            if int(text[8:11]) >= 300:
                self.ringing.discard(_call_id(text))
            if self._asterisk is not None:
                self._send(data, self._asterisk)  # the phone's answer
            return
        self._asterisk = addr
        if text.startswith(("CANCEL ", "BYE ")):
            self.ringing.discard(_call_id(text))
        match text.split(" ", 1)[0]:
            case "OPTIONS":
                self._answer(text, 200, "OK")
            case "INVITE":
                self._invited(data, text)
            case "CANCEL" | "ACK" | "BYE" if isinstance(self.person, Softphone):
                self._to_person(data)
            case "ACK":
                pass
            case "CANCEL" if self._sought is not None:
                self._answer(text, 200, "OK")
                self._answer(self._sought, 487, REASONS[487])
                self._sought = None
            case _:
                self._answer(text, 200, "OK")

    def _invited(self, data: bytes, text: str) -> None:
        number = re.match(r"INVITE sips?:([^@]*)@", text)
        sender = re.search(r"(?im)^from:.*?sips?:([^@>]*)@", text)
        call = _call_id(text)
        assert number is not None
        if call not in self.called:
            self.called[call] = number[1]
            self.shown.append(sender[1] if sender else "")
        match self.person:
            case Softphone():
                self.ringing.add(call)
                self.most_at_once = max(self.most_at_once, len(self.ringing))
                self._to_person(data)
            case int(code):
                self._sought = text if code == TRYING else None
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


def _call_id(text: str) -> str:
    found = re.search(r"(?im)^call-id:\s*(\S+)", text)
    assert found is not None
    return found[1]
