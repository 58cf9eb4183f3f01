"""Files that two programs may change at once: replaced as a whole, one writer at a time."""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def write(path: Path, content: bytes) -> None:
    """Replace the file: a reader sees the old one or the new one, and who has the old one open reads on."""
    _make_private(path.parent)
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_json(path: Path, nothing: Any) -> Any:
    """What the file holds; `nothing` where there is none. Raises `Damaged`."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return nothing
    except ValueError as error:
        raise damaged(path, str(error)) from None
    if not isinstance(found, type(nothing)):
        raise damaged(path)
    return found


def write_json(path: Path, content: Any) -> None:
    """Replace the file with this."""
    write(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


class Damaged(Exception):  # noqa: N818 - named for what is wrong
    """A file of ours is not what we wrote; the message says which and what to do."""


def damaged(path: Path, why: str = "it holds something else") -> Damaged:
    """The error for a file that cannot be what we wrote."""
    return Damaged(f"{path} is damaged ({why}); put its backup there, or remove it")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder: the running centre and a command do not write at the same time."""
    _make_private(folder)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_private(folder: Path) -> None:
    """A voice is its owner's: only the centre's own user reads these folders."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(mode=0o700, exist_ok=True)
