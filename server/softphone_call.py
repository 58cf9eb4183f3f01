"""One call of a softphone, as the person who holds the phone lives it.

Times are seconds. A wait that is not fulfilled raises PhoneWaitedInVain, which tells what happened instead.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

# baresip sends a key for nine frames of 20 ms and repeats its end three times; keys follow without a gap.
SECONDS_PER_KEY = 0.24
KEYS = frozenset("0123456789*#ABCD")


class PhoneWaitedInVain(TimeoutError):  # noqa: N818 - named for what is wrong
    """What was waited for did not happen in time; the message has the phone's story."""


@dataclass(frozen=True, slots=True)
class End:
    """How a call ended: baresip's words, the SIP code when it was refused, and who ended it."""

    cause: str
    code: int | None = None
    by_us: bool = False

    @classmethod
    def of(cls, words: str, *, by_us: bool = False) -> End:
        """Read baresip's words, such as `486 Busy Here` or `Connection reset by peer`."""
        code = re.match(r"([3-6]\d\d)\b", words)
        return cls(words, int(code[1]) if code else None, by_us)


class Desk(Protocol):
    """What a call needs of its phone."""

    async def about_call(self, call: PhoneCall, command: str, parameters: str = "") -> None:
        """Give a command for this call."""

    async def caught_up(self) -> None:
        """Return when the phone has done all that follows from what it has told so far."""

    def vain(self, what: str, within: float) -> PhoneWaitedInVain:
        """Return the error for a wait in vain."""


class PhoneCall:
    """A call from `dial` or `incoming` to its End.

    `number` and `name` are the other side's, as shown on the display; `digits` are the keys it has sent us.
    """

    def __init__(self, desk: Desk, call_id: str, *, incoming: bool, number: str, name: str) -> None:
        self.id = call_id
        self.is_incoming = incoming
        self.number = number
        self.name = name
        self.digits = ""
        self.end: End | None = None
        self.heard: Path | None = None  # what came from the network, in frames as they came
        self.said: Path | None = None
        self._desk = desk
        self._ringing = asyncio.Event()
        self._answered = asyncio.Event()
        self._ended = asyncio.Event()
        self._we_hung_up = False
        self._keys_until = 0.0

    async def ringing(self, within: float = 10.0) -> None:
        """Return when the other side rings or answers."""
        await self._happens(self._ringing, within, "ringing")

    async def answered(self, within: float = 10.0) -> None:
        """Return when the two sides talk."""
        await self._happens(self._answered, within, "an answer")

    async def ended(self, within: float = 30.0) -> End:
        """Return how the call ended, when it has; its recordings are then complete."""
        await self._happens(self._ended, within, "the end")
        await self._desk.caught_up()
        assert self.end is not None
        return self.end

    async def accept(self, within: float = 10.0) -> None:
        """Answer an incoming call and return when the two sides talk."""
        await self._desk.about_call(self, "accept")
        await self.answered(within)

    async def reject(self) -> None:
        """Refuse an incoming call: 486, busy. For 480 see Softphone.do_not_disturb."""
        await self.hang_up()

    async def hang_up(self) -> None:
        """End the call, or give up ringing; no word is said about a call that has ended."""
        if self.end is None:
            self._we_hung_up = True
            await self._desk.about_call(self, "hangup")

    async def send_keys(self, keys: str, *, wait: bool = True) -> None:
        """Press keys as RFC 4733 events, SECONDS_PER_KEY each; return when the last one is released.

        With `wait=False` return at once: the phone goes on typing.
        """
        if not keys or not KEYS.issuperset(keys):
            raise ValueError(f"{keys!r} are not keys of a telephone")
        await self._desk.about_call(self, "sndcode", keys)
        now = asyncio.get_running_loop().time()
        self._keys_until = max(now, self._keys_until) + SECONDS_PER_KEY * len(keys)
        if wait:
            await asyncio.sleep(self._keys_until - now)

    async def hold(self) -> None:
        """Put the other side on hold."""
        await self._desk.about_call(self, "hold")

    async def resume(self) -> None:
        """Take the other side back from hold."""
        await self._desk.about_call(self, "resume")

    async def transfer(self, number: str) -> None:
        """Send the other side to another number, without asking it first."""
        await self._desk.about_call(self, "transfer", number)

    def happened(self, what: str, words: str) -> None:
        """Take one of baresip's events."""
        match what:
            case "CALL_RINGING" | "CALL_PROGRESS":
                self._ringing.set()
            case "CALL_ESTABLISHED":
                self._ringing.set()
                self._answered.set()
            case "CALL_DTMF_START":
                self.digits += words
            case "CALL_CLOSED":
                self.end = End.of(words, by_us=self._we_hung_up)
                self._ended.set()

    def lost(self) -> None:
        """The phone is gone, and the call with it."""
        if self.end is None:
            self.end = End("the phone is gone")
            self._ended.set()

    async def _happens(self, event: asyncio.Event, within: float, what: str) -> None:
        waiting = {asyncio.create_task(one.wait()) for one in (event, self._ended)}
        try:
            await asyncio.wait(waiting, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        if not event.is_set():
            raise self._desk.vain(f"{what} of {self}", within)

    def __str__(self) -> str:
        way = "the call from" if self.is_incoming else "the call to"
        return f"{way} {self.number}" + (f" ({self.end.cause})" if self.end else "")


def number_of(uri: str) -> str:
    """Return the user part of a SIP address, the host when there is none."""
    match = re.match(r"(?:sips?:)?(?:([^@;?]*)@)?([^;?>]*)", uri)
    assert match is not None
    return unquote(match[1] if match[1] is not None else match[2])
