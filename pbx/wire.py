"""Bytes to whole messages, and actions to bytes. Pure: any split of a stream gives the same messages.

Nothing is decoded before its message is whole, so a letter of three bytes may arrive in three pieces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

END = b"\r\n\r\n"
MAX_MESSAGE = 1 << 20  # the longest answers are listings of some hundred kilobytes
MAX_LINE = (
    1022  # Asterisk reads a line with its end into 1024 bytes and discards the whole action if it is longer
)
MAX_LINES = 126  # of 128: Asterisk ignores the headers beyond, and Action and ActionID are ours

ORDINARY = frozenset(
    {"Action", "ActionID", "Channel", "Command", "CommandID", "Control", "Variable", "Value"}
)
"""Headers of nearly every action, which need no look at their names."""
PLAINLY_SHORT = 900

CONTROL = re.compile(rb"[\x00-\x1f\x7f]")

Headers = Mapping[str, str] | Sequence[tuple[str, str]]


class UnsafeValue(ValueError):  # noqa: N818 - named for what is wrong
    """An action that would reach Asterisk as something else than was meant; nothing was sent."""


class Splitter:
    """Cuts a stream into messages; one that grows beyond `longest` is dropped and counted in `oversize`."""

    def __init__(self, longest: int = MAX_MESSAGE) -> None:
        self.oversize = 0
        self._longest = longest
        self._tail = bytearray()
        self._dropping = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the messages that this chunk completes, each without its end."""
        if self._tail:
            searched = max(0, len(self._tail) - len(END) + 1)
            self._tail += chunk
            if self._tail.find(END, searched) < 0:
                self._drop_if_oversize()
                return []
            chunk = bytes(self._tail)
        messages = chunk.split(END)
        self._tail = bytearray(messages.pop())
        if self._dropping and messages:
            self._dropping = False
            del messages[0]
        if len(chunk) > self._longest:
            whole = [message for message in messages if len(message) <= self._longest]
            self.oversize += len(messages) - len(whole)
            messages = whole
        self._drop_if_oversize()
        return messages

    def _drop_if_oversize(self) -> None:
        part_of_end = len(END) - 1
        if self._dropping:
            del self._tail[:-part_of_end]
        elif len(self._tail) > self._longest + part_of_end:
            self.oversize += 1
            self._dropping = True
            del self._tail[:-part_of_end]


def encode(action: str, headers: Headers, action_id: str) -> bytes:
    """Return the action's bytes; UnsafeValue if a name or value could be read as another header."""
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    if len(pairs) > MAX_LINES:
        raise UnsafeValue(f"{action}: {len(pairs)} headers, Asterisk reads {MAX_LINES}")
    everything = [("Action", action), ("ActionID", action_id), *pairs]
    return b"\r\n".join([_line(name, value) for name, value in everything]) + END


def _line(name: str, value: str) -> bytes:
    if name in ORDINARY and value.isascii() and value.isprintable() and len(value) < PLAINLY_SHORT:
        return f"{name}: {value}".encode()
    if not name or ":" in name or name != name.strip():
        raise UnsafeValue(f"{name!r} is not the name of a header")
    try:
        line = f"{name}: {value}".encode()
    except UnicodeEncodeError as problem:
        raise UnsafeValue(f"{name!r}: a character that is not text") from problem
    if CONTROL.search(line):
        raise UnsafeValue(f"{name!r}: a control character")
    if len(line) > MAX_LINE:
        raise UnsafeValue(f"{name!r}: {len(line)} bytes, Asterisk reads {MAX_LINE}")
    return line
