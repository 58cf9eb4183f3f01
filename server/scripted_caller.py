"""A caller with a script, on a real SIP telephone: for `mowakaba call`, the demonstration, and a first look."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.control import follow
from server.softphone import Account, PhoneWaitedInVain, Softphone

CALLER = "127.0.0.2"
"""The local test trunk's peer: calls from there are calls from outside."""
FIRST_PROMPT = 1.0  # seconds she listens before the first key
BETWEEN = 1.0


@dataclass(frozen=True, slots=True)
class Script:
    """What she dials, keys (one after the other, with a breath between), and how long she stays afterwards."""

    number: str
    keys: tuple[str, ...]
    stays: float
    caller: str = "0600000001"
    play: int | None = 700
    pauses: tuple[float, ...] = field(default=())
    """Seconds before each key; `BETWEEN` where there is none."""


async def place_call(script: Script, server: str) -> str:
    """Play the script against the centre at `server` (address:port); how the call ended, in words."""
    async with Softphone(Account(script.caller, server=server), address=CALLER, play=script.play) as phone:
        call = await phone.dial(script.number)
        await call.answered(15)
        for at, key in enumerate(script.keys):
            await asyncio.sleep(script.pauses[at] if at < len(script.pauses) else BETWEEN)
            await call.send_keys(key)
        with suppress(PhoneWaitedInVain):
            end = await call.ended(script.stays)
            return f"ended by the centre: {end.cause}"
        await call.hang_up()
        await call.ended()
        return f"hung up by the caller after {script.stays:.0f} s"


class TraceTold:
    """Prints the trace of every call as it happens, calls told apart by a letter."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """`say` gets a line at a time."""
        self._say = say
        self._began: dict[str, float] = {}
        self._awaited: dict[str, asyncio.Event] = {}

    async def until(self, what: str, within: float) -> None:
        """Wait until `what` is told of some call, from now on. Raises TimeoutError."""
        event = self._awaited[what] = asyncio.Event()
        await asyncio.wait_for(event.wait(), within)

    def line(self, item: dict[str, Any]) -> None:
        """One trace line."""
        from datetime import datetime

        at = datetime.fromisoformat(item["at"]).timestamp()
        began = self._began.setdefault(item["call"], at)
        facts = "  ".join(f"{name}={value}" for name, value in item["facts"].items())
        self._say(f"  {item['call']:<18} {at - began:+8.3f} s  {item['what']:<18} {facts}")
        if item["what"] in self._awaited:
            self._awaited.pop(item["what"]).set()


async def tell_traces(state: Path, told: TraceTold) -> None:
    """Follow the controller of `state` until cancelled."""
    lines: AsyncIterator[dict[str, Any]] = follow(state)
    async for item in lines:
        told.line(item)
