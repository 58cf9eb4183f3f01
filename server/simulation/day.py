"""A day of random callers through the production's flows and desk: who waits how long, and what is kept of promises."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from ivr.call import AgentPhone, Missed, Person, Question
from ivr.centre import Centre
from routing.events import AgentSignedOut
from routing.hours import Open
from routing.indicators.interval import Interval, day_of
from routing.indicators.log import Log
from server.simulation.callbacks import CallsBack
from server.simulation.house import SimulatedHouse, with_agents
from simulator.caller import Act, HangUp, Press, SimulatedCaller
from simulator.virtual_loop import VirtualLoop

PICKS_UP = 4.0  # seconds that an agent's telephone rings
STAYS = timedelta(hours=1)  # of the agents after closing: who waits then is served


@dataclass(frozen=True, slots=True)
class Rates:
    """What the day is drawn from. `talk` and `patience` are means; `reached` of attempts at promises find the person.

    `takes_callback`: the share of callers who take a callback when they have waited long enough to be offered one.
    """

    calls_per_hour: float
    agents: int
    talk: timedelta = timedelta(minutes=4)
    patience: timedelta = timedelta(minutes=5)
    takes_callback: float = 0.3
    reached: float = 0.7


class _Person:
    """Chooses a language and a subject at once; waits as long as her patience lasts, or takes a callback."""

    def __init__(self, random: Random, centre: Centre, rates: Rates) -> None:
        self._language = str(random.randrange(len(centre.languages)) + 1)
        self._subject = str(random.randrange(len(centre.subjects)) + 1)
        self._patience = random.expovariate(1 / rates.patience.total_seconds())
        self._takes_callback = random.random() < rates.takes_callback
        self._offered_after = centre.queue.offer_callback_after.total_seconds()

    def asked(self, question: Question, caller: SimulatedCaller) -> Act:
        if caller.log.record.language is None:
            return Press(self._language)
        if caller.log.record.queued_at is None:
            return Press(self._subject)
        return Press("1")  # taking the callback: at the number she calls from, when it suits

    def in_line(self, caller: SimulatedCaller) -> Act:
        until_offered = self._offered_after + 1
        if self._takes_callback and self._patience > until_offered:
            return Press("1", until_offered)
        return HangUp(self._patience)


def simulate_day(centre: Centre, opens: datetime, rates: Rates, *, seed: int) -> Log:
    """The log of the day that opens at `opens` (UTC), to midnight. The same seed gives the same day.

    Raises ValueError when the centre is closed then.
    """
    state = centre.hours.at(opens)
    if not isinstance(state, Open):
        raise ValueError("the centre is closed then: name a moment at which it is open")
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(
            _day(with_agents(centre, rates.agents), opens, state.until, rates, Random(seed))
        )
    finally:
        loop.close()


async def _day(centre: Centre, opens: datetime, closes: datetime, rates: Rates, random: Random) -> Log:
    back = CallsBack(random, rates.reached, rates.talk.total_seconds())
    house = SimulatedHouse(centre, opens, offer_callback=back.offer)
    for agent in centre.agents:
        house.signs_in(agent)

    async def rung(caller: SimulatedCaller, whom: AgentPhone | Person, at_most: float) -> Missed | float:
        await asyncio.sleep(min(PICKS_UP, at_most))
        return random.expovariate(1 / rates.talk.total_seconds())

    calling_back = asyncio.ensure_future(back.run(house))
    calls: list[asyncio.Task[object]] = []
    while True:
        await asyncio.sleep(random.expovariate(rates.calls_per_hour / 3600))
        if house.now() >= closes:
            break
        number = f"+2126{random.randrange(10**8):08}"
        person = _Person(random, centre, rates)
        calls.append(asyncio.ensure_future(house.called(number, person, rung)))
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
