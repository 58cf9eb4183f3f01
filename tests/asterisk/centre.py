"""A whole centre for a test: controller, real Asterisk, real phones, and proof that a call leaves nothing behind.

    async def test_…(centre):
        await centre.opens()
        agent = await centre.agent("103")
        caller = await centre.call("0612345678")
        await caller.keys("31")
        …

Asterisk runs for all tests, each test has a controller, a database and callers' numbers of its own. Time in the
office is pretended: Monday 23 November 2026, 10:00, unless a test says otherwise.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import io
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import structlog
from ruamel.yaml import YAML

from config.load import load
from config.schema import Settings
from config.secrets import kept
from db.cdr import CdrRow, accepted_ids, read_cdr
from db.store import Store
from dialplan import names
from routing.model import AgentId, Callback, CallId, Direction
from routing.record import CallRecord, Record, TraceLine
from routing.snapshot import state_name
from server import parts
from server.clock import Clock, pretended
from server.controller import Controller
from server.embedded import EmbeddedPbx
from server.parts import CHECKOUT
from server.softphone import Account, PhoneCall, RegistrationRefused, Softphone
from server.softphone_process import free_port
from tests.asterisk.outside import Operator
from tests.support.ports import port_of_ours
from tests.support.tones import HEARD, SEPARATION, level_in

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
AGENT_TONE, CALLER_TONE = 1200, 700
SETTLES = 10.0  # seconds for a call's last steps
LOUD = 0.01  # of full scale; silence is below 0.001

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT_TIMES: dict[str, dict[str, Any]] = {
    "desk": {
        "ring_for": "5s",
        "wrap_up": "1s",
        "position_every": "10s",
        "sign_in_pin": "no",
        "whisper": "no",
        "recall_after": "0s",
    },
    "callbacks": {"ring_for": "5s"},
}


class Story:
    """What the controller writes down, as it happens."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self._news = asyncio.Event()

    def add(self, record: Record) -> None:
        self.records.append(record)
        self._news.set()

    def lines(self, what: str | None = None, call: CallId | None = None) -> list[TraceLine]:
        """Trace lines so far, of one kind or one call."""
        return [
            record
            for record in self.records
            if isinstance(record, TraceLine)
            and (what is None or record.what == what)
            and (call is None or record.call == call)
        ]

    async def until(
        self, what: str, *, call: CallId | None = None, times: int = 1, within: float = SETTLES, **facts: str
    ) -> TraceLine:
        """The line that says `what` with these facts, when it has come for the n-th time."""

        def found() -> TraceLine | None:
            fit = [line for line in self.lines(what, call) if facts.items() <= dict(line.facts).items()]
            return fit[times - 1] if len(fit) >= times else None

        line: TraceLine = await self.first(found, within, f"«{what}» {facts}", call)
        return line

    async def first(
        self, found: Callable[[], Any], within: float, wanted: str, call: CallId | None = None
    ) -> Any:
        """What `found` finds, when it finds something; it looks at every news."""
        try:
            async with asyncio.timeout(within):
                while (result := found()) is None:
                    self._news.clear()
                    await self._news.wait()
                return result
        except TimeoutError:
            raise AssertionError(f"waited {within:g} s for {wanted}; the story:\n{self.told(call)}") from None

    def told(self, call: CallId | None = None) -> str:
        return "\n".join(
            f"  {line.at:%H:%M:%S.%f} {line.call} {line.what} {dict(line.facts)}"
            for line in self.lines(None, call)
        )


class Watched(Controller):
    """A controller whose story can be followed."""

    story: Story

    def record(self, record: Record) -> None:
        super().record(record)
        self.story.add(record)


CUT_READ = "The contents of variable 'MWK_READ' had invalid UTF-8"
"""What Asterisk may say of a Read that words or a new line have cut; nobody reads the variable (docs/asterisk.md)."""


