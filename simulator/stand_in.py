"""Someone on the line without a telephone: who she is, the keys she has pressed, and time, until she hangs up."""

import asyncio
from collections import deque
from datetime import datetime

from ivr.call import CallerHungUp
from ivr.call_log import CallLog
from routing.model import Caller, CallId

PHRASE = 2.0  # seconds that a phrase lasts
THINKING = 1.0  # seconds from the end of a question to her key


class StandIn:
    """What callers of simulations and of tests have in common of `ivr.call.Call`."""

    def __init__(self, number: str | None, dialled: str, log: CallLog) -> None:
        """`number` is E.164, None when it is withheld."""
        self._caller, self._dialled, self._log = Caller(number), dialled, log
        self._arrived = log.now()
        self._loop = asyncio.get_running_loop()
        self._keys: deque[str] = deque()
        self._key_came = asyncio.Event()
        self._gone = asyncio.Event()
        self._passing: set[asyncio.Future[None]] = set()
        self._timers: list[asyncio.TimerHandle] = []

    @property
    def id(self) -> CallId:
        """The contact's id."""
        return self._log.record.id

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return self._caller

    @property
    def dialled(self) -> str:
        """The centre's number that she dialled."""
        return self._dialled

    @property
    def arrived_at(self) -> datetime:
        """When the call came, in UTC."""
        return self._arrived

    @property
    def log(self) -> CallLog:
        """The call's record and trace."""
        return self._log

    async def next_key(self) -> str:
        """The next key she presses, or has pressed."""
        while not self._keys:
            self._must_live()
            self._key_came.clear()
            await self._key_came.wait()
        self._must_live()
        return self._keys.popleft()

    async def hang_up(self) -> None:
        """The centre ends the call."""
        self.gives_up()

    def gives_up(self) -> None:
        """She hangs up now."""
        self._gone.set()
        self._key_came.set()
        for over in self._passing:
            _done(over)

    async def passes(self, seconds: float) -> None:
        """So much time; raises `CallerHungUp` when she goes meanwhile."""
        self._must_live()
        over = self._loop.create_future()
        timer = self._loop.call_later(seconds, _done, over)
        self._passing.add(over)
        try:
            await over
        finally:
            timer.cancel()
            self._passing.discard(over)
        self._must_live()

    def _must_live(self) -> None:
        if self._gone.is_set():
            raise CallerHungUp


def _done(over: "asyncio.Future[None]") -> None:
    if not over.done():
        over.set_result(None)
