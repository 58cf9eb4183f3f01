"""What the log of a time says of a centre's days, so that others like them can be drawn. Pure.

Only times in which the centre was open and somebody watched are looked at: a call that nobody could see is not a call
that nobody made.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from routing.hours import OpeningHours
from routing.indicators.agents import handling_time
from routing.indicators.figure import Figure
from routing.indicators.interval import Interval, hours
from routing.indicators.part import Part
from routing.indicators.promises import promises
from routing.indicators.report import elapsed
from routing.model import AgentId, CallEnding, Subject
from routing.patience import learn_patience
from routing.record import CallRecord
from server.simulation.crowd import REACHED, TAKES_CALLBACK
from server.simulation.history import History, Kind, TooLittle

FEWEST_CALLS = 30
FEWEST_TALKS = 10
AT_WORK = frozenset({"available", "offered", "talking", "wrapping_up"})
INSTEAD_OF_THE_LINE = frozenset({CallEnding.CALLBACK_TAKEN, CallEnding.QUEUE_FULL})
NO_SUBJECT = Subject("")


def learn(part: Part, opening: OpeningHours, agents: int | None = None) -> History:
    """What `part` says; `agents` wins over how many were at work. Raises TooLittle."""
    times = tuple(_open_and_watched(part, opening))
    if not times:
        raise TooLittle("nobody watched while the centre was open in that time; take another time")
    calls = [call for call in part.calls if _wanted_a_person(call) and _within(times, call.started_at)]
    _enough(len(calls), FEWEST_CALLS, "calls for a person in open hours")
    _enough(len(part.conversations), FEWEST_TALKS, "conversations")
    worked = _worked(part, times)
    if not worked and agents is None:
        raise TooLittle("the log has nobody at work in that time; say how many with --agents")
    of = {figure.formula: figure for figure in (*promises(part), *handling_time(part))}
    return History(
        calls=_by_hour(calls, opening.zone),
        seen=_seen(times, opening.zone),
        talks=_by_subject(part.conversations),
        patience=learn_patience(
            (call.wait_seconds, call.ending is CallEnding.ABANDONED)
            for call in calls
            if call.wait_seconds is not None and call.ended_at is not None
        ),
        agents=agents or max(1, round(sum(worked.values()) / sum(time.seconds for time in times))),
        staff=tuple(sorted(worked, key=lambda agent: (-worked[agent], agent))),
        takes_callback=_known(of["callbacks_accepted"], TAKES_CALLBACK),
        reached=1 / max(_known(of["attempts_per_reach"], 1 / REACHED), 1.0),
        wrap_up=_writing(part, of["after_call_work"]),
    )


def _enough(found: int, fewest: int, what: str) -> None:
    if found < fewest:
        raise TooLittle(
            f"{found} {what} are too few to draw a day from, {fewest} are needed; "
            "take a longer time, or give rates"
        )


def _open_and_watched(part: Part, opening: OpeningHours) -> Iterator[Interval]:
    """In order, none overlaps."""
    over = elapsed(part)
    for opens, closes in opening.intervals(over.start, over.end):
        at = opens
        for gap in part.unwatched:
            if gap.end > at and gap.start < closes:
                if gap.start > at:
                    yield Interval(at, gap.start)
                at = min(gap.end, closes)
        if at < closes:
            yield Interval(at, closes)


def _within(times: tuple[Interval, ...], moment: datetime) -> bool:
    before = bisect_right(times, moment, key=lambda one: one.start)
    return before > 0 and moment in times[before - 1]


def _wanted_a_person(call: CallRecord) -> bool:
    """She joined the line, or would have: it was too long for her."""
    known = call.language is not None and call.subject is not None
    return known and (call.queued_at is not None or call.ending in INSTEAD_OF_THE_LINE)


def _by_hour(calls: Iterable[CallRecord], zone: ZoneInfo) -> dict[int, Counter[Kind]]:
    found: dict[int, Counter[Kind]] = {}
    for call in calls:
        if call.language is not None and call.subject is not None:
            found.setdefault(call.started_at.astimezone(zone).hour, Counter())[
                call.language, call.subject
            ] += 1
    return found


def _seen(times: Iterable[Interval], zone: ZoneInfo) -> dict[int, float]:
    """By the clock's hour, how many hours of it were watched."""
    found: dict[int, float] = {}
    for one in times:
        for hour in hours(one, zone):
            clock = hour.start.astimezone(zone).hour
            found[clock] = found.get(clock, 0.0) + hour.seconds / 3600
    return found


def _by_subject(talked: Iterable[CallRecord]) -> dict[Subject, tuple[float, ...]]:
    found: dict[Subject, list[float]] = {}
    for call in talked:
        seconds = (call.talk_seconds or 0.0) + call.hold_seconds
        found.setdefault(call.subject or NO_SUBJECT, []).append(seconds)
    return {subject: tuple(alike) for subject, alike in found.items()}


def _worked(part: Part, times: tuple[Interval, ...]) -> dict[AgentId, float]:
    """The seconds each was at work while the centre was open, breaks not counted."""
    found: dict[AgentId, float] = {}
    for one in part.stretches:
        if one.state in AT_WORK:
            for time in times:
                common = time.overlap(one.start, one.end)
                if common is not None:
                    found[one.agent] = found.get(one.agent, 0.0) + common.seconds
    return found


def _writing(part: Part, after_call: Figure) -> timedelta | None:
    """The mean of the time; None where no agent's state is known."""
    known = after_call.value is not None and any(one.state == "wrapping_up" for one in part.stretches)
    return timedelta(seconds=after_call.value or 0.0) if known else None


def _known(figure: Figure, otherwise: float) -> float:
    """Its value, where it is made of enough."""
    return figure.value if figure.value is not None and len(figure.of) >= FEWEST_TALKS else otherwise
