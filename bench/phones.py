"""The agents: real softphones that sign in, take calls, talk for a moment and hang up."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bench.centre import EXTENSIONS
from bench.sides import Native, Side
from dialplan.names import CODE_BACK, CODE_BREAK, CODE_SIGN_IN
from server.softphone import Account, PhoneWaitedInVain, Softphone

# Seconds of a conversation. Spread over more than app_queue's rhythm of one second, so that none is in step with it.
SHORTEST, LONGEST = 0.3, 1.5
CODE_TAKES = 10.0
A_REASON = "1"  # keyed with the code, so that nobody is asked
NEXT_CALL_WITHIN = 6.0


class Agents:
    """All agents of one side, each at a softphone."""

    def __init__(self, side: Side, phones: list[Softphone], seed: int) -> None:
        self._side, self._phones = side, phones
        self._choice = random.Random(seed)
        self._left = 0

    @property
    def ports(self) -> list[int]:
        """Where the telephones take SIP."""
        return [int(phone.sip_address.rpartition(":")[2]) for phone in self._phones]

    async def begin(self) -> None:
        """Register, sign in, and take a break: they are at work and nobody is rung."""
        await asyncio.gather(*(phone.registered() for phone in self._phones))
        if not isinstance(self._side, Native):
            await self._dial(CODE_SIGN_IN)
        await self.rest()

    async def rest(self) -> None:
        """On a break."""
        if isinstance(self._side, Native):
            await self._side.pause(paused=True)
        else:
            await self._dial(f"{CODE_BREAK}{A_REASON}")

    async def serve(self, calls: int) -> int:
        """Come back, take so many calls between them, rest again; how many were taken."""
        self._left = calls
        if isinstance(self._side, Native):
            await self._side.pause(paused=False)
        else:
            # The first caller is picked up when the confirmation has ended: until then the telephone is in use.
            await self._dial(CODE_BACK)
        return sum(await asyncio.gather(*(self._work(phone) for phone in self._phones)))

    async def _work(self, phone: Softphone) -> int:
        taken = 0
        try:
            while self._left > 0:
                self._left -= 1
                call = await phone.incoming(NEXT_CALL_WITHIN)
                while call.end is not None:  # it rang and was given up before
                    call = await phone.incoming(NEXT_CALL_WITHIN)
                await call.accept()
                taken += 1
                await asyncio.sleep(self._choice.uniform(SHORTEST, LONGEST))
                await call.hang_up()
        except PhoneWaitedInVain:
            pass  # fewer calls than wished: the report tells how many
        return taken

    async def _dial(self, code: str) -> None:
        await asyncio.gather(*(self._dial_one(phone, code) for phone in self._phones))

    async def _dial_one(self, phone: Softphone, code: str) -> None:
        call = await phone.dial(code)
        await call.ended(CODE_TAKES)


@asynccontextmanager
async def at_work(side: Side, seed: int) -> AsyncIterator[Agents]:
    """The side's agents, signed in and on a break; their telephones are gone when the block is left."""
    async with AsyncExitStack() as stack:
        phones = [
            await stack.enter_async_context(
                Softphone(Account(extension, server=side.server, secret=side.secret(extension)))
            )
            for extension in EXTENSIONS
        ]
        agents = Agents(side, phones, seed)
        await agents.begin()
        yield agents
