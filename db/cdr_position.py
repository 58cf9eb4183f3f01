"""How far Asterisk's own record has been read, kept over restarts.

Else a restart would read it from its start, and find calls «missing» whose rows retention has deleted.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path

import structlog

from db.cdr import CdrPosition

log = structlog.get_logger()


def load(file: Path) -> CdrPosition:
    """The position kept in `file`; one that fits no file when there is none, or it cannot be read."""
    try:
        kept = json.loads(file.read_text(encoding="ascii"))
        return CdrPosition(int(kept["inode"]), int(kept["offset"]), str(kept["tail"]))
    except FileNotFoundError:
        return CdrPosition()
    except (OSError, ValueError, KeyError, TypeError) as problem:
        log.warning(
            "the position in Asterisk's record cannot be read; only recent calls are compared",
            why=str(problem),
        )
        return CdrPosition()


def save(file: Path, position: CdrPosition) -> None:
    """Keep it, whole or not at all. A full disk costs a second reading after a restart, nothing else."""
    new = file.with_name(f"{file.name}.new")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
            json.dump(asdict(position), opened)
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(file)
    except OSError as problem:
        log.warning("the position in Asterisk's record cannot be kept", why=problem.strerror)
