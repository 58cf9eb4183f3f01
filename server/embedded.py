"""The Asterisk that Mowakaba brings along: started, taken over, reloaded, stopped, revived.

It has a session of its own and outlives a controller that is killed: calls go on, and the next `serve`
finds it by its control socket. Only an orderly stop takes it down.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import asterisk
import structlog

from dialplan.plan import PbxPlan
from dialplan.text import Unfit
from server import pbx_files
from server.parts import Program
from server.pbx_files import Unsafe
from server.pbx_user import PbxUser, choose, python
from server.ports import PortInUse, Wanted, check_free, holder_of

BOOT = 30.0  # seconds until Asterisk must have loaded everything; 1 is usual
GRACE = 5.0  # seconds for Asterisk to end by itself before it is killed
LOOK = 0.05  # seconds between two looks at whether it has booted or ended
ALIVE_EVERY = 1.0
CLI = 10.0  # seconds for one command on the control socket
BACK_OFF = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY = 60.0  # seconds after which a start counts as a success again
REQUIRED = "Failed to load module"
NO_CARD = "No ethernet interface found for seeding global EID"
LOOKS_STARTED = "fully booted"
TROUBLE = re.compile(r"\b(WARNING|ERROR)\[")
BIND_TROUBLE = re.compile(
    r"Address already in use|could not be started|Unable to bind|Cannot assign", re.IGNORECASE
)

RELOADS = {
    "extensions.conf": "dialplan reload",
    "hours.conf": "dialplan reload",
    "pjsip.conf": "module reload res_pjsip.so",
    "manager.conf": "manager reload",
    "queues.conf": "queue reload all",
    "musiconhold.conf": "moh reload",
    "logger.conf": "logger reload",
    "rtp.conf": "module reload res_rtp_asterisk.so",
    "cdr.conf": "module reload cdr",
    "indications.conf": "module reload indications",
    "features.conf": "module reload features",
}
"""How each changed file takes effect. Any other file is read only at a start."""


class PbxFailed(Exception):  # noqa: N818 - named for what is wrong
    """Asterisk did not start; the message says why and what to do."""


class Start(StrEnum):
    """How `start` found things."""

    STARTED = "started"
    TAKEN_OVER = "taken_over"


class EmbeddedPbx:
    """One private Asterisk. `readable` are folders outside the plan that it reads, such as the prompts."""

    def __init__(self, plan: PbxPlan, program: Program, readable: Iterable[Path] = ()) -> None:
        self.plan = plan
        self.warnings: list[str] = []
        self._program = program
        self._readable = tuple(readable)
        self._packages = Path(next(iter(asterisk.__path__))).parent
        self._user = PbxUser()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self._log = structlog.get_logger("pbx")

    # ---- what the composition root calls ----

    async def start(self) -> Start:
        """Bring Asterisk up, or take over the one that runs. Returns when it can take calls.

        Raises `PortInUse` before anything is started, `PbxFailed` with Asterisk's own words,
        `dialplan.text.Unfit`.
        """
        self._stopping = False
        await asyncio.to_thread(self._prepare)
        if await self.running():
            changed = await asyncio.to_thread(self._write)
            await self._take_effect(changed)
            self._log.info("asterisk taken over", process=self.pid())
            return Start.TAKEN_OVER
        await asyncio.to_thread(self._end_a_mute_one)
        check_free(self._wanted())
        await asyncio.to_thread(self._write)
        await self._launch()
        return Start.STARTED

    async def reload(self, plan: PbxPlan) -> set[str]:
        """Make the files anew and let Asterisk read those that changed; return their names."""
        self.plan = plan
        changed = await asyncio.to_thread(self._write)
        await self._take_effect(changed)
        return changed

    async def stop(self) -> None:
        """End Asterisk, hanging up what is left; kill it when it does not end."""
        self._stopping = True
        process = self.pid()
        if process is None:
            return
        await self.command("core stop now")
        if not await self._ended(process, GRACE):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            await self._ended(process, GRACE)
        self._process = None
        pbx_files.remove_run_folder(self.plan.directories)
        self._log.info("asterisk stopped")

    def leave(self) -> None:
        """Let Asterisk run on when this process ends."""
        self._stopping = True
        if self._process is not None:
            # Popen would warn of a child that is still there.
            self._process.returncode = 0
            self._process = None

    async def watch(self) -> None:
        """Run for ever: start Asterisk again when it ends unasked, at once and then ever more slowly."""
        failures, started = 0, time.monotonic()
        while True:
            process = self.pid()
            if process is not None and self._lives(process):
                await asyncio.sleep(ALIVE_EVERY)
                continue
            if self._stopping:
                return
            failures = 0 if time.monotonic() - started > STEADY else failures
            pause = BACK_OFF[min(failures, len(BACK_OFF) - 1)]
            self._log.error("asterisk ended unasked", starts_again_in=pause)
            await asyncio.sleep(pause)
            failures, started = failures + 1, time.monotonic()
            try:
                await self.start()
            except (PbxFailed, PortInUse, Unfit, Unsafe, OSError) as failure:
                self._log.error("asterisk does not start", why=str(failure))

    async def running(self) -> bool:
        """Whether an Asterisk answers on the control socket."""
        return LOOKS_STARTED in await self.command("core waitfullybooted")

    async def command(self, line: str) -> str:
        """The answer to a command line on the control socket; empty when nobody answers."""
        arguments = self._program.command("-C", self._configuration(), "-rx", line)
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._program.environment(),
            cwd="/",
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(CLI):
                output, _ = await process.communicate()
        except TimeoutError:
            return ""
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return answer_in(output.decode(errors="replace")) if process.returncode == 0 else ""

    def pid(self) -> int | None:
        """The number of Asterisk's process, None when there is none."""
        if self._process is not None:
            return self._process.pid
        with suppress(OSError, ValueError):
            process = int((self.plan.directories.run / "asterisk.pid").read_text())
            words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
            # The number may have gone to another program since.
            if os.fsencode(self._configuration()) in words:
                return process
        return None

    def trouble(self, since: int = 0) -> list[str]:
        """Lines of Asterisk's log with a warning or an error, from the byte `since` on."""
        with suppress(FileNotFoundError), self._log_file().open("rb") as log:
            log.seek(since)
            text = log.read().decode(errors="replace")
            return [line for line in text.splitlines() if TROUBLE.search(line)]
        return []

    # ---- steps ----

    def _configuration(self) -> Path:
        return self.plan.directories.config / "asterisk.conf"

    def _log_file(self) -> Path:
        return self.plan.directories.log / "messages"

    def _prepare(self) -> None:
        places = self.plan.directories
        pbx_files.make_folders(places)
        program = (Path(word) for word in self._program.argv if word.startswith("/") and ":" not in word)
        parents = (places.config.parent, places.run.parent, pbx_files.KEEPER)
        self._user = choose(
            (*program, places.modules, places.data, *parents, *self._readable), self._packages
        )
        self.warnings = [self._user.warning] if self._user.warning else []
        for warning in self.warnings:
            self._log.warning(warning)

    def _write(self) -> set[str]:
        keeps = python(self._user, self._packages)
        if keeps is None:
            raise PbxFailed("no Python that Asterisk's user can run finds pyst2: run make setup again")
        changed = pbx_files.write(self.plan, keeps, self._packages)
        for folder in pbx_files.private_folders(self.plan.directories):
            self._user.own(folder)
        return changed

    def _wanted(self) -> list[Wanted]:
        plan = self.plan
        return [
            Wanted("udp", plan.sip_address, plan.sip_port, "pbx.sip_port"),
            Wanted("tcp", plan.sip_address, plan.sip_port, "pbx.sip_port"),
            Wanted("tcp", plan.ami_address, plan.ami_port, "pbx.ami_port"),
        ]

    async def _launch(self) -> None:
        since = self._log_file().stat().st_size if self._log_file().exists() else 0
        output = self.plan.directories.log / "start"
        self._process = await asyncio.to_thread(self._spawn, output)
        try:
            async with asyncio.timeout(BOOT):
                while not await self.running():
                    if self._process is None or self._process.poll() is not None:
                        raise PbxFailed(f"Asterisk ended at its start:\n{self._words(output, since)}")
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            await self.stop()
            raise PbxFailed(f"Asterisk is not up after {BOOT:.0f} s:\n{self._words(output, since)}") from None
        if any(REQUIRED in line for line in self.trouble(since)):
            # It says that it has booted, and ends at once.
            await self.stop()
            raise PbxFailed(f"Asterisk misses parts that it needs:\n{self._words(output, since)}")
        bind_trouble = [line for line in self.trouble(since) if BIND_TROUBLE.search(line)]
        if bind_trouble:
            await self.stop()
            raise PbxFailed(self._explained(bind_trouble))
        self._log.info("asterisk started", process=self._process.pid)

    def _spawn(self, output: Path) -> subprocess.Popen[bytes]:
        with output.open("wb") as file:
            return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
                self._program.command("-C", self._configuration(), "-f"),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=self._environment(),
                cwd=self.plan.directories.var,
                start_new_session=True,
                umask=0o077,
                **self._user.popen(),
            )

    def _environment(self) -> dict[str, str]:
        home = str(self.plan.directories.var)
        return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": home, **self._program.env}

    def _explained(self, lines: list[str]) -> str:
        """Asterisk's words on a port, and whose it is."""
        told = ["Asterisk could not have all its ports:", *lines]
        for wanted in self._wanted():
            holder = holder_of(wanted.kind, wanted.port)
            told.append(f"{wanted.kind.upper()} port {wanted.port} ({wanted.key}): {holder or 'free now'}")
        return "\n".join(told)

    def _words(self, output: Path, since: int) -> str:
        said = output.read_text(errors="replace").splitlines()[-5:] if output.exists() else []
        return "\n".join(f"    {line}" for line in [*said, *self.trouble(since)[-10:]] or ["it said nothing"])

    async def _take_effect(self, changed: set[str]) -> None:
        commands = {RELOADS[name] for name in changed if name in RELOADS}
        for line in sorted(commands):
            await self.command(line)
        later = sorted(changed - RELOADS.keys())
        if later:
            self._log.warning("these files take effect when Asterisk starts anew", files=later)

    def _end_a_mute_one(self) -> None:
        """Kill our own Asterisk that runs and no longer answers on its control socket."""
        process = self.pid() if self._process is None else None
        if process is None or not self._lives(process):
            self._process = None
            return
        self._log.warning("an Asterisk that does not answer is ended", process=process)
        os.kill(process, signal.SIGKILL)
        limit = time.monotonic() + GRACE
        while self._lives(process) and time.monotonic() < limit:
            time.sleep(LOOK)

    async def _ended(self, process: int, limit: float) -> bool:
        until = time.monotonic() + limit
        while self._lives(process):
            if time.monotonic() > until:
                return False
            await asyncio.sleep(LOOK)
        return True

    def _lives(self, process: int) -> bool:
        if self._process is not None and self._process.pid == process:
            return self._process.poll() is None
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return b"\nState:\tZ" not in Path(f"/proc/{process}/status").read_bytes()


def answer_in(output: str) -> str:
    """What Asterisk answered, without its remark that this machine has no network card, which nothing here needs."""
    return "".join(line for line in output.splitlines(keepends=True) if NO_CARD not in line)
