"""Many callers at once: SIPp as the trunk's peer, each call with its own number and its own script.

    calls = [LoadCall("0612345678", "2000", Script((Pause(2), Keys("1"), Speak(3)))), …]
    result = await place_calls(calls, server="127.0.0.1:5060", rate=10)
    assert result.failed == 0

A caller sends RTP from the answer to the hang-up; keys are RFC 4733 events. SIPp needs a raw socket for that:
where this user may not open one, NoRawSockets is raised, and `keys="info"` is the other way: the same calls
with plain RTP, and keys as SIP INFO.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import random
import resource
import socket
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from server import parts
from server.softphone_process import free_port
from tests.support import sipp_scenario, sipp_sound
from tests.support.sipp_scenario import Script
from tests.support.sipp_sound import Keys, Pause, Speak, Step

__all__ = [
    "CallersFailed",
    "Keys",
    "LoadCall",
    "LoadResult",
    "NoRawSockets",
    "Pause",
    "Script",
    "Speak",
    "hanging_up_anywhere",
    "may_open_raw_sockets",
    "place_calls",
]

PEER = "127.0.0.2"
MEDIA = (40000, 40002, 50000, 50002)  # first ports of sound; two may be used side by side
SIPP_REUSES_AFTER = 2500  # calls
OTHER_FILES = 512
ANSWER_WITHIN = 20.0  # seconds that one call may wait for any answer


class NoRawSockets(Exception):  # noqa: N818 - named for what is wrong
    """This user may not open raw sockets, so SIPp cannot send keys as RTP."""


class CallersFailed(Exception):  # noqa: N818 - named for what is wrong
    """SIPp did not start or did not end in time; the message has its own words."""


@dataclass(frozen=True, slots=True)
class LoadCall:
    """One call: who calls, whom, and what the caller does.

    `caller` is a number, or a whole From value such as `"Anonymous" <sip:anonymous@anonymous.invalid>`.
    """

    caller: str
    dials: str = "2000"
    script: Script = Script()  # noqa: RUF009 - immutable

    @property
    def from_value(self) -> str:
        """What stands in the From header, without its tag."""
        return self.caller if "<" in self.caller else f"<sip:{self.caller}@{PEER}>"


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What became of the calls."""

    placed: int
    successful: int
    failed: int
    answered: int
    ended_by_centre: int
    given_up: int
    refused: int
    failures: dict[str, int]
    troubles: str


def hanging_up_anywhere(
    count: int, steps: Sequence[Step], *, seed: int, dials: str = "2000", give_up_ringing: float | None = None
) -> list[LoadCall]:
    """Return calls of different callers who each hang up after a random step, or before the first one.

    With `give_up_ringing` one more end is as likely: to give up ringing after so many seconds.
    """
    choice = random.Random(seed)
    ends = [Script(tuple(steps[:length])) for length in range(len(steps) + 1)]
    if give_up_ringing is not None:
        ends.append(Script(give_up_ringing=give_up_ringing))
    return [LoadCall(f"06{number:08}", dials, choice.choice(ends)) for number in range(count)]


