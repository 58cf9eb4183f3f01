"""The studio's door: PINs, compared in constant time; wrong ones lock out whoever could have been meant."""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from ivr.studio import Refusal, Supervisor, SupervisorId
from recordings.tries import TriesFile
from routing.model import Language

MOST_WRONG = 3
LOCKED_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Key:
    """A supervisor and his PIN."""

    supervisor: Supervisor
    pin: str = field(repr=False)


class Door:
    """Who may come in. Keeps how many wrong PINs there were, in `kept` also for the next start."""

    def __init__(self, keys: Iterable[Key], now: Callable[[], datetime], kept: Path | None = None) -> None:
        self._keys = tuple(keys)
        self._now = now
        self._wrong: dict[SupervisorId, list[datetime]] = {}
        self._locked: dict[SupervisorId, datetime] = {}
        self._kept = TriesFile(kept)
        for name, moments in self._kept.read(now()).items():
            for at in moments:
                self._count(SupervisorId(name), at)

    def language_at(self, telephone: str) -> Language | None:
        """The language of the supervisor whose own telephone this is."""
        own = (key.supervisor for key in self._keys if key.supervisor.extension == telephone)
        return next((supervisor.language for supervisor in own), None)

    def admit(self, telephone: str, pin: str) -> Supervisor | Refusal:
        """Who keys this PIN at this telephone.

        A wrong PIN counts against everyone who could have keyed it there: the telephone's own supervisor, or
        all who may use any.
        """
        now = self._now()
        here = [key for key in self._keys if key.supervisor.extension in (None, telephone)]
        open_to = [key for key in here if now >= self._locked.get(key.supervisor.id, now)]
        # Each is compared, so that the time taken tells nothing.
        fitting = [key for key in open_to if hmac.compare_digest(key.pin.encode(), pin.encode())]
        if fitting:
            if self._wrong.pop(fitting[0].supervisor.id, None):
                self._keep(now)
            return fitting[0].supervisor
        for key in open_to:
            self._count(key.supervisor.id, now)
        if open_to:
            self._keep(now)
        still = [key for key in here if now >= self._locked.get(key.supervisor.id, now)]
        return Refusal.WRONG if still or not here else Refusal.LOCKED

    def _count(self, supervisor: SupervisorId, now: datetime) -> None:
        lately = [at for at in self._wrong.get(supervisor, []) if now - at < LOCKED_FOR]
        self._wrong[supervisor] = [*lately, now]
        if len(self._wrong[supervisor]) >= MOST_WRONG:
            del self._wrong[supervisor]
            self._locked[supervisor] = now + LOCKED_FOR

    def _keep(self, now: datetime) -> None:
        """Who is locked out is kept as so many wrong ones at the moment of the last."""
        locked = {
            who: [until - LOCKED_FOR] * MOST_WRONG for who, until in self._locked.items() if until > now
        }
        moments = {**self._wrong, **locked}
        self._kept.write({str(who): at for who, at in moments.items()})

    def locked(self) -> tuple[SupervisorId, ...]:
        """Who is locked out now."""
        now = self._now()
        return tuple(supervisor for supervisor, until in self._locked.items() if until > now)
