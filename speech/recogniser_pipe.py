"""What the controller and a recogniser's process say to each other. Frames go in, lines of JSON come out."""

import json
import struct
from collections.abc import Collection, Iterator
from enum import IntEnum
from typing import Any, BinaryIO

HEADER = struct.Struct("!BII")  # kind, session, length of what follows
MOST_PAYLOAD = 1 << 20


class Kind(IntEnum):
    """What a frame is."""

    WORDS = 1
    """First of all: every word of the vocabulary, as JSON; the answer names those that the model lacks."""
    OPEN = 2
    """A session begins; the phrases to listen for, as JSON."""
    SOUND = 3
    """16-bit samples at 16 kHz."""
    CLOSE = 4
    """The session is over, and what it has not heard yet is of no use."""


def frame(kind: Kind, session: int = 0, payload: bytes = b"") -> bytes:
    """One frame as bytes."""
    return HEADER.pack(kind, session, len(payload)) + payload


def listed(texts: Collection[str]) -> bytes:
    """Texts as a payload."""
    return json.dumps(sorted(texts), ensure_ascii=False).encode()


def frames(stream: BinaryIO) -> Iterator[tuple[Kind, int, bytes]]:
    """Every frame until the stream ends. Blocks."""
    while len(header := stream.read(HEADER.size)) == HEADER.size:
        kind, session, length = HEADER.unpack(header)
        if length > MOST_PAYLOAD:
            return
        payload = stream.read(length)
        if len(payload) < length:
            return
        yield Kind(kind), session, payload


def line(**facts: Any) -> bytes:
    """One line of an answer."""
    return json.dumps(facts, ensure_ascii=False).encode() + b"\n"