def may_open_raw_sockets() -> bool:
    """Whether this user may send packets as SIPp does."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP).close()
    except PermissionError:
        return False
    return True


async def place_calls(
    calls: Sequence[LoadCall],
    *,
    server: str,
    rate: float = 10.0,
    at_once: int = 200,
    keys: Literal["rfc4733", "info"] = "rfc4733",
) -> LoadResult:
    """Place every call once, `rate` a second, at most `at_once` at a time; return what became of them."""
    if keys == "rfc4733" and not may_open_raw_sockets():
        raise NoRawSockets("SIPp needs root or CAP_NET_RAW to send keys as RTP; use keys='info'")
    scripts = list(dict.fromkeys(call.script for call in calls))
    longest = max(sipp_sound.seconds_of(script.steps) + (script.give_up_ringing or 0) for script in scripts)
    # Every call may wait for its place and for each of its answers.
    limit = len(calls) / rate + 3 * ANSWER_WITHIN + longest * (1 + len(calls) / at_once)
    with tempfile.TemporaryDirectory(prefix="callers-") as name:
        folder = Path(name)
        _write(folder, calls, scripts, rfc4733=keys == "rfc4733")
        media = _free_media_port()
        # With SIP INFO it opens sockets for sound itself.
        with _ears(media, len(calls) if keys == "rfc4733" else 0):
            await _run(folder, len(calls), server, rate, at_once, limit, media)
        return _result(folder)


def _free_media_port() -> int:
    """Where SIPp's first caller listens; the others' ports are each four higher."""
    for port in MEDIA:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
            probe.bind((PEER, port))
            return port
    raise CallersFailed(f"every port of {', '.join(map(str, MEDIA))} at {PEER} is in use")


@contextlib.contextmanager
def _ears(first: int, count: int) -> Iterator[None]:
    """Open the ports that callers hear at, which SIPp does for the first alone.

    Else the kernel refuses every packet that they are sent by ICMP, at the cost of whoever sent it. Nobody reads them:
    what is more than a small buffer holds is dropped.
    """
    with contextlib.ExitStack() as stack:
        for number in range(1, _may_open(min(count, SIPP_REUSES_AFTER))):
            ear = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            with contextlib.suppress(OSError):
                ear.bind((PEER, first + number * 4))
        yield


def _write(folder: Path, calls: Sequence[LoadCall], scripts: list[Script], *, rfc4733: bool) -> None:
    (folder / "callers.xml").write_text(sipp_scenario.scenario(scripts, rfc4733=rfc4733), encoding="utf-8")
    rows = [f"{call.from_value};{call.dials};{scripts.index(call.script)}" for call in calls]
    for row in rows:
        if row.count(";") != 2 or not row.isprintable():
            raise ValueError(f"SIPp cannot take {row!r} as a row of three")
    (folder / "callers.csv").write_text("\n".join(["SEQUENTIAL", *rows]) + "\n", encoding="utf-8")
    for index, script in enumerate(scripts):
        if rfc4733:
            sipp_sound.write_capture(folder / f"{index}.pcap", script.steps)
        else:
            sipp_sound.write_a_law(folder / f"{index}.al", script.steps)


def _may_open(sockets: int) -> int:
    """So many of them as this process may have beside its other files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < sockets + OTHER_FILES:
        soft = min(sockets + OTHER_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(0, min(sockets, soft - OTHER_FILES))


async def _run(
    folder: Path, count: int, server: str, rate: float, at_once: int, limit: float, media: int
) -> None:
    program = parts.find("sipp")
    options = {
        "-sf": "callers.xml",
        "-inf": "callers.csv",
        "-i": PEER,
        "-p": str(free_port(PEER)),
        "-mi": PEER,
        "-mp": str(media),
        "-r": f"{max(1, round(rate * 10))}",
        "-rp": "10000",
        "-l": str(at_once),
        "-m": str(count),
        "-recv_timeout": str(round(ANSWER_WITHIN * 1000)),
        "-timeout": str(round(limit)),
        "-stf": "statistics.csv",
        "-error_file": "errors.log",
        "-fd": "1",
    }
    words = [word for pair in options.items() for word in pair]
    switches = ("-nostdin", "-timeout_error", "-trace_stat", "-trace_err")
    process = await asyncio.create_subprocess_exec(
        *program.command(server, *words, *switches),
        env={**program.environment(), "TERM": "dumb"},
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(limit + 10):
            _, said = await process.communicate()
    except TimeoutError:
        raise CallersFailed(f"SIPp did not end in {limit:.0f} s:\n{_troubles(folder)}") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode not in (0, 1):  # 1: at least one call failed
        words_of_sipp = said.decode("utf-8", "replace").strip()
        raise CallersFailed(f"SIPp ended with {process.returncode}: {words_of_sipp}\n{_troubles(folder)}")


def _result(folder: Path) -> LoadResult:
    path = folder / "statistics.csv"
    if not path.exists():
        raise CallersFailed(f"SIPp wrote no statistics:\n{_troubles(folder)}")
    with path.open(newline="", encoding="utf-8") as file:
        *_, last = csv.DictReader(file, delimiter=";")

    def number(column: str) -> int:
        return int(last.get(column) or 0)

    failures = {
        key.removesuffix("(C)").removeprefix("Failed"): int(value)
        for key, value in last.items()
        if key and key.startswith("Failed") and key.endswith("(C)") and value and int(value)
    }
    failures.pop("Call", None)
    return LoadResult(
        placed=number("TotalCallCreated"),
        successful=number("SuccessfulCall(C)"),
        failed=number("FailedCall(C)"),
        answered=number(f"GenericCounter{sipp_scenario.ANSWERED}(C)"),
        ended_by_centre=number(f"GenericCounter{sipp_scenario.ENDED_BY_CENTRE}(C)"),
        given_up=number(f"GenericCounter{sipp_scenario.GIVEN_UP}(C)"),
        refused=number(f"GenericCounter{sipp_scenario.REFUSED}(C)"),
        failures=failures,
        troubles=_troubles(folder),
    )


def _troubles(folder: Path) -> str:
    path = folder / "errors.log"
    if not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    # A pause that nothing interrupts is a time-out to SIPp.
    return "\n".join(
        line for line in lines if "jumping to label" not in line and "following events" not in line
    )
