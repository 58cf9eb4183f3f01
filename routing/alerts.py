"""What a supervisor is called for: a threshold that is passed for so long.

Pure: rules and readings over time give what stands, what is to be told, and who is told it.

    not passed → passed (`since`) → raised, once it has lasted → acknowledged; not passed again: cleared
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import assert_never

from routing.hours import Span


class Kind(StrEnum):
    """What is watched; one rule of each at most. The order is that in which alerts are told."""

    NOBODY_SIGNED_IN = "nobody_signed_in"
    LONGEST_WAIT = "longest_wait"
    WAITING = "waiting"
    PROMISES_AT_RISK = "promises_at_risk"
    SERVICE_LEVEL = "service_level"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Rule:
    """Passed when the reading is over `limit` (the service level: under it), raised after `lasting`.

    `limit` is in seconds, people, promises or per cent; nobody signed in and the database need none.
    """

    kind: Kind
    lasting: timedelta
    limit: float = 0
    out_of_hours: bool = False
    """Whether it counts while the centre is closed."""


@dataclass(frozen=True, slots=True)
class AlertRules:
    """`again`: nobody is called about one thing more often. `ring_for`: how long each telephone rings."""

    rules: tuple[Rule, ...] = ()
    again: timedelta = timedelta(minutes=15)
    ring_for: timedelta = timedelta(seconds=30)
    least_calls: int = 10
    """Without so many callers today the service level says nothing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The centre at `at`. `service_level` is in per cent, of `counted` callers; None while it is not known."""

    at: datetime
    is_open: bool
    longest_wait: timedelta
    waiting: int
    signed_in: int
    promises_at_risk: int
    service_level: float | None
    counted: int
    database_well: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A threshold that is passed `since` then, by `value` now. `raised`: it has lasted."""

    kind: Kind
    since: datetime
    value: float
    raised: bool = False
    acknowledged_by: str | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """What stands, and when somebody was last called about what: also about what has cleared since."""

    standing: Mapping[Kind, Standing] = field(default_factory=dict)
    called: Mapping[Kind, datetime] = field(default_factory=dict)


def look(watch: Watch, rules: AlertRules, reading: Reading) -> Watch:
    """The watch after this reading."""
    standing: dict[Kind, Standing] = {}
    for rule in rules.rules:
        value = passed(rule, reading, rules.least_calls)
        if value is None:
            continue
        before = watch.standing.get(rule.kind)
        since = before.since if before is not None else reading.at
        now = replace(before, value=value) if before is not None else Standing(rule.kind, since, value)
        standing[rule.kind] = replace(now, raised=now.raised or reading.at - since >= rule.lasting)
    return replace(watch, standing=standing)


def passed(rule: Rule, reading: Reading, least_calls: int = 0) -> float | None:
    """How far the threshold is passed, in its own unit; None when it is not."""
    if not (reading.is_open or rule.out_of_hours):
        return None
    match rule.kind:
        case Kind.NOBODY_SIGNED_IN:
            return None if reading.signed_in else 0.0
        case Kind.LONGEST_WAIT:
            return _over(reading.longest_wait.total_seconds(), rule.limit)
        case Kind.WAITING:
            return _over(reading.waiting, rule.limit)
        case Kind.PROMISES_AT_RISK:
            return _over(reading.promises_at_risk, rule.limit)
        case Kind.SERVICE_LEVEL:
            level = reading.service_level
            known = level is not None and reading.counted >= least_calls
            return level if known and level is not None and level < rule.limit else None
        case Kind.DATABASE:
            return None if reading.database_well else 0.0
        case _:
            assert_never(rule.kind)


def news(before: Watch, after: Watch) -> tuple[tuple[Kind, ...], tuple[Kind, ...]]:
    """What is raised by the step between the two, and what has cleared."""
    was = {kind for kind, one in before.standing.items() if one.raised}
    is_ = {kind for kind, one in after.standing.items() if one.raised}
    return tuple(kind for kind in Kind if kind in is_ - was), tuple(
        kind for kind in Kind if kind in was - is_
    )


def to_tell(watch: Watch, rules: AlertRules, now: datetime) -> tuple[Standing, ...]:
    """What somebody is to be called about now: raised, nobody knows, and nobody was called about it lately."""
    return tuple(
        one
        for kind in Kind
        if (one := watch.standing.get(kind)) is not None
        and one.raised
        and one.acknowledged_by is None
        and (kind not in watch.called or now - watch.called[kind] >= rules.again)
    )


def unknown(watch: Watch, kinds: Collection[Kind]) -> tuple[Standing, ...]:
    """What of these still stands and nobody knows: what the next one who is called is told."""
    found = (watch.standing.get(kind) for kind in Kind if kind in kinds)
    return tuple(one for one in found if one is not None and one.raised and one.acknowledged_by is None)


def calling(watch: Watch, told: Iterable[Standing], now: datetime) -> Watch:
    """Somebody is being called about these."""
    return replace(watch, called={**watch.called, **{one.kind: now for one in told}})


def acknowledged(watch: Watch, kinds: Collection[Kind], by: str) -> Watch:
    """Somebody knows; until it clears nobody is called about it any more."""
    return replace(
        watch,
        standing={
            kind: replace(one, acknowledged_by=by) if kind in kinds else one
            for kind, one in watch.standing.items()
        },
    )


@dataclass(frozen=True, slots=True)
class OnCall:
    """Someone who is called about alerts, at the extension or the number (E.164); `hours` empty: at any time."""

    who: str
    extension: str | None
    number: str | None
    hours: tuple[Span, ...] = ()


def on_duty(people: Iterable[OnCall], clock: time) -> tuple[OnCall, ...]:
    """Who is called when the centre's clock shows this, in order."""
    return tuple(
        one for one in people if not one.hours or any(span.opens <= clock < span.closes for span in one.hours)
    )


def _over(value: float, limit: float) -> float | None:
    return value if value > limit else None
