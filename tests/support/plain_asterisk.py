"""A real Asterisk with a few plain extensions, for the tests of the phones and callers themselves.

Two agents, 101 and 102, register from 127.0.0.1; 127.0.0.2 is a trunk. Extensions: 600 answers and echoes;
601 answers, reads keys until `#` and notes them as `keys_read`; 1xx rings that agent; 604 answers and waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from server import parts
from server.softphone_process import free_port

SECRET = "a-secret-of-tests"
BOOTED_WITHIN = 60.0  # seconds; four on an idle machine

MODULES = (
    "app_dial",
    "app_echo",
    "app_playback",
    "app_read",
    "app_mixmonitor",
    "app_verbose",
    "bridge_simple",
    "bridge_native_rtp",
    "bridge_builtin_features",
    "chan_pjsip",
    "codec_alaw",
    "codec_ulaw",
    "format_pcm",
    "format_wav",
    "func_callerid",
    "func_channel",
    "func_logic",
    "func_strings",
    "pbx_config",
    "res_pjproject",
    "res_pjsip",
    "res_pjsip_session",
    "res_pjsip_authenticator_digest",
    "res_pjsip_caller_id",
    "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_endpoint_identifier_user",
    "res_pjsip_pubsub",
    "res_pjsip_registrar",
    "res_pjsip_sdp_rtp",
    "res_pjsip_dtmf_info",
    "res_rtp_asterisk",
    "res_sorcery_config",
    "res_sorcery_memory",
    "res_sorcery_astdb",
    "res_timing_timerfd",
)
# Asterisk's word for a caller who gives up in the moment it answers.
CANCELLED_AS_ANSWERED = "Session already DISCONNECTED [reason=487"
# Asterisk logs an error for each of these that does not exist.
NEEDED_BUT_EMPTY = ("acl.conf", "ccss.conf", "cel.conf", "features.conf", "pjproject.conf", "udptl.conf")

ASTERISK = """
[directories](!)
[directories]
astetcdir => {root}
astmoddir => {modules}
astdatadir => {data}
astvarlibdir => {root}/lib
astdbdir => {root}/lib
astspooldir => {root}/spool
astrundir => {root}
astlogdir => {root}/log
astkeydir => {root}/lib
astagidir => {root}/lib
[options]
documentation_language = en_US
"""
PJSIP = """
[global]
type=global
endpoint_identifier_order=username,ip
[udp]
type=transport
protocol=udp
bind=127.0.0.1:{port}
[agent](!)
type=endpoint
context=plain
disallow=all
allow=alaw
direct_media=no
dtmf_mode=rfc4733
"""
AGENT = """
[{user}](agent)
auth={user}
aors={user}
[{user}]
type=auth
username={user}
password={secret}
[{user}]
type=aor
max_contacts=1
remove_existing=yes
qualify_frequency=2
qualify_timeout=1
"""
TRUNK = """
[trunk](agent)
[trunk]
type=identify
endpoint=trunk
match=127.0.0.2
"""
EXTENSIONS = """
[plain]
exten => 600,1,Answer()
 same => n,Echo()
exten => 601,1,Answer()
 same => n,Log(NOTICE,caller=${CALLERID(num)} ${CALLERID(name)})
 same => n,Read(KEYS,,40,,1,6)
 same => n,Log(NOTICE,keys_read=${KEYS})
 same => n,Hangup()
exten => 605,1,Ringing()
 same => n,Wait(20)
exten => 604,1,Answer()
 same => n,Wait(60)
exten => _1XX,1,Dial(PJSIP/${EXTEN},20)
 same => n,Log(NOTICE,dialled=${DIALSTATUS} ${HANGUPCAUSE})
 same => n,Hangup()
"""


class PlainAsterisk:
    """`async with` boots it on free ports of the loopback and ends it."""

    def __init__(self) -> None:
        # Its control socket's path must stay under 108 characters.
        self.root = Path(tempfile.mkdtemp(prefix="plain", dir="/tmp"))
        self.port = 0
        self._process: asyncio.subprocess.Process | None = None

    @property
    def server(self) -> str:
        """Where it takes SIP."""
        return f"127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._write()
        program = parts.find("asterisk")
        self._process = await asyncio.create_subprocess_exec(
            *program.command("-C", self.root / "asterisk.conf", "-f", "-n"),
            env=program.environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        async with asyncio.timeout(BOOTED_WITHIN):
            await self.command("core waitfullybooted", until_it_answers=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(10):
                    await self._process.wait()
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    async def command(self, line: str, *, until_it_answers: bool = False) -> str:
        """Give a console command and return what it prints."""
        program = parts.find("asterisk")
        while True:
            client = await asyncio.create_subprocess_exec(
                *program.command("-C", self.root / "asterisk.conf", "-r", "-x", line),
                env=program.environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            said, _ = await client.communicate()
            if client.returncode == 0 or not until_it_answers:
                return said.decode()
            assert self._process is not None
            if self._process.returncode is not None:
                raise RuntimeError(f"Asterisk ended at its start: {self.log()[-5:]}")

    def log(self) -> list[str]:
        """Return the lines of its log: notices, warnings, errors."""
        path = self.root / "log/messages"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def noted(self, name: str) -> list[str]:
        """Return what the dialplan has noted under a name: `caller`, `keys_read` or `dialled`."""
        return [line.split(f" {name}=", 1)[1] for line in self.log() if f" {name}=" in line]

    def troubles(self) -> list[str]:
        """Return the errors and warnings of its log, but for the one that a caller can cause."""
        lines = (line for line in self.log() if "ERROR" in line or "WARNING" in line)
        return [line for line in lines if CANCELLED_AS_ANSWERED not in line]

    def _write(self) -> None:
        self.port = free_port("127.0.0.1")
        for name in ("lib", "spool", "log"):
            (self.root / name).mkdir()
        agents = "".join(AGENT.format(user=user, secret=SECRET) for user in ("101", "102"))
        files = {
            "asterisk.conf": ASTERISK.format(
                root=self.root, modules=parts.asterisk_module_dir(), data=parts.asterisk_data_dir()
            ),
            "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in MODULES),
            "pjsip.conf": PJSIP.format(port=self.port) + agents + TRUNK,
            "extensions.conf": EXTENSIONS,
            "logger.conf": "[logfiles]\nmessages => notice,warning,error\n",
            "indications.conf": "[general]\ncountry=fr\n[fr]\ndescription=France\ndial=440\n",
            "rtp.conf": "[general]\nrtpstart=30000\nrtpend=32000\n",
            "cdr.conf": "[general]\nenable=no\n",
            **dict.fromkeys(NEEDED_BUT_EMPTY, ""),
        }
        for name, text in files.items():
            (self.root / name).write_text(text, encoding="utf-8")
