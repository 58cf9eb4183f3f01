"""What the set-up tells the person who waits: one line for each thing done, a percentage while it lasts."""

from __future__ import annotations

import sys
import time

QUARTERS = 25  # percent between two lines of progress where there is no terminal


class SetupFailed(Exception):  # noqa: N818 - named for what happened
    """The set-up cannot go on; the message says why and what mends it."""


def say(text: str) -> None:
    """Print one line at once."""
    print(f"setup: {text}", flush=True)


class Progress:
    """One thing that takes a while: rewritten in place on a terminal, a line per quarter elsewhere."""

    def __init__(self, what: str) -> None:
        """Announce `what`."""
        self._what = what
        self._started = time.monotonic()
        self._shown = -1
        self._terminal = sys.stdout.isatty()
        self.at(0)

    def at(self, percent: float) -> None:
        """Show how far it is; going back is not shown."""
        step = int(percent) if self._terminal else int(percent) // QUARTERS * QUARTERS
        if step <= self._shown or step >= 100:
            return
        self._shown = step
        if self._terminal:
            print(f"\rsetup: {self._what} {step:3d} %", end="", flush=True)
        else:
            say(f"{self._what} {step:3d} %")

    def done(self, result: str = "done") -> None:
        """Close the line with its result and the seconds it took."""
        seconds = time.monotonic() - self._started
        start = "\r" if self._terminal else ""
        print(f"{start}setup: {self._what} {result}, {seconds:.0f} s", flush=True)
