"""Figures that need no call: the parser, the decision, the log. CPU time of this process, the best of some runs.

The best, since whatever disturbs a run only makes it slower.
"""

import asyncio
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, insert

from bench.figures import Figure
from db.journal import Journal
from db.rows import rows_of
from db.store import Store
from db.tables import metadata, trace_lines
from db.writer import Writer
from pbx.events import WANTED
from pbx.message import Message
from pbx.session import Inbox, Session
from routing.decide import decide
from routing.events import AgentAnswered, AgentSignedIn, CallEnded, CallerJoined, DeskEvent, DeviceChanged
from routing.model import (
    Agent,
    AgentId,
    CallId,
    Desk,
    DeskRules,
    Device,
    EntryId,
    Language,
    QueueEntry,
    Subject,
    desk_for,
)
from routing.record import TraceLine
from tests.support.fake_asterisk import transcript

TRANSCRIPT = Path(__file__).parents[1] / "tests" / "edge" / "transcripts" / "async_agi_call.txt"
REPEATED = 60  # times the transcript of one call
CHUNK = 16 << 10  # fewer messages than the link takes in one turn
RUNS = 5
EVENTS = 1500
ROWS = 6000
BURST = 100  # rows, as some calls make them in the same moment
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def figures(say: Callable[[str], None]) -> list[Figure]:
    """All three. One that fails is left out and told."""
    told = []
    for measure in (parser, decision, log):
        try:
            told.append(measure())
            say(f"{told[-1].id}  {told[-1].what}: {told[-1].ratio:.3g}")
        except Exception as problem:  # an unattended run goes on
            say(f"{measure.__name__}: {type(problem).__name__}: {problem}")
    return told


# ---- P10


def parser() -> Figure:
    """Events of a real call a CPU-second, as the link takes them, against every header of each into a dict."""
    stream = b"".join(transcript(TRANSCRIPT)) * REPEATED
    chunks = [stream[at : at + CHUNK] for at in range(0, len(stream), CHUNK)]
    messages = stream.count(b"\r\n\r\n")
    names = frozenset(name.encode() for name in WANTED)

    async def ours() -> float:
        kept: list[Message] = []
        session = Session(Inbox(kept.append, names))
        began = time.process_time()
        for chunk in chunks:
            session.received(chunk)
        return time.process_time() - began

    def plain() -> float:
        rest, kept = b"", []
        began = time.process_time()
        for chunk in chunks:
            *whole, rest = (rest + chunk).split(b"\r\n\r\n")
            for raw in whole:
                kept.append(dict(_halves(line) for line in raw.decode().split("\r\n")))
        return time.process_time() - began

    mine = min(asyncio.run(ours()) for _ in range(RUNS))
    theirs = min(plain() for _ in range(RUNS))
    return Figure(
        "P10",
        "events a CPU-second / a plain full-dict parser",
        f"{messages / mine / 1000:.0f} k/s",
        f"{messages / theirs / 1000:.0f} k/s (plain)",
        theirs / mine,
        None,
        0.8,
        2.0,
        at_least=True,
    )


def _halves(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return name, value


# ---- P11


def decision() -> Figure:
    """One `decide` of a busy desk: every agent talks, one hangs up, is offered the next, answers, another joins."""
    large = min(_decide_seconds(10_000, 1_000) for _ in range(2))
    small = min(_decide_seconds(10, 10) for _ in range(RUNS))
    return Figure(
        "P11",
        "one decide with 10 000 entries and 1 000 agents / with 10 and 10",
        f"{large * 1e6:.0f} µs",
        f"{small * 1e6:.0f} µs (10 and 10)",
        large / small,
        None,
        5.0,
        2.0,
    )


def _decide_seconds(entries: int, agents: int) -> float:
    subjects = tuple(Subject(name) for name in ("legal", "capacity", "funding", "participation", "digital"))
    languages = tuple(Language)
    people = [
        Agent(
            AgentId(f"a{n}"),
            f"A{n}",
            str(1000 + n),
            (languages[n % 3], languages[(n + 1) % 3]),
            frozenset(subjects),
        )
        for n in range(agents)
    ]
    desk: Desk = desk_for(people, DeskRules(wrap_up=timedelta()))
    moments = (NOON + timedelta(milliseconds=step) for step in itertools.count())
    numbers = itertools.count()

    def joins() -> CallerJoined:
        number, now = next(numbers), next(moments)
        language, subject = languages[number % 3], subjects[number % 5]
        return CallerJoined(QueueEntry(EntryId(f"{number:08}"), language, subject, now, now))

    def happens(event: DeskEvent) -> None:
        nonlocal desk
        desk = decide(desk, event, next(moments)).desk

    def answered() -> Iterator[DeskEvent]:
        for entry, agent in list(desk.offers.items()):
            yield AgentAnswered(agent, entry)

    for _ in range(entries + agents):
        happens(joins())
    for person in people:
        happens(DeviceChanged(person.id, Device.IDLE))
        happens(AgentSignedIn(person.id))
        for event in answered():
            happens(event)
    began, counted = time.process_time(), 0
    while counted < EVENTS:
        entry, agent = next(iter(desk.talks.items()))
        happens(CallEnded(agent, entry))
        for event in answered():
            happens(event)
            counted += 1
        happens(joins())
        counted += 2
    return (time.process_time() - began) / counted


# ---- P7


def log() -> Figure:
    """CPU for a row through the journal and the writer, against the same rows by Core's executemany in one batch."""
    lines = [
        TraceLine(
            CallId(f"{call}.1"), seq, NOON + timedelta(seconds=seq), "menu answered", {"menu": "language"}
        )
        for call in range(ROWS // 10)
        for seq in range(1, 11)
    ]
    ours = min(asyncio.run(_through_the_log(lines)) for _ in range(3))
    plain = min(_by_executemany(lines) for _ in range(3))
    return Figure(
        "P7",
        "log CPU per row / batched executemany",
        f"{ours / ROWS * 1e6:.0f} µs",
        f"{plain / ROWS * 1e6:.0f} µs (executemany)",
        ours / plain,
        None,
        2.0,
        1.3,
    )


async def _through_the_log(lines: list[TraceLine]) -> float:
    with tempfile.TemporaryDirectory(prefix="bench-log-") as name:
        journal = Journal(Path(name) / "journal")
        store = Store(f"sqlite+aiosqlite:///{name}/log.db")
        writer = Writer(journal, store)
        await store.connect()
        writer.start()
        began = time.process_time()
        for at in range(0, len(lines), BURST):
            for line in lines[at : at + BURST]:
                journal.record(line)
            await writer.flush()
        spent = time.process_time() - began
        await writer.close()
        await store.close()
        return spent


def _by_executemany(lines: list[TraceLine]) -> float:
    with tempfile.TemporaryDirectory(prefix="bench-log-") as name:
        engine = create_engine(f"sqlite:///{name}/log.db")
        metadata.create_all(engine)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        began = time.process_time()
        with engine.begin() as connection:
            connection.execute(insert(trace_lines), rows_of(lines)[TraceLine])
        spent = time.process_time() - began
        engine.dispose()
        return spent
