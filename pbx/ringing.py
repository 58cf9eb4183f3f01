"""A telephone that is rung for a line: which leg it is, and how its ringing ends."""

import asyncio
from collections.abc import Mapping

from pbx.events import Leg
from pbx.outcomes import why_missed
from routing.events import MissReason

NORMAL_CLEARING = 16  # Q.850
LEG_GONE_WITHIN = 0.5
"""Seconds for the hang-up of a rung telephone, which says why, when the end of the dialling is told before it."""


class Ringing:
    """One offer under way on a line: which leg rings, and how it ends."""

    def __init__(self, by_sip: Mapping[int, MissReason]) -> None:
        """`by_sip`: what the codes of whoever is rung mean."""
        self._by_sip = by_sip
        self.answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        """Whether somebody picked up; done when that is known."""
        self.called: Leg | None = None
        self.withdrawn = False
        """The offer was taken back."""
        self.why = MissReason.UNREACHABLE
        """Why nobody did, as far as it is known by now."""
        self.leg_over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the leg's hang-up was told."""
        self._sip: int | None = None
        self._status_known = False

    def dial_ended(self, status: str) -> None:
        """Asterisk's DialEnd: `status` as in DIALSTATUS."""
        if status == "ANSWER":
            self._settle(True)
        else:
            self._status_known = True
            self.why = why_missed(status, self._sip, self._by_sip)

    def leg_gone(self, leg: Leg, cause: int, sip: int | None) -> None:
        """The hang-up of the rung leg carries the truth that DIALSTATUS hides."""
        if self.called is None or leg.unique != self.called.unique:
            return
        if not self.leg_over.done():
            self.leg_over.set_result(None)
        if sip is not None:
            self._sip = sip
            self.why = why_missed("", sip, self._by_sip)
        elif cause == NORMAL_CLEARING and not self._status_known:
            self.why = MissReason.NO_ANSWER  # picked up, and hung up before the two were connected

    def dial_over(self, _: object) -> None:
        """The gosub returned, or the caller is gone."""
        self._settle(False)

    def _settle(self, answered: bool) -> None:
        if not self.answered.done():
            self.answered.set_result(answered)
