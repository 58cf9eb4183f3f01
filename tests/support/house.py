"""A whole house without telephones: the real desk, hours, promises and memory around scripted callers."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML

from db.engine import DatabaseUnreachable
from ivr.call_log import CallLog
from ivr.centre import CallbackRules, Centre, QueueRules
from ivr.flows.incoming import incoming
from ivr.office import Office
from ivr.prompts import Phrase, PromptMissing, Prompts
from ivr.studio import Supervisor, SupervisorId
from pbx.attempt import Hold
from recordings.door import Door, Key
from routing.events import AgentSignedIn, DeviceChanged, OfferTo, WithdrawOffer
from routing.hours import OpeningHours, Span
from routing.indicators.day import Day, day
from routing.indicators.interval import Interval, day_of
from routing.indicators.log import Log
from routing.model import (
    Agent,
    AgentId,
    Available,
    Callback,
    CallEnding,
    CallId,
    DeskRules,
    Device,
    Direction,
    Language,
    Offered,
    Seat,
    Subject,
    Talking,
    WrappingUp,
    desk_for,
)
from routing.record import AgentChange, CallRecord, Record, TraceLine
from routing.zone import MOROCCO, centre_zone
from server.agent_room import AgentRoom
from server.desk_room import DeskRoom
from server.leases import JournalLeases
from server.memory import Remembering
from server.opening import Opening
from server.promise_door import PromiseDoor
from server.promises import PromiseBook
from server.recordable import with_pieces
from server.studio import Folders, TelephoneStudio
from server.supervision import FromAbove
from speech.catalogue import Catalogue
from tests.support.scripted_caller import ScriptedCaller, Telephones

AR, ZGH, FR = Language.ARABIC, Language.TAMAZIGHT, Language.FRENCH
LEGAL, FUNDING, OTHER = Subject("legal"), Subject("funding"), Subject("other")
ZONE = centre_zone(MOROCCO)
MONDAY_10 = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MONDAY_1629 = datetime(2026, 11, 23, 16, 29, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
NUMBER = "+212612345678"
WEEK = tuple((Span(time(8, 30), time(16, 30)),) if day < 5 else () for day in range(7))

AGENTS = (
    Agent(AgentId("amal"), "Amal", "101", (AR, FR), frozenset({LEGAL, FUNDING, OTHER})),
    Agent(AgentId("idir"), "Idir", "102", (ZGH, AR), frozenset({LEGAL, OTHER})),
    Agent(AgentId("nadia"), "Nadia", "103", (FR, AR), frozenset({LEGAL, FUNDING, OTHER})),
)


def centre(**changes: Any) -> Centre:
    """Three languages, three subjects, three agents, Monday to Friday 8:30–16:30."""
    plain = Centre(
        name=MappingProxyType(dict.fromkeys(Language, "centre")),
        zone=ZONE,
        hours=OpeningHours(ZONE, WEEK),
        numbers=("2000",),
        languages=(AR, ZGH, FR),
        subjects=(LEGAL, FUNDING, OTHER),
        agents=MappingProxyType({agent.id: agent for agent in AGENTS}),
        callbacks=CallbackRules(),
        queue=QueueRules(),
        desk=DeskRules(),
    )
    return replace(plain, **changes)


PINS = {AgentId("amal"): "112358", AgentId("idir"): "132134", AgentId("nadia"): "558914"}
NOWHERE = Path("/nowhere")
HIND = Supervisor(SupervisorId("hind"), "Hind", FR, "101")
OMAR = Supervisor(SupervisorId("omar"), "Omar", ZGH)
ZINEB = Supervisor(SupervisorId("zineb"), "Zineb", FR, "110")
"""No agent: a telephone of her own."""
STUDIO_KEYS = (Key(HIND, "271828"), Key(OMAR, "314159"), Key(ZINEB, "161803"))


@dataclass
class Memory:
    """Every record, in order."""

    records: list[Record] = field(default_factory=list)

    def record(self, record: Record) -> None:
        self.records.append(record)


class NoDrafts:
    """No synthetic voice: what a recording should be like is known by its words."""

    async def sounds(self, language: Language, *phrases: Phrase) -> tuple[str, ...]:
        raise PromptMissing("no voice here")

    def text(self, language: Language, phrase: Phrase) -> str:
        raise PromptMissing("no voice here")


async def at_once(work: Callable[..., Any], *arguments: Any) -> Any:
    """In virtual time there are no threads."""
    return work(*arguments)


@cache
def words() -> Catalogue:
    """The prompts of the centre."""
    return Catalogue.load(Path(__file__).parents[2] / "config" / "prompts")


@cache
def whole_words() -> Catalogue:
    """The prompts and their pieces."""
    return with_pieces(words())


class House:
    """The clock begins at `opens` and runs with the loop."""

    def __init__(
        self,
        at: datetime = MONDAY_10,
        plan: Centre | None = None,
        state: Path | None = None,
        drafts: Prompts | None = None,
    ) -> None:
        self.centre = plan or centre()
        self._loop = asyncio.get_running_loop()
        self._at, self._since = at, self._loop.time()
        self.began = at
        self.kept = Memory()
        self.agents = AgentRoom(self.kept, PINS, self.now, ZONE, self._log_of)
        self.memory = Remembering(self.agents)
        self.book = PromiseBook(self.memory, self.centre.hours, self.now, self.centre.quiet)
        self.telephones = Telephones()
        self.telephones.changed = self._phone_changed
        self.callers: dict[CallId, ScriptedCaller] = {}
        self.offered: list[OfferTo] = []
        """Offers of promises, which no flow takes."""
        self._withdrawals: set[asyncio.Task[None]] = set()
        self.states: dict[AgentId, list[str]] = defaultdict(list)
        self.room = DeskRoom(
            desk_for(self.centre.agents.values(), self.centre.desk),
            self.now,
            offer_callback=self.offered.append,
            withdraw=self._withdraw,
            on_seat=self._seat_changed,
            due=self.book.due_entries,
        )
        self.studio = TelephoneStudio(
            Folders(state or NOWHERE),
            Door(STUDIO_KEYS, self.now),
            whole_words(),
            drafts or NoDrafts(),
            (state or NOWHERE) / "takes",
            now=self.now,
            zone=ZONE,
            aside=at_once,
        )
        self.opening = Opening(self.centre.hours, state or NOWHERE, self.now, self._use_hours)
        self.door = PromiseDoor(self.book, "a secret of the house", self.now)
        self.office = Office(
            self.centre,
            self.room,
            self.book,
            self.memory,
            self.now,
            self.studio,
            self.memory,
            self.agents,
            self.door,
        )

        self.above = FromAbove(self.office, lambda: self.room.desk, self.book, self.opening, self.today)
        self.database_tells = True

    async def today(self) -> Day:
        """The day's figures of what is kept."""
        if not self.database_tells:
            raise DatabaseUnreachable("the database is away")
        calls = {one.id: one for one in self.kept.records if isinstance(one, CallRecord)}
        promises = {one.id: one for one in self.kept.records if isinstance(one, Callback)}
        now = self.now()
        so_far = Interval(day_of(now, ZONE).start, now)
        log = Log(so_far, now, tuple(calls.values()), tuple(promises.values()))
        return day(log, self.centre.languages)

    def now(self) -> datetime:
        return self._at + timedelta(seconds=self._loop.time() - self._since)

    def signs_in(self, *agents: str) -> None:
        """They come to work, with a telephone that works."""
        for agent in agents:
            self.room.tell(DeviceChanged(AgentId(agent), Device.IDLE))
            self.room.tell(AgentSignedIn(AgentId(agent)))

    def later(self, seconds: float, what: Callable[..., object], *arguments: Any) -> None:
        self._loop.call_later(seconds, what, *arguments)

    def calls(
        self,
        number: str | None = NUMBER,
        known: Language | None = None,
        began: datetime | None = None,
    ) -> ScriptedCaller:
        """Someone dials the centre, or did at `began`; `known`: the language she chose another day."""
        if known is not None and number is not None:
            self.memory.learn({number: known})
        id_ = CallId(f"{len(self.callers) + 1}.0")
        record = CallRecord(id_, 1, Direction.INBOUND, number, "2000", began or self.now())
        log = CallLog(self.memory, record, self.now)
        log.begin()
        caller = self.callers[id_] = ScriptedCaller(number, "2000", log, self.telephones)
        return caller

    async def serves(
        self, caller: ScriptedCaller, flow: Callable[..., Awaitable[CallEnding]] = incoming, *more: Any
    ) -> CallEnding:
        """As reception does: the flow, the hang-up, the end of the record."""
        try:
            ending = await flow(caller, self.office, *more)
        finally:
            caller.over()
        caller.log.set(ended_at=self.now(), ending=ending)
        return ending

    # ---- what is left

    def record_of(self, caller: ScriptedCaller) -> CallRecord:
        """The call as it is kept: the highest version."""
        versions = [
            record
            for record in self.kept.records
            if isinstance(record, CallRecord) and record.id == caller.id
        ]
        numbers = [record.version for record in versions]
        assert numbers == sorted(set(numbers)), "versions must rise"
        return versions[-1]

    def trace_of(self, caller: ScriptedCaller) -> list[str]:
        return [line.what for line in self.lines_of(caller)]

    def lines_of(self, caller: ScriptedCaller) -> list[TraceLine]:
        records = self.kept.records
        return [line for line in records if isinstance(line, TraceLine) and line.call == caller.id]

    @property
    def promises(self) -> list[Callback]:
        return self.book.open()

    def seat(self, agent: str) -> Seat:
        return self.room.desk.seats[AgentId(agent)]

    def check_clean(self) -> None:
        """Nobody waits, is offered or talks; no agent is held by a call that is over; traces hold no secrets."""
        desk = self.room.desk
        assert not list(desk.queue), "somebody is still in the line"
        assert not desk.offers
        assert not desk.talks
        assert self.room.waiting() == 0
        for agent, seat in desk.seats.items():
            assert not isinstance(seat.state, Offered | Talking), f"{agent} is still held: {seat.state}"
        for caller in self.callers.values():
            self.check_record(caller)

    def check_record(self, caller: ScriptedCaller) -> None:
        record = self.record_of(caller)
        assert record.ended_at is not None
        assert record.ending is not None
        moments = [
            record.started_at,
            record.answered_at,
            record.queued_at,
            record.connected_at,
            record.talk_ended_at,
            record.ended_at,
        ]
        known = [moment for moment in moments if moment is not None]
        assert known == sorted(known), "the moments of a call must be in order"
        assert (record.connected_at is None) == (record.talk_ended_at is None)
        if record.ending is CallEnding.ANSWERED:
            assert record.connected_at is not None
            assert record.agent is not None
        if record.ending is CallEnding.ABANDONED:
            assert record.queued_at is not None
            assert record.connected_at is None
        if record.direction is Direction.INBOUND:
            assert (record.ending is CallEnding.CALLBACK_TAKEN) == (record.callback is not None)
        for line in self.kept.records:
            if isinstance(line, TraceLine):
                assert not any("0612345678"[1:] in fact for fact in line.facts.values()), (
                    "a number in the trace"
                )

    def close(self) -> None:
        self.room.close()

    # ---- wiring, as `server` does it

    def _withdraw(self, withdrawn: WithdrawOffer) -> None:
        caller = self.callers.get(CallId(withdrawn.entry))
        if caller is not None:
            task = asyncio.ensure_future(caller.withdraw())
            self._withdrawals.add(task)
            task.add_done_callback(self._withdrawals.discard)

    def _use_hours(self, hours: OpeningHours) -> None:
        self.office.centre = replace(self.office.centre, hours=hours)
        self.book.use_hours(hours)

    def _log_of(self, call: CallId) -> CallLog | None:
        caller = self.callers.get(call)
        return None if caller is None or caller.hung_up else caller.log

    def _seat_changed(self, before: Seat, after: Seat) -> None:
        if before.extension != after.extension:
            self.room.tell(DeviceChanged(after.agent.id, Device.IDLE))
        name = type(after.state).__name__
        if type(before.state).__name__ != name:
            self.states[after.agent.id].append(name)
            self.kept.record(AgentChange("x", after.agent.id, self.now(), name, ""))

    def _phone_changed(self, who: str) -> None:
        if AgentId(who) in self.centre.agents:
            device = Device.IN_USE if who in self.telephones.in_use else Device.IDLE
            self.room.tell(DeviceChanged(AgentId(who), device))


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """The prompts as they are written, by key."""
    prompts: dict[str, dict[str, str]] = {}
    for file in sorted((Path(__file__).parents[2] / "config" / "prompts").glob("*.yaml")):
        prompts |= YAML(typ="safe").load(file.read_text(encoding="utf-8")) or {}
    return prompts


WELCOME = ["welcome", "centre.name", "notice.short"]
WELCOME_BACK = ["welcome_back", "notice.short"]
NOTICE = ["notice.controller", "centre.controller", "notice.long"]
FREE = (Available, WrappingUp)


def hold_of(house: House, promise: Callback) -> Hold:
    """The hold of an attempt that has begun, on a promise of the house's book."""
    leases = JournalLeases(house.book, "tests", house.now)
    return Hold(promise, house.book, leases, house.now, house.centre.callbacks.ring_for)