@dataclass
class Exchange:
    """The Asterisk of all scenarios, its state folder and its settings."""

    state: Path
    config: Path
    settings: Settings
    operator_port: int
    always_open: Path
    """The same configuration for a centre that never closes: Asterisk's own clock cannot be pretended."""

    @property
    def server(self) -> str:
        return f"{self.settings.pbx.sip_address}:{self.settings.pbx.sip_port}"

    def forget(self) -> None:
        """No record of an earlier test is left; the prompts stay."""
        for path in self.state.glob("mowakaba.db*"):
            path.unlink()
        shutil.rmtree(self.state / "journal", ignore_errors=True)
        self.cdr.unlink(missing_ok=True)

    @property
    def cdr(self) -> Path:
        return self.state / "pbx" / "log" / names.CDR_FILE


def make_exchange(port_of: Callable[[], int]) -> Exchange:
    """A state folder with a short name and a configuration with free ports; nothing runs yet."""
    state = Path(tempfile.mkdtemp(prefix="mwc"))
    state.chmod(0o711)
    first = 10000 + 200 * (os.getpid() % 45)
    operator_port = port_of()
    yaml = YAML()
    written = yaml.load((CHECKOUT / "config" / "center.yaml").read_text(encoding="utf-8"))
    for section, values in SHORT_TIMES.items():
        written[section].update(values)
    written["pbx"].update(sip_port=port_of(), ami_port=port_of(), rtp_ports=f"{first}-{first + 199}")
    written["trunks"] = [
        {
            "name": "operator",
            "peers": ["127.0.0.2"],
            "host": "127.0.0.2",
            "port": operator_port,
            "caller_id": "+212537000000",
            # Softphones key only what they want after the answer; test_unanswered.py has the other way.
            "early_media": "no",
        }
    ]
    config = state / "center.yaml"
    with config.open("w", encoding="utf-8") as file:
        yaml.dump(written, file)
    written["hours"] = {
        "week": dict.fromkeys(WEEK, "0:00-23:59"),
        "holidays": {"fixed": "no", "islamic": "no"},
    }
    written["callbacks"]["quiet"] = {"every_day": "closed", "friday": "closed"}
    always_open = state / "always-open.yaml"
    with always_open.open("w", encoding="utf-8") as file:
        yaml.dump(written, file)
    return Exchange(state, config, load(config, {}), operator_port, always_open)


@dataclass
class Caller:
    """Someone who has called the centre, and is known there as `id`."""

    centre: Centre
    phone: Softphone
    call: PhoneCall
    id: CallId

    async def keys(self, keys: str) -> None:
        await self.call.send_keys(keys)

    async def until(self, what: str, *, times: int = 1, within: float = SETTLES, **facts: str) -> TraceLine:
        return await self.centre.story.until(what, call=self.id, times=times, within=within, **facts)

    async def hangs_up(self) -> None:
        await self.call.hang_up()
        await self.call.ended()

    async def closed(self) -> CallRecord:
        """Her row, when it has an ending."""
        row: CallRecord = await self.centre.story.first(
            lambda: self.row() if self.row().ending else None, SETTLES, "an ending in her row", self.id
        )
        return row

    def seconds_between(self, what: str, then: str) -> float:
        """From the first line that says one thing to the first that says the other."""
        first, second = (self.centre.story.lines(which, self.id)[0].at for which in (what, then))
        return (second - first).total_seconds()

    def row(self) -> CallRecord:
        """Her record as it was last written down."""
        return next(
            record
            for record in reversed(self.centre.story.records)
            if isinstance(record, CallRecord) and record.id == self.id
        )


