"""Running the engines' programs: cancellable, fed and read without blocking."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
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


LONGEST = 15.0
"""Seconds for a program that works on this machine; a prompt takes tens of milliseconds."""


async def run(
    program: Runnable, *arguments: str | os.PathLike[str], given: bytes = b"", longest: float = LONGEST
) -> bytes:
    """Run a program on `given` and return what it writes; afterwards it is gone. Raises `EngineFailed`."""
    command = program.command(*arguments)
    name = os.path.basename(command[-1 - len(arguments)])
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=dict(program.environment()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # the terminal's Ctrl-C is the centre's, which ends its programs itself
        )
    except OSError as error:
        raise EngineFailed(f"{name} does not start: {error.strerror}") from error
    try:
        async with asyncio.timeout(longest):
            written, complaint = await process.communicate(given)
    except TimeoutError:
        raise EngineFailed(f"{name}: no answer in {longest:g} s") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            # What it wrote must be read, or its end is never noticed.
            await process.communicate()
    if process.returncode:
        said = complaint.decode(errors="replace").strip().splitlines()
        why = said[-1] if said else "it said nothing"
        raise EngineFailed(f"{name}: ended with {process.returncode}: {why}")
    return written
