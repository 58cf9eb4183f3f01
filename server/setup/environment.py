"""The virtual environment in `.venv`, with exactly the locked packages.

Debian and Ubuntu leave out what `python3 -m venv` takes pip from unless python3-venv is installed; pip then
comes from their own package of it, fetched privately.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections import deque
from collections.abc import Callable
from pathlib import Path

from server.parts import CHECKOUT
from server.setup import debian, stamp
from server.setup.report import Progress, SetupFailed, say

OLDEST_PYTHON = (3, 11)
FOLDER = CHECKOUT / ".venv"
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
CERTIFICATES = FOLDER / "ca-certificates.pem"
LOCKS = {
    "run": ("run.txt",),
    "speech": ("run.txt", "speech.txt"),
    "test": ("run.txt", "speech.txt", "dev.txt"),
}
WHAT = {
    "run": "Python packages",
    "speech": "Python packages with speech recognition",
    "test": "Python packages for tests",
}
# How pip begins the line in which it comes to the next package of a lock.
PACKAGE_SEEN = ("Collecting ", "Processing ", "Requirement already satisfied", "Ignoring ")


def ready(level: str) -> None:
    """Make sure `.venv` holds what `level` needs: `run`, `speech` or `test`."""
    if sys.version_info < OLDEST_PYTHON:
        raise SetupFailed(
            f"Python {sys.version.split()[0]} is too old: 3.11 is needed (make PYTHON=python3.12 …)"
        )
    key = _key(level)
    problem = stamp.trouble(_stamp(level), key, _library())
    if problem is None and _python_runs():
        say(f"{WHAT[level]}: ready")
        return
    say(f"{WHAT[level]}: {problem or 'its Python is gone'}")
    if _must_be_made_anew(problem):
        _make()
    _install(level)
    stamp.write(_stamp(level), key, _library())
    if level != "run" and stamp.trouble(_stamp("run"), _key("run"), _library()) is not None:
        stamp.write(_stamp("run"), _key("run"), _library())


def has(level: str) -> bool:
    """Whether this level was installed, whole or not any more."""
    return _stamp(level).is_file()


def _key(level: str) -> str:
    files = [CHECKOUT / "requirements" / name for name in LOCKS[level]]
    texts = [file.read_text(encoding="utf-8") for file in (*files, CHECKOUT / "pyproject.toml")]
    return stamp.key_of(_version(), str(FOLDER), *texts)


def _version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _library() -> Path:
    return FOLDER / "lib" / f"python{_version()}" / "site-packages"


def _stamp(level: str) -> Path:
    return FOLDER / f"stamp-{level}.json"


def _python() -> str:
    return str(FOLDER / "bin/python")


def _python_runs() -> bool:
    """Whether the environment's Python is there and of this version, and its command was installed."""
    try:
        code = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]!r})"
        answer = subprocess.run([_python(), "-I", "-c", code], capture_output=True, check=False, timeout=60)
    except OSError:
        return False
    return answer.returncode == 0 and (FOLDER / "bin/mowakaba").is_file()


def _must_be_made_anew(problem: str | None) -> bool:
    """Newer locks are installed over older ones; anything broken or half made starts afresh."""
    changed_only = problem == stamp.CHANGED or (problem == stamp.ABSENT and _stamp("run").is_file())
    return not (changed_only and _python_runs() and (_library() / "pip").is_dir())


def _make() -> None:
    progress = Progress(f"making .venv with Python {sys.version.split()[0]}")
    shutil.rmtree(FOLDER, ignore_errors=True)
    venv.create(FOLDER, symlinks=True, with_pip=False)
    # Debian's Python has no ensurepip unless python3-venv is installed.
    bundled = subprocess.run([_python(), "-m", "ensurepip"], capture_output=True, check=False)
    if bundled.returncode:
        _pip_from_distribution()
    progress.done()


def _pip_from_distribution() -> None:
    with tempfile.TemporaryDirectory(prefix="mowakaba-pip-") as folder:
        debian.unpack(debian.own_package(Path(folder), "python3-pip-whl"), Path(folder) / "files")
        wheels = sorted((Path(folder) / "files").glob("usr/share/python-wheels/pip-*.whl"))
        if not wheels:
            raise SetupFailed(
                "the package python3-pip-whl holds no pip; install python3-venv and run make again"
            )
        # A wheel is a zip file that Python imports from.
        _pip("install", "--no-index", str(wheels[-1]), path=str(wheels[-1]))
    if not SYSTEM_CERTIFICATES.is_file():
        _certificates_from_distribution()


def _certificates_from_distribution() -> None:
    """Give pip the authorities it trusts: the distribution's pip reads no others than the system's file."""
    with tempfile.TemporaryDirectory(prefix="mowakaba-ca-") as folder:
        debian.unpack(debian.own_package(Path(folder), "ca-certificates"), Path(folder) / "files")
        authorities = sorted((Path(folder) / "files/usr/share/ca-certificates").rglob("*.crt"))
        text = "".join(authority.read_text(encoding="ascii") for authority in authorities)
        CERTIFICATES.write_text(text, encoding="ascii")


def _install(level: str) -> None:
    progress = Progress(f"installing {WHAT[level]}")
    locks = [CHECKOUT / "requirements" / name for name in LOCKS[level]]
    total = sum(count_pinned(lock.read_text(encoding="utf-8")) for lock in locks)
    seen = 0

    def watch(line: str) -> None:
        nonlocal seen
        if line.startswith(PACKAGE_SEEN):
            seen += 1
            progress.at(min(99, 90 * seen / total))

    for lock in locks:
        # Wheels only: nothing is built, so nothing outside the lock is run.
        options = ("--require-hashes", "--no-deps", "--only-binary=:all:")
        _pip("install", *options, "-r", str(lock), watch=watch)
    _pip("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(CHECKOUT))
    progress.done()


def count_pinned(lock: str) -> int:
    """Return how many packages the text of a lock names."""
    return sum(1 for line in lock.splitlines() if "==" in line and not line.lstrip().startswith("#"))


def _pip(*arguments: str, path: str | None = None, watch: Callable[[str], None] | None = None) -> None:
    """Run the environment's pip, or the one in the wheel at `path`; SetupFailed with what it said last."""
    environment = {
        **os.environ,
        "PIP_ROOT_USER_ACTION": "ignore",
        "PIP_REQUIRE_VIRTUALENV": "0",
        "PYTHONUNBUFFERED": "1",
    }
    environment.pop("PYTHONHOME", None)
    environment.pop("PYTHONPATH", None)
    if CERTIFICATES.is_file() and not SYSTEM_CERTIFICATES.is_file():
        environment.setdefault("PIP_CERT", str(CERTIFICATES))
    if path is not None:
        environment["PYTHONPATH"] = path
    said: deque[str] = deque(maxlen=12)
    with subprocess.Popen(
        [_python(), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            said.append(line.rstrip())
            if watch is not None:
                watch(line)
    if process.returncode:
        tail = "\n".join(f"    {line}" for line in said)
        raise SetupFailed(f"pip could not install the locked packages:\n{tail}")
