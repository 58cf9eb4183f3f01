"""What comes round again and again: APScheduler ticks, and each tick does one small thing.

A tick that comes late is made up for once, not dropped: what is due stands in tables and on the desk, the scheduler is
only the clock's hand.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger()

TOLD_BY = "apscheduler.executors.default"
"""The logger by which the scheduler tells how its jobs ended."""


class Pulse:
    """Named ticks, each in seconds. One that is still running is not begun again."""

    def __init__(self) -> None:
        """Nothing ticks before `start`."""
        logging.getLogger(TOLD_BY).addFilter(_was_no_stop)
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )

    def every(self, seconds: float, name: str, tick: Callable[[], Awaitable[None]]) -> None:
        """Call `tick` every `seconds`; what it raises is logged and does not stop it."""

        async def guarded() -> None:
            try:
                await tick()
            except asyncio.CancelledError:
                raise
            except Exception:
                log.exception("a regular task failed", task=name)

        self._scheduler.add_job(guarded, "interval", seconds=seconds, id=name)

    def start(self) -> None:
        """Begin; needs a running loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """No further ticks."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _was_no_stop(record: logging.LogRecord) -> bool:
    """A tick that the end cancels is no error, though the scheduler says so."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))
