"""The control socket: whatever is asked gets an answer."""

import asyncio
from pathlib import Path

import pytest

from server.control import SOCKET, Control


@pytest.mark.parametrize("asked", [b"[" * 60_000, b'{"ask": []}', b'{"ask": "late"}', b"no json"])
async def test_what_is_no_question_is_answered_all_the_same(tmp_path: Path, asked: bytes) -> None:
    async def late(_: object) -> None:
        raise OverflowError("date value out of range")

    async def nothing():
        yield None

    control = Control(tmp_path, {"late": late}, nothing)
    await control.start()
    try:
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / SOCKET))
        writer.write(asked + b"\n")
        assert b"not a question" in await reader.readline()
        writer.close()
    finally:
        await control.close()
