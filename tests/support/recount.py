"""The figures once more, from the rows of an SQLite file, with no line of code from `routing` or `db`.

    python -m tests.support.recount FILE FROM TO      # moments in UTC, 2026-11-23T00:00

Written from docs/indicators.md alone; slow and plain on purpose. It tells each figure's value, None for no value.
"""

import json
import sqlite3
import sys
from collections import defaultdict
from datetime import datetime, timedelta

Y, SHORT, WEEK = 20.0, 5.0, timedelta(days=7)
Row = dict[str, object]
LOST = ("abandoned", "timed_out", "queue_full", "no_agent", "system_failure")


def recount(
    file: str,
    begin: datetime,
    end: datetime,
    now: datetime,
    language: str | None = None,
    agent: str | None = None,
    within: float = Y,
    short: float = SHORT,
    begins: tuple[str, ...] | None = None,
) -> dict[str, float | None]:
    """Each figure's value in [`begin`, `end`) at `now`; naive moments in UTC.

    Of an agent: of the calls he had. `begins`: of the numbers that begin so.
    """

    def at_home(number):
        return begins is None or (number or "").startswith(begins)

    base = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    base.row_factory = sqlite3.Row
    calls = read(
        base, "calls", "started_at", "answered_at", "queued_at", "connected_at", "talk_ended_at", "ended_at"
    )
    promises = read(base, "callbacks", "asked_at", "promised_from", "promised_until", "first_attempt_at")
    changes = read(base, "agent_changes", "at")
    notes = read(base, "trace_lines", "at")
    talks = parts_by_call(read(base, "talks", "began_at", "ended_at"))
    base.close()
    ours = [
        c
        for c in calls
        if language in (None, c["language"])
        and at_home(c["caller"])
        and (agent is None or agent in whose(c, talks[c["id"]]))
    ]
    theirs = [
        p for p in promises if language in (None, p["language"]) and agent is None and at_home(p["number"])
    ]
    mine = [c for c in ours if c["direction"] == "in" and begin <= c["started_at"] < end]
    result: dict[str, float | None] = {}
    result |= line(mine, changes, within, short)
    result |= agents(
        ours, theirs, changes, begin, end, now, everybody=language is None and begins is None, agent=agent
    )
    result |= handling(ours, talks, changes, begin, end, now, agent)
    result |= persons(calls, ours, mine, talks, begin, end, now)
    result |= callbacks(theirs, mine, notes, begin, end, now)
    result |= called_back(ours, talks, begin, end)
    everybody = [
        c
        for c in calls
        if c["direction"] == "in"
        and begin <= c["started_at"] < end
        and (agent is None or agent in whose(c, talks[c["id"]]))
        and at_home(c["caller"])
    ]
    result |= menus(everybody, notes, language)
    return result


def line(mine, changes, within, at_most):
    answered = [c for c in mine if c["ending"] == "answered" or (not c["ending"] and c["connected_at"])]
    abandoned = [c for c in mine if c["ending"] == "abandoned"]
    deferred = [c for c in mine if c["ending"] == "callback_taken" and c["queued_at"]]
    offered = [c for c in mine if c in answered or c in abandoned or (c["queued_at"] and c["ending"])]
    waits = {
        c["id"]: since(c["queued_at"], c["connected_at"] or c["ended_at"])
        for c in answered + abandoned
        if c["queued_at"]
    }
    good = sum(c["id"] in waits and waits[c["id"]] <= within for c in answered)
    short = sum((waits.get(c["id"]) or 0) <= at_most for c in abandoned)
    of_answered = sorted(waits[c["id"]] for c in answered if c["id"] in waits)
    of_abandoned = sorted(waits[c["id"]] for c in abandoned if c["id"] in waits)
    unrung = []
    for c in answered:
        at = rung_at(c["id"], changes)
        if c["queued_at"] and at:
            unrung.append(max(0.0, since(c["queued_at"], at)))
    return {
        "calls": len(mine),
        "offered": len(offered),
        "abandoned": len(abandoned),
        "deferred": len(deferred),
        "service_level_published": divided(good, len(answered) + len(abandoned) - short),
        "service_level_strict": divided(good, len(answered) + len(abandoned)),
        "abandonment": divided(len(abandoned), len(offered) - len(deferred)),
        "speed_of_answer": average(of_answered),
        "speed_of_answer_without_ringing": average(unrung),
        "wait_of_answered_median": median(of_answered),
        "wait_of_answered_p90": ninetieth(of_answered),
        "wait_of_answered_longest": of_answered[-1] if of_answered else None,
        "wait_of_abandoned": average(of_abandoned),
        "wait_of_abandoned_median": median(of_abandoned),
        "wait_of_abandoned_p90": ninetieth(of_abandoned),
        "wait_of_abandoned_longest": of_abandoned[-1] if of_abandoned else None,
        "time_before_queue": average(
            [since(c["started_at"], c["queued_at"]) for c in mine if c["queued_at"]]
        ),
    }


