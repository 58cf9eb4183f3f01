"""`python3 -m server.setup run|demo|test [speech]`: set the checkout up; a second time it only looks.

Speech recognition, once asked for, stays.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from server.parts import CHECKOUT, PartMissing
from server.setup import environment, trees
from server.setup.report import SetupFailed, say

# Which Python packages and which trees of programs each level needs.
LEVELS = {"run": ("run", ("run",)), "demo": ("run", ("run", "test")), "test": ("test", ("run", "test"))}


def main(arguments: list[str]) -> int:
    """Set up the level named in the arguments; return the exit status."""
    level, *more = arguments or [""]
    if level not in LEVELS or more not in ([], ["speech"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with only_one():
            packages, programs = LEVELS[level]
            if packages == "run" and (more or environment.has("speech")):
                packages = "speech"
            environment.ready(packages)
            for name in programs:
                trees.ready(trees.wanted(name))
    except (SetupFailed, PartMissing) as failure:
        print(f"setup: {failure}", file=sys.stderr)
        return 1
    except FileNotFoundError as missing:
        print(
            f"setup: {missing.filename} is not on this machine; Debian 12/13 or Ubuntu 24.04 has it",
            file=sys.stderr,
        )
        return 1
    except subprocess.TimeoutExpired as slow:
        print(
            f"setup: gave up after {slow.timeout:.0f} s; is the network up? Run make again.", file=sys.stderr
        )
        return 1
    except KeyboardInterrupt:
        print("\nsetup: interrupted; run make again to go on", file=sys.stderr)
        return 130
    return 0


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the checkout's set-up lock, which the system drops when this process ends."""
    with (CHECKOUT / ".setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up of this checkout is at work; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
