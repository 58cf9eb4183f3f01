"""What must be right on this machine before calls come: each finding says how to mend what is not."""

import asyncio
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from server.parts import PartMissing, find

if TYPE_CHECKING:
    from config.schema import Settings

OLDEST_PYTHON = 0x030B0000
SAFE_ASTERISK = (22, 10, 1)  # 19 advisories are fixed there
LOW_DISK, FULL_DISK = 1_000_000_000, 200_000_000
BANNER = b"Asterisk Call Manager"
ANSWER = 2.0  # seconds for a program or a port of this machine to answer


class Grade(StrEnum):
    """How a finding stands."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor; `mend` is empty when nothing is to be done."""

    about: str
    grade: Grade
    what: str
    mend: str = ""


def examine(settings: "Settings", state: Path) -> Iterator[Finding]:
    """Every finding about this machine for a centre with these settings."""
    from config.build import database_url
    from config.schema import PbxMode
    from server.speech_health import speech

    embedded = settings.pbx.mode is PbxMode.EMBEDDED
    yield python()
    yield from zone_data()
    if embedded:
        yield asterisk()
    yield program("espeak-ng", "--version")
    yield program("sox", "--version")
    yield from speech(settings)
    yield from sound_files(settings, state)
    yield from ports(settings) if embedded else [attached(settings), *attached_files(settings)]
    yield state_folder(state)
    yield disk(state)
    yield database(database_url(settings, state))
    yield from running(state)


def python() -> Finding:
    """Python's version."""
    version = sys.version.split()[0]
    if sys.hexversion < OLDEST_PYTHON:
        return Finding("python", Grade.FAIL, f"{version} is too old", "install Python 3.11 or newer")
    return Finding("python", Grade.OK, version)


def zone_data() -> Iterator[Finding]:
    """Whether the clocks are right for Morocco: the centre's own data, and the system's."""
    from routing.zone import zone_data_is_current

    if zone_data_is_current():
        yield Finding("zone data", Grade.OK, "knows that Morocco is on UTC+0 since 20 September 2026")
    else:
        yield Finding(
            "zone data", Grade.FAIL, "is older than 2026c: every hour would be wrong", "run: make setup"
        )
    from zoneinfo import ZoneInfo

    try:
        system = ZoneInfo.no_cache("Africa/Casablanca")
    except (KeyError, OSError):
        return
    if not zone_data_is_current(system):
        what = "is older than 2026c; the centre's hours are right, other programs show Morocco an hour ahead"
        yield Finding("system zone data", Grade.WARN, what, "update the package tzdata")


def asterisk() -> Finding:
    """Whether Asterisk is there, and new enough."""
    try:
        answer = _answer("asterisk", "-V")
    except PartMissing as missing:
        return Finding("asterisk", Grade.FAIL, "is missing", str(missing))
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", answer)
    version = tuple(int(part) for part in found.groups()) if found else ()
    if not version:
        return Finding("asterisk", Grade.FAIL, "does not tell its version", "run: make clean setup")
    if version < SAFE_ASTERISK:
        what = f"{'.'.join(map(str, version))} has known security faults"
        return Finding("asterisk", Grade.WARN, what, "install 22.10.1 or newer, or run: make clean setup")
    return Finding("asterisk", Grade.OK, ".".join(map(str, version)))


def program(name: str, option: str) -> Finding:
    """Whether a program of ours runs."""
    try:
        answer = _answer(name, option).strip()
    except PartMissing as missing:
        return Finding(name, Grade.FAIL, "is missing", str(missing))
    if not answer:
        return Finding(name, Grade.FAIL, "does not run", "run: make clean setup")
    return Finding(name, Grade.OK, " ".join(answer.splitlines()[0].split()))


def sound_files(settings: "Settings", state: Path) -> Iterator[Finding]:
    """Whether every recording can be played; nothing where nobody recorded."""
    from server.voice import catalogue, gtts_sounds, recordings, voice
    from speech import CatalogueError

    try:
        kept = [*recordings(state).glob("*/*.wav"), *gtts_sounds(state).glob("*/*.mp3")]
        if not kept:
            return
        faults = asyncio.run(voice(catalogue(settings), state).faults())
    except PermissionError as error:
        mend = "run the doctor as the user who runs the centre"
        yield Finding("sound files", Grade.WARN, f"{error.filename} may not be read", mend)
        return
    except (CatalogueError, PartMissing):
        return  # `check` tells of the one, and another finding of the other
    for fault in faults:
        what, _, mend = fault.rpartition("; ")
        yield Finding("sound files", Grade.WARN, what, mend)
    if not faults:
        yield Finding("sound files", Grade.OK, f"all {len(kept)} can be played")


