"""The controller's own door: a Unix socket in the state folder that answers questions in JSON, a line each.

Only the owner of the state folder may knock (mode 0600). A question is `{"ask": NAME, …}`; the answer is one line, or,
for `follow`, a line for each trace line as it happens, until the asker goes.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog

log = structlog.get_logger()

SOCKET = "control"
LONGEST_QUESTION = 64 << 10  # bytes

Answer = Callable[[dict[str, Any]], Awaitable[Any]]
Follow = Callable[[], AsyncIterator[Any]]


class NoController(Exception):  # noqa: N818 - named for what is wrong
    """No controller answers for this state folder."""


class Control:
    """Serves the socket. `answers` by question; `follow` for the one that streams."""

    def __init__(self, state: Path, answers: dict[str, Answer], follow: Follow) -> None:
        """Nothing is opened before `start`."""
        self._path, self._answers, self._follow = state / SOCKET, answers, follow
        self._server: asyncio.Server | None = None
        self._connected: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Open the socket; a left-over one is replaced."""
        self._path.unlink(missing_ok=True)
        with _short(self._path) as path:
            self._server = await asyncio.start_unix_server(self._serve, path, limit=LONGEST_QUESTION)
        self._path.chmod(0o600)

    async def close(self) -> None:
        """Close the socket and whoever is connected."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)
        for task in self._connected:
            task.cancel()
        await asyncio.gather(*self._connected, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connected.add(task)
        task.add_done_callback(self._connected.discard)
        try:
            while line := await reader.readline():
                await self._answer(line, writer)
        except (ConnectionError, ValueError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> None:
        try:
            question = json.loads(line)
            name = question["ask"]
            if name == "follow":
                async for item in self._follow():
                    await _write(writer, item)
                return
            answer = {"answer": await self._answers[name](question)}
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as problem:
            answer = {"error": f"not a question: {problem}"}
        await _write(writer, answer)


async def ask(state: Path, name: str, **more: object) -> Any:
    """The controller's answer. Raises NoController."""
    reader, writer = await _connect(state)
    try:
        await _write(writer, {"ask": name, **more})
        line = await asyncio.wait_for(reader.readline(), 10)
    except (ConnectionError, TimeoutError) as problem:
        raise NoController(f"the controller of {state} does not answer") from problem
    finally:
        writer.close()
    answer = json.loads(line) if line else {"error": "the controller went away"}
    if "error" in answer:
        raise NoController(answer["error"])
    return answer["answer"]


async def follow(state: Path) -> AsyncIterator[Any]:
    """Trace lines as they happen, until the controller ends. Raises NoController."""
    reader, writer = await _connect(state)
    try:
        await _write(writer, {"ask": "follow"})
        while line := await reader.readline():
            yield json.loads(line)
    finally:
        writer.close()


async def _connect(state: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        with _short(state / SOCKET) as path:
            return await asyncio.open_unix_connection(path, limit=1 << 20)
    except OSError as problem:
        raise NoController(
            f"no controller runs with the state folder {state}; start one with: make run"
        ) from problem


async def _write(writer: asyncio.StreamWriter, value: object) -> None:
    writer.write(json.dumps(value, ensure_ascii=False, default=str).encode() + b"\n")
    await writer.drain()


@contextlib.contextmanager
def _short(path: Path) -> Any:
    """A name for the socket under the 108 characters that a Unix address may have, whatever the state's path."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)
