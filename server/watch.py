"""When the controller ran and heard Asterisk, kept as stretches of time: a figure of another time is uncertain."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from routing.record import Recorder, Watched


class Watch:
    """The stretch that goes on. A process that is killed leaves it ended at its last beat."""

    def __init__(self, recorder: Recorder, now: Callable[[], datetime]) -> None:
        """`now` gives aware UTC moments."""
        self._recorder, self._now = recorder, now
        self._stretch: Watched | None = None

    def up(self) -> None:
        """The link is there."""
        self.down()
        now = self._now()
        unique = f"{int(now.timestamp() * 1e6):017d}-{secrets.token_hex(4)}"
        self._stretch = Watched(unique, now, now, 1)
        self._recorder.record(self._stretch)

    async def beat(self) -> None:
        """Still there."""
        if self._stretch is not None:
            until = max(self._now(), self._stretch.until)  # a clock that was set back takes nothing away
            self._stretch = replace(self._stretch, until=until, version=self._stretch.version + 1)
            self._recorder.record(self._stretch)

    def down(self) -> None:
        """The link is gone, or the controller goes."""
        if self._stretch is not None:
            until = max(self._now(), self._stretch.until)
            self._recorder.record(replace(self._stretch, until=until, version=self._stretch.version + 1))
            self._stretch = None
