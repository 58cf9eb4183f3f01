"""From packets to seconds: a key to the next prompt, an agent's hang-up to the next ring of his telephone; and what of
that is whose.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from bench.capture import Packet
from dialplan.names import TALK

A_LAW, KEY_EVENT = 8, 101
END_OF_KEY = 0x80
LONGEST = 3.0  # seconds; what comes later is no answer to the key
CALL_ID = re.compile(rb"(?im)^(?:call-id|i):\s*(\S+)")
END_OF_EVENT = b"\r\n\r\n"
FREE = b"State: NOT_INUSE"

Address = tuple[str, int]


def key_to_prompt(packets: Iterable[Packet], rtp: tuple[int, int]) -> tuple[list[float], int]:
    """Seconds from the end of each caller's first key to the first sound of the next prompt; and how many had none.

    Asterisk's sound goes on in its rhythm of 20 ms while a key is taken, so the next prompt is known by its first
    frame: the one that most callers hear first after the key.
    """
    ended: dict[Address, float] = {}
    heard: dict[Address, list[tuple[float, bytes]]] = defaultdict(list)
    for packet in packets:
        if len(packet.payload) < 16:
            continue
        kind = packet.payload[1] & 0x7F
        if rtp[0] <= packet.target[1] <= rtp[1]:
            if kind == KEY_EVENT and packet.payload[13] & END_OF_KEY:
                ended.setdefault(packet.source, packet.at)
        elif kind == A_LAW and packet.target in ended:
            heard[packet.target].append((packet.at, packet.payload[12:]))
    firsts = Counter(frames[0][1] for caller, frames in heard.items() if frames)
    if not firsts:
        return [], len(ended)
    opening = firsts.most_common(1)[0][0]
    seconds = []
    for caller, at in ended.items():
        answer = next((moment for moment, frame in heard[caller] if frame == opening), None)
        if answer is not None and answer - at < LONGEST:
            seconds.append(answer - at)
    return seconds, len(ended) - len(seconds)


def free_to_ring(packets: Iterable[Packet], sip: int, phones: Iterable[int]) -> list[float]:
    """Seconds from an agent's BYE to the next INVITE at his telephone, one for each pair, over all telephones."""
    freed: dict[int, float] = {}
    seen: set[bytes] = set()
    known = set(phones)
    seconds = []
    for packet in packets:
        text = packet.payload
        if text.startswith(b"BYE ") and packet.source[1] in known and packet.target[1] == sip:
            freed.setdefault(packet.source[1], packet.at)
        elif text.startswith(b"INVITE ") and packet.source[1] == sip and packet.target[1] in known:
            call = CALL_ID.search(text)
            if call is None or call[1] in seen:
                continue  # repeated since no answer had come
            seen.add(call[1])
            began = freed.pop(packet.target[1], None)
            if began is not None:
                seconds.append(packet.at - began)
    return seconds


def told_to_command(packets: Iterable[Packet], ami: int, telephones: Iterable[str]) -> list[float]:
    """The controller's part: seconds from the event that an agent's telephone is free to the command that rings it.

    `packets` of TCP; `telephones` as Asterisk names them, `PJSIP/101`.
    """
    names = [name.encode() for name in telephones]
    free: dict[bytes, float] = {}
    seconds = []
    for packet in packets:
        if packet.source[1] == ami:
            for event in packet.payload.split(END_OF_EVENT):
                if FREE in event:
                    free.update((name, packet.at) for name in names if b"Device: " + name in event)
        elif packet.target[1] == ami:
            rung = [
                name
                for name in free
                if b'Command: GOSUB %b s 1 "%b,' % (TALK.encode(), name) in packet.payload
            ]
            seconds += [packet.at - free.pop(name) for name in rung]
    return seconds


def knock_to_answer(packets: Iterable[Packet], sip: int) -> list[float]:
    """Asterisk's part: seconds from an OPTIONS request to its first answer."""
    asked: dict[bytes, float] = {}
    seconds = []
    for packet in packets:
        call = CALL_ID.search(packet.payload)
        if call is None:
            continue
        if packet.payload.startswith(b"OPTIONS ") and packet.target[1] == sip:
            asked.setdefault(call[1], packet.at)
        elif packet.payload.startswith(b"SIP/2.0 ") and call[1] in asked and packet.source[1] == sip:
            seconds.append(packet.at - asked.pop(call[1]))
    return seconds
