"""Running the engines' programs: a cancellable pipe of processes, fed and read without blocking."""

import asyncio
import os
from collections.abc import Mapping
from typing import Protocol


class Runnable(Protocol):
    """A program as `server.parts` finds it."""

    def command(self, *arguments: str | os.PathLike[str]) -> list[str]:
        """The full command line."""
        ...

    def environment(self) -> Mapping[str, str]:
        """The variables it needs, this process's own included."""
        ...


class EngineFailed(Exception):
    """No sound came of it; the message says which program and what it complained of."""


LONGEST = 15.0  # seconds; a prompt takes tens of milliseconds


async def run(program: Runnable, *arguments: str | os.PathLike[str], given: bytes = b"") -> bytes:
    """Run one program on `given` and return what it writes. Raises `EngineFailed`."""
    return await _finished(await _started(program, arguments, given_by_pipe=None, writes_to=None), given)


async def pipe(
    first: tuple[Runnable, list[str]], second: tuple[Runnable, list[str]], *, given: bytes
) -> bytes:
    """Run two programs, the second reading what the first writes; return what the second writes."""
    read_end, write_end = os.pipe()
    started: list[asyncio.subprocess.Process] = []
    try:
        try:
            started.append(await _started(*first, given_by_pipe=None, writes_to=write_end))
            started.append(await _started(*second, given_by_pipe=read_end, writes_to=None))
        finally:
            os.close(read_end)
            os.close(write_end)
        _, written = await asyncio.gather(_finished(started[0], given), _finished(started[1], None))
    finally:
        for process in started:
            _kill(process)
    return written


async def _started(
    program: Runnable,
    arguments: tuple[str | os.PathLike[str], ...] | list[str],
    *,
    given_by_pipe: int | None,
    writes_to: int | None,
) -> asyncio.subprocess.Process:
    command = program.command(*arguments)
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            env=dict(program.environment()),
            stdin=asyncio.subprocess.PIPE if given_by_pipe is None else given_by_pipe,
            stdout=asyncio.subprocess.PIPE if writes_to is None else writes_to,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise EngineFailed(f"{command[-1 - len(arguments)]} does not start: {error.strerror}") from error


async def _finished(process: asyncio.subprocess.Process, given: bytes | None) -> bytes:
    try:
        async with asyncio.timeout(LONGEST):
            written, complaint = await process.communicate(given)
    except TimeoutError:
        raise EngineFailed(f"no answer in {LONGEST:.0f} s") from None
    finally:
        _kill(process)
    if process.returncode:
        said = complaint.decode(errors="replace").strip().splitlines()
        raise EngineFailed(f"ended with {process.returncode}: {said[-1] if said else 'it said nothing'}")
    return written or b""


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        try:
            process.kill()
        except ProcessLookupError:
            return
