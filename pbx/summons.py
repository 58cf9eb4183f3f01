"""The centre rings a telephone of its own accord and speaks to whoever answers."""

import asyncio
import contextlib
from datetime import timedelta

import structlog

from dialplan import names
from pbx.events import LegGone, Originated, PbxEvent
from pbx.line import Line
from pbx.link import ActionRefused, ActionTimedOut, Link, LinkLost
from pbx.originate import ANSWER_MARGIN, originate
from pbx.reception import LegFlow, Reception
from routing.model import CallEnding

log = structlog.get_logger()

KIND = "alert"


class Summons:
    """One per controller. Every leg has an id of its own, by which its events are told apart."""

    def __init__(self, reception: Reception, link: Link) -> None:
        self._reception, self._link = reception, link
        self._rings: dict[str, asyncio.Future[bool]] = {}

    async def ring(self, unique: str, channel: str, shows: str, at_most: timedelta, flow: LegFlow) -> bool:
        """Ring `channel`, run `flow` when it is answered; whether it was, once all is over.

        `shows` is the number of the centre that the telephone displays.
        """
        rung = self._rings[unique] = asyncio.get_running_loop().create_future()
        over = asyncio.Event()

        async def answered(line: Line) -> CallEnding:
            if not rung.done():
                rung.set_result(True)
            try:
                return await flow(line)
            finally:
                over.set()

        self._reception.expect(unique, answered)
        try:
            if not await self._answered(unique, channel, shows, at_most, rung):
                return False
            await over.wait()
            return True
        finally:
            self._rings.pop(unique, None)
            self._reception.forget(unique)

    async def _answered(
        self, unique: str, channel: str, shows: str, at_most: timedelta, rung: "asyncio.Future[bool]"
    ) -> bool:
        seconds = at_most.total_seconds()
        try:
            shown = f'"Mowakaba" <{shows}>'
            await self._link.send(
                "Originate", originate(unique, channel, seconds, shown, {names.V_KIND: KIND})
            )
            async with asyncio.timeout(seconds + ANSWER_MARGIN):
                return await rung
        except (LinkLost, ActionTimedOut, ActionRefused, TimeoutError) as problem:
            log.warning("a telephone could not be rung", why=str(problem) or "nothing was told of it")
            with contextlib.suppress(LinkLost):
                self._link.post("Hangup", {"Channel": unique, "Cause": "16"})
            return False

    def take(self, event: PbxEvent) -> None:
        """The end of a leg that was not answered."""
        match event:
            case LegGone(leg=leg):
                self._not_answered(leg.unique)
            case Originated(action=action, answered=False):
                self._not_answered(action)
            case _:
                pass

    def _not_answered(self, unique: str) -> None:
        rung = self._rings.get(unique)
        if rung is not None and not rung.done():
            rung.set_result(False)