def ports(settings: "Settings") -> Iterator[Finding]:
    """Whether Asterisk can have its ports."""
    from server.ports import Wanted, trouble

    pbx = settings.pbx
    running = _is_ami(pbx.ami_host, pbx.ami_port)
    for wanted in (
        Wanted("udp", pbx.sip_address, pbx.sip_port, "pbx.sip_port"),
        Wanted("tcp", pbx.sip_address, pbx.sip_port, "pbx.sip_port"),
        Wanted("tcp", pbx.ami_host, pbx.ami_port, "pbx.ami_port"),
    ):
        about = f"{wanted.kind} port {wanted.port}"
        problem = trouble(wanted)
        if problem is None:
            yield Finding(about, Grade.OK, f"free on {wanted.address}")
        elif running:
            mend = "nothing, if that is this centre; else stop that program or choose other ports"
            yield Finding(about, Grade.WARN, "is in use, and an Asterisk answers on the AMI port", mend)
        else:
            what, _, mend = problem.partition(": ")
            yield Finding(about, Grade.FAIL, what, mend)


def attached(settings: "Settings") -> Finding:
    """Whether the Asterisk that the centre attaches to answers."""
    host, port = settings.pbx.ami_host, settings.pbx.ami_port
    if _is_ami(host, port):
        return Finding("attached pbx", Grade.OK, f"answers on {host} port {port}")
    what = f"no Asterisk answers on {host} port {port}"
    return Finding(
        "attached pbx", Grade.FAIL, what, "start it with its manager interface, or see pbx.ami_host"
    )


def attached_files(settings: "Settings") -> Iterator[Finding]:
    """Whether the files of the attached Asterisk that the controller needs are there."""
    from server.attached import troubles

    for what, mend in troubles(settings.pbx):
        yield Finding("attached pbx", Grade.WARN, what, mend)


def state_folder(state: Path) -> Finding:
    """Whether the state folder, or the nearest one above it, takes files."""
    state, folder = state.absolute(), _existing(state)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        mend = f"let this user write to {folder}, or choose another with --state"
        return Finding("state folder", Grade.FAIL, f"{folder}: {error.strerror}", mend)
    return Finding(
        "state folder", Grade.OK, f"{state} can be written" if folder == state else f"{state} can be made"
    )


def disk(state: Path) -> Finding:
    """Room for the database, the journal and the logs."""
    free = shutil.disk_usage(_existing(state)).free
    what = f"{free / 1e9:.1f} GB free"
    if free < FULL_DISK:
        return Finding("disk", Grade.FAIL, what, "make room: below 0.2 GB calls may not be kept")
    if free < LOW_DISK:
        return Finding("disk", Grade.WARN, what, "make room soon")
    return Finding("disk", Grade.OK, what)


def database(url: str) -> Finding:
    """Whether the database answers and has the shape of this version."""
    from db.engine import parse_url, reason, sqlite_file
    from db.migrate import current, newest

    try:
        parsed = parse_url(url)
    except ValueError as error:
        return Finding("database", Grade.FAIL, str(error), "see database.url in the configuration")
    place = parsed.render_as_string(hide_password=True)
    file = sqlite_file(parsed)
    if file is not None and not file.exists():
        return Finding("database", Grade.OK, f"{file} will be made at the first start")
    try:
        revision = asyncio.run(current(url))
    except Exception as error:  # every driver has its own
        mend = "let this user read and write it" if file else "start PostgreSQL, or see database.url"
        return Finding("database", Grade.FAIL, f"{place}: {reason(error)}", mend)
    if revision != newest():
        what = f"{place} has the shape of another version ({revision or 'no tables'})"
        return Finding("database", Grade.WARN, what, "the next start brings it forward; keep a copy")
    return Finding("database", Grade.OK, place)


def running(state: Path) -> Iterator[Finding]:
    """What the controller that runs on this state folder says of itself; nothing when none does."""
    from server.control import NoController, ask

    try:
        now = asyncio.run(ask(state, "status"))
    except NoController:
        return
    if not now["link"]:
        mend = "see the log of the controller; callers hear the fallback meanwhile"
        yield Finding("running centre", Grade.FAIL, "is not connected to Asterisk", mend)
    elif now["callbacks_trouble"]:
        mend = "see trunks in the configuration, or ask the operator; promises wait meanwhile"
        yield Finding("callbacks", Grade.WARN, now["callbacks_trouble"], mend)
    else:
        yield Finding("running centre", Grade.OK, f"{now['calls']} calls, {now['hours_in_words']}")


def _answer(name: str, *arguments: str) -> str:
    part = find(name)
    try:
        done = subprocess.run(
            part.command(*arguments),
            env=part.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout or done.stderr


def _is_ami(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=ANSWER) as connection:
            connection.settimeout(ANSWER)
            return connection.recv(64).startswith(BANNER)
    except OSError:
        return False


def _existing(folder: Path) -> Path:
    folder = folder.absolute()
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder
