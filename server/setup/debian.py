"""Debian's packages for one project: fetched and checked by the machine's own apt, in a private state.

Nothing is installed and no root is needed. The archive is the one in the machine's apt configuration, or
MOWAKABA_DEBIAN_MIRROR. Signatures are always checked; a mirror that lags may have an expired index, which is
taken with a warning.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.setup.report import Progress, SetupFailed, say

MIRROR = "MOWAKABA_DEBIAN_MIRROR"
KEYRING = "MOWAKABA_DEBIAN_KEYRING"
SUITE = "testing"  # the suite with an Asterisk of the 22 series
KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
)
# The machine's own settings that reach the network are kept; its hooks and clean-up rules are not.
KEPT_SETTINGS = (
    "Acquire::http",
    "Acquire::https",
    "Acquire::Retries",
    "Acquire::ForceIPv",
    "Acquire::Queue-Mode",
)
CLOCK_OR_LAG = re.compile(r"is expired|is not valid (yet|anymore)")
SECONDS_FOR_INDEX = 600
SECONDS_FOR_PACKAGES = 3600


@dataclass(frozen=True, slots=True)
class Source:
    """One line of the machine's apt configuration: where packages come from."""

    uri: str
    suite: str
    component: str


def mirrors(sources: Iterable[Source], distribution: str, codename: str) -> list[str]:
    """Return the places that hold Debian's archive, the likeliest first.

    A Debian machine names it under its own release; elsewhere only a path that ends in /debian is taken.
    """
    of_release = {codename, f"{codename}-updates", "stable", "testing", "unstable", "sid"}
    likely: list[str] = []
    possible: list[str] = []
    for source in sources:
        if source.component != "main" or source.suite.endswith("-security"):
            continue
        uri = source.uri.rstrip("/") + "/"
        if uri.endswith("/debian/"):
            likely.append(uri)
        elif distribution == "debian" and source.suite in of_release:
            possible.append(uri)
    return list(dict.fromkeys([*likely, *possible]))


def parse_targets(text: str) -> list[Source]:
    """Read the answer of `apt-get indextargets` in the format uri, suite, component between bars."""
    rows = (line.split("|") for line in text.splitlines())
    return list(dict.fromkeys(Source(row[0], row[1], row[2]) for row in rows if len(row) == 3))


def parse_os_release(text: str) -> tuple[str, str]:
    """Return (distribution, code name of the release) from the text of /etc/os-release."""
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return values.get("ID", "").strip('"'), values.get("VERSION_CODENAME", "").strip('"')


