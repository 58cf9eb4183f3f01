"""As whom Asterisk runs. Never as root when that can be avoided: the right to steer it is nearly a shell.

An ordinary user's Asterisk runs as that user. Root's runs as `asterisk`, or `nobody`, provided that this
user can read what Asterisk needs: in a checkout below /root it cannot, and Asterisk then runs as root with
a warning.
"""

import os
import pwd
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

CANDIDATES = ("asterisk", "nobody")
SYSTEM_PYTHONS = ("/usr/bin/python3", "/usr/local/bin/python3")
# A folder is passed through, a file is read.
READ_ALL = 'for p; do if [ -d "$p" ]; then [ -x "$p" ]; else [ -r "$p" ]; fi || { echo "$p"; exit 1; }; done'


@dataclass(frozen=True, slots=True)
class PbxUser:
    """The user of Asterisk's process: `uid` None is the present one. `warning` is for the operator."""

    uid: int | None = None
    gid: int | None = None
    warning: str | None = None

    def popen(self) -> dict[str, object]:
        """Arguments for subprocess."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Give a folder and all in it to this user; nobody else reads it."""
        if self.uid is None or self.gid is None:
            return
        for parent, folders, files in os.walk(folder):
            for name in (".", *folders, *files):
                os.chown(Path(parent) / name, self.uid, self.gid, follow_symlinks=False)


def choose(needed: Iterable[Path], packages: Path) -> PbxUser:
    """The user for Asterisk that can read all of `needed`."""
    if os.geteuid() != 0:
        return PbxUser()
    obstacle = "there is no user asterisk or nobody"
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        user = PbxUser(entry.pw_uid, entry.pw_gid)
        unreadable = _run(user, "/bin/sh", "-c", READ_ALL, "sh", *map(str, needed)).stdout.strip()
        if unreadable:
            obstacle = f"the user {name} cannot read {unreadable}"
        elif python(user, packages) is None:
            obstacle = f"the user {name} can run neither {sys.executable} nor the system's Python"
        else:
            return user
    return PbxUser(warning=f"Asterisk runs as root, because {obstacle}")


def python(user: PbxUser, packages: Path) -> str | None:
    """A Python that this user can run and that finds pyst2 in `packages`."""
    test = "import sys; sys.path.append(sys.argv[1]); import asterisk.agi"
    for candidate in (sys.executable, *SYSTEM_PYTHONS):
        if _run(user, candidate, "-I", "-c", test, str(packages)).returncode == 0:
            return candidate
    return None


def _run(user: PbxUser, *command: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            command,
            capture_output=True,
            text=True,
            timeout=20,
            cwd="/",
            check=False,
            stdin=subprocess.DEVNULL,
            **user.popen(),
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, str(error), "")
