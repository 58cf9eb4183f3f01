"""One baresip process: its folder of settings, its start, its last words, and that it is always reaped.

The phone has no sound card: it plays files and records into its own folder. Its SIP and RTP stay on the one
loopback address it was given.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import signal
import socket
from collections import deque
from pathlib import Path

from server.parts import Program

READY = "baresip is ready"
READY_WITHIN = 20.0  # seconds; a tenth of one on an idle machine
QUIT_WITHIN = 5.0  # seconds to unregister and end
LONGEST_LIFE = 2 * 3600  # seconds; a phone whose owner was killed ends by itself
RTP_PORTS = "20000-29998"  # below the ports that the system hands out

SETTINGS = """\
poll_method epoll
sip_listen {address}:{sip_port}
net_interface {address}
rtp_ports {rtp_ports}
rtp_timeout 0
call_max_calls 16
call_hold_other_calls no
jitter_buffer_type fixed
jitter_buffer_delay 1-20
audio_path {folder}
audio_player aufile,/dev/null
audio_alert none,none
audio_source aufile,{sound}
ringback_disabled yes
statmode_default off
ctrl_tcp_listen 127.0.0.1:{control_port}
module_path {modules}
module g711.so
module aufile.so
{recorder}
module_app menu.so
module_app ctrl_tcp.so
"""


class PhoneDidNotStart(Exception):  # noqa: N818 - named for what is wrong
    """baresip ended or kept silent at its start; the message has its last words."""


class PhoneProcess:
    """baresip from start to end; its folder outlives it."""

    def __init__(self, program: Program, modules: Path, folder: Path, address: str) -> None:
        self._program = program
        self._modules = modules
        self.folder = folder
        self.address = address
        self.sip_port = 0
        self.control_port = 0
        self.last_words: deque[str] = deque(maxlen=40)
        self._process: asyncio.subprocess.Process | None = None
        self._terminal: int | None = None
        self._ready = asyncio.Event()
        self._rest = b""

    @property
    def pid(self) -> int:
        """The process's number; 0 before its start."""
        return self._process.pid if self._process else 0

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self, sound: str, *, record: bool) -> None:
        """Start it and return when it takes commands; `sound` is the file in its folder to speak with."""
        for attempt in range(3):
            self.sip_port = free_port(self.address)
            self.control_port = free_port("127.0.0.1")
            self._write_settings(sound, record=record)
            await self._launch()
            if await self._becomes_ready():
                return
            await self.kill()
            # Another program may have taken the port between its choice and its use.
            if attempt == 2 or not any("in use" in line for line in self.last_words):
                raise PhoneDidNotStart("baresip did not start:\n" + "\n".join(self.last_words))

    async def quit(self) -> None:
        """End it politely, so that it unregisters; kill it when that takes too long."""
        if self._process is not None and self.running:
            self._signal(signal.SIGCONT)
            self._signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(QUIT_WITHIN):
                    await self._process.wait()
        await self.kill()

    async def kill(self) -> None:
        """End it at once, without a word to anyone."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            await self._process.wait()
        self._close_terminal()

    def freeze(self) -> None:
        """Stop it where it is: the phone is there but answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self.running:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    def _write_settings(self, sound: str, *, record: bool) -> None:
        text = SETTINGS.format(
            address=self.address,
            sip_port=self.sip_port,
            control_port=self.control_port,
            rtp_ports=RTP_PORTS,
            folder=self.folder,
            sound=sound,
            modules=self._modules,
            recorder="module sndfile.so" if record else "",
        )
        (self.folder / "config").write_text(text, encoding="utf-8")
        for name in ("accounts", "contacts"):
            (self.folder / name).touch()

    async def _launch(self) -> None:
        self.last_words.clear()
        self._ready.clear()
        # On a terminal baresip writes line by line; into a pipe it would keep its first words to itself.
        self._terminal, its_side = pty.openpty()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._program.command("-4", "-f", self.folder, "-t", str(LONGEST_LIFE)),
                env=self._program.environment(),
                cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=its_side,
                stderr=its_side,
                start_new_session=True,
            )
        finally:
            os.close(its_side)
        asyncio.get_running_loop().add_reader(self._terminal, self._hear)

    async def _becomes_ready(self) -> bool:
        assert self._process is not None
        ready = asyncio.create_task(self._ready.wait())
        ended = asyncio.create_task(self._process.wait())
        await asyncio.wait({ready, ended}, timeout=READY_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        for task in (ready, ended):
            task.cancel()
        await asyncio.gather(ready, ended, return_exceptions=True)
        return self._ready.is_set() and not any("in use" in line for line in self.last_words)

    def _hear(self) -> None:
        assert self._terminal is not None
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # a terminal whose other side is closed
            data = b""
        if not data:
            self._close_terminal()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            text = line.decode("utf-8", "replace").strip()
            self.last_words.append(text)
            if READY in text:
                self._ready.set()

    def _close_terminal(self) -> None:
        if self._terminal is not None:
            asyncio.get_running_loop().remove_reader(self._terminal)
            os.close(self._terminal)
            self._terminal = None


def free_port(address: str) -> int:
    """Return a port that is free on an address for UDP and TCP at this moment."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind((address, 0))
            port = int(udp.getsockname()[1])
            with contextlib.suppress(OSError):
                tcp.bind((address, port))
                return port