def rung_at(entry, changes):
    """When the telephone began to ring that was picked up for this entry."""
    found = []
    for rows in by_agent(changes).values():
        for here, there in zip(rows, rows[1:], strict=False):
            if [here["state"], there["state"]] != ["offered", "talking"]:
                continue
            if here["detail"] == there["detail"] == entry:
                found.append(here["at"])
    return min(found, default=None)


def entry_of(detail):
    """A call's id, or an attempt's without its number."""
    return detail.rpartition("-")[0] if detail.startswith("callback-") else detail


def parts_by_call(talks):
    found = defaultdict(list)
    for talk in sorted(talks, key=lambda t: (t["began_at"], t["id"])):
        found[talk["call"]].append(talk)
    return found


def whose(call, parts):
    """Whose call it is."""
    return {p["agent"] for p in parts if p["agent"]} or ({call["agent"]} if call["agent"] else set())


def talked(call, parts):
    """By agent, seconds talked and seconds on hold; empty unless it is over."""
    over = call["talk_ended_at"] or call["ended_at"]
    if not call["connected_at"] or not over:
        return {}
    if not parts:
        apart = call["hold_seconds"] + call["between_seconds"]
        return {call["agent"]: (max(0.0, since(call["connected_at"], over) - apart), call["hold_seconds"])}
    if not call["ended_at"] and not all(p["ended_at"] for p in parts):
        return {}
    found: dict[str, tuple[float, float]] = {}
    for place, part in enumerate(parts):
        last = place + 1 == len(parts)
        end = part["ended_at"] or (over if last else parts[place + 1]["began_at"])
        if part["agent"]:
            talk, hold = found.get(part["agent"], (0.0, 0.0))
            more = max(0.0, since(part["began_at"], max(end, part["began_at"])) - part["hold_seconds"])
            found[part["agent"]] = (talk + more, hold + part["hold_seconds"])
    return found


def handling(ours, talks, changes, begin, end, now, agent):
    written: dict[str, float] = defaultdict(float)
    for who, rows in by_agent(changes).items():
        for place, row in enumerate(rows):
            until = rows[place + 1]["at"] if place + 1 < len(rows) else now
            before = rows[place - 1] if place and agent in (None, who) else row
            if [before["state"], row["state"]] == ["talking", "wrapping_up"]:
                written[before["detail"].split("+")[0]] += since(row["at"], until)
    talk, hold, after = [], [], []
    for c in ours:
        shares = talked(c, talks[c["id"]])
        his = [share for who, share in shares.items() if agent in (None, who)]
        if c["direction"] == "internal" or not begin <= c["started_at"] < end or not his:
            continue
        talk.append(sum(seconds for seconds, _ in his))
        hold.append(sum(seconds for _, seconds in his))
        entries = {c["id"], entry_of(c["id"])}
        after.append(sum(written[entry] for entry in entries))
    return {
        "talk_time": average(talk),
        "after_call_work": average(after),
        "hold_time": average(hold),
        "handling_time": divided(sum(talk) + sum(hold) + sum(after), len(talk)),
    }


def agents(ours, promises, changes, begin, end, now, *, everybody, agent):
    work = free = 0.0
    picked = missed = cancelled = 0
    known = {c["id"] for c in ours} | {f"callback-{p['id']}" for p in promises}
    for who, rows in by_agent(changes).items():
        for place, row in enumerate(rows if agent in (None, who) else []):
            following = rows[place + 1] if place + 1 < len(rows) else None
            until = following["at"] if following else now
            inside = max(0.0, since(max(begin, row["at"]), min(end, until)))
            if row["state"] in ("available", "offered"):
                free += inside
            if row["state"] == "wrapping_up" or (row["state"] == "talking" and row["detail"]):
                work += inside
            if row["state"] == "offered" and begin <= row["at"] < end and following:
                if not everybody and entry_of(row["detail"]) not in known:
                    continue
                if following["state"] == "talking" and following["detail"] == row["detail"]:
                    picked += 1
                elif following["state"] == "on_break" and following["detail"] == "missed_offer":
                    missed += 1
                else:
                    cancelled += 1
    found = {
        "answer_rate": divided(picked, picked + missed + cancelled),
        "rings_missed": missed,
        "rings_cancelled": cancelled,
    }
    return found | ({"occupancy": divided(work, work + free)} if everybody else {})


