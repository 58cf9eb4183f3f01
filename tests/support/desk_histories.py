"""Random histories of a desk: a seed makes agents with their skills, rules, and what happens to them all day.

Most events are those of a centre at work; some come twice, late, out of order, or about nobody. At the end the day is
wound up, and everyone who still waits must be served as agents become free.
"""

import random
from collections.abc import Iterable
from datetime import timedelta
from typing import TypeVar

from routing.events import (
    AgentAnswered,
    AgentMissed,
    AgentReturned,
    AgentSignedIn,
    AgentSignedOut,
    AgentTookBreak,
    CallAdopted,
    CallEnded,
    CallerJoined,
    CallerLeft,
    CallPassed,
    DeskEvent,
    DeviceChanged,
    MissReason,
)
from routing.model import (
    Agent,
    AgentId,
    BreakReason,
    CallbackId,
    DeskRules,
    Device,
    EntryId,
    Language,
    QueueEntry,
    Subject,
)
from routing.skills import Relaxation, Step
from tests.support.desk_account import Account

SUBJECTS = [Subject("legal"), Subject("funding")]
LANGUAGES = [Language.ARABIC, Language.TAMAZIGHT]
AGENT_IDS = [AgentId(f"agent-{n}") for n in range(4)]
ENTRY_IDS = [EntryId(f"call-{n}") for n in range(9)]
STRICT = Relaxation((Step(timedelta(), 3, 2), Step(timedelta(seconds=20), 2, 1), Step(timedelta(seconds=60))))
RULES = [
    DeskRules(),
    DeskRules(wrap_up=timedelta(), reserve=0),
    DeskRules(position_every=timedelta(), reserve=2, reserve_for=timedelta(seconds=30)),
    DeskRules(relax=STRICT, prefer_for=timedelta()),
    DeskRules(relax=STRICT, prefer_for=timedelta(seconds=60), reserve_for=timedelta(minutes=2)),
]
EVENTS = 40
T = TypeVar("T")
WOUND_UP = 400  # steps of the last part, in which everyone must have been served


def people(skills: Iterable[tuple[dict[Language, int], dict[Subject, int]]]) -> list[Agent]:
    """The agents with these levels by language and by subject."""
    return [
        Agent(id, id, id, tuple(spoken), frozenset(known), spoken, known)
        for id, (spoken, known) in zip(AGENT_IDS, skills, strict=True)
    ]


def history(seed: int, events: int = EVENTS) -> int:
    """Live through one; how many offers were made. Raises AssertionError when a law is broken."""
    day = _Day(random.Random(seed))
    for _ in range(events):
        day.something_happens()
    day.is_wound_up()
    return day.account.offers_made


class _Day:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        skills = [({one: self.level() for one in self.some(LANGUAGES, 1)}, self.known()) for _ in AGENT_IDS]
        self.account = Account(people(skills), chance.choice(RULES))
        self.past: list[DeskEvent] = []
        for agent in AGENT_IDS[: chance.randint(1, 4)]:
            self.happens(DeviceChanged(agent, Device.IDLE))
            self.happens(AgentSignedIn(agent))

    def level(self) -> int:
        return self.chance.choice((1, 2, 3, 3))

    def known(self) -> dict[Subject, int]:
        return {one: self.level() for one in self.some(SUBJECTS, 0)}

    def some(self, of: list[T], least: int) -> list[T]:
        return self.chance.sample(of, self.chance.randint(least, len(of)))

    def happens(self, event: DeskEvent) -> None:
        self.past.append(event)
        self.account.happens(event)

    def something_happens(self) -> None:
        chance, desk = self.chance, self.account.desk
        agent = chance.choice([*AGENT_IDS, *AGENT_IDS, AgentId("stranger")])
        id = chance.choice(ENTRY_IDS)
        match chance.randrange(20):
            case 0 | 1 | 2:
                self.account.passes(chance.choice((0, 0.5, 3, 5, 16, 25, 61)))
            case 3 | 4 | 5 | 6 | 7:
                self.joins(id)
            case 8 | 9 | 10 if desk.offers:
                entry, rung = chance.choice(sorted(desk.offers.items()))
                self.happens(AgentAnswered(rung, entry))
            case 11 if desk.offers:
                entry, rung = chance.choice(sorted(desk.offers.items()))
                self.happens(AgentMissed(rung, entry, chance.choice(list(MissReason))))
            case 12 | 13 if desk.talks:
                entry, talking = chance.choice(sorted(desk.talks.items()))
                self.happens(CallEnded(talking, entry))
            case 14:
                self.happens(CallerLeft(id))
            case 15:
                self.happens(DeviceChanged(agent, chance.choice((Device.IDLE, Device.IDLE, *Device))))
            case 16:
                self.happens(chance.choice((AgentSignedIn, AgentReturned, AgentSignedOut))(agent))
            case 17:
                self.happens(AgentTookBreak(agent, BreakReason.PAUSE))
            case 18:  # about anybody, whether it can be or not
                began = self.account.now - timedelta(seconds=chance.randint(0, 100))
                wild = (
                    AgentAnswered(agent, id),
                    AgentMissed(agent, id, chance.choice(list(MissReason))),
                    CallEnded(agent, id),
                    CallAdopted(agent, id, began),
                    CallPassed(agent, id, began),
                )
                self.happens(chance.choice(wild))
            case _:  # something that was told before is told again, late
                self.happens(chance.choice(self.past[-12:]))

    def joins(self, id: EntryId) -> None:
        chance, now = self.chance, self.account.now
        language, subject = chance.choice(LANGUAGES), chance.choice(SUBJECTS)
        callback = chance.choice((None, None, CallbackId("123456")))
        asked = now - timedelta(seconds=chance.choice((0, 0, 0, 1, 90)) if callback is None else 600)
        prefers = chance.choice((None, None, chance.choice(AGENT_IDS)))
        self.happens(CallerJoined(QueueEntry(id, language, subject, now, asked, callback, prefers)))

    def is_wound_up(self) -> None:
        """Everybody comes back and works; whoever the last step gives an agent is served in bounded steps."""
        for agent in AGENT_IDS:
            self.happens(DeviceChanged(agent, Device.IDLE))
            self.happens(AgentSignedIn(agent))
            self.happens(AgentReturned(agent))
        for _ in range(WOUND_UP):
            desk = self.account.desk
            if not desk.offers and not any(self.has_an_agent(entry) for entry in desk.queue):
                return
            if desk.offers:
                entry, rung = next(iter(desk.offers.items()))
                self.happens(AgentAnswered(rung, entry))
            elif desk.talks:
                entry, talking = next(iter(desk.talks.items()))
                self.happens(CallEnded(talking, entry))
            else:
                self.account.passes(20)
        raise AssertionError(f"somebody starves: {list(self.account.desk.queue)}")

    def has_an_agent(self, entry: QueueEntry) -> bool:
        desk = self.account.desk
        last = desk.rules.relax.steps[-1]
        return any(
            agent.speaks(entry.language) >= last.language and agent.knows(entry.subject) >= last.subject
            for agent in (seat.agent for seat in desk.seats.values())
        )
