"""Agents' PINs, compared in constant time; wrong ones lock that agent out of that telephone for some minutes."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import structlog

from ivr.agents import Admission
from recordings.door import LOCKED_FOR, MOST_WRONG
from recordings.tries import TriesFile
from routing.model import AgentId

log = structlog.get_logger()

Attempted = tuple[str, AgentId | None]
"""The telephone, and who is meant: nobody where an extension was keyed that no agent has."""


class AgentDoor:
    """Counts wrong PINs by telephone and agent, so that nobody can lock a colleague out of his own telephone."""

    def __init__(
        self, pins: Mapping[AgentId, str], now: Callable[[], datetime], kept: Path | None = None
    ) -> None:
        """In `kept` they outlive a restart."""
        self._pins, self._now = pins, now
        self._wrong: dict[Attempted, list[datetime]] = {}
        self._locked: dict[Attempted, datetime] = {}
        self._kept = TriesFile(kept)
        for name, moments in self._kept.read(now()).items():
            telephone, _, agent = name.partition(" ")
            for at in moments:
                self._add((telephone, AgentId(agent) if agent else None), at)

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
            if self._wrong.pop((telephone, agent), None):
                self._keep()
            return Admission.ADMITTED
        return self._count((telephone, agent))

    def _count(self, attempted: Attempted) -> Admission:
        telephone, agent = attempted
        locked = self._add(attempted, self._now())
        log.warning("a wrong PIN", telephone=telephone, agent=agent, locked=locked)
        self._keep()
        return Admission.LOCKED if locked else Admission.WRONG

    def _add(self, attempted: Attempted, now: datetime) -> bool:
        """One more; whether that locks him out."""
        wrong = [at for at in self._wrong.get(attempted, []) if now - at < LOCKED_FOR] + [now]
        self._wrong[attempted] = wrong
        if len(wrong) < MOST_WRONG:
            return False
        del self._wrong[attempted]
        self._locked[attempted] = now + LOCKED_FOR
        return True

    def _keep(self) -> None:
        """Who is locked out is kept as so many wrong ones at the moment of the last."""
        now = self._now()
        locked = {
            one: [until - LOCKED_FOR] * MOST_WRONG for one, until in self._locked.items() if until > now
        }
        moments = {**self._wrong, **locked}
        self._kept.write(
            {f"{telephone} {agent or ''}": those for (telephone, agent), those in moments.items()}
        )
