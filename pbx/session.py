"""One connection to Asterisk's manager port, on panoramisk, which lives as long as the connection.

Mended here, for telephony: messages are decoded whole, events are handed over in the order in which they
came, every action has a deadline, and an action that was not answered when the connection went fails; it is
never sent again, since it may have been carried out. Reconnecting is the link's business (`pbx/link.py`).
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from panoramisk import Manager
from panoramisk.ami_protocol import AMIProtocol

from pbx.message import Doubtful, Malformed, Message, parse
from pbx.wire import Headers, Splitter, encode

log = structlog.get_logger()

BANNER = b"Asterisk Call Manager/"
MESSAGES_PER_TURN = 200  # then the loop's other tasks have their turn
MAX_UNSENT = 4 << 20  # bytes that Asterisk has not taken: it does not read any more
POSTED = "post-"
DONE = b"Response: Success\r\nActionID: " + POSTED.encode()
"""How the good news of a post begins; Asterisk writes the ActionID right behind the kind."""
ID_IN_DONE = len(DONE) - len(POSTED)


class LinkLost(Exception):  # noqa: N818 - named for what happened
    """The connection is gone or not there yet. An action under way may have been carried out."""


class ActionTimedOut(Exception):  # noqa: N818
    """Asterisk did not answer in time. The action may still be carried out."""


class ActionRefused(Exception):  # noqa: N818
    """Asterisk answered Error; `reason` is its text."""

    def __init__(self, action: str, reason: str) -> None:
        super().__init__(f"{action}: {reason}")
        self.action = action
        self.reason = reason


@dataclass(slots=True)
class Counters:
    """What went over the link since the start."""

    connections: int = 0
    losses: int = 0
    logins_refused: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    messages: int = 0
    """Whole messages that arrived: the sum of the seven below, responses and list items."""
    events: int = 0
    """Events handed over."""
    unwanted: int = 0
    """Events that nobody reads, dropped by name."""
    malformed: int = 0
    doubtful: int = 0
    """Messages dropped since a header came twice: somebody tries to forge one."""
    oversize: int = 0
    late: int = 0
    """Responses to actions that had been given up."""
    handler_errors: int = 0
    actions: int = 0
    refused: int = 0
    timed_out: int = 0
    posts: int = 0
    posts_refused: int = 0
    posts_lost: int = 0
    """Posts made while there was no connection."""


@dataclass(slots=True)
class _Pending:
    """An action that waits for its response, or for the whole list when `items` is one."""

    action: str
    answer: asyncio.Future[Message]
    deadline: asyncio.TimerHandle
    items: list[Message] | None = None


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where a session puts what comes: `wanted` are the names of events handed over, None for all."""

    on_event: Callable[[Message], None]
    wanted: frozenset[bytes] | None
    counters: Counters = field(default_factory=Counters)


