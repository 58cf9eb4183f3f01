"""One real Asterisk with the centre's generated files for all tests; its switch expires after two seconds."""

import asyncio
import contextlib
import math
import os
import shutil
import tempfile
import wave
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dialplan.names import AMI_USER, FALLBACK_PROMPTS
from dialplan.plan import PbxPlan
from routing.model import Language
from server import parts, pbx_files
from server.embedded import EmbeddedPbx
from tests.support.ami import Ami
from tests.support.pbx_plan import AMI_SECRET, plan
from tests.support.ports import port_of_ours

pytest.register_assert_rewrite("tests.asterisk.centre")
from tests.asterisk.centre import centre, exchange  # noqa: E402, F401 - fixtures of the scenarios

SWITCH = 2
SPY = "spy"
# A second user who may see and do all, and numbers that stand for agents: only in tests.
EXTRA = {
    "manager.conf": "[general](+)\ndisabledevents = none\n"
    f"[{SPY}]\nsecret = {SPY}\nread = all\nwrite = all\npermit = 127.0.0.1\n",
    "extensions.conf": """
[test-agent]
exten => answers,1,Answer()
 same => n,Wait(1)
exten => deaf,1,Wait(60)
exten => busy,1,Busy(1)
exten => waits,1,Answer()
 same => n,Wait(60)
""",
    "queues.conf": "member => Local/answers@test-agent/n,0,Test,Custom:free\n",
}


@dataclass(slots=True)
class RunningPbx:
    """The Asterisk of the tests: `server` is where callers call."""

    plan: PbxPlan
    pbx: EmbeddedPbx
    since: int = 0

    @property
    def server(self) -> tuple[str, int]:
        return self.plan.sip_address, self.plan.sip_port

    def controller(self) -> Ami:
        """A session with the controller's own rights."""
        return Ami(self.plan.ami_address, self.plan.ami_port, AMI_USER, AMI_SECRET)

    def spy(self) -> Ami:
        """A session that sees everything."""
        return Ami(self.plan.ami_address, self.plan.ami_port, SPY, SPY)

    def requests(self) -> list[Path]:
        """What the fallback kept."""
        return sorted(self.plan.directories.requests.glob("*.json"))


def ports() -> dict[str, object]:
    """Settings with ports that nobody has now."""
    first = 20000 + 200 * (os.getpid() % 50)
    return {"sip_port": port_of_ours(), "ami_port": port_of_ours(), "rtp_ports": (first, first + 199)}


def write_tone(path: Path) -> None:
    """A third of a second of sound, in place of a prompt."""
    samples = array("h", (int(8000 * math.sin(at * 0.3)) for at in range(2700)))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short name that Asterisk's user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="mwk"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def booted(short_folder: Path) -> Iterator[RunningPbx]:
    """Asterisk, started once."""
    settings = plan(pbx_files.directories(short_folder), switch_seconds=SWITCH, extra=EXTRA, **ports())
    pbx = EmbeddedPbx(settings, parts.find("asterisk"))
    asyncio.run(pbx.start())
    for language in Language:
        folder = settings.directories.sounds / language
        folder.mkdir()
        for key in FALLBACK_PROMPTS:
            write_tone(folder / f"{key}.wav")
    asyncio.run(pbx.reload(settings))
    yield RunningPbx(settings, pbx)
    asyncio.run(pbx.stop())


@pytest.fixture
def asterisk(booted: RunningPbx) -> Iterator[RunningPbx]:
    """The Asterisk of the session. After the test no channel is left and its log tells of no trouble."""
    booted.since = (booted.plan.directories.log / "messages").stat().st_size
    yield booted
    asyncio.run(_no_channels(booted))
    for request in booted.requests():
        request.unlink()
    assert booted.pbx.trouble(booted.since) == []


async def _no_channels(running: RunningPbx) -> None:
    async with running.spy() as spy:
        with contextlib.suppress(TimeoutError):
            for _ in await spy.list("CoreShowChannels", "CoreShowChannelsComplete"):
                await spy.until(lambda message: message.get("Event") == "Hangup", 3)
        left = await spy.list("CoreShowChannels", "CoreShowChannelsComplete")
        assert [channel["Channel"] for channel in left] == []
        assert await spy.list("BridgeList", "BridgeListComplete") == []