@dataclass
class Centre:
    """One controller on the session's Asterisk, in this process or in one of its own."""

    exchange: Exchange
    folder: Path
    operator: Operator
    settings: Settings
    story: Story = field(default_factory=Story)
    clock: Clock = field(default_factory=Clock)
    said: list[str] = field(default_factory=list)
    controller: Watched | None = None
    process: asyncio.subprocess.Process | None = None
    numbers: set[str] = field(default_factory=set)
    """Telephone numbers that must appear in no log."""
    allowed: list[str] = field(default_factory=lambda: [CUT_READ])
    """Words of Asterisk's log that this test provokes."""
    allowed_here: list[str] = field(default_factory=lambda: ["Asterisk runs as root"])
    """Words of the controller's log at warning or above: of this machine, or provoked by this test."""
    asterisk_wrote_down_all: bool = True
    """Not so when a test killed it."""
    log: io.StringIO = field(default_factory=io.StringIO)
    phones: AsyncExitStack = field(default_factory=AsyncExitStack)
    lives: list[asyncio.Task[None]] = field(default_factory=list)
    seen: set[Any] = field(default_factory=set)

    # ---- the controller

    async def opens(self, at: datetime = MONDAY, settings: Settings | None = None) -> Watched:
        """The controller runs in this process, and it is `at` there."""
        self.clock.pretend(at)
        return await self.goes_on(settings)

    async def goes_on(self, settings: Settings | None = None) -> Watched:
        """A controller begins, at the moment at which the clock stands."""
        controller = Watched(settings or self.settings, self.exchange.state, self.clock, self.said.append)
        controller.story = self.story
        await controller.start()
        self.controller = controller
        return controller

    async def stops(self) -> None:
        """The controller ends in order; Asterisk and its calls go on."""
        assert self.controller is not None
        await self.controller.stop(leave_pbx=True)
        self.controller = None

    async def opens_outside(self, at: datetime | None = None) -> None:
        """The controller of a centre that never closes runs as a program of its own, which can be killed."""
        pretends = () if at is None else ("--now", f"{at:%Y-%m-%dT%H:%M:%S}")
        self.process = await asyncio.create_subprocess_exec(
            *self.command("--config", self.exchange.always_open, "serve", "--leave-asterisk", *pretends),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        ready = asyncio.get_running_loop().create_future()
        self.lives.append(asyncio.create_task(self._reads(self.process, ready)))
        await asyncio.wait_for(ready, 60)
        self.lives.append(asyncio.create_task(self._follows()))

    @staticmethod
    def free() -> int:
        """A port that nobody has now."""
        return free_port("127.0.0.1")

    def command(self, *words: str | Path) -> list[str | Path]:
        """`mowakaba` with these words, on the state of these tests."""
        return [Path(sys.executable).with_name("mowakaba"), "--state", self.exchange.state, *words]

    async def _reads(self, process: asyncio.subprocess.Process, ready: asyncio.Future[None]) -> None:
        assert process.stdout is not None
        async for raw in process.stdout:
            line = raw.decode()
            self.log.write(line)
            if line.startswith("ready") and not ready.done():
                ready.set_result(None)
        if not ready.done():
            ready.set_exception(AssertionError(f"the controller ended:\n{self.log.getvalue()}"))

    async def _follows(self) -> None:
        """The story of a controller elsewhere is what it brings to the database."""
        store = self.store()
        try:
            while True:
                for row in await store.calls(limit=None):
                    records: list[TraceLine | CallRecord] = [row, *await store.trace(row.id)]
                    for record in records:
                        key = (type(record), row.id, getattr(record, "seq", None) or row.version)
                        if key not in self.seen:
                            self.seen.add(key)
                            self.story.add(record)
                await asyncio.sleep(0.05)
        finally:
            await store.close()

    def store(self) -> Store:
        """The database, read beside the controller."""
        return Store(f"sqlite+aiosqlite:///{self.exchange.state / 'mowakaba.db'}")

    async def is_killed(self) -> None:
        """`kill -9` of the controller."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        await self._reaped()

    async def is_told_to_stop(self) -> None:
        """The controller's program ends in order; Asterisk goes on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        await self._reaped()

    async def _reaped(self) -> None:
        assert self.process is not None
        await asyncio.wait_for(self.process.wait(), 20)
        self.process = None
        reading, following = self.lives
        self.lives.clear()
        following.cancel()
        await asyncio.gather(reading, following, return_exceptions=True)

    # ---- people

    def secret(self, extension: str) -> str:
        return kept(self.exchange.state / "secrets", f"agent-{extension}")

    async def phone(self, extension: str, *, play: Path | int | None = AGENT_TONE) -> Softphone:
        """An agent's telephone, registered."""
        account = Account(extension, self.exchange.server, self.secret(extension))
        phone = await self.phones.enter_async_context(
            Softphone(account, play=play, record_dir=self.folder / f"agent-{extension}")
        )
        await phone.registered()
        return phone

    async def wrong_secret(self, extension: str) -> None:
        """A telephone that does not know its secret is turned away."""
        self.allowed.append("failed to authenticate")
        account = Account(extension, self.exchange.server, "not-the-secret")
        async with Softphone(account) as phone:
            with pytest.raises(RegistrationRefused):
                await phone.registered()

    async def agent(self, extension: str, *, play: int | None = AGENT_TONE) -> Softphone:
        """An agent at work: registered and signed in."""
        phone = await self.phone(extension, play=play)
        await self.dials_code(phone, "*11", "agent.signed_in")
        return phone

    async def dials_code(self, phone: Softphone, code: str, does: str) -> PhoneCall:
        """An agent dials a code and listens to its answer."""
        before = len([line for line in self.story.lines("agent code") if line.facts["does"] == does])
        placed = await phone.dial(code)
        await self.story.until("agent code", does=does, times=before + 1)
        await placed.ended()
        return placed

    async def call(
        self, number: str, *, play: int | None = CALLER_TONE, dials: str = "2000", shows: str | None = None
    ) -> Caller:
        """Somebody calls from the public network, and the centre has answered."""
        if number.lstrip("+").isdigit():
            self.numbers.add(number)
        phone = await self.phones.enter_async_context(
            Softphone(
                Account(number, self.exchange.server),
                address="127.0.0.2",
                play=play,
                record_dir=self.folder / f"caller-{number}",
            )
        )
        return await self.calls_again(phone, dials=dials, shows=shows)

    async def person(self, number: str) -> Softphone:
        """Somebody's telephone outside, which the operator can ring."""
        self.numbers.add(number)
        await self._trunk_is_reachable()
        account = Account(number, self.exchange.server)
        return await self.phones.enter_async_context(
            Softphone(account, address="127.0.0.2", play=CALLER_TONE, record_dir=self.folder / "person")
        )

    async def _trunk_is_reachable(self) -> None:
        """Asterisk asks the operator every 30 s whether he lives, and between two tests nobody answers."""
        endpoint = names.trunk_endpoint("operator")
        async with asyncio.timeout(SETTLES):
            while "Avail" not in await self.pbx.command(f"pjsip show aor {endpoint}"):
                await self.pbx.command(f"pjsip qualify {endpoint}")
                await asyncio.sleep(0.1)

    async def calls_again(self, phone: Softphone, *, dials: str = "2000", shows: str | None = None) -> Caller:
        """The same person calls; the centre has answered."""
        before = len([line for line in self.story.lines("arrived") if line.facts["dialled"] == dials])
        placed = await phone.dial(dials, caller=shows)
        arrived = await self.story.until("arrived", dialled=dials, times=before + 1)
        await placed.answered()
        return Caller(self, phone, placed, arrived.call)

    async def telephone_is(self, agent: str, device: str, within: float = 15.0) -> None:
        """Wait until the desk knows this of an agent's telephone."""
        assert self.controller is not None
        desk = self.controller.desk
        await eventually(
            lambda: desk.desk.seats[AgentId(agent)].device == device, f"{agent}'s telephone: {device}", within
        )

    def state_of(self, agent: str) -> str:
        """What the agent does, by its name in the store."""
        assert self.controller is not None
        return state_name(self.controller.desk.desk.seats[AgentId(agent)].state)

    async def agent_is(self, agent: str, state: str, within: float = SETTLES) -> None:
        """Wait until the agent does this."""
        await eventually(lambda: self.state_of(agent) == state, f"{agent} {state}", within)

    def ringing_for(self, seconds: float) -> Settings:
        """Settings with which agents' telephones ring so long."""
        return with_changes(self.settings, desk={"ring_for": timedelta(seconds=seconds)})

    # ---- what stands where

    @property
    def pbx(self) -> EmbeddedPbx:
        """A handle to Asterisk that starts and stops nothing."""
        controller = self.controller
        if controller is not None and controller.pbx is not None:
            return controller.pbx
        return pbx_of(self.exchange, self.settings)

    async def channels(self) -> list[dict[str, str]]:
        """Every channel of Asterisk: name, context, application, and the peer it is bridged to."""
        answer = await self.pbx.command("core show channels concise")
        keys = ("channel", "context", "exten", "priority", "state", "application", "data")
        return [dict(zip(keys, line.split("!"), strict=False)) for line in answer.splitlines() if "!" in line]

    async def channel_in(self, context: str, application: str = "", within: float = 20.0) -> dict[str, str]:
        """A channel in this context (and application), when there is one."""
        seen: list[dict[str, str]] = []
        try:
            async with asyncio.timeout(within):
                while True:
                    seen = await self.channels()
                    for channel in seen:
                        if channel["context"].startswith(context) and application in channel["application"]:
                            return channel
        except TimeoutError:
            raise AssertionError(f"no channel in {context} {application}, but {seen}") from None

    async def promise(
        self, until: Callable[[Callback], bool] = lambda _: True, within: float = SETTLES
    ) -> Callback:
        """The latest version of a promise that fits."""

        def found() -> Callback | None:
            promises = [record for record in self.story.records if isinstance(record, Callback)]
            return promises[-1] if promises and until(promises[-1]) else None

        promise: Callback = await self.story.first(found, within, "a promise")
        return promise

    async def rows(self) -> list[CallRecord]:
        """What the database has, the journal brought home."""
        if self.controller is not None:
            assert await self.controller.writer.flush(SETTLES)
            return await self.controller.store.calls(limit=None)
        store = self.store()
        try:
            return await store.calls(limit=None)
        finally:
            await store.close()

    def cdr(self) -> list[CdrRow]:
        """What Asterisk wrote down itself."""
        return cdr_rows(self.exchange.cdr)

    # ---- nothing is left

    async def is_quiet(self) -> None:
        """Wait until every call is over at both sides."""
        async with asyncio.timeout(SETTLES):
            while not (await self.pbx.command("core show channels count")).startswith("0 active channels"):
                pass

    async def leaves_nothing(self, since: int) -> None:
        """After the last call: no channels, bridges, lines or waiting entries; every row complete."""
        await self.phones.aclose()
        try:
            await self.is_quiet()
        except TimeoutError:
            raise AssertionError(f"channels are left: {await self.channels()}") from None
        assert (await self.pbx.command("bridge show all")).splitlines()[1:] == []
        if self.controller is not None:
            desk, reception = self.controller.desk, self.controller.reception
            await eventually(lambda: not reception.lines, "the last line's end")
            assert (list(desk.desk.queue), desk.desk.offers, desk.desk.talks) == ([], {}, {})
            await self.rows_are_complete()
            await self.stops()
        if self.process is not None:
            await self.is_told_to_stop()
            await self.rows_are_complete()
        said = [
            line for line in self.pbx.trouble(since) if not any(allowed in line for allowed in self.allowed)
        ]
        assert said == []
        self.no_number_in_the_logs()

    async def is_abandoned(self) -> None:
        """After a test that failed: nothing of it runs on into the next one."""
        await self.phones.aclose()
        if self.controller is not None:
            await self.stops()
        if self.process is not None:
            await self.is_killed()
        await self.pbx.command("channel request hangup all")

    async def rows_are_complete(self) -> None:
        """Every call has one row with one ending, and Asterisk knows of no other."""
        rows = await self.rows()
        assert [row for row in rows if row.ending is None or row.ended_at is None] == []
        for row in rows:
            moments = (
                row.started_at,
                row.answered_at,
                row.queued_at,
                row.connected_at,
                row.talk_ended_at,
                row.ended_at,
            )
            known = [moment for moment in moments if moment is not None]
            assert known == sorted(known), row
        ended = Counter(line.call for line in self.story.lines("ended"))
        assert [call for call, count in ended.items() if count != 1] == []
        if not self.asterisk_wrote_down_all:
            return
        found = self.cdr()
        accepted = accepted_ids(found)
        recorded = {row.id for row in rows if row.direction is Direction.INBOUND}
        assert accepted == recorded, f"Asterisk accepted {accepted}, the rows are {recorded}: {found}"

    def no_number_in_the_logs(self) -> None:
        """No caller's number and no number that was keyed, in whatever form, in the controller's log or a trace."""
        told = self.log.getvalue() + "".join(self.said)
        told += "".join(str(dict(line.facts)) for line in self.story.lines())
        for number in self.numbers:
            significant = number.removeprefix("+212").removeprefix("00212").lstrip("0")
            assert significant not in told, f"{number} was logged"
        troubles = [
            line
            for line in told.splitlines()
            if any(f"[{level}" in line for level in ("warning", "error", "critical"))
            and not any(allowed in line for allowed in self.allowed_here)
        ]
        assert troubles == []


def cdr_rows(file: Path) -> list[CdrRow]:
    """All of Asterisk's own record."""
    reading = read_cdr(file)
    rows = reading.rows
    while reading.more:
        reading = read_cdr(file, reading.position)
        rows += reading.rows
    return rows


def pbx_of(exchange: Exchange, settings: Settings) -> EmbeddedPbx:
    """Asterisk's handle without a controller."""
    from config import build, secrets
    from server import pbx_files

    made = secrets.ready(settings, exchange.state)
    plan = build.to_plan(settings, made, pbx_files.directories(exchange.state), datetime.now(UTC))
    return EmbeddedPbx(plan, parts.find("asterisk"))


@contextlib.contextmanager
def logged_to(stream: io.StringIO) -> Any:
    """The controller's log, as `serve` writes it at its most talkative, into `stream`."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.reset_defaults()


# ---- what is heard


WAV_HEADER, RECORDED_AT = 44, 8000


def last_seconds(recording: Path | None, seconds: float) -> tuple[np.ndarray, int]:
    """The end of a recording, without its last fifth of a second; it may still be growing."""
    assert recording is not None, "nothing was recorded"
    data = recording.read_bytes()[WAV_HEADER:]
    samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float64) / 32768
    return samples[-int((seconds + 0.2) * RECORDED_AT) : -int(0.2 * RECORDED_AT)], RECORDED_AT


def assert_hears_at_the_end(
    recording: Path | None, hertz: float, *, not_: float, seconds: float = 1.0
) -> None:
    """Fail unless the last `seconds` of a recording have this tone and not the other."""
    samples, rate = last_seconds(recording, seconds)
    level, other = level_in(samples, rate, hertz), level_in(samples, rate, not_)
    assert level > HEARD, f"{recording} ends with {hertz:g} Hz at {level:.0f} dB"
    assert other < level - SEPARATION, f"{recording} ends with {not_:g} Hz at {other:.0f} dB"


def assert_heard(recording: Path | None, *hertz: float) -> None:
    """Fail unless the last second of a recording has all these tones."""
    samples, rate = last_seconds(recording, 1.0)
    levels = {tone: level_in(samples, rate, tone) for tone in hertz}
    assert all(level > HEARD for level in levels.values()), f"{recording} ends with {levels}"


def assert_silent_of(recording: Path | None, hertz: float, seconds: float = 1.0) -> None:
    """Fail if the last `seconds` of a recording have this tone."""
    samples, rate = last_seconds(recording, seconds)
    level = level_in(samples, rate, hertz)
    assert level < HEARD - SEPARATION / 2, f"{recording} ends with {hertz:g} Hz at {level:.0f} dB"


def loudness_at_the_end(recording: Path | None, seconds: float = 1.0) -> float:
    """The mean height of what was heard last, of full scale."""
    samples, _ = last_seconds(recording, seconds)
    return float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0


async def has_heard(call: PhoneCall, seconds: float, within: float = 20.0) -> None:
    """Wait until this much more sound has come to a phone: the only clock that counts what is heard."""
    recording = call.heard
    assert recording is not None, "the call is not recorded"
    wanted = recording.stat().st_size + int(seconds * 16000)
    await eventually(lambda: recording.stat().st_size >= wanted, f"{seconds:g} s of sound", within)


async def eventually(found: Callable[[], bool], wanted: str, within: float = SETTLES) -> None:
    """Wait for what tells nobody when it happens: a file that grows, a telephone's state."""
    try:
        async with asyncio.timeout(within):
            while not found():  # noqa: ASYNC110 - see above
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"waited {within:g} s for {wanted}") from None


