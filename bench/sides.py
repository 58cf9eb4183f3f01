"""The two sides: Mowakaba as it is served, and an Asterisk that does the same alone. Both run the same program.

Each side has an Asterisk of its own, so that its CPU and memory are its own; they are loaded in turn.
"""

import asyncio
import contextlib
import os
import re
import signal
import sys
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench import centre, native
from bench.centre import Ports
from config import build, secrets
from db.store import Store
from dialplan.names import CDR_FILE
from ivr.flows.greeting import welcome
from ivr.flows.in_line import its_name
from ivr.flows.language import language_menu
from ivr.flows.subject import subject_menu
from server import parts, pbx_files
from server.control import ask
from server.embedded import EmbeddedPbx
from server.voice import catalogue, voice

READY_WITHIN = 180.0  # seconds; the first start renders every prompt
STOPS_WITHIN = 30.0
EMPTY_WITHIN = 20.0
LOOK = 0.1
PLACES = 60  # as many as wait on the native side, about; who comes later there is told nothing

Choices = Counter[tuple[str, str]]
"""How many callers were understood to have keyed which language and subject."""


class SideFailed(Exception):  # noqa: N818 - named for what is wrong
    """A side did not start or did not do what it was asked; the message has its own words."""


class Side(ABC):
    """One of the two, between start and stop."""

    def __init__(self, name: str, ports: Ports, file: Path, state: Path) -> None:
        self.name, self.ports, self.state = name, ports, state
        self.settings = centre.settings(file, ports)
        self._file = file
        self._pbx: EmbeddedPbx

    @property
    def server(self) -> str:
        """Where callers and telephones find it."""
        return f"127.0.0.1:{self.ports.sip}"

    @property
    def asterisk(self) -> int:
        """The number of its Asterisk's process."""
        process = self._pbx.pid()
        if process is None:
            raise SideFailed(f"the Asterisk of {self.name} is gone: {self._pbx.trouble()[-3:]}")
        return process

    @property
    def controller(self) -> int | None:
        """The number of the controller's process, where there is one."""
        return None

    def secret(self, extension: str) -> str:
        """With which this agent's telephone registers."""
        return secrets.kept(self.state / "secrets", f"agent-{extension}")

    async def calls(self) -> int:
        """How many calls Asterisk has."""
        found = re.search(r"(\d+) active call", await self._pbx.command("core show channels count"))
        return int(found[1]) if found else 0

    async def drain(self) -> None:
        """Hang up whatever is left."""
        await self._pbx.command("channel request hangup all")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(EMPTY_WITHIN):
                while await self.calls():  # noqa: ASYNC110 - Asterisk's command line has no event
                    await asyncio.sleep(LOOK)

    @abstractmethod
    async def start(self) -> None:
        """Take calls."""

    @abstractmethod
    async def stop(self) -> None:
        """Leave no process behind."""

    @abstractmethod
    async def choices(self) -> Choices:
        """What callers were understood to have keyed, since the bench began."""


