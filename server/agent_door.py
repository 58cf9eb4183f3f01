"""Agents' PINs, compared in constant time; wrong ones lock that agent out of that telephone for some minutes."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from ivr.agents import Admission
from recordings.door import LOCKED_FOR, MOST_WRONG
from routing.model import AgentId

log = structlog.get_logger()

Attempted = tuple[str, AgentId | None]
"""The telephone, and who is meant: nobody where an extension was keyed that no agent has."""


class AgentDoor:
    """Counts wrong PINs by telephone and agent, so that nobody can lock a colleague out of his own telephone.

    A restart forgets them.
    """

    def __init__(self, pins: Mapping[AgentId, str], now: Callable[[], datetime]) -> None:
        self._pins, self._now = pins, now
        self._wrong: dict[Attempted, list[datetime]] = {}
        self._locked: dict[Attempted, datetime] = {}

    def locked(self, telephone: str, agent: AgentId | None) -> bool:
        """Whether no PIN helps there now."""
        until = self._locked.get((telephone, agent))
        return until is not None and self._now() < until

    def admit(self, telephone: str, agent: AgentId | None, pin: str) -> Admission:
        """Whether `pin` is that agent's."""
        if self.locked(telephone, agent):
            return Admission.LOCKED
        own = "" if agent is None else self._pins.get(agent, "")
        if hmac.compare_digest(own.encode(), pin.encode()) and own:
            self._wrong.pop((telephone, agent), None)
            return Admission.ADMITTED
        return self._count((telephone, agent))

    def _count(self, attempted: Attempted) -> Admission:
        now = self._now()
        wrong = [at for at in self._wrong.get(attempted, []) if now - at < LOCKED_FOR] + [now]
        self._wrong[attempted] = wrong
        telephone, agent = attempted
        locked = len(wrong) >= MOST_WRONG
        log.warning("a wrong PIN", telephone=telephone, agent=agent, locked=locked)
        if not locked:
            return Admission.WRONG
        del self._wrong[attempted]
        self._locked[attempted] = now + LOCKED_FOR
        return Admission.LOCKED
