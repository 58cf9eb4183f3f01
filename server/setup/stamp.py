"""Whether something installed is still whole: a stamp lists what was made, from what, and each file's size.

A stamp is written last, so an interrupted installation has none; a file that is gone or cut short shows.
Files that came later are nobody's business here.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

ABSENT = "not installed yet"
CHANGED = "the wanted versions changed"
UNLISTED = {"__pycache__"}  # folders that Python rewrites when it likes


def key_of(*texts: str) -> str:
    """Return a short hash that changes with any of the texts."""
    together = hashlib.sha256()
    for text in texts:
        together.update(text.encode() + b"\0")
    return together.hexdigest()[:12]


def write(stamp: Path, key: str, tree: Path) -> None:
    """Record that `tree` is whole as it stands and was made from `key`."""
    text = json.dumps({"key": key, "files": sizes(tree, skip=stamp)}, indent=0, sort_keys=True)
    partial = stamp.with_name(stamp.name + ".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(stamp)


def trouble(stamp: Path, key: str, tree: Path) -> str | None:
    """Return None when `tree` is whole and made from `key`, else what is wrong in a few words."""
    try:
        record = json.loads(stamp.read_text(encoding="utf-8"))
        listed: dict[str, int] = dict(record["files"])
    except FileNotFoundError:
        return ABSENT
    except (OSError, ValueError, KeyError, TypeError):
        return "its stamp is unreadable"
    if record.get("key") != key:
        return CHANGED
    present = sizes(tree, skip=stamp)
    for name, size in listed.items():
        if name not in present:
            return f"{name} is missing"
        if present[name] != size:
            return f"{name} was changed"
    return None


def sizes(tree: Path, skip: Path | None = None) -> dict[str, int]:
    """Return each file under `tree` with its size; a link counts as the length of its target's name."""
    found: dict[str, int] = {}
    for folder, folders, files in os.walk(tree):
        folders[:] = [name for name in folders if name not in UNLISTED]
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in (*files, *links):
            path = os.path.join(folder, name)
            if skip is None or path != str(skip):
                found[os.path.relpath(path, tree)] = os.lstat(path).st_size
    return found