class Ours(Side):
    """`mowakaba serve` as a process of its own, which brings its Asterisk up and down."""

    def __init__(self, file: Path, state: Path) -> None:
        super().__init__("Mowakaba", centre.OUR_PORTS, file, state)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def controller(self) -> int | None:
        """The number of the controller's process."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Bring it up and wait for the line that says it is ready."""
        script = Path(sys.executable).with_name("mowakaba")
        arguments = ("--config", self._file, "--state", self.state, "serve", "--now", centre.OPEN_AT)
        said = self.state.with_suffix(".log")
        with said.open("ab") as errors:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, script, *arguments),
                env={**centre.environment(), **self.ports.overrides()},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        lines: list[str] = []
        async with asyncio.timeout(READY_WITHIN):
            while not (lines and lines[-1].startswith("ready")):
                line = await self._process.stdout.readline()
                if not line:
                    words = said.read_text(errors="replace").splitlines()[-5:]
                    raise SideFailed("\n".join(["mowakaba serve ended at its start:", *lines[-3:], *words]))
                lines.append(line.decode(errors="replace").strip())
        made = secrets.ready(self.settings, self.state)
        plan = build.to_plan(self.settings, made, pbx_files.directories(self.state), datetime.now(UTC))
        self._pbx = EmbeddedPbx(plan, parts.find("asterisk"))

    async def stop(self) -> None:
        """Ask the controller to stop; end what does not."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(process.communicate(), STOPS_WITHIN)
        except TimeoutError:
            process.kill()
            await process.wait()
        left = self._pbx.pid() if hasattr(self, "_pbx") else None
        if left is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(left, signal.SIGKILL)

    async def drain(self) -> None:
        """The controller hears of the last hang-ups a moment after Asterisk: until then its desk has callers."""
        await super().drain()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(EMPTY_WITHIN):
                while (await ask(self.state, "status"))["calls"]:  # noqa: ASYNC110 - as above
                    await asyncio.sleep(LOOK)

    async def choices(self) -> Choices:
        """From the database."""
        store = Store(build.database_url(self.settings, self.state))
        await store.connect()
        try:
            rows = await store.calls(limit=None)
        finally:
            await store.close()
        languages = {language: str(key) for key, language in enumerate(self.settings.languages, 1)}
        subjects = {subject: str(key) for key, subject in enumerate(self.settings.subjects, 1)}
        return Counter(
            (languages.get(row.language, "") if row.language else "", subjects.get(row.subject or "", ""))
            for row in rows
        )


class Native(Side):
    """An Asterisk with menus and queue of its own; the rest of its configuration is Mowakaba's."""

    def __init__(self, file: Path, state: Path, sounds: Path) -> None:
        """`sounds` is the state folder in which Mowakaba keeps its prompts."""
        super().__init__("native", centre.NATIVE_PORTS, file, state)
        self._sounds = sounds

    async def start(self) -> None:
        """Bring it up with the sounds that the other side has rendered: start that one first."""
        self.state.mkdir(parents=True, exist_ok=True)
        made = secrets.ready(self.settings, self.state)
        plan = build.to_plan(self.settings, made, pbx_files.directories(self.state), datetime.now(UTC))
        # The number belongs to the native menu below; Mowakaba's own steps stay without one.
        plan = replace(plan, numbers=("2999",), extra=await self._extra())
        self._pbx = EmbeddedPbx(plan, parts.find("asterisk"), [self._sounds / "prompts"])
        await self._pbx.start()

    async def stop(self) -> None:
        """End it."""
        if hasattr(self, "_pbx"):
            await self._pbx.stop()

    async def choices(self) -> Choices:
        """From Asterisk's call records."""
        file = pbx_files.directories(self.state).log / CDR_FILE
        if not file.exists():
            return Counter()
        text = await asyncio.to_thread(file.read_text, errors="replace")
        # A call that was connected has a row for each agent who was rung.
        rows = set(re.findall(rf'"([0-9.]+)","{native.MARK}-(\d)-(\d)"', text))
        return Counter((language, subject) for _, language, subject in rows)

    async def pause(self, *, paused: bool) -> None:
        """Agents on break, or back."""
        verb = "pause" if paused else "unpause"
        for extension in centre.EXTENSIONS:
            said = await self._pbx.command(f"queue {verb} member PJSIP/{extension} queue {native.QUEUE}")
            if "nable" in said:
                raise SideFailed(f"app_queue does not {verb} {extension}: {said.strip()}")

    async def _extra(self) -> dict[str, str]:
        speech = voice(catalogue(), self._sounds)
        around = build.to_centre(self.settings, centre.opens_at())
        first = around.languages[0]
        lines = await speech.sounds(first, *language_menu(around.languages).phrases(first=True))
        menu = subject_menu(around, welcome()).phrases(first=True)
        subjects = {
            str(key): await speech.sounds(language, *menu) for key, language in enumerate(around.languages, 1)
        }
        places = {
            str(key): [await speech.sounds(language, its_name(place)) for place in range(1, PLACES + 1)]
            for key, language in enumerate(around.languages, 1)
        }
        return {"extensions.conf": native.extensions(lines, subjects, places), "queues.conf": native.queues()}


@asynccontextmanager
async def running(ours: Ours, native_side: Native) -> AsyncIterator[None]:
    """Both sides up; both down at the end, whatever happens."""
    try:
        await ours.start()
        await native_side.start()
        yield
    finally:
        await asyncio.gather(ours.stop(), native_side.stop())
