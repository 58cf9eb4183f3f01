"""A centre without telephones: the production's desk, promises, memory and flows; records are kept in memory."""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from ivr.call_log import CallLog
from ivr.centre import Centre
from ivr.flows.incoming import incoming
from ivr.office import Office
from ivr.prompts import Phrase
from ivr.studio import Refusal, Supervisor, Unusable, Usable
from routing.decide import decide
from routing.events import AgentSignedIn, DeviceChanged, OfferTo, WithdrawOffer
from routing.indicators.interval import Interval
from routing.indicators.log import Log
from routing.model import AgentId, Callback, CallEnding, CallId, Desk, Device, Direction, Language, desk_for
from routing.record import AgentChange, AgentTalk, CallRecord, Record, TraceLine, Watched
from server.agent_room import AgentRoom
from server.attendance import Attendance
from server.desk_room import DeskRoom
from server.memory import Remembering
from server.promise_door import PromiseDoor
from server.promises import PromiseBook
from simulator.caller import Heed, Rung, SimulatedCaller, Will


class Kept:
    """Every record; of calls and promises the last version."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.calls: dict[CallId, CallRecord] = {}
        self.callbacks: dict[str, Callback] = {}
        self.changes: list[AgentChange] = []
        self.lines: list[TraceLine] = []
        self.talks: dict[str, AgentTalk] = {}

    def record(self, record: Record) -> None:
        """Keep it."""
        match record:
            case CallRecord():
                self.calls[record.id] = record
            case Callback():
                self.callbacks[record.id] = record
            case AgentChange():
                self.changes.append(record)
            case TraceLine():
                self.lines.append(record)
            case AgentTalk():
                self.talks[record.id] = record
            case _:
                pass

    def log(self, interval: Interval, as_of: datetime) -> Log:
        """For figures: nothing was missed."""
        calls = sorted(self.calls.values(), key=lambda call: (call.started_at, call.id))
        seen = Watched("simulated", interval.start, as_of, 1)
        return Log(
            interval,
            as_of,
            tuple(calls),
            tuple(self.callbacks.values()),
            tuple(self.changes),
            tuple(self.lines),
            (seen,),
            tuple(self.talks.values()),
        )


class SimulatedHouse:
    """The clock begins at `at` (UTC) and runs with the loop, which should be a virtual one."""

    def __init__(
        self,
        centre: Centre,
        at: datetime,
        *,
        desk: Desk | None = None,
        offer_callback: Callable[[OfferTo], None] = lambda offer: None,
    ) -> None:
        """`desk` as it is then; without one everybody is at home. `offer_callback` rings an agent for a promise."""
        self._loop = asyncio.get_running_loop()
        self._at, self._since = at, self._loop.time()
        self.centre, self.kept = centre, Kept()
        self.agents = AgentRoom(self.kept, {}, self.now, centre.zone, self._log_of)
        self.memory = Remembering(self.agents)
        self.book = PromiseBook(self.memory, centre.hours, self.now, centre.quiet)
        self.desk = DeskRoom(
            desk or desk_for(centre.agents.values(), centre.desk),
            self.now,
            offer_callback=offer_callback,
            withdraw=self._withdraw,
            on_seat=Attendance(self.memory, self.now).changed,
        )
        door = PromiseDoor(self.book, secrets.token_hex(16), self.now)
        self.office = Office(
            centre, self.desk, self.book, self.memory, self.now, NoStudio(), self.memory, self.agents, door
        )
        self._callers: dict[CallId, SimulatedCaller] = {}
        self._ids = count(1)
        self._tasks: set[asyncio.Task[None]] = set()

    def now(self) -> datetime:
        """The moment it is in there."""
        return self._at + timedelta(seconds=self._loop.time() - self._since)

    def signs_in(self, agent: AgentId) -> None:
        """He comes to work, with a telephone that works."""
        for event in (DeviceChanged(agent, Device.IDLE), AgentSignedIn(agent)):
            self.desk.tell(event)

    def new_log(self, number: str | None, direction: Direction = Direction.INBOUND) -> CallLog:
        """The record and trace of a call that begins now."""
        record = CallRecord(
            CallId(f"simulated.{next(self._ids)}"), 1, direction, number, self.centre.numbers[0], self.now()
        )
        log = CallLog(self.memory, record, self.now)
        log.begin()
        return log

    async def called(
        self,
        number: str | None,
        will: Will,
        rung: Rung,
        *,
        heed: Heed = lambda phrase, language: None,
        heard_unanswered: bool = False,
    ) -> CallEnding:
        """Someone calls; how it ended."""
        caller = SimulatedCaller(
            number, self.new_log(number), will, rung, heed=heed, heard_unanswered=heard_unanswered
        )
        self._callers[caller.id] = caller
        try:
            ending = await incoming(caller, self.office)
        finally:
            caller.gives_up()
            del self._callers[caller.id]
        caller.log.set(ended_at=self.now(), ending=ending)
        return ending

    async def close(self) -> None:
        """Nothing runs any more."""
        self.desk.close()
        await asyncio.gather(*self._tasks)

    def _log_of(self, call: CallId) -> CallLog | None:
        caller = self._callers.get(call)
        return None if caller is None else caller.log

    def _withdraw(self, withdrawn: WithdrawOffer) -> None:
        caller = self._callers.get(CallId(withdrawn.entry))
        if caller is not None:
            task = asyncio.ensure_future(caller.withdraw())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


def staffed(centre: Centre, agents: int, at: datetime) -> Desk:
    """The desk with so many of the centre's agents at work since `at`."""
    desk = desk_for(centre.agents.values(), centre.desk)
    for agent in list(centre.agents)[:agents]:
        for event in (DeviceChanged(agent, Device.IDLE), AgentSignedIn(agent)):
            desk = decide(desk, event, at).desk
    return desk


