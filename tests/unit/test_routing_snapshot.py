"""The picture of the desk that pages and spoken statistics share."""

from datetime import UTC, datetime, timedelta

from routing.decide import decide
from routing.events import (
    AgentAnswered,
    AgentSignedIn,
    AgentTookBreak,
    CallerJoined,
    DeskEvent,
    DeviceChanged,
)
from routing.model import (
    Agent,
    AgentId,
    BreakReason,
    CallbackId,
    Device,
    EntryId,
    Language,
    QueueEntry,
    Subject,
    desk_for,
)
from routing.snapshot import snapshot

OPENING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
LEGAL = Subject("legal")
AICHA, BRAHIM, CELINE = AgentId("aicha"), AgentId("brahim"), AgentId("celine")


def entry(id: str, language: Language, second: int, callback: CallbackId | None = None) -> QueueEntry:
    joined = OPENING + timedelta(seconds=second)
    return QueueEntry(EntryId(id), language, LEGAL, joined, joined, callback)


def test_the_picture_of_a_busy_minute() -> None:
    desk = desk_for(
        Agent(one, one.title(), one, (Language.ARABIC,), frozenset({LEGAL}))
        for one in (AICHA, BRAHIM, CELINE)
    )
    events: list[DeskEvent] = [
        DeviceChanged(AICHA, Device.IDLE),
        AgentSignedIn(AICHA),
        CallerJoined(entry("fatima", Language.ARABIC, 0)),
        AgentAnswered(AICHA, EntryId("fatima")),
        DeviceChanged(BRAHIM, Device.IDLE),
        AgentSignedIn(BRAHIM),
        CallerJoined(entry("hassan", Language.ARABIC, 1)),
        CallerJoined(entry("nadia", Language.TAMAZIGHT, 2)),
        CallerJoined(entry("later", Language.FRENCH, 3, CallbackId("123456"))),
        AgentSignedIn(CELINE),
        AgentTookBreak(CELINE, BreakReason.PAUSE),
    ]
    for event in events:
        desk = decide(desk, event, OPENING + timedelta(seconds=5)).desk

    picture = snapshot(desk, OPENING + timedelta(seconds=10))

    assert [(one.id, one.place, one.rung) for one in picture.waiting] == [
        ("hassan", 1, BRAHIM),
        ("nadia", 2, None),
        ("later", 3, None),
    ]
    assert (picture.waiting_count, picture.callbacks_count) == (2, 1)
    assert picture.longest_wait == timedelta(seconds=9)
    assert picture.by_language == {Language.ARABIC: 1, Language.TAMAZIGHT: 1}
    assert picture.by_state == {"talking": 1, "offered": 1, "on_break": 1}
    assert picture.free == 0
    aicha, brahim, celine = picture.agents
    assert (aicha.state, aicha.entry, aicha.since) == ("talking", "fatima", OPENING + timedelta(seconds=5))
    assert (brahim.state, brahim.entry, brahim.until) == (
        "offered",
        "hassan",
        OPENING + timedelta(seconds=25),
    )
    assert (celine.state, celine.reason) == ("on_break", "pause")


def test_the_picture_of_an_empty_desk() -> None:
    picture = snapshot(desk_for(()), OPENING)
    assert (picture.waiting, picture.agents, picture.longest_wait) == ((), (), timedelta())
