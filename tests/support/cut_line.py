"""A TCP line that can be cut and mended: between the controller and Asterisk, of which neither knows."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self


class CutLine:
    """Listens on `port` and passes bytes to and from `to`, until it is cut; then nobody gets through."""

    def __init__(self, to: tuple[str, int]) -> None:
        self._to = to
        self._through = True
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._passes, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        self._server.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Every connection ends, and no other comes to stand."""
        self._through = False
        for end in self._ends:
            end.transport.abort()

    def mend(self) -> None:
        """Connections are passed on again."""
        self._through = True

    async def _passes(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._ends.add(writer)
        try:
            if self._through:
                there, back = await asyncio.open_connection(*self._to)
                self._ends.add(back)
                await asyncio.gather(_copy(reader, back), _copy(there, writer))
        finally:
            writer.close()
            self._ends.discard(writer)
            self._tasks.discard(task)


async def _copy(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await source.read(1 << 16):
            to.write(piece)
            await to.drain()
    to.close()
