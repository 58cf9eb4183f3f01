"""A day of random callers through the production's flows and desk: who waits how long, and what is kept of promises."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf
from random import Random

from ivr.call import AgentPhone, Missed, Person, Question
from ivr.centre import Centre
from routing.events import AgentSignedOut
from routing.hours import Open
from routing.indicators.interval import Interval, day_of
from routing.indicators.log import Log
from server.simulation.callbacks import CallsBack
from server.simulation.crowd import Crowd, Visitor
from server.simulation.house import SimulatedHouse, with_agents
from simulator.caller import Act, HangUp, Press, Rung, SimulatedCaller, Stay
from simulator.virtual_loop import VirtualLoop

PICKS_UP = 4.0  # seconds that an agent's telephone rings
STAYS = timedelta(hours=1)  # of the agents after closing: who waits then is served


class _Person:
    """Chooses language and subject at once; waits as long as her patience lasts, or takes a callback."""

    def __init__(self, visitor: Visitor, centre: Centre) -> None:
        self.talks = visitor.talks
        self._language = _key(visitor.language, centre.languages, otherwise="1")
        self._subject = _key(visitor.subject, centre.subjects, otherwise="0")
        self._patience, self._takes_callback = visitor.patience, visitor.takes_callback
        self._offered_after = centre.queue.offer_callback_after.total_seconds()

    def asked(self, question: Question, caller: SimulatedCaller) -> Act:
        if caller.log.record.language is None:
            return Press(self._language)
        if caller.log.record.subject is None:
            return Press(self._subject)
        return Press("1")  # taking the callback: at the number she calls from, when it suits

    def in_line(self, caller: SimulatedCaller) -> Act:
        until_offered = self._offered_after + 1
        if self._takes_callback and self._patience > until_offered:
            return Press("1", until_offered)
        return HangUp(self._patience) if self._patience < inf else Stay()


def _key(wanted: str, offered: Sequence[str], otherwise: str) -> str:
    """Her key in the menu; `otherwise` for what the centre does not have any more."""
    return str(offered.index(wanted) + 1) if wanted in offered else otherwise


def simulate_day(centre: Centre, opens: datetime, crowd: Crowd, *, seed: int) -> Log:
    """The log of the day that opens at `opens` (UTC), to midnight. The same seed gives the same day.

    Raises ValueError when the centre is closed then, and what `crowd` raises.
    """
    state = centre.hours.at(opens)
    if not isinstance(state, Open):
        raise ValueError("the centre is closed then: name a moment at which it is open")
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(_day(centre, opens, state.until, crowd, Random(seed)))
    finally:
        loop.close()


async def _day(centre: Centre, opens: datetime, closes: datetime, crowd: Crowd, random: Random) -> Log:
    coming = tuple(crowd.visitors(centre, opens, closes, random))
    centre = with_agents(centre, crowd.agents, crowd.staff)
    if crowd.wrap_up is not None:
        centre = replace(centre, desk=replace(centre.desk, wrap_up=crowd.wrap_up))
    back = CallsBack(random, crowd)
    house = SimulatedHouse(centre, opens, offer_callback=back.offer)
    for agent in centre.agents:
        house.signs_in(agent)

    def answers(person: _Person) -> Rung:
        async def rung(caller: SimulatedCaller, whom: AgentPhone | Person, at_most: float) -> Missed | float:
            await asyncio.sleep(min(PICKS_UP, at_most))
            return person.talks

        return rung

    calling_back = asyncio.ensure_future(back.run(house))
    calls: list[asyncio.Task[object]] = []
    for visitor in coming:
        await asyncio.sleep(max(0.0, (visitor.at - house.now()).total_seconds()))
        number = f"+2126{random.randrange(10**8):08}"
        person = _Person(visitor, centre)
        calls.append(asyncio.ensure_future(house.called(number, person, answers(person))))
    await asyncio.sleep(max(0.0, (closes - house.now()).total_seconds()))
    if calls:
        await asyncio.wait(calls)
    await asyncio.sleep(max(0.0, (closes + STAYS - house.now()).total_seconds()))
    calling_back.cancel()
    await asyncio.gather(calling_back, return_exceptions=True)
    await back.close()
    for agent in centre.agents:
        house.desk.tell(AgentSignedOut(agent))
    for call in calls:
        call.result()
    await house.close()
    return house.kept.log(Interval(opens, day_of(opens, centre.zone).end), house.now())
