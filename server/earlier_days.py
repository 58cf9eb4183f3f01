"""What earlier days left in the database, learnt when the centre starts or when the database comes."""

from collections.abc import Collection
from datetime import datetime

from db.store import Store
from db.writer import Writer
from ivr.centre import Centre
from routing.lessons import A_DAY, MOST
from routing.model import Seat, SignedOut
from server.agent_room import MARKED_WITHIN, AgentRoom
from server.attendance import restored
from server.clock import Clock
from server.desk_room import DeskRoom
from server.memory import Remembering
from server.promises import PromiseBook

LEARNS_WITHIN = 10.0  # seconds that the start waits for the database
MOST_CALLS = 5000  # of the day that are looked at: who called how often, and the last call of each agent


class EarlierDays:
    """Callers' languages and agents, promises, and who was at work."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        memory: Remembering,
        agents: AgentRoom,
        book: PromiseBook,
        desk: DeskRoom,
        centre: Centre,
        clock: Clock,
        extensions: Collection[str],
    ) -> None:
        """`extensions`: the telephones at which agents may sit."""
        self._store, self._writer = store, writer
        self._memory, self._agents, self._book, self._desk = memory, agents, book, desk
        self._centre, self._clock, self._extensions = centre, clock, extensions

    async def learn(self) -> None:
        """Raises DatabaseUnreachable, or TimeoutError where it is slow."""
        store, memory, now = self._store, self._memory, self._clock
        await store.connect()
        if not await self._writer.flush(LEARNS_WITHIN):  # the journal may hold promises that no table has
            raise TimeoutError("the database does not take what the journal holds")
        memory.learn(await store.languages())
        earlier = await store.calls(since=now() - A_DAY, limit=MOST)
        memory.learn_talks(earlier)
        self._desk.foresight.memory.learn_calls(earlier)
        memory.learn_agents(await store.last_agents(since=now() - self._centre.desk.prefer_within))
        since = min(self._midnight(), now() - MARKED_WITHIN)
        self._agents.learn(await store.calls(since=since, limit=MOST_CALLS))
        self._book.learn(await store.callbacks())
        await self._learn_who_is_at_work()

    def _midnight(self) -> datetime:
        here = self._clock().astimezone(self._centre.zone)
        return here.replace(hour=0, minute=0, second=0, microsecond=0)

    async def _learn_who_is_at_work(self) -> None:
        latest = await self._store.latest_agent_states()
        # Whoever has signed in or out meanwhile is where he says he is.
        seats = self._desk.desk.seats
        still = {agent: latest[agent] for agent in latest if agent in seats and _never_seen(seats[agent])}
        for event in restored(still, self._centre.agents, self._extensions):
            self._desk.tell(event)


def _never_seen(seat: Seat) -> bool:
    """Whether the agent has not told this controller anything yet."""
    return isinstance(seat.state, SignedOut)
