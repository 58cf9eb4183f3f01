"""An Asterisk that is not ours: the files of it that the controller reads and renews, where `center.yaml` names them.

It is neither started nor stopped here, and may not be told to reload: `hours.conf` takes effect at the next
`dialplan reload`, for which its administrator cares.
"""

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from config.schema import PbxSection
from dialplan import hours
from dialplan.names import CDR_FILE, HOURS_FILE, SWITCH_SECONDS
from dialplan.plan import Directories, PbxPlan
from pbx.link import ActionRefused, ActionTimedOut, Link, LinkLost
from server import pbx_files

CLAIM = "MWK_CONTROLLER"
"""Global variable of Asterisk: which controller serves it, and when it last said so in seconds since 1970."""


class Taken(Exception):  # noqa: N818 - named for what is wrong
    """Another controller serves this Asterisk."""


class Claim:
    """That this controller, and no other, serves an Asterisk that is not its own.

    After a crash the same state folder has it again at once, another one when the claim is as old as the switch.
    """

    def __init__(self, link: Link, state: Path, now: Callable[[], datetime]) -> None:
        """`now` is the machine's time."""
        self._link, self._now = link, now
        self._own = hashlib.sha256(f"{uuid.getnode()} {state.absolute()}".encode()).hexdigest()[:16]
        self._held = False

    async def take(self) -> None:
        """Take it. Raises `Taken`, and what the link raises."""
        self._held = False
        said = (await self._link.send("Getvar", Variable=CLAIM)).get("Value")
        holder, _, since = said.partition(" ")
        if holder != self._own and since.isdigit():
            age = self._now().timestamp() - int(since)
            if abs(age) < SWITCH_SECONDS:
                raise Taken(
                    f"another controller, with another state folder, served this Asterisk {abs(age):.0f} s ago: "
                    f"stop that one, or wait {SWITCH_SECONDS} s if it has crashed"
                )
        self._held = True
        self.renew()

    def renew(self) -> None:
        """Say that it is still so."""
        if self._held:
            value = f"{self._own} {int(self._now().timestamp())}"
            self._link.post("Setvar", {"Variable": CLAIM, "Value": value})

    async def give_up(self) -> None:
        """Another may take it."""
        if self._held and self._link.up:
            self._held = False
            with suppress(LinkLost, ActionRefused, ActionTimedOut):
                await self._link.send("Setvar", Variable=CLAIM, Value="")


def directories(pbx: PbxSection, state: Path) -> Directories:
    """Where Asterisk keeps everything: in the state folder, or where an attached one has it."""
    ours = pbx_files.directories(state)
    return replace(ours, config=pbx.config_dir or ours.config, requests=pbx.spool_dir or ours.requests)


def cdr_file(pbx: PbxSection, places: Directories) -> Path:
    """Asterisk's own record of calls."""
    return pbx.cdr_file or places.log / CDR_FILE


def troubles(pbx: PbxSection) -> Iterator[tuple[str, str]]:
    """What the controller cannot do for this Asterisk, and the way to mend it."""
    for key, path, needs, lost in (
        ("config_dir", pbx.config_dir, os.W_OK | os.X_OK, f"{HOURS_FILE} is not renewed"),
        ("spool_dir", pbx.spool_dir, os.R_OK | os.W_OK | os.X_OK, "the fallback's requests are not taken in"),
        ("cdr_file", pbx.cdr_file, os.R_OK, "calls are not compared with Asterisk's own record"),
    ):
        if path is None:
            yield f"pbx.{key} is not written: {lost}", f"name it in the configuration, as {key}: /…"
        elif path.is_dir() == (key == "cdr_file") or not path.exists():
            what = "file" if key == "cdr_file" else "folder"
            yield f"pbx.{key}: {path} is no {what}: {lost}", "see the paths in asterisk.conf"
        elif not os.access(path, needs):
            yield f"pbx.{key}: {path} is closed to this user: {lost}", "give this user access to it"


def renew_hours(plan: PbxPlan) -> bool:
    """Write `hours.conf` anew if it differs; whether it did. Raises OSError."""
    file, text = plan.directories.config / HOURS_FILE, hours.files(plan)[HOURS_FILE]
    with suppress(FileNotFoundError):
        if file.read_text(encoding="utf-8") == text:
            return False
    new = file.with_name(f".{HOURS_FILE}.new")
    new.write_text(text, encoding="utf-8")
    new.chmod(0o644)  # it holds no secret, and Asterisk is another user
    new.replace(file)
    return True