def persons(calls, ours, mine, talks, begin, end, now):
    numbers = {c["caller"] for c in mine if c["caller"]}
    repeat, lost, reached, gone = set(), set(), set(), set()
    for number in numbers:
        hers = [c for c in mine if c["caller"] == number]
        every = [c for c in calls if c["caller"] == number and c["direction"] != "internal"]
        for one in hers:
            for other in every:
                if (
                    other["direction"] == "in"
                    and one["started_at"] - WEEK <= other["started_at"] < one["started_at"]
                ):
                    repeat.add(number)
        failed = [c for c in hers if c["ending"] in LOST]
        if failed:
            last = failed[-1]["started_at"]
            lost.add(number)
            spoke = [c for c in every if c["connected_at"] and c["ending"] != "not_reached"]
            if any(last < c["started_at"] <= last + WEEK for c in spoke):
                reached.add(number)
            elif last + WEEK <= now:
                gone.add(number)
    contacts = resolved = 0
    for one in ours:
        if (
            one["direction"] == "internal"
            or not (begin <= one["started_at"] < end)
            or not talked(one, talks[one["id"]])
            or one["ending"] == "not_reached"
        ):
            continue
        over = one["talk_ended_at"] or one["ended_at"]
        if not over or not one["caller"] or not one["subject"] or over + WEEK > now:
            continue
        contacts += 1
        resolved += not any(
            other["id"] != one["id"]
            and other["direction"] == "in"
            and other["caller"] == one["caller"]
            and other["subject"] == one["subject"]
            and over <= other["started_at"] <= over + WEEK
            for other in calls
        )
    return {
        "unique_callers": len(numbers),
        "repeat_callers": divided(len(repeat), len(numbers)),
        "callers_lost": len(lost),
        "callers_lost_then_reached": divided(len(reached), len(lost)),
        "callers_finally_lost": divided(len(gone), len(lost)),
        "first_contact_resolution": divided(resolved, contacts),
    }


def callbacks(promises, mine, notes, begin, end, now):
    asked = [p for p in promises if begin <= p["asked_at"] < end]
    closed = [p for p in asked if p["state"] in ("reached", "given_up", "cancelled")]
    reached = [p for p in closed if p["state"] == "reached"]
    due = kept = 0
    for p in promises:
        until, first = p["promised_until"], p["first_attempt_at"]
        if not until or not begin <= until < end:
            continue
        if first:
            due += 1
            kept += (p["promised_from"] or first) <= first < until
        elif p["state"] != "cancelled" and until <= now:
            due += 1
    told = {n["call"] for n in notes if n["what"] == "callback offered"}
    offered = [c for c in mine if c["id"] in told]
    return {
        "callbacks_asked": len(asked),
        "callbacks_accepted": divided(sum(c["callback"] is not None for c in offered), len(offered)),
        "callbacks_reached": divided(len(reached), len(closed)),
        "promises_kept": divided(kept, due),
        "time_to_first_attempt": average(
            [max(0.0, since(p["asked_at"], p["first_attempt_at"])) for p in asked if p["first_attempt_at"]]
        ),
        "attempts_per_reach": divided(sum(p["attempts"] for p in closed), len(reached)),
    }


def called_back(ours, talks, begin, end):
    """Those who were rung before their agent joined the line; the others never did."""
    waited = [
        max(0.0, since(c["answered_at"], c["connected_at"]))
        for c in ours
        if c["direction"] == "out"
        and begin <= c["started_at"] < end
        and c["queued_at"]
        and c["answered_at"]
        and talked(c, talks[c["id"]])
    ]
    return {"wait_after_connection": average(waited)}


def menus(mine, notes, language):
    ids = {c["id"] for c in mine}
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for note in notes:
        facts = json.loads(note["facts"])
        if note["what"].startswith("menu ") and note["call"] in ids and language in (None, facts["language"]):
            counts[facts["menu"]][note["what"]] += 1
            counts[facts["menu"]][facts.get("because", "")] += 1
    found = {}
    for menu, times in counts.items():
        heard = times["menu answered"] + times["menu left"] + times["menu given up"]
        answers = times["menu answered"] + times["menu given up"] + times["menu asked again"]
        found[f"menu_drop.{menu}"] = divided(times["menu left"], heard)
        found[f"menu_given_up.{menu}"] = divided(times["menu given up"], heard)
        for because, name in (
            ("invalid", "invalid"),
            ("not understood", "not_understood"),
            ("silence", "silent"),
        ):
            found[f"menu_{name}.{menu}"] = divided(times[because], answers)
    return found


# ---- small things


def read(base, table, *moments):
    rows = [dict(row) for row in base.execute(f"SELECT * FROM {table}")]  # noqa: S608 - names of ours
    for row in rows:
        for name in moments:
            row[name] = datetime.fromisoformat(row[name]) if row[name] else None  # noqa: DTZ007
    return sorted(rows, key=lambda row: row[moments[0]])


def by_agent(changes):
    found = defaultdict(list)
    for change in sorted(changes, key=lambda c: (c["at"], c["id"])):
        found[change["agent"]].append(change)
    return found


def since(earlier, later):
    return (later - earlier).total_seconds()


def divided(above, below):
    return above / below if below else None


def average(values):
    return divided(sum(values), len(values))


def median(values):
    if not values:
        return None
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def ninetieth(values):
    """The smallest that nine of ten do not exceed."""
    for value in values:
        if 10 * sum(other <= value for other in values) >= 9 * len(values):
            return value
    return None


if __name__ == "__main__":
    file, first, last = sys.argv[1:]
    utc_now = datetime.fromisoformat(sys.argv[3])
    print(
        json.dumps(
            recount(file, datetime.fromisoformat(first), datetime.fromisoformat(last), utc_now), indent=2
        )
    )
