"""Mono 16-bit WAV, the one format of the cache."""

import struct

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


def wav(samples: bytes, rate: int) -> bytes:
    """Return a WAV file of these samples."""
    header = _HEADER.pack(
        b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16, b"data", len(samples)
    )
    return header + samples


def is_whole(header: bytes, size: int, rate: int) -> bool:
    """Whether a file of `size` bytes that begins with `header` is one that `wav` made, in full."""
    if len(header) < _HEADER.size or size <= _HEADER.size:
        return False
    return header[: _HEADER.size] == _HEADER.pack(
        b"RIFF", size - 8, b"WAVE", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16, b"data", size - _HEADER.size
    )


HEADER_SIZE = _HEADER.size