class _WholeMessages(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """panoramisk's protocol, fed message by message instead of chunk by chunk."""

    transport: asyncio.Transport

    def __init__(self, session: Session) -> None:
        self.session = session

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.session.connected(self)

    def data_received(self, data: bytes) -> None:
        self.session.received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self.session.end(str(exc) if exc else "Asterisk closed the connection")


class _OneConnection(Manager):  # type: ignore[misc]
    """panoramisk's manager without its own reconnection, repetition of actions and unanswered pings."""

    def connection_made(self, connecting: asyncio.Task[Any]) -> None:
        if not connecting.cancelled() and connecting.exception() is None:
            super().connection_made(connecting)
            self.pinger.cancel()


class Session:
    """A connection from `open` to `lost`. Actions are answered by their ids, which nobody can guess."""

    def __init__(self, inbox: Inbox) -> None:
        loop = asyncio.get_running_loop()
        self.lost: asyncio.Future[str] = loop.create_future()
        self.booted = False  # Asterisk said so; it does only to users who may read the class system
        self.version = ""
        self._loop = loop
        self._inbox = inbox
        self._counters = inbox.counters
        self._protocol: _WholeMessages | None = None
        self._splitter = Splitter()
        self._backlog: deque[bytes] = deque()
        self._turn: asyncio.Handle | None = None
        self._reads = True
        self._pending: dict[str, _Pending] = {}
        self._watched: dict[str, Callable[[], None]] = {}  # posts whose refusal somebody wants to know
        self._lists = 0  # how many of the pending wait for a list
        self._unsent: list[bytes] = []  # what this turn of the loop sends
        self._unsent_bytes = 0
        self._token = secrets.token_hex(8)
        self._numbers = itertools.count(1)
        self._oversize_before = inbox.counters.oversize

    # --- the connection

    async def open(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        """Connect; OSError if nobody listens."""
        manager = _OneConnection(
            host=host,
            port=port,
            ssl=tls or False,
            protocol_factory=lambda: _WholeMessages(self),
            loop=self._loop,
        )
        await manager.connect()

    def connected(self, protocol: _WholeMessages) -> None:
        """Take over a new transport; one that comes after the end is closed at once."""
        self._protocol = protocol
        if self.lost.done():
            protocol.transport.abort()

    def end(self, why: str) -> None:
        """Hand over what had already come, drop the connection and fail what waits for an answer."""
        if self.lost.done():
            return
        self._flush()
        self.lost.set_result(why)
        self._dispatch(len(self._backlog))
        if self._turn:
            self._turn.cancel()
        if self._protocol:
            self._protocol.transport.abort()
        for pending in self._pending.values():
            pending.deadline.cancel()
            if not pending.answer.done():
                pending.answer.set_exception(LinkLost(f"{pending.action}: {why}"))
        self._pending.clear()
        self._lists = 0

    # --- actions

    def new_id(self) -> str:
        """Return an ActionID."""
        return f"{self._token}-{next(self._numbers)}"

    async def ask(
        self, action: str, headers: Headers, patience: float, items: list[Message] | None = None
    ) -> Message:
        """Send, and return the response, or with `items` the event that completes the list."""
        own_id, headers = _take_id(headers)
        action_id = own_id or self.new_id()
        if action_id in self._pending:
            raise ValueError(f"{action}: an action with the same ActionID is under way")
        data = encode(action, headers, action_id)
        answer: asyncio.Future[Message] = self._loop.create_future()
        deadline = self._loop.call_later(patience, self._give_up, action_id)
        self._pending[action_id] = _Pending(action, answer, deadline, items)
        self._lists += items is not None
        try:
            self._counters.actions += 1
            self._write(data)
            return await answer
        finally:
            deadline.cancel()
            if self._pending.pop(action_id, None):
                self._lists -= items is not None

    def post(self, action: str, headers: Headers, on_refused: Callable[[], None] | None = None) -> None:
        """Send without waiting; an Error is counted, and told to `on_refused`. Raises LinkLost."""
        action_id = POSTED + self.new_id()
        data = encode(action, headers, action_id)
        self._counters.posts += 1
        self._write(data)
        if on_refused is not None:
            self._watched[action_id] = on_refused

    def _write(self, data: bytes) -> None:
        if self._protocol is None or self.lost.done():
            raise LinkLost("there is no connection to Asterisk")
        if self._protocol.transport.get_write_buffer_size() + self._unsent_bytes > MAX_UNSENT:
            # Not at once: the writer may be in the middle of an event, and the end hands over the next ones.
            self._loop.call_soon(self.end, "Asterisk does not read what it is sent")
            raise LinkLost("Asterisk does not read what it is sent")
        self._counters.bytes_out += len(data)
        # What one turn of the loop has to say goes as one: a packet costs more than an action.
        if not self._unsent:
            self._loop.call_soon(self._flush)
        self._unsent.append(data)
        self._unsent_bytes += len(data)

    def _flush(self) -> None:
        unsent, self._unsent, self._unsent_bytes = self._unsent, [], 0
        if unsent and self._protocol is not None and not self.lost.done():
            self._protocol.transport.write(b"".join(unsent))

    def _give_up(self, action_id: str) -> None:
        pending = self._pending[action_id]
        if not pending.answer.done():
            self._counters.timed_out += 1
            pending.answer.set_exception(ActionTimedOut(f"{pending.action}: no answer in time"))

    # --- what comes

    def received(self, chunk: bytes) -> None:
        """Take a piece of the stream; what is too much for one turn waits, and the socket with it."""
        self._counters.bytes_in += len(chunk)
        self._backlog += self._splitter.feed(chunk)
        self._counters.oversize = self._oversize_before + self._splitter.oversize
        if self._turn is None:
            self._take_turn()

    def _take_turn(self) -> None:
        self._turn = None
        self._dispatch(MESSAGES_PER_TURN)
        if self._backlog and not self.lost.done():
            self._turn = self._loop.call_soon(self._take_turn)
            self._reading(False)
        else:
            self._reading(True)

    def _reading(self, wanted: bool) -> None:
        if wanted is self._reads or self._protocol is None or self._protocol.transport.is_closing():
            return
        self._reads = wanted
        if wanted:
            self._protocol.transport.resume_reading()
        else:
            self._protocol.transport.pause_reading()

    def _dispatch(self, most: int) -> None:
        backlog = self._backlog
        for _ in range(min(most, len(backlog))):
            self._counters.messages += 1
            raw = backlog.popleft()
            try:
                self._take(raw)
            except Doubtful as problem:
                self._counters.doubtful += 1
                log.warning("message dropped: a header came twice", message=str(problem)[:80])
            except Malformed:
                self._counters.malformed += 1

    def _take(self, raw: bytes) -> None:
        if raw.startswith(b"Event: "):
            if self._lists and self._is_list_item(raw):
                return
            wanted = self._inbox.wanted
            if wanted is not None and raw[7 : raw.find(b"\r", 7)] not in wanted:
                self._counters.unwanted += 1
                if raw.startswith(b"Event: FullyBooted\r"):
                    self.booted = True
                return
            self._hand_over(parse(raw, self._counters.messages))
        elif raw.startswith(DONE):  # every third message: not worth being parsed
            action_id = raw[ID_IN_DONE:].partition(b"\r\n")[0]
            self._watched.pop(action_id.decode("ascii", "replace"), None)
        elif raw.startswith(b"Response: "):
            self._answer(parse(raw, self._counters.messages))
        elif raw.startswith(BANNER) and not self.version:
            banner, _, rest = raw.partition(b"\r\n")
            self.version = banner[len(BANNER) :].decode("ascii", "replace")
            self._take(rest)
        elif raw.startswith(b"\r\n"):
            self._take(raw.lstrip(b"\r\n"))
        else:
            raise Malformed("the first line is neither an event nor a response")

    def _hand_over(self, event: Message) -> None:
        if event.name == "FullyBooted":
            self.booted = True
        self._counters.events += 1
        try:
            self._inbox.on_event(event)
        except Exception:
            self._counters.handler_errors += 1
            log.exception("an event could not be handled", event_name=event.name)

    def _is_list_item(self, raw: bytes) -> bool:
        if b"\r\nActionID: " not in raw:
            return False
        event = parse(raw, self._counters.messages)
        pending = self._pending.get(event.get("ActionID"))
        if pending is None or pending.items is None or pending.answer.done():
            return False
        if event.get("EventList").casefold() == "complete" or event.name.endswith("Complete"):
            pending.answer.set_result(event)
        else:
            pending.items.append(event)
        return True

    def _answer(self, response: Message) -> None:
        action_id = response.get("ActionID")
        if action_id.startswith(POSTED):
            on_refused = self._watched.pop(action_id, None)
            if response.name == "Error":
                self._counters.posts_refused += 1
                if on_refused is not None:
                    on_refused()
            return
        pending = self._pending.get(action_id)
        if pending is None or pending.answer.done():
            self._counters.late += 1
        elif response.name == "Error":
            self._counters.refused += 1
            pending.answer.set_exception(ActionRefused(pending.action, response.get("Message")))
        elif pending.items is None:
            pending.answer.set_result(response)


def _take_id(headers: Headers) -> tuple[str, Headers]:
    """Split the caller's own ActionID from the other headers."""
    pairs = headers if isinstance(headers, (list, tuple)) else list(dict(headers).items())
    own = [value for name, value in pairs if name.casefold() == "actionid"]
    return (own[0] if own else ""), [pair for pair in pairs if pair[0].casefold() != "actionid"]
