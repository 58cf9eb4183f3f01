"""The line to a running baresip: commands out, answers and events in, as JSON in netstrings (its `ctrl_tcp`).

baresip answers commands in the order they are given, and one connection at a time is served.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import Any

Event = dict[str, Any]
ANSWER_WITHIN = 10.0  # seconds; a loaded machine answers in milliseconds, a stopped process never


class ControlError(Exception):
    """baresip refused a command, or is gone; the message has its own words."""


class Control:
    """One connection: `command` and a callback for every event, called in order of arrival."""

    def __init__(self, on_event: Callable[[Event], None], on_gone: Callable[[], None]) -> None:
        self._on_event = on_event
        self._on_gone = on_gone
        self._answers: deque[asyncio.Future[Event]] = deque()
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    async def connect(self, port: int) -> None:
        """Open the connection; ControlError when nothing listens."""
        try:
            reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError as error:
            raise ControlError(f"baresip does not listen for commands on port {port}: {error}") from error
        self._reading = asyncio.create_task(self._read(reader), name="softphone control")

    async def command(self, name: str, parameters: str = "") -> str:
        """Give one command and return what baresip prints for it."""
        if self._writer is None or self._reading is None or self._reading.done():
            raise ControlError(f"cannot give the command {name}: baresip is gone")
        message: dict[str, str] = {"command": name, "token": name}
        if parameters:
            message["params"] = parameters
        answer: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._answers.append(answer)
        self._writer.write(encode(message))
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                said = await answer
        except TimeoutError:
            raise ControlError(f"baresip did not answer the command {name} in {ANSWER_WITHIN:g} s") from None
        if not said.get("ok"):
            raise ControlError(f"baresip refuses {name} {parameters}: {str(said.get('data')).strip()}")
        return str(said.get("data", ""))

    async def close(self) -> None:
        """Close the connection; commands still unanswered fail."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
            await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                self._take(await read_one(reader))
        except (asyncio.IncompleteReadError, OSError, ValueError):
            self._on_gone()
        finally:
            while self._answers:
                answer = self._answers.popleft()
                if not answer.done():
                    answer.set_exception(ControlError("baresip is gone"))
                    answer.exception()  # whoever gave up waiting does not need it

    def _take(self, message: Event) -> None:
        if message.get("response"):
            answer = self._answers.popleft()
            if not answer.done():
                answer.set_result(message)
        elif message.get("event"):
            self._on_event(message)


def encode(message: dict[str, str]) -> bytes:
    """Return the netstring of a message."""
    body = json.dumps(message).encode()
    return b"%d:%s," % (len(body), body)


async def read_one(reader: asyncio.StreamReader) -> Event:
    """Read one netstring; ValueError when the bytes are no such thing."""
    length = int((await reader.readuntil(b":"))[:-1])
    body = await reader.readexactly(length + 1)
    message = json.loads(body[:-1].decode("utf-8", "replace"), strict=False)
    if not isinstance(message, dict):
        raise ValueError(f"not a message: {body[:80]!r}")
    return message
