"""A fake Asterisk: its manager port on loopback, speaking the real protocol, with faults on demand.

    async with FakeAsterisk() as asterisk:
        asterisk.event("Hangup", Uniqueid="1.1")
        originate = await asterisk.receives("Originate")

It shares no code with the link it tests. Every action it reads is kept in `actions`, header by header, so a
header that should not be there is seen.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

Pairs = Sequence[tuple[str, str]]

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
CHALLENGE = "157084163"
OFFERED = ("AGI", "ControlPlayback", "CoreShowChannels", "DeviceStateList", "Originate", "Ping", "Setvar")


@dataclass(frozen=True)
class Action:
    """One action as it came over the wire."""

    headers: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        return self["Action"]

    def __getitem__(self, key: str) -> str:
        return next((value for name, value in self.headers if name.lower() == key.lower()), "")


@dataclass
class Session:
    """One connection of a client."""

    writer: asyncio.StreamWriter
    logged_in: bool = False
    held: list[bytes] = field(default_factory=list)


class FakeAsterisk:
    """Set the attributes at any time; they hold from the next message on."""

    def __init__(self, *, user: str = "mowakaba", secret: str = "a secret") -> None:
        self.user = user
        self.secret = secret
        self.port = 0
        self.actions: list[Action] = []
        self.connections = 0
        self.logins = 0
        self.offered: tuple[str, ...] = OFFERED
        """What ListCommands answers: the actions of a telephone exchange that has booted."""
        self.silent = False
        """Half-open: reads, and answers nothing."""
        self.deaf = False
        """Does not even read."""
        self.refuses_login = False
        self.holding: set[str] = set()
        """Names of actions whose answers wait for `release`."""
        self.pieces: Callable[[bytes], Iterable[bytes]] = lambda data: (data,)
        """How what is sent is cut."""
        self.answers: dict[str, Callable[[Action], Pairs | None]] = {}
        """Own answers by action name; None is no answer at all."""
        self.lists: dict[str, list[tuple[str, Pairs]]] = {"CoreShowChannels": [], "DeviceStateList": []}
        """List items by action name: event name and headers."""
        self._sessions: list[Session] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Condition()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, on the same port as before when it was stopped."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close everything, as Asterisk does when it ends."""
        assert self._server is not None
        self._server.close()
        for session in self._sessions:
            session.writer.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._sessions.clear()

    # --- what it says

    def event(self, name: str, pairs: Pairs = (), /, **headers: str) -> None:
        """Send an event to whoever is logged in."""
        self.raw(encode([("Event", name), ("Privilege", "call,all"), *pairs, *headers.items()]))

    def raw(self, data: bytes) -> None:
        """Send these bytes to whoever is logged in."""
        for session in self._sessions:
            if session.logged_in:
                self._send(session, data)

    def replay(self, messages: Iterable[bytes], mangle: Callable[[list[bytes]], list[bytes]] = list) -> None:
        """Send whole messages; `mangle` may drop, double and reorder them."""
        for message in mangle(list(messages)):
            self.raw(message)

    def release(self, action: str) -> None:
        """Send the answers that were held for this action."""
        self.holding.discard(action)
        for session in self._sessions:
            held, session.held = session.held, []
            for data in held:
                self._send(session, data)

    def reset(self) -> None:
        """Tear every connection as a broken network does, with RST."""
        for session in self._sessions:
            plain = session.writer.get_extra_info("socket")
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            session.writer.transport.abort()
        self._sessions.clear()

    # --- what it hears

    def heard(self, name: str) -> list[Action]:
        """Return the actions of this name, in order."""
        return [action for action in self.actions if action.name == name]

    async def receives(self, name: str, times: int = 1) -> Action:
        """Wait until this action has come so often, and return the latest."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.heard(name)) >= times)
        return self.heard(name)[times - 1]

    async def has_logged_in(self, times: int = 1) -> None:
        """Wait for the login."""
        async with self._news:
            await self._news.wait_for(lambda: self.logins >= times)

    # --- how it works

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        session = Session(writer)
        self._sessions.append(session)
        self._send(session, BANNER)
        try:
            while True:
                data = await reader.readuntil(b"\r\n\r\n")
                while self.deaf:  # noqa: ASYNC110 - nothing tells when the ears open again
                    await asyncio.sleep(0.01)
                action = Action(tuple(_pair(line) for line in data.decode().split("\r\n") if line))
                await self._hear(session, action)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            if session in self._sessions:
                self._sessions.remove(session)
            writer.close()

    async def _hear(self, session: Session, action: Action) -> None:
        if not self.silent:
            for message in self._answer(session, action):
                if action.name in self.holding:
                    session.held.append(message)
                else:
                    self._send(session, message)
        async with self._news:
            self.actions.append(action)
            self._news.notify_all()

    def _answer(self, session: Session, action: Action) -> Iterable[bytes]:
        name = action.name
        if name in self.answers:
            own = self.answers[name](action)
            return [] if own is None else [_response(action, *own)]
        if name == "Challenge":
            return [_response(action, ("Response", "Success"), ("Challenge", CHALLENGE))]
        if name == "Login":
            return self._log_in(session, action)
        if not session.logged_in:
            return [_error(action, "Permission denied")]
        if name == "Ping":
            return [_response(action, ("Response", "Success"), ("Ping", "Pong"), ("Timestamp", "1.5"))]
        if name == "ListCommands":
            return [
                _response(action, ("Response", "Success"), *((one, "(Priv: all)") for one in self.offered))
            ]
        if name in self.lists:
            return self._list(action, self.lists[name])
        return [_response(action, ("Response", "Success"), ("Message", "Done"))]

    def _log_in(self, session: Session, action: Action) -> Iterable[bytes]:
        key = hashlib.md5((CHALLENGE + self.secret).encode(), usedforsecurity=False).hexdigest()
        right = action["Key"] == key or action["Secret"] == self.secret
        if self.refuses_login or action["Username"] != self.user or not right:
            yield _error(action, "Authentication failed")
            return
        session.logged_in = True
        self.logins += 1
        yield _response(action, ("Response", "Success"), ("Message", "Authentication accepted"))

    def _list(self, action: Action, items: list[tuple[str, Pairs]]) -> Iterable[bytes]:
        own = ("ActionID", action["ActionID"])
        yield _response(action, ("Response", "Success"), ("EventList", "start"), ("Message", "will follow"))
        for name, pairs in items:
            yield encode([("Event", name), own, *pairs])
        end = [("EventList", "Complete"), ("ListItems", str(len(items)))]
        yield encode([("Event", f"{action.name}Complete"), own, *end])

    def _send(self, session: Session, data: bytes) -> None:
        if self.silent or session.writer.is_closing():
            return
        for piece in self.pieces(data):
            session.writer.write(piece)


def encode(pairs: Pairs) -> bytes:
    """Return a message's bytes, values exactly as given: Asterisk does not check them either."""
    return "".join(f"{name}: {value}\r\n" for name, value in pairs).encode() + b"\r\n"


def transcript(path: Path) -> list[bytes]:
    """Return the messages captured in a file: headers on lines, messages parted by an empty line."""
    blocks = path.read_text(encoding="utf-8").strip().split("\n\n")
    return [block.replace("\n", "\r\n").encode() + b"\r\n\r\n" for block in blocks]


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return name, value


def _response(action: Action, first: tuple[str, str], *others: tuple[str, str]) -> bytes:
    return encode([first, ("ActionID", action["ActionID"]), *others])


def _error(action: Action, why: str) -> bytes:
    return _response(action, ("Response", "Error"), ("Message", why))
