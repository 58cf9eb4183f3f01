"""One AMI message, as Asterisk wrote it.

Asterisk writes some headers several times in one message (`ChanVariable`, `Output`). Any other header that
comes twice means that a value carried a line end: `parse` refuses the message, since nobody can say which one
is true.
"""

from __future__ import annotations

from collections.abc import Iterator

REPEATABLE = ("variable", "output")
"""Ends of the header names that Asterisk repeats: ChanVariable, DestChanVariable, Variable, Output."""


class Malformed(ValueError):
    """These bytes are not an AMI message, or one that cannot be trusted."""


class Doubtful(Malformed):
    """A header that Asterisk writes once came twice."""


class Message:
    """Headers of one event or response; names are found whatever their case.

    `name` is the value of the first header, Event or Response. `number` counts the messages as they arrived,
    so an event can be told to be older or newer than an answer.
    """

    __slots__ = ("_folded", "_headers", "_lines", "is_event", "name", "number")

    def __init__(self, lines: list[str], headers: dict[str, str], number: int) -> None:
        self._lines = lines
        self._headers = headers
        self._folded: dict[str, str] | None = None
        kind, _, self.name = lines[0].partition(": ")
        self.is_event = kind == "Event"
        self.number = number

    def __getitem__(self, key: str) -> str:
        value = self._find(key)
        if value is None:
            raise KeyError(key)
        return value

    def __contains__(self, key: str) -> bool:
        return self._find(key) is not None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return map(_halves, self._lines)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self._lines == other._lines

    def __hash__(self) -> int:
        return hash(tuple(self._lines))

    def __repr__(self) -> str:
        return f"<{'Event' if self.is_event else 'Response'} {self.name}, {len(self._lines)} headers>"

    def get(self, key: str, default: str = "") -> str:
        """Return the header's value, the first one if it came several times."""
        value = self._find(key)
        return default if value is None else value

    def all(self, key: str) -> tuple[str, ...]:
        """Return every value of a header, in order."""
        wanted = key.casefold()
        return tuple(value for name, value in self if name.casefold() == wanted)

    @property
    def variables(self) -> dict[str, str]:
        """Return the channel variables that Asterisk added to the event (`channelvars` in manager.conf)."""
        return dict(item.split("=", 1) for item in self.all("ChanVariable") if "=" in item)

    def _find(self, key: str) -> str | None:
        value = self._headers.get(key)
        if value is not None:
            return value
        if self._folded is None:
            self._folded = {}
            for name, text in self._headers.items():
                self._folded.setdefault(name.casefold(), text)
        return self._folded.get(key.casefold())


def repeatable(name: str) -> bool:
    """Return whether Asterisk may write this header several times in one message."""
    return name.casefold().endswith(REPEATABLE)


def parse(raw: bytes, number: int = 0) -> Message:
    """Return the message that these bytes are, without the empty line that ended them.

    Bytes that are not UTF-8 become U+FFFD; lines without a colon are skipped.
    """
    text = raw.decode("utf-8", "replace")
    if not text.startswith(("Event: ", "Response: ")):
        raise Malformed("the first line is neither an event nor a response")
    lines = text.split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:  # most of the link's time is spent here
        name, colon, value = line.partition(": ")
        if not colon:
            lines = _well_formed(lines)
            headers = dict(map(_halves, lines))
            break
        headers[name] = value
    if len(headers) != len(lines):
        headers = _first_of_repeated(lines)
    return Message(lines, headers, number)


def _halves(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return name, value


def _well_formed(lines: list[str]) -> list[str]:
    halves = (line.partition(":") for line in lines)
    return [f"{name}: {value.removeprefix(' ')}" for name, colon, value in halves if colon and name]


def _first_of_repeated(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in map(_halves, lines):
        if name in headers and not repeatable(name):
            raise Doubtful(f"{lines[0]}: {name} came twice")
        headers.setdefault(name, value)
    return headers
