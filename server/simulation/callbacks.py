"""Promises kept in a simulation: the production's book, desk and rules of attempts, with persons who pick up or not."""

import asyncio
from random import Random

from routing.callbacks import begin_attempt, next_attempt
from routing.events import AgentAnswered, CallEnded, CallerJoined, OfferTo
from routing.model import AttemptResult, Callback, EntryId, QueueEntry, callback_entry_id
from routing.promise_changes import rung, talking
from server.simulation.crowd import Crowd
from server.simulation.house import SimulatedHouse

LOOKS_EVERY = 10.0  # seconds between two looks at what is due
PICKS_UP = 4.0  # seconds until an agent has picked up and accepted
RINGS = 12.0  # seconds until a person picks up, if she does


class CallsBack:
    """Calls people back. `offer` is the desk's: an agent is to be rung for a promise."""

    def __init__(self, random: Random, crowd: Crowd) -> None:
        """Whom they find, and for how long they talk, is the crowd's."""
        self._random, self._crowd = random, crowd
        self._under_way: dict[EntryId, Callback] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._house: SimulatedHouse | None = None

    async def run(self, house: SimulatedHouse) -> None:
        """Until it is cancelled."""
        self._house = house
        while True:
            now = house.now()
            for promise in house.book.due(now):
                if len(self._under_way) < house.centre.callbacks.at_once:
                    begun = begin_attempt(promise)
                    house.book.keep(begun)
                    entry = QueueEntry(
                        callback_entry_id(begun.id, begun.fence),
                        begun.language,
                        begun.subject,
                        now,
                        begun.asked_at,
                        begun.id,
                    )
                    self._under_way[entry.id] = begun
                    house.desk.tell(CallerJoined(entry))
            await asyncio.sleep(LOOKS_EVERY)

    def offer(self, offer: OfferTo) -> None:
        """The agent's telephone rings."""
        task = asyncio.ensure_future(self._attempt(offer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Nobody is called any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _attempt(self, offer: OfferTo) -> None:
        house, entry = self._house, offer.entry.id
        assert house is not None
        await asyncio.sleep(PICKS_UP)
        if not house.desk.stands(offer):
            return
        house.desk.tell(AgentAnswered(offer.agent, entry))
        promise = rung(self._under_way[entry], house.now())
        house.book.keep(promise)
        await asyncio.sleep(RINGS)
        result = AttemptResult.NO_ANSWER
        if self._random.random() < self._crowd.reached:
            promise, result = talking(promise, house.now()), AttemptResult.REACHED
            await asyncio.sleep(self._crowd.talk(promise.subject, self._random))
        house.desk.tell(CallEnded(offer.agent, entry))
        del self._under_way[entry]
        house.book.keep(
            next_attempt(promise, result, house.now(), house.centre.callbacks, house.book.calling)
        )