def with_changes(settings: Settings, **sections: dict[str, Any]) -> Settings:
    """The settings with some values of some sections changed."""
    return replace(
        settings,
        **{name: getattr(settings, name).model_copy(update=values) for name, values in sections.items()},
    )


async def together(*work: Awaitable[Any]) -> list[Any]:
    """Do all of it at once."""
    return list(await asyncio.gather(*work))


def only(rows: Iterable[CallRecord], direction: Direction) -> CallRecord:
    """The one row of this direction."""
    (row,) = [row for row in rows if row.direction is direction]
    return row


# ---- fixtures; conftest.py hands them to the tests


@pytest.fixture(scope="session")
def exchange() -> Iterator[Exchange]:
    """Asterisk with the centre's configuration, and every prompt spoken once."""
    made = make_exchange(port_of_ours)
    try:
        asyncio.run(_begin(made))
        yield made
    finally:
        asyncio.run(pbx_of(made, made.settings).stop())
        shutil.rmtree(made.state)


async def _begin(exchange: Exchange) -> None:
    controller = Controller(exchange.settings, exchange.state, pretended(MONDAY), lambda _: None)
    with logged_to(io.StringIO()):
        await controller.start()
        await controller.stop(leave_pbx=True)


@pytest.fixture
async def centre(
    exchange: Exchange, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Centre]:
    """A centre that has not opened yet. After the test nothing is left of its calls."""
    loop = asyncio.get_running_loop()
    complaints: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    exchange.forget()
    messages = exchange.state / "pbx" / "log" / "messages"
    since = messages.stat().st_size
    before = asyncio.all_tasks()
    transport, operator = await loop.create_datagram_endpoint(
        Operator, local_addr=("127.0.0.2", exchange.operator_port)
    )
    made = Centre(exchange, tmp_path, operator, exchange.settings)
    try:
        with logged_to(made.log):
            try:
                yield made
                await made.leaves_nothing(since)
            finally:
                await made.is_abandoned()
    finally:
        transport.close()
        if made.story.records:
            print(made.story.told())
        print(made.log.getvalue())
    gc.collect()
    await asyncio.sleep(0)
    assert [task for task in asyncio.all_tasks() - before if task is not asyncio.current_task()] == []
    assert complaints == []
    assert [
        record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")
    ] == []
