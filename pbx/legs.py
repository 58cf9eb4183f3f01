"""The legs that ring for attempts at promises, and how their ringing ends."""

import asyncio
from collections.abc import Mapping

from pbx.attempt import Attempt
from pbx.events import LegGone, Originated, PbxEvent
from pbx.link import ActionRefused, ActionTimedOut, Link, LinkLost
from pbx.originate import ANSWER_MARGIN, originate
from pbx.outcomes import BY_AGENT, BY_PERSON, why_missed
from pbx.ringing import LEG_GONE_WITHIN
from routing.events import MissReason
from routing.model import EntryId

LOOK_AGAIN = 2.0  # seconds between two tries to end a leg of which nothing is known


def her_leg(entry: str, rung: int) -> str:
    """The channel id of the leg of a person who is called first."""
    return f"{entry}-p{rung}"


def is_hers(unique: str) -> bool:
    """Whether this is such a leg."""
    return unique.startswith("callback-") and unique.rpartition("-")[2].startswith("p")


class Legs:
    """Of all attempts under way. A leg that may ring has a future in its attempt's `rings`."""

    def __init__(self, link: Link, attempts: Mapping[EntryId, Attempt]) -> None:
        """`attempts` is kept by another."""
        self._link, self._attempts = link, attempts

    def begin(self, attempt: Attempt, *, hers: bool = False) -> str:
        """The id of the attempt's next leg, an agent's or the person's, which may ring from now on."""
        attempt.rung += 1
        entry = attempt.entry.id
        unique = attempt.leg = her_leg(entry, attempt.rung) if hers else f"{entry}-{attempt.rung}"
        attempt.rings[unique] = asyncio.get_running_loop().create_future()
        return unique

    async def ring(
        self,
        attempt: Attempt,
        unique: str,
        channel: str,
        seconds: float,
        shows: str,
        facts: Mapping[str, str],
    ) -> MissReason | None:
        """Why nobody answered; None when somebody did. Raises `ActionRefused`."""
        ended = attempt.rings[unique]
        try:
            await self._link.send("Originate", originate(unique, channel, seconds, shows, facts))
            return await asyncio.wait_for(asyncio.shield(ended), seconds + ANSWER_MARGIN)
        except (LinkLost, ActionTimedOut, TimeoutError):
            return await self._end_unknown(unique, ended)

    async def _end_unknown(
        self, unique: str, ended: "asyncio.Future[MissReason | None]"
    ) -> MissReason | None:
        """Whether this leg rings is not known: hang up until Asterisk says that it is gone, or it was answered."""
        while not ended.done():
            try:
                await self._link.send("Hangup", {"Channel": unique, "Cause": "16"})
            except ActionRefused:  # there is no such channel
                self.over(unique, MissReason.UNREACHABLE)
            except (LinkLost, ActionTimedOut):
                pass  # the same when the link is back
            await asyncio.wait({ended}, timeout=LOOK_AGAIN)
        return ended.result()

    def answered(self, attempt: Attempt, unique: str) -> None:
        """Somebody picked up."""
        attempt.taken = True
        _end(attempt, unique, None)

    def over(self, unique: str, why: MissReason) -> None:
        """This leg does not ring any more."""
        for attempt in self._attempts.values():
            _end(attempt, unique, why)

    def hang_up(self, attempt: Attempt) -> None:
        """End the leg that rings, if one does."""
        if attempt.leg is not None:
            self._link.post("Hangup", {"Channel": attempt.leg, "Cause": "16"})

    def take(self, event: PbxEvent) -> None:
        """The end of a leg that was not answered."""
        match event:
            case LegGone(leg=leg, sip=sip):
                self.over(leg.unique, why_missed("", sip, BY_PERSON if is_hers(leg.unique) else BY_AGENT))
            case Originated(action=action, answered=False):
                if is_hers(action):  # her leg's own end, which says why, follows if there was a leg
                    loop = asyncio.get_running_loop()
                    loop.call_later(LEG_GONE_WITHIN, self.over, action, MissReason.NO_TRUNK)
                else:
                    self.over(action, MissReason.UNREACHABLE)
            case _:
                pass


def _end(attempt: Attempt, unique: str, why: MissReason | None) -> None:
    ended = attempt.rings.get(unique)
    if ended is not None and not ended.done():
        ended.set_result(why)
