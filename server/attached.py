"""An Asterisk that is not ours: the files of it that the controller reads and renews, where `center.yaml` names them.

It is neither started nor stopped here, and may not be told to reload: `hours.conf` takes effect at the next
`dialplan reload`, for which its administrator cares.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from config.schema import PbxSection
from dialplan import hours
from dialplan.names import CDR_FILE, HOURS_FILE
from dialplan.plan import Directories, PbxPlan
from server import pbx_files


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
