"""What the agents did: how their time went, which rings they picked up, how long a call kept them."""

from math import fsum

from routing.indicators.figure import Figure, Unit, count, mean, quotient, share
from routing.indicators.part import Part
from routing.indicators.states import RingResult, Stretch

FREE = frozenset({"available", "offered"})  # while his telephone rings he is as free as before


def occupancy(part: Part) -> Figure:
    """Of the time in which calls could be given, how much went to them; breaks and own calls are left out.

    By change of state. An agent's time has no language and no subject.
    """
    work = {one.id: _seconds(one) for one in part.stretches if _is_work(one)}
    free = {one.id: _seconds(one) for one in part.stretches if one.state in FREE}
    return quotient("occupancy", Unit.SHARE, work, work | free)


def answer_rate(part: Part) -> tuple[Figure, ...]:
    """Picked up ÷ offered to the agent, and the others apart; a telephone that rings now is not counted yet."""
    by = {result: tuple(ring.id for ring in part.rings if ring.result is result) for result in RingResult}
    over = tuple(ring.id for ring in part.rings if ring.result is not RingResult.RINGING)
    return (
        share("answer_rate", by[RingResult.ANSWERED], over),
        count("rings_missed", by[RingResult.MISSED]),
        count("rings_cancelled", by[RingResult.CANCELLED]),
    )


def handling_time(part: Part) -> tuple[Figure, ...]:
    """Σ talk, hold and work after the call ÷ calls handled; and its three parts.

    It is agents' time: of a call that was passed on each has his own, and the time between two agents is nobody's.
    """
    ids: list[str] = [call.id for call in part.conversations]
    talk = {id: fsum(share.talk for share in part.shares(id)) for id in ids}
    hold = {id: fsum(share.hold for share in part.shares(id)) for id in ids}
    work = {id: fsum(part.after_call_work(entry) for entry in _entries(id)) for id in ids}
    return (
        mean("handling_time", {id: talk[id] + hold[id] + work[id] for id in ids}),
        mean("talk_time", talk),
        mean("hold_time", hold),
        mean("after_call_work", work),
    )


def _entries(call: str) -> set[str]:
    """The entries of a call: its own, and for an attempt at a promise that of the promise, whoever was rung."""
    return {call, call.rpartition("-")[0]} if call.startswith("callback-") else {call}


def _is_work(one: Stretch) -> bool:
    """A conversation that the desk gave, or writing after it; not one with a colleague or outside."""
    return one.state == "wrapping_up" or (one.state == "talking" and one.detail != "")


def _seconds(one: Stretch) -> float:
    return (one.end - one.start).total_seconds()