class NoStudio:
    """No recordings and no message of the day. Implements `ivr.studio.Studio`."""

    def message(self, language: Language) -> tuple[Phrase, ...]:
        """None stands."""
        return ()

    def language_at(self, telephone: str) -> Language | None:
        """Nobody's telephone."""
        return None

    def admit(self, telephone: str, pin: str) -> Supervisor | Refusal:
        """Nobody is let in."""
        return Refusal.WRONG

    def prompt(self, number: str) -> str | None:
        """None."""
        return None

    async def spoken(self, key: str, language: Language) -> Phrase | None:
        """Nothing."""
        return None

    def new_take(self) -> str:
        """Nobody records."""
        raise ValueError("nobody records in a simulation")

    async def judge(self, take: str, key: str, language: Language) -> Usable | Unusable:
        """Nobody records."""
        return Unusable(())

    async def keep(
        self, take: str, key: str, language: Language, by: Supervisor, days: int | None = None
    ) -> bool:
        """Nothing is kept."""
        return False

    def discard(self, take: str) -> None:
        """There is nothing."""


def with_agents(centre: Centre, count: int, first: Iterable[AgentId] = ()) -> Centre:
    """The centre with `count` agents: its own, those `first` before others, then some who speak every language."""
    known = [*(id for id in first if id in centre.agents), *centre.agents]
    own = [centre.agents[id] for id in dict.fromkeys(known)][:count]
    model = next(iter(centre.agents.values()), None)
    if model is None:
        raise ValueError("the configuration has no agent; add one under agents")
    more = [
        replace(
            model,
            id=AgentId(f"extra-{n}"),
            name=f"Extra {n}",
            extension=f"x{n}",
            languages=centre.languages,
            subjects=frozenset((*centre.subjects, centre.other_subject)),
        )
        for n in range(1, count - len(own) + 1)
    ]
    return replace(centre, agents={agent.id: agent for agent in (*own, *more)})
