"""The fake telephone exchange keeps its own promises. Spoken to here without the link."""

import asyncio
from pathlib import Path

import pytest

from tests.support.fake_asterisk import FakeAsterisk, encode, transcript


async def ask(reader, writer, *pairs):
    writer.write(encode(pairs))
    return await reader.readuntil(b"\r\n\r\n")


@pytest.fixture
async def client(asterisk):
    reader, writer = await asyncio.open_connection("127.0.0.1", asterisk.port)
    assert await reader.readline() == b"Asterisk Call Manager/11.0.0\r\n"
    yield reader, writer
    writer.close()


def login(asterisk):
    return ("Action", "Login"), ("Username", asterisk.user), ("Secret", asterisk.secret)


async def test_it_lets_in_whoever_knows_the_secret_and_nobody_else(asterisk, client):
    assert b"Permission denied" in await ask(*client, ("Action", "Ping"), ("ActionID", "1"))
    assert b"Authentication failed" in await ask(*client, ("Action", "Login"), ("Username", "x"))
    assert b"accepted" in await ask(*client, *login(asterisk))
    assert b"ActionID: 2\r\nPing: Pong" in await ask(*client, ("Action", "Ping"), ("ActionID", "2"))
    assert asterisk.logins == 1


async def test_it_keeps_every_header_it_reads(asterisk, client):
    await ask(*client, ("Action", "Setvar"), ("Value", "ⵎ\r\nAction: Originate"))
    assert asterisk.actions[0].headers == (("Action", "Setvar"), ("Value", "ⵎ"), ("Action", "Originate"))


async def test_lists_are_answered_as_asterisk_does(asterisk, client):
    reader, _ = client
    asterisk.lists["CoreShowChannels"] = [("CoreShowChannel", [("Channel", "a")])]
    await ask(*client, *login(asterisk))
    assert b"EventList: start" in await ask(*client, ("Action", "CoreShowChannels"), ("ActionID", "7"))
    assert (
        await reader.readuntil(b"\r\n\r\n") == b"Event: CoreShowChannel\r\nActionID: 7\r\nChannel: a\r\n\r\n"
    )
    assert b"EventList: Complete\r\nListItems: 1" in await reader.readuntil(b"\r\n\r\n")


async def test_silence_and_held_answers(asterisk, client):
    reader, writer = client
    await ask(*client, *login(asterisk))
    asterisk.silent = True
    writer.write(encode([("Action", "Ping"), ("ActionID", "lost")]))
    await asterisk.receives("Ping")
    asterisk.silent = False
    asterisk.holding.add("Ping")
    writer.write(encode([("Action", "Ping"), ("ActionID", "held")]))
    await asterisk.receives("Ping", 2)
    asterisk.event("First")
    asterisk.release("Ping")
    assert b"First" in await reader.readuntil(b"\r\n\r\n")
    assert b"held" in await reader.readuntil(b"\r\n\r\n")


async def test_a_reset_is_a_reset(asterisk, client):
    reader, _ = client
    await ask(*client, *login(asterisk))
    asterisk.reset()
    with pytest.raises(ConnectionResetError):
        await reader.read()


async def test_it_can_end_and_come_back_on_the_same_port():
    async with FakeAsterisk() as asterisk:
        port = asterisk.port
        await asterisk.stop()
        with pytest.raises(OSError, match="refused|failed"):
            await asyncio.open_connection("127.0.0.1", port)
        await asterisk.start()
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()


def test_a_transcript_is_read_as_it_came_over_the_wire(tmp_path: Path):
    file = tmp_path / "t.txt"
    file.write_text("Event: A\nName: ⵎ\n\nEvent: B\n", encoding="utf-8")
    assert transcript(file) == ["Event: A\r\nName: ⵎ\r\n\r\n".encode(), b"Event: B\r\n\r\n"]
