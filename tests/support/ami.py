"""A second, independent AMI client for tests: keeps every event it hears, raw and parsed."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

Message = dict[str, str]


class Ami:
    """A session of `user`. `events` grows as Asterisk speaks."""

    def __init__(self, address: str, port: int, user: str, secret: str) -> None:
        self._place, self._user, self._secret = (address, port), user, secret
        self.events: list[Message] = []
        self.raw = b""
        self._news = asyncio.Event()
        self._count = 0

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(*self._place)
        await self._reader.readline()
        self._task = asyncio.create_task(self._read())
        answer = await self.send("Login", Username=self._user, Secret=self._secret)
        assert answer["Response"] == "Success", answer
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._writer.close()
        await self._writer.wait_closed()

    async def send(self, action: str, **headers: str) -> Message:
        """The answer to an action."""
        self._count += 1
        mark = f"test-{self._count}"
        lines = [
            f"Action: {action}",
            f"ActionID: {mark}",
            *(f"{key}: {value}" for key, value in headers.items()),
        ]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        return await self.until(lambda event: event.get("ActionID") == mark and "Response" in event)

    async def list(self, action: str, end: str, **headers: str) -> list[Message]:
        """The events that an action lists, until the event `end`."""
        answer = await self.send(action, **headers)
        mark = answer["ActionID"]
        await self.until(lambda event: event.get("ActionID") == mark and event.get("Event") == end)
        return [e for e in self.events if e.get("ActionID") == mark and "Event" in e and e["Event"] != end]

    async def until(self, wanted: Callable[[Message], bool], limit: float = 10) -> Message:
        """The first message, heard or to come, that is wanted."""
        seen = 0
        async with asyncio.timeout(limit):
            while True:
                for message in self.events[seen:]:
                    seen += 1
                    if wanted(message):
                        return message
                self._news.clear()
                await self._news.wait()

    async def variable(self, channel: str, name: str) -> str:
        """A variable of a channel."""
        return (await self.send("Getvar", Channel=channel, Variable=name)).get("Value", "")

    async def _read(self) -> None:
        while True:
            block = await self._reader.readuntil(b"\r\n\r\n")
            self.raw += block
            pairs = (line.partition(": ") for line in block.decode(errors="replace").strip().split("\r\n"))
            self.events.append({key: value for key, _, value in pairs})
            self._news.set()
