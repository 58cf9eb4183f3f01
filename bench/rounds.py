"""One round: both sides fresh, then each measurement on one side and at once on the other.

What calls cost depends on what the machine did just before, by a fifth and more: the menus are measured on one side,
the other, the other and the one, so that neither comes first.
"""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.markup import escape

from bench import callers, capture, clocks, knocks, machine
from bench.centre import EXTENSIONS
from bench.phones import Agents, at_work
from bench.sides import Choices, Native, Ours, Side, running
from bench.sizes import Sizes

SETTLED = 2.0  # seconds for what follows a burst of calls: records written, threads ended
WARM_UP = 60  # calls before anything is measured: a centre serves all day, its first calls are dearer
LAST_RING = 1.5  # seconds in which the last hand-over shows

Say = Callable[[str], None]
Sides = list[tuple[Side, Agents, "SideSeen"]]
Measure = Callable[[Side, Agents, "SideSeen"], Awaitable[None]]


@dataclass(slots=True)
class Rings:
    """Hand-overs, and what of each was whose. Seconds."""

    free_to_ring: list[float] = field(default_factory=list)
    controller: list[float] = field(default_factory=list)
    """From the event that the telephone is free to the command that rings it."""
    knock_to_answer: list[float] = field(default_factory=list)
    """From a request beside them that Asterisk answers alone to its answer."""


@dataclass(slots=True)
class SideSeen:
    """What one round saw of one side. Seconds and bytes."""

    key_to_prompt: list[float] = field(default_factory=list)
    no_prompt: int = 0
    menu_calls: int = 0
    asterisk_cpu: float = 0.0
    controller_cpu: float = 0.0
    rings: Rings = field(default_factory=Rings)
    rings_crowd: Rings = field(default_factory=Rings)
    asterisk_per_waiting: float = 0.0
    controller_per_waiting: float = 0.0
    keyed_ahead: int = 0
    keys_lost: int = 0
    failed: int = 0
    """Calls that SIPp calls failed."""


@dataclass(slots=True)
class Round:
    """What one round saw of both, and what went wrong in it."""

    ours: SideSeen = field(default_factory=SideSeen)
    native: SideSeen = field(default_factory=SideSeen)
    troubles: list[str] = field(default_factory=list)


