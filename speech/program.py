"""Running the engines' programs: a cancellable pipe of processes, fed and read without blocking."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Protocol, cast


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
    async with _started(program, arguments) as running:
        return await running.finished(given)


async def pipe(
    first: tuple[Runnable, Sequence[str]], second: tuple[Runnable, Sequence[str]], *, given: bytes
) -> bytes:
    """Run two programs, the second reading what the first writes; return what the second writes."""
    read_end, write_end = os.pipe()
    async with AsyncExitStack() as started:
        try:
            speaker = await started.enter_async_context(_started(*first, writes_to=write_end))
            shaper = await started.enter_async_context(_started(*second, reads_from=read_end))
        finally:
            os.close(read_end)
            os.close(write_end)
        ends = await asyncio.gather(speaker.finished(given), shaper.finished(None), return_exceptions=True)
    failures = [end for end in ends if isinstance(end, BaseException)]
    if failures:
        raise EngineFailed("; ".join(map(str, failures))) from failures[0]
    return cast(bytes, ends[1])


@dataclass(frozen=True, slots=True)
class _Running:
    """A process that was started, and its program's name."""

    name: str
    process: asyncio.subprocess.Process

    async def finished(self, given: bytes | None) -> bytes:
        """Return what it wrote. Raises `EngineFailed`."""
        try:
            async with asyncio.timeout(LONGEST):
                written, complaint = await self.process.communicate(given)
        except TimeoutError:
            raise EngineFailed(f"{self.name}: no answer in {LONGEST:.0f} s") from None
        if self.process.returncode:
            said = complaint.decode(errors="replace").strip().splitlines()
            why = said[-1] if said else "it said nothing"
            raise EngineFailed(f"{self.name}: ended with {self.process.returncode}: {why}")
        return written or b""


@asynccontextmanager
async def _started(
    program: Runnable,
    arguments: Sequence[str | os.PathLike[str]],
    *,
    reads_from: int = asyncio.subprocess.PIPE,
    writes_to: int = asyncio.subprocess.PIPE,
) -> AsyncIterator[_Running]:
    """Start a program; when the block is left it is gone."""
    command = program.command(*arguments)
    name = os.path.basename(command[-1 - len(arguments)])
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=dict(program.environment()),
            stdin=reads_from,
            stdout=writes_to,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise EngineFailed(f"{name} does not start: {error.strerror}") from error
    try:
        yield _Running(name, process)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await process.wait()
