"""An agent whose telephone rang in vain is rung once: he hears that he gets no calls, and 1 brings him back."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from ivr.call import CallerHungUp
from ivr.flows.agent_return import why_set_aside
from ivr.office import Office
from pbx.line import Line
from pbx.summons import Summons
from routing.hours import Open
from routing.model import AgentId, BreakReason, CallEnding, Device, OnBreak, Seat

log = structlog.get_logger()

RINGS = timedelta(seconds=15)  # who sits there hears it; who does not is left in peace


class Recall:
    """`look` is called by the clock. Each time of being set aside is told once, and only while the centre is open."""

    def __init__(
        self, office: Office, seats: Callable[[], Iterable[Seat]], summons: Summons, after: timedelta
    ) -> None:
        """`after` zero: nobody is rung."""
        self._office, self._seats, self._summons, self._after = office, seats, summons, after
        self._told: dict[AgentId, datetime] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def look(self) -> None:
        """Ring who has been set aside for so long and whose telephone is free."""
        now = self._office.now()
        if not self._after or not isinstance(self._office.centre.hours.at(now), Open):
            return
        for seat in self._seats():
            match seat.state:
                case OnBreak(reason=BreakReason.MISSED_OFFER, since=since) if (
                    now - since >= self._after
                    and seat.device is Device.IDLE
                    and self._told.get(seat.agent.id) != since
                ):
                    self._told[seat.agent.id] = since
                    task = asyncio.create_task(self._ring(seat, since))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)

    async def _ring(self, seat: Seat, since: datetime) -> None:
        agent = seat.agent
        log.info("an agent set aside is called", agent=agent.id)

        async def flow(line: Line) -> CallEnding:
            line.log.set(agent=agent.id)
            with suppress(CallerHungUp):
                await why_set_aside(line, self._office, agent)
            return CallEnding.SELF_SERVED

        unique = f"recall-{agent.id}-{int(since.timestamp() * 1000)}"
        shows = self._office.centre.numbers[0]
        answered = await self._summons.ring(unique, f"PJSIP/{seat.extension}", shows, RINGS, flow)
        log.info("an agent set aside was called", agent=agent.id, answered=answered)

    async def close(self) -> None:
        """Nobody is rung any more."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
