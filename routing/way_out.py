"""Whether the trunk is worth another call: after some failures in a row callbacks pause, then one call at a time tries.

Pure. A failure is the trunk's own: it does not know the centre, is out of order or cannot be reached. Whoever is
busy, away or says no was found, so the way to her is well.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES = 3  # in a row; fewer may be one person's number
PAUSES = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1))
"""Before the first probe, the second, …; the last repeats. An agent is rung for nothing at each."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """The trunk as the calls so far have found it: `failures` in a row, and until when nobody tries."""

    failures: int = 0
    paused_until: datetime | None = None

    @property
    def blocked(self) -> bool:
        """Whether callbacks pause, a probe now and then excepted."""
        return self.paused_until is not None

    def may_try(self, now: datetime, under_way: int) -> bool:
        """Whether another attempt may begin at `now` beside those `under_way`."""
        return self.paused_until is None or (now >= self.paused_until and not under_way)

    def failed(self, now: datetime) -> "WayOut":
        """The trunk did not carry a call at `now`. A failure during a pause, of a call begun before, adds nothing."""
        failures = self.failures + 1
        if failures < FAILURES:
            return WayOut(failures)
        if self.paused_until is not None and now < self.paused_until:
            return self
        return WayOut(failures, now + PAUSES[min(failures - FAILURES, len(PAUSES) - 1)])

    def carried(self) -> "WayOut":
        """The trunk carried a call."""
        return WayOut()
