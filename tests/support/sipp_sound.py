"""What a scripted caller sends during a whole call, as one packet capture for SIPp to play.

One RTP stream with one SSRC, A-law frames every 20 ms and keys as RFC 4733 events. Timestamps only rise:
Asterisk ignores a key whose timestamp is not above the last one.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

FRAME = 160  # samples in 20 ms
A_LAW, KEY_EVENT = 8, 101
SILENCE = b"\xd5" * FRAME
EVENTS = "0123456789*#ABCD"
SSRC = 0x4D6F7761


@dataclass(frozen=True, slots=True)
class Pause:
    """Say nothing for some seconds; silence is sent."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Speak:
    """Sound one tone for some seconds."""

    seconds: float
    hertz: int = 700


@dataclass(frozen=True, slots=True)
class Keys:
    """Press keys one after another, each for `press` seconds with `gap` seconds after it."""

    keys: str
    press: float = 0.1
    gap: float = 0.1


Step = Pause | Speak | Keys


def seconds_of(steps: Sequence[Step]) -> float:
    """Return how long the steps take, in whole frames."""
    return 0.02 * sum(1 for _ in _ticks(steps))


def a_law(sample: int) -> int:
    """Return the G.711 A-law code of a 16-bit sample."""
    sign = 0x80 if sample >= 0 else 0
    size = min(abs(sample) >> 4, 0x7FF)
    segment = max(size.bit_length() - 5, 0)
    code = (size >> 1 if segment < 1 else size >> segment) & 0x0F | segment << 4
    return (code | sign) ^ 0x55


def write_capture(path: Path, steps: Sequence[Step]) -> None:
    """Write the whole call's RTP as a capture of Ethernet frames."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        sequence = 1
        for tick, packets in enumerate(_ticks(steps)):
            for place, (kind, marker, start, payload) in enumerate(packets):
                rtp = struct.pack(
                    ">BBHII", 0x80, kind | marker << 7, sequence & 0xFFFF, 8000 + start * FRAME, SSRC
                )
                frame = _ethernet(rtp + payload)
                moment = tick * 20_000 + place * 1_000
                head = struct.pack("<IIII", moment // 1_000_000, moment % 1_000_000, len(frame), len(frame))
                file.write(head + frame)
                sequence += 1


def write_a_law(path: Path, steps: Sequence[Step]) -> None:
    """Write the whole call's sound without its keys, as headerless A-law."""
    path.write_bytes(
        b"".join(
            payload if kind == A_LAW else SILENCE
            for packets in _ticks(steps)
            for kind, _, _, payload in packets[:1]
        )
    )


Packet = tuple[int, bool, int, bytes]  # payload type, marker, tick of its timestamp, payload


def _ticks(steps: Sequence[Step]) -> Iterator[list[Packet]]:
    """Yield what is sent at each tick of 20 ms."""
    tick = 0
    for step in steps:
        match step:
            case Pause(seconds):
                frames = [SILENCE] * _frames(seconds)
            case Speak(seconds, hertz):
                frames = list(_tone(_frames(seconds), hertz))
            case Keys(keys, press, gap):
                for key in keys:
                    for packets in _key(key, tick, _frames(press)):
                        yield packets
                        tick += 1
                    for _ in range(_frames(gap)):
                        yield [(A_LAW, False, tick, SILENCE)]
                        tick += 1
                continue
        for payload in frames:
            yield [(A_LAW, tick == 0, tick, payload)]
            tick += 1


def _key(key: str, start: int, ticks: int) -> Iterator[list[Packet]]:
    event = EVENTS.index(key)
    for count in range(1, ticks + 1):
        last = count == ticks
        payload = struct.pack(">BBH", event, (0x80 if last else 0) | 10, count * FRAME)
        # The end is said three times, so that one lost packet loses no key.
        yield [(KEY_EVENT, count == 1, start, payload)] * (3 if last else 1)


def _tone(frames: int, hertz: int) -> Iterator[bytes]:
    for frame in range(frames):
        moments = range(frame * FRAME, (frame + 1) * FRAME)
        yield bytes(a_law(round(8192 * math.sin(2 * math.pi * hertz * moment / 8000))) for moment in moments)


def _frames(seconds: float) -> int:
    return max(1, round(seconds * 50))


def _ethernet(payload: bytes) -> bytes:
    udp = struct.pack(">HHHH", 6000, 6000, 8 + len(payload), 0)
    ip = struct.pack(
        ">BBHHHBBH4s4s", 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1"
    )
    return b"\0" * 12 + b"\x08\0" + ip + udp + payload