class Archive:
    """The machine's apt with a private state under `folder`."""

    def __init__(self, folder: Path, stand_ins: Sequence[str] = (), source_line: str | None = None) -> None:
        """Prepare the state; `source_line` replaces the machine's own sources.

        `stand_ins` count as installed: packages that only serve to administer a machine.
        """
        self.folder = folder
        self._lag_tolerated = False
        for name in ("state/lists/partial", "cache/archives/partial", "etc"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        status = "".join(
            f"Package: {name}\nStatus: install ok installed\nArchitecture: all\nMulti-Arch: allowed\n"
            f"Version: 999:0\nMaintainer: none\nDescription: stand-in\n\n"
            for name in stand_ins
        )
        (folder / "state/status").write_text(status, encoding="utf-8")
        settings = {
            "Dir::Etc::parts": "/dev/null",
            "Dir::Etc::main": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State": str(folder / "state"),
            "Dir::State::status": str(folder / "state/status"),
            "Dir::Cache": str(folder / "cache"),
            "Dir::Log": str(folder),
            # Any other user could not read a private folder.
            "APT::Sandbox::User": "root",
            "APT::Install-Recommends": "false",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        if source_line is not None:
            (folder / "etc/sources.list").write_text(source_line + "\n", encoding="utf-8")
            settings["Dir::Etc::sourcelist"] = str(folder / "etc/sources.list")
            settings["Dir::Etc::sourceparts"] = "/dev/null"
        lines = [f'{name} "{value}";' for name, value in settings.items()]
        (folder / "etc/apt.conf").write_text("\n".join([*lines, *_kept_settings()]) + "\n", encoding="utf-8")

    def update(self) -> None:
        """Fetch the index; SetupFailed when there is none that Debian signed."""
        answer = self._apt("update", limit=SECONDS_FOR_INDEX)
        if CLOCK_OR_LAG.search(answer.stdout):
            say("warning: the mirror's index is out of date; its signature is checked all the same")
            self._lag_tolerated = True
            answer = self._apt("update", limit=SECONDS_FOR_INDEX)
        trouble = [
            line
            for line in answer.stdout.splitlines()
            if line.startswith(("E:", "Err:", "W: Failed to fetch"))
        ]
        if answer.returncode or trouble:
            raise SetupFailed(
                "Debian's package index cannot be fetched:\n" + _indented(trouble or [answer.stdout])
            )

    def update_what_can_be(self) -> None:
        """Fetch the indexes of the machine's own sources; one that fails does not spoil the others."""
        answer = self._apt("update", limit=SECONDS_FOR_INDEX)
        if CLOCK_OR_LAG.search(answer.stdout):
            self._lag_tolerated = True
            self._apt("update", limit=SECONDS_FOR_INDEX)

    def download(self, packages: Sequence[str], what: str) -> list[Path]:
        """Fetch the packages and all they depend on; return the files, each checked against the index."""
        progress = Progress(what)
        read_end, write_end = os.pipe()
        command = ["install", "--download-only", "--yes", "-o", f"APT::Status-Fd={write_end}", *packages]
        log = self.folder / "apt.log"
        with (
            log.open("w", encoding="utf-8") as output,
            subprocess.Popen(
                self._command(*command),
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(write_end,),
            ) as process,
        ):
            os.close(write_end)
            with os.fdopen(read_end, encoding="utf-8", errors="replace") as status:
                for line in status:
                    if line.startswith("dlstatus:"):
                        progress.at(float(line.split(":")[2]))
            process.wait(timeout=SECONDS_FOR_PACKAGES)
        if process.returncode:
            errors = [
                line for line in log.read_text(encoding="utf-8").splitlines() if line.startswith(("E:", "W:"))
            ]
            raise SetupFailed(f"{what} failed:\n" + _indented(errors[:10]))
        files = sorted((self.folder / "cache/archives").glob("*.deb"))
        size = sum(file.stat().st_size for file in files) / 1e6
        progress.done(f"{len(files)} packages, {size:.0f} MB")
        return files

    def download_one(self, package: str) -> Path:
        """Fetch a single package without what it depends on."""
        target = self.folder / "single"
        target.mkdir(exist_ok=True)
        answer = self._apt("download", package, limit=SECONDS_FOR_PACKAGES, at=target)
        files = sorted(target.glob(f"{package}_*.deb"))
        if answer.returncode or not files:
            raise SetupFailed(
                f"the package {package} cannot be fetched:\n" + _indented([answer.stdout.strip()])
            )
        return files[-1]

    def _command(self, *arguments: str) -> list[str]:
        tolerated = (
            ("Acquire::Check-Valid-Until=false", "Acquire::Check-Date=false") if self._lag_tolerated else ()
        )
        return ["apt-get", *(word for option in tolerated for word in ("-o", option)), *arguments]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "APT_CONFIG": str(self.folder / "etc/apt.conf"), "LC_ALL": "C"}

    def _apt(self, *arguments: str, limit: int, at: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command(*arguments),
            env=self._environment(),
            cwd=at,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=limit,
            check=False,
        )


def open_archive(folder: Path, stand_ins: Sequence[str]) -> Archive:
    """Return Debian's testing archive with a fresh index, from the first mirror that serves it signed."""
    keyring = find_keyring(folder)
    failures: list[str] = []
    for mirror in _named_mirrors():
        archive = Archive(folder / "testing", stand_ins, f"deb [signed-by={keyring}] {mirror} {SUITE} main")
        try:
            archive.update()
        except SetupFailed as failure:
            failures.append(str(failure))
        else:
            return archive
    advice = f"Set {MIRROR} to a Debian mirror that this machine can reach"
    if failures:
        raise SetupFailed("\n".join([*failures, f"{advice}, or {KEYRING} if Debian's keys changed."]))
    raise SetupFailed(
        f"this machine's apt configuration names no Debian mirror. {advice} and run make again."
    )


def find_keyring(folder: Path) -> Path:
    """Return Debian's archive keys: named by hand, the machine's, or from the machine's own archive."""
    named = os.environ.get(KEYRING)
    for place in (named,) if named else KEYRINGS:
        if Path(place).is_file():
            return Path(place).absolute()
    if named:
        raise SetupFailed(f"{KEYRING} names {named}, which is not a file")
    private = folder / "keyring"
    unpack(own_package(folder, "debian-archive-keyring"), private)
    for place in KEYRINGS:
        if (private / place.lstrip("/")).is_file():
            return private / place.lstrip("/")
    raise SetupFailed(f"Debian's archive keyring is not on this machine; set {KEYRING} to its file")


def own_package(folder: Path, package: str) -> Path:
    """Fetch one package of this machine's own distribution, whatever the user."""
    say(f"fetching the package {package} of this machine's own distribution")
    archive = Archive(folder / "own")
    archive.update_what_can_be()
    return archive.download_one(package)


def unpack(package: Path, target: Path) -> None:
    """Unpack one package's files into a folder; nothing of it is run."""
    target.mkdir(parents=True, exist_ok=True)
    answer = subprocess.run(
        ["dpkg-deb", "-x", package, target],
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise SetupFailed(f"{package.name} cannot be unpacked: {answer.stderr.strip()}")


def _named_mirrors() -> list[str]:
    named = os.environ.get(MIRROR)
    if named:
        return [named]
    answer = subprocess.run(
        ["apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI)|$(RELEASE)|$(COMPONENT)"],
        capture_output=True,
        text=True,
        check=False,
    )
    distribution, codename = parse_os_release(Path("/etc/os-release").read_text(encoding="utf-8"))
    return mirrors(parse_targets(answer.stdout), distribution, codename)


def _kept_settings() -> list[str]:
    answer = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False)
    return [line for line in answer.stdout.splitlines() if line.startswith(KEPT_SETTINGS)]


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"    {line}" for line in lines)
