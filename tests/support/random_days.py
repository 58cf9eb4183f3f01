"""Days as no centre would have them, but as a log might: any ending, any order of states, calls across midnight."""

from datetime import UTC, datetime, timedelta
from random import Random

from routing.model import (
    AgentId,
    Callback,
    CallbackId,
    CallbackState,
    CallEnding,
    CallId,
    Direction,
    Language,
    Subject,
)
from routing.record import AgentChange, AgentTalk, CallRecord, Record, TraceLine, Watched

NUMBERS = (
    None,
    *(f"+2126000000{n:02}" for n in range(15)),
    *(f"+2125282000{n:02}" for n in range(6)),
    *(f"+2125365000{n:02}" for n in range(6)),
)
SUBJECTS = (None, Subject("funding"), Subject("rights"))
AGENTS = tuple(AgentId(name) for name in ("amal", "idir", "nadia"))
STATES = ("signed_out", "available", "offered", "talking", "wrapping_up", "on_break")
FOLLOWS = {"offered": ("talking", "on_break", "available"), "talking": ("wrapping_up", "on_break")}
WHILE = timedelta(hours=2)  # agents are rung for who called not longer ago
MENUS = ("language", "subject", "closed")


def random_days(seed: int, begin: datetime, days: int = 12, calls: int = 160) -> list[Record]:
    """The records of `days` days from `begin`; the same for the same seed."""
    random = Random(seed)
    length = days * 86400.0
    promises = [_promise(random, n, begin, length) for n in range(25)]
    found: list[Record] = list(promises)
    inbound = [_call(random, f"{n}.1", begin + _some(random, length)) for n in range(calls)]
    found += inbound
    outgoing = [
        _call(random, f"callback-{one.id}-2-1", begin + _some(random, length), Direction.OUTBOUND)
        for one in promises
    ]
    found += outgoing
    for one in inbound:
        found += _notes(random, one)
    for one in (*inbound, *outgoing):
        found += _parts(random, one)
    entries = sorted(
        (one.started_at, one.id if one.direction is Direction.INBOUND else one.id.rpartition("-")[0])
        for one in (*inbound, *outgoing)
    )
    for agent in AGENTS:
        found += _changes(random, agent, begin, length, entries)
    found.append(Watched(f"w{seed}", begin, begin + timedelta(seconds=length), 1))
    return found


def _some(random: Random, most: float) -> timedelta:
    # Whole seconds now and then: what happens at the very limit must be counted on the same side.
    seconds = random.random() * most
    return timedelta(seconds=round(seconds) if random.random() < 0.3 else seconds)


def _call(random: Random, id: str, at: datetime, direction: Direction = Direction.INBOUND) -> CallRecord:
    queued = at + _some(random, 60) if random.random() < 0.8 else None
    waited = random.choice(
        (_some(random, 40), timedelta(seconds=5), timedelta(seconds=20), _some(random, 900))
    )
    left = (queued or at) + waited
    ending = random.choice((None, *CallEnding, *(CallEnding.ANSWERED,) * 8, *(CallEnding.ABANDONED,) * 4))
    may_have_talked = ending is None or ending is CallEnding.NOT_REACHED  # a machine
    talked = ending is CallEnding.ANSWERED or (may_have_talked and random.random() < 0.5)
    over = left + _some(random, 1200) if talked and (ending or random.random() < 0.3) else None
    return CallRecord(
        id=CallId(id),
        version=1,
        direction=direction,
        caller=random.choice(NUMBERS),
        dialled="2000",
        started_at=at,
        language=random.choice((None, *Language)),
        subject=random.choice(SUBJECTS),
        agent=random.choice(AGENTS) if talked else None,
        answered_at=at + _some(random, 60) if random.random() < 0.9 else None,
        queued_at=queued,
        connected_at=left if talked else None,
        talk_ended_at=over,
        ended_at=None if ending is None else over or left,
        ending=ending,
        hold_seconds=random.choice((0.0, 17.5)) if over else 0.0,
        between_seconds=random.choice((0.0, 4.0)) if over else 0.0,
        callback=CallbackId("1") if random.random() < 0.2 else None,
    )


def _parts(random: Random, call: CallRecord) -> list[AgentTalk]:
    """Often none; else up to four, one after the other or two at once, some of them never seen to end."""
    if call.connected_at is None or random.random() < 0.3:
        return []
    found: list[AgentTalk] = []
    at = call.connected_at
    for n in range(random.randrange(1, 5)):
        outside = "801" if n and random.random() < 0.2 else None
        length = _some(random, 400)
        began = at
        found.append(
            AgentTalk(
                id=f"{call.id}-{n}",
                version=2,
                call=call.id,
                agent=None if outside else random.choice(AGENTS),
                outside=outside,
                began_at=began,
                ended_at=None if random.random() < 0.15 else began + length,
                hold_seconds=random.choice((0.0, 12.5, 600.0)),
                ended_by=random.choice((None, "caller", "colleague")),
            )
        )
        at += random.choice((length, length / 2, length + timedelta(seconds=4)))
    return found


def _promise(random: Random, n: int, begin: datetime, length: float) -> Callback:
    asked = begin + _some(random, length)
    opens = asked + _some(random, 86400) if random.random() < 0.5 else None
    return Callback(
        id=CallbackId(str(100_000 + n)),
        number=random.choice(NUMBERS[1:]) or "",
        language=random.choice(tuple(Language)),
        subject=random.choice(SUBJECTS[1:]) or Subject("other"),
        asked_at=asked,
        not_before=asked,
        promised_from=opens,
        promised_until=(opens or asked) + _some(random, 86400) if random.random() < 0.8 else None,
        first_attempt_at=asked + _some(random, 2 * 86400) if random.random() < 0.7 else None,
        asked_in=None,
        attempts=random.randrange(5),
        state=random.choice(tuple(CallbackState)),
    )


def _changes(
    random: Random, agent: AgentId, begin: datetime, length: float, entries: list[tuple[datetime, str]]
) -> list[AgentChange]:
    found: list[AgentChange] = []
    at, state, detail, end = begin, "signed_out", "", begin + timedelta(seconds=length)
    while (at := at + _some(random, 3000)) < end:
        lately = [entry for began, entry in entries if at - WHILE <= began <= at] or [""]
        before, state = state, random.choice(FOLLOWS.get(state, STATES))
        if state == "offered":
            detail = random.choice(lately)
        elif state == "on_break":
            detail = random.choice(("pause", "missed_offer"))
        elif state == "talking":
            # Sometimes another than the one he was rung for.
            detail = detail if before == "offered" and random.random() < 0.9 else random.choice([*lately, ""])
        else:
            detail = ""
        if state == "talking" and detail and random.random() < 0.1:
            detail += "+103"  # he is the third
        found.append(AgentChange(f"{len(found):06}-{agent}", agent, at.astimezone(UTC), state, detail))
    return found


def _notes(random: Random, call: CallRecord) -> list[TraceLine]:
    found: list[TraceLine] = []
    for seq in range(1, random.randrange(6) + 1):
        language = random.choice(tuple(Language))
        facts = {"menu": random.choice(MENUS), "language": language.value}
        what = random.choice(
            ("menu answered", "menu asked again", "menu given up", "menu left", "callback offered", "said")
        )
        if what in ("menu asked again", "menu given up"):
            facts["because"] = random.choice(("invalid", "silence", "not understood", "repeat"))
        found.append(TraceLine(call.id, seq, call.started_at + timedelta(seconds=seq), what, facts))
    return found
