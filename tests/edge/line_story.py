"""A line and a wire that only writes down what is sent."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ivr.call import AgentPhone, Missed, Person, Question
from ivr.call_log import CallLog
from ivr.prompts import Phrase, PromptMissing, phrase
from pbx.events import (
    AgiDone,
    DialBegan,
    DialEnded,
    KeyPressed,
    Leg,
    PbxEvent,
)
from pbx.line import Line
from pbx.listening import Ears
from pbx.talks import LineTalk
from routing.model import Agent, AgentId, Caller, CallId, Direction, Language
from routing.record import CallRecord, Record

FR = Language.FRENCH
HERS = Leg("PJSIP/trunk-1", "100.1", "100.1")
HIS = Leg("PJSIP/101-2", "100.2", "100.1")
AMAL = Agent(AgentId("amal"), "Amal", "101", (FR,), frozenset())
RING = timedelta(seconds=20)
SECRET = "0612345678"


@dataclass
class Wire:
    """Everything posted, in order."""

    posts: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    refuse: Callable[[], None] = lambda: None
    """Refuses the last command, as Asterisk does for a channel that is gone."""

    def post(self, action: str, headers: Mapping[str, str], /) -> None:
        self.posts.append((action, dict(headers)))

    def post_watched(self, action: str, headers: Mapping[str, str], on_refused: Callable[[], None]) -> None:
        self.refuse = on_refused
        self.post(action, headers)

    @property
    def commands(self) -> list[str]:
        return [headers["Command"] for action, headers in self.posts if action == "AGI"]

    def set(self, variable: str) -> list[str]:
        return [
            headers["Value"]
            for action, headers in self.posts
            if action == "Setvar" and headers["Variable"] == variable
        ]

    @property
    def cuts(self) -> int:
        return sum(
            headers.get("Control") == "stop" for action, headers in self.posts if action == "ControlPlayback"
        )

    @property
    def hung_up(self) -> list[str]:
        return [headers["Channel"] for action, headers in self.posts if action == "Hangup"]


class Sounds:
    """One file per phrase; `missing` ones have none; `slow` ones wait."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.ready: asyncio.Event | None = None
        self.folder = "/s"

    async def sounds(self, language: Language, *phrases: Phrase) -> tuple[str, ...]:
        if self.ready is not None:
            await self.ready.wait()
        for one in phrases:
            if one.key in self.missing:
                raise PromptMissing(one.key)
        return tuple(f"{self.folder}/{language}/{one.key}" for one in phrases)

    def text(self, language: Language, phrase: Phrase) -> str:
        return phrase.key


class Outside:
    caller_id = "+212537000000"

    def dial_string(self, number: str) -> str | None:
        return f"PJSIP/{number}@trunk-1" if number.startswith("+212") else None


@dataclass
class Kept:
    records: list[Record] = field(default_factory=list)

    def record(self, record: Record) -> None:
        self.records.append(record)


class Story:
    """A line and its wire."""

    def __init__(self, ears: Ears | None = None) -> None:
        self.wire, self.sounds, self.kept = Wire(), Sounds(), Kept()
        began = datetime(2026, 11, 23, 10, tzinfo=UTC)
        record = CallRecord(CallId("100.1"), 1, Direction.INBOUND, None, "2000", began)
        self.line = Line(
            self.wire,
            HERS,
            caller=Caller(None),
            dialled="2000",
            arrived_at=began,
            log=CallLog(self.kept, record, lambda: began),
            prompts=self.sounds,
            outside=Outside(),
            ears=ears,
        )

    def tells(self, *events: PbxEvent) -> None:
        for event in events:
            self.line.take(event)

    def keys(self, keys: str) -> None:
        self.tells(*(KeyPressed(HERS, key) for key in keys))

    def done(self, command: str, result: str = "200 result=0") -> PbxEvent:
        """The answer to the last command that begins so."""
        found = [
            headers["CommandID"]
            for action, headers in self.wire.posts
            if action == "AGI" and headers["Command"].startswith(command)
        ]
        return AgiDone(HERS, found[-1], result)

    async def sent(self, command: str, times: int = 1) -> None:
        """Until this has been sent so often."""
        for _ in range(200):
            if sum(one.startswith(command) for one in self.wire.commands) >= times:
                return
            await asyncio.sleep(0)
        raise AssertionError(f"{command} was not sent: {self.wire.commands}")


def asks(story: Story, question: Question | None = None) -> "asyncio.Task[object]":
    return asyncio.ensure_future(story.line.ask(question or Question((phrase("menu"),)), FR))


async def rings(story: Story, whom: AgentPhone | Person | None = None) -> "asyncio.Task[LineTalk | Missed]":
    before = sum(one.startswith("GOSUB") for one in story.wire.commands)
    ringing = asyncio.ensure_future(story.line.ring(whom or AgentPhone(AMAL, "FR legal"), RING))
    await story.sent("GOSUB", before + 1)
    return ringing


async def answered(story: Story) -> LineTalk:
    ringing = await rings(story)
    story.tells(DialBegan(HERS, HIS), DialEnded(HERS, HIS, "ANSWER"))
    talk = await ringing
    assert isinstance(talk, LineTalk)
    return talk
