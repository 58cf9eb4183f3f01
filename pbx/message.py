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

    __slots__ = ("_folded", "_headers", "_pairs", "is_event", "name", "number")

    def __init__(self, pairs: list[list[str]], number: int = 0) -> None:
        self._pairs = pairs
        self._headers: dict[str, str] = dict(pairs)  # type: ignore[arg-type]  # pairs of two
        self._folded: dict[str, str] | None = None
        kind, self.name = pairs[0]
        self.is_event = kind == "Event"
        self.number = number
        if len(self._headers) != len(pairs):
            self._keep_first_of_repeated()

    def __getitem__(self, key: str) -> str:
        value = self._find(key)
        if value is None:
            raise KeyError(key)
        return value

    def __contains__(self, key: str) -> bool:
        return self._find(key) is not None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((name, value) for name, value in self._pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self._pairs == other._pairs

    def __hash__(self) -> int:
        return hash(tuple(map(tuple, self._pairs)))

    def __repr__(self) -> str:
        return f"<{'Event' if self.is_event else 'Response'} {self.name}, {len(self._pairs)} headers>"

    def get(self, key: str, default: str = "") -> str:
        """Return the header's value, the first one if it came several times."""
        value = self._find(key)
        return default if value is None else value

    def all(self, key: str) -> tuple[str, ...]:
        """Return every value of a header, in order."""
        wanted = key.casefold()
        return tuple(value for name, value in self._pairs if name.casefold() == wanted)

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

    def _keep_first_of_repeated(self) -> None:
        self._headers.clear()
        for name, value in self._pairs:
            if name in self._headers and not repeatable(name):
                raise Doubtful(f"{self.name}: {name} came twice")
            self._headers.setdefault(name, value)


def repeatable(name: str) -> bool:
    """Return whether Asterisk may write this header several times in one message."""
    return name.casefold().endswith(REPEATABLE)


def parse(raw: bytes, number: int = 0) -> Message:
    """Return the message that these bytes are, without the empty line that ended them.

    Bytes that are not UTF-8 become U+FFFD; lines without a colon are skipped.
    """
    text = raw.decode("utf-8", "replace")
    pairs = [line.split(": ", 1) for line in text.split("\r\n")]
    try:
        message = Message(pairs, number)
    except Malformed:
        raise
    except ValueError:  # a line without ": "
        pairs = _well_formed(text)
        message = Message(pairs, number)
    if pairs[0][0] not in ("Event", "Response"):
        raise Malformed("the first header is neither Event nor Response")
    return message


def _well_formed(text: str) -> list[list[str]]:
    halves = (line.partition(":") for line in text.split("\r\n"))
    pairs = [[name, value.removeprefix(" ")] for name, colon, value in halves if colon and name]
    if not pairs:
        raise Malformed("no line is a header")
    return pairs