class Measuring:
    """The rounds of one run, all in one folder: prompts stay from round to round, rows do not."""

    def __init__(self, file: Path, folder: Path, sizes: Sizes, say: Say) -> None:
        """`file` is the configuration of both sides."""
        self._file, self._folder, self._sizes, self._say = file, folder, sizes, say
        self._expected: dict[str, Choices] = {}
        self._understood: dict[str, Choices] = {}

    async def round(self, number: int) -> Round:
        """Everything once. A measurement that fails is told in `troubles`; the others go on."""
        seen = Round()
        ours = Ours(self._file, self._folder / "ours")
        native = Native(self._file, self._folder / "native", self._folder / "ours")
        self._forget(ours)
        try:
            async with running(ours, native), at_work(ours, number) as a, at_work(native, number) as b:
                both = [(ours, a, seen.ours), (native, b, seen.native)]
                # Who comes first changes, so that neither is always the one that finds a warm machine.
                both = both if number % 2 == 0 else both[::-1]
                # The menus come first: after ten conversations Mowakaba also says how long a wait will be.
                await self._each(both, self._warm_up, seen)
                await self._each(both + both[::-1], self._menus, seen)
                self._say_cost(seen)
                await self._crowd(ours, a, seen)
                await self._each(both, self._hand_overs, seen)
                for side, _, side_seen in both:
                    async with self._guarded(seen, side, "keys"):
                        await self._count_lost(side, side_seen)
        except Exception as problem:  # an unattended run goes on with the next round
            seen.troubles.append(f"round {number + 1}: {type(problem).__name__}: {problem}")
        for trouble in seen.troubles:
            self._say(f"[red]{escape(trouble)}[/red]")
        return seen

    async def _each(self, sides: Sides, measure: Measure, seen: Round) -> None:
        for side, agents, side_seen in sides:
            async with self._guarded(seen, side, measure.__name__):
                await measure(side, agents, side_seen)

    def _forget(self, side: Ours) -> None:
        """What earlier rounds left in its database, so that callers of each round hear the same."""
        for file in side.state.glob("mowakaba.db*"):
            file.unlink()
        self._understood.pop(side.name, None)

    @asynccontextmanager
    async def _guarded(self, seen: Round, side: Side, what: str) -> AsyncIterator[None]:
        try:
            yield
        except Exception as problem:
            seen.troubles.append(f"{side.name}, {what.strip('_')}: {type(problem).__name__}: {problem}")
            with contextlib.suppress(Exception):
                await side.drain()

    # ---- P8 and P4b

    async def _crowd(self, side: Ours, agents: Agents, seen: Round) -> None:
        """Memory with a crowd in the queue, and hand-overs out of it."""
        sizes = self._sizes
        async with self._guarded(seen, side, "crowd"):
            few, expected_of_few = callers.waiting_calls(sizes.few)
            more, expected_of_more = callers.waiting_calls(sizes.crowd - sizes.few)
            self._expect(side, expected_of_few + expected_of_more)
            # What is kept after the first calls is no call's own: it is there before the second measurement begins.
            async with callers.waiting(side, few, sizes.fill_rate) as first:
                before = self._memory(side)
                async with callers.waiting(side, more, sizes.fill_rate, beside=first) as there:
                    after = self._memory(side)
                    each = [(b - a) / (there - first) for a, b in zip(before, after, strict=True)]
                    seen.ours.asterisk_per_waiting, seen.ours.controller_per_waiting = each
                    self._say(
                        f"P8   {first} → {there} waiting: Asterisk {each[0] / 1024:.0f} KB each, "
                        f"controller {each[1] / 1024:.1f} KB each"
                    )
                    if sizes.crowd_hand_overs:
                        seen.ours.rings_crowd = await self._rings(side, agents, sizes.crowd_hand_overs)
                        self._say_rings(f"P4b  {there} waiting", seen.ours.rings_crowd)
            # An agent who leaves the last of them waiting would be asked whether he means it.
            await side.drain()
            await agents.rest()

    # ---- P1 and P3

    async def _menus(self, side: Side, _: Agents, seen: SideSeen) -> None:
        sizes = self._sizes
        file = self._folder / "menus.pcap"
        first, last = side.ports.rtp
        async with capture.capturing(file, f"udp portrange {first}-{last}"):
            before = self._cpu(side)
            result = await callers.place(side, callers.menu_calls(sizes.menu_calls // 2), sizes.menu_rate)
            await asyncio.sleep(SETTLED)
            after = self._cpu(side)
        seen.failed += result.failed
        seen.menu_calls += result.successful
        seen.asterisk_cpu += after[0] - before[0]
        seen.controller_cpu += after[1] - before[1]
        heard, no_prompt = await asyncio.to_thread(
            lambda: clocks.key_to_prompt(capture.read(file), side.ports.rtp)
        )
        seen.key_to_prompt += heard
        seen.no_prompt += no_prompt
        self._say(f"P1   {side.name}: key → prompt {_shown(heard)}")

    def _say_cost(self, seen: Round) -> None:
        for name, side in (("Mowakaba", seen.ours), ("native", seen.native)):
            each = 1000 / max(1, side.menu_calls)
            self._say(
                f"P3   {name}: CPU a call: Asterisk {side.asterisk_cpu * each:.1f} ms, "
                f"controller {side.controller_cpu * each:.1f} ms"
            )

    # ---- P4 and P2

    async def _hand_overs(self, side: Side, agents: Agents, seen: SideSeen) -> None:
        sizes = self._sizes
        calls, expected = callers.waiting_calls(sizes.waiting + sizes.hand_overs)
        self._expect(side, expected)
        async with callers.waiting(side, calls, sizes.fill_rate):
            seen.rings = await self._rings(side, agents, sizes.hand_overs)
        await side.drain()
        await agents.rest()
        self._say_rings(f"P4   {side.name}: agent free → ring", seen.rings)

    async def _rings(self, side: Side, agents: Agents, count: int) -> Rings:
        file = self._folder / "rings.pcap"
        sip, ami = side.ports.sip, side.ports.ami
        async with capture.capturing(file, f"udp port {sip} or tcp port {ami}"), knocks.knocking(sip):
            await agents.serve(count)
            await asyncio.sleep(LAST_RING)
        telephones = [f"PJSIP/{extension}" for extension in EXTENSIONS]
        return await asyncio.to_thread(
            lambda: Rings(
                clocks.free_to_ring(capture.read(file), sip, agents.ports),
                clocks.told_to_command(capture.read(file, socket.IPPROTO_TCP), ami, telephones),
                clocks.knock_to_answer(capture.read(file), sip),
            )
        )

    def _say_rings(self, what: str, rings: Rings) -> None:
        self._say(f"{what}: {_shown(rings.free_to_ring)}")
        self._say(f"     an answer of Asterisk's alone: {_shown(rings.knock_to_answer)}")

    async def _count_lost(self, side: Side, seen: SideSeen) -> None:
        """Callers of this round whose keys were not understood as they were pressed ahead of the prompts."""
        await asyncio.sleep(SETTLED)
        understood = await side.choices()
        new = understood - self._understood.get(side.name, Counter())
        self._understood[side.name] = understood
        expected = self._expected.pop(side.name, Counter())
        seen.keyed_ahead = expected.total()
        seen.keys_lost = (expected - new).total()
        self._say(f"P2   {side.name}: keyed ahead and lost: {seen.keys_lost} of {seen.keyed_ahead} callers")

    # ---- steps

    async def _warm_up(self, side: Side, _: Agents, __: SideSeen) -> None:
        await callers.place(side, callers.menu_calls(WARM_UP), self._sizes.menu_rate)
        await asyncio.sleep(SETTLED)

    def _expect(self, side: Side, choices: Choices) -> None:
        self._expected[side.name] = self._expected.get(side.name, Counter()) + choices

    def _memory(self, side: Side) -> tuple[int, int]:
        controller = side.controller
        return machine.memory(side.asterisk), machine.memory(controller) if controller else 0

    def _cpu(self, side: Side) -> tuple[float, float]:
        controller = side.controller
        return machine.cpu_seconds(side.asterisk), machine.cpu_seconds(controller) if controller else 0.0


def _shown(seconds: list[float]) -> str:
    if not seconds:
        return "nothing seen"
    ordered = sorted(seconds)
    middle, high = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"p50 {middle * 1000:.1f} ms, p95 {high * 1000:.1f} ms ({len(ordered)})"
