"""Keeps a caller's request for a callback while the controller is down.

Asterisk's fallback runs it as an AGI script, without the controller and perhaps by another Python: standard
library and pyst2 only. It is started as `python -I keeper.py PACKAGES REQUESTS`, PACKAGES being the folder
of pyst2, and writes one JSON file into REQUESTS:

    {"asked_at": "2026-11-22T02:51:09+00:00", "number": "0612345678", "own_number": false, "language": "ar",
     "subject": null, "dialled": "2000", "call": "1763779869.12"}

`number` is as she keyed it, or the one she called from. MWK_KEPT is 1 on the channel when the file is
safely there.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

FACTS = {
    "number": "MWK_KEYED",
    "language": "MWK_LANGUAGE",
    "subject": "MWK_SUBJECT",
    "dialled": "MWK_DIALLED",
}


def main(requests: Path) -> int:
    """Ask the channel for its facts, keep them, and say so."""
    agi = _line()
    facts: dict[str, Any] = {key: agi.get_variable(name) or None for key, name in FACTS.items()}
    facts["own_number"] = facts["number"] is not None and facts["number"] == agi.get_variable("MWK_NUMBER")
    facts["call"] = agi.get_full_variable("${CHANNEL(linkedid)}") or agi.env["agi_uniqueid"]
    if facts["number"] is None:
        return 1
    keep(requests, facts)
    agi.set_variable("MWK_KEPT", "1")
    return 0


def keep(requests: Path, facts: dict[str, Any]) -> Path:
    """Write one request so that a reader sees all of it or nothing, and power may fail afterwards."""
    asked_at = datetime.now(timezone.utc)  # noqa: UP017 - also runs on an older Python
    text = json.dumps({"asked_at": asked_at.isoformat(timespec="seconds"), **facts}, ensure_ascii=False)
    name = f"{asked_at:%Y%m%dT%H%M%S}-{os.getpid()}"
    unfinished = requests / f".{name}.part"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    finished = requests / f"{name}.json"
    os.rename(unfinished, finished)
    folder = os.open(requests, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return finished


def _line() -> Any:
    from asterisk.agi import AGI

    # pyst2 tells its error stream all that it reads, numbers too.
    agi = AGI(stderr=io.StringIO())
    # She may hang up as soon as she has keyed her number: it is kept all the same.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return agi


if __name__ == "__main__":
    os.umask(0o077)
    sys.path.append(sys.argv[1])
    sys.exit(main(Path(sys.argv[2])))
