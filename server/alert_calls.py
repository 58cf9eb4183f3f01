"""How an alert is read and told: the centre's figures as a reading, and a supervisor's telephone that rings."""

import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from db.engine import DatabaseUnreachable
from ivr.flows.alert import alert
from ivr.studio import Supervisor
from pbx.dialling import Outside
from pbx.line import Line
from pbx.link import Link
from pbx.presence import vanished
from pbx.summons import Summons
from routing.alerts import OnCall, Reading, Standing
from routing.hours import Open
from routing.indicators.day import Day
from routing.model import CallEnding
from server.supervision import FromAbove

log = structlog.get_logger()

DAY_EVERY = timedelta(minutes=1)  # the day's figures ask the database


class Reader:
    """Reads the centre. `today` is asked only `with_day`, and once a minute."""

    def __init__(
        self,
        above: FromAbove,
        at_risk: Callable[[], int],
        database_well: Callable[[], bool],
        today: Callable[[], Awaitable[Day]],
        *,
        with_day: bool,
    ) -> None:
        self._above, self._at_risk, self._database_well = above, at_risk, database_well
        self._today, self._with_day = today, with_day
        self._day: Day | None = None
        self._asked: datetime | None = None

    async def read(self) -> Reading:
        """As it is now."""
        seen = self._above.at_once()
        if self._with_day and (self._asked is None or abs(seen.at - self._asked) >= DAY_EVERY):
            self._asked = seen.at
            try:
                self._day = await self._today()
            except (DatabaseUnreachable, TimeoutError):
                self._day = None
        level = None if self._day is None else self._day.total.service_level
        return Reading(
            at=seen.at,
            is_open=isinstance(seen.hours, Open),
            longest_wait=seen.desk.longest_wait,
            waiting=seen.desk.waiting_count,
            signed_in=seen.desk.signed_in,
            promises_at_risk=self._at_risk(),
            service_level=None if level is None or level.value is None else 100 * level.value,
            counted=0 if level is None else int(level.denominator or 0),
            database_well=self._database_well(),
        )


class Caller:
    """Rings supervisors and lets the flow speak."""

    def __init__(
        self,
        summons: Summons,
        link: Link,
        outside: Outside,
        supervisors: Mapping[str, Supervisor],
        ring_for: timedelta,
        now: Callable[[], datetime],
        number: str,
    ) -> None:
        """`supervisors` by id, each in the language in which he is called; `number` is the centre's own."""
        self._summons, self._link, self._outside, self._supervisors = summons, link, outside, supervisors
        self._ring_for, self._now, self._number = ring_for, now, number
        self._count = itertools.count(1)

    async def tell(self, person: OnCall, standing: Sequence[Standing]) -> bool:
        """Whether this person acknowledged."""
        found = await self._channel(person)
        if found is None:
            log.warning("a supervisor has no telephone that can be rung", supervisor=person.who)
            return False
        channel, shows = found
        knows = False

        async def flow(line: Line) -> CallEnding:
            nonlocal knows
            line.log.set(answered_at=self._now())
            line.log.note("alert told", supervisor=person.who, alerts=" ".join(one.kind for one in standing))
            knows = await alert(line, self._supervisors[person.who].language, standing)
            line.log.note("alert acknowledged" if knows else "alert not acknowledged", supervisor=person.who)
            return CallEnding.SELF_SERVED

        unique = f"alert-{int(self._now().timestamp())}-{next(self._count)}"
        log.info("a supervisor is called", supervisor=person.who)
        await self._summons.ring(unique, channel, shows, self._ring_for, flow)
        return knows

    async def _channel(self, person: OnCall) -> tuple[str, str] | None:
        """His telephone in the centre while it is there, else the one outside; and what it displays."""
        if person.extension is not None and not await vanished(self._link, person.extension):
            return f"PJSIP/{person.extension}", self._number
        dial = None if person.number is None else self._outside.dial_string(person.number)
        return None if dial is None else (dial, self._outside.caller_id or self._number)
