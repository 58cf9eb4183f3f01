"""A day from a CSV file with the columns of the call centre data that the Technion published (Guedj and Mandelbaum).

Used are `call_id`, `type`, `vru_entry`, `vru_exit`, `q_start`, `q_time`, `outcome` (AGENT, HANG; others are left
out), `ser_time` and `server`; moments are h:mm:ss of one day, 0:00:00 where there was none. The kinds of call become
subjects, all in one language. The file has no attendance, so it is told from who answered whom (`presence.py`).
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from routing.model import Agent, AgentId, DeskRules, EntryId, Language, Subject
from routing.skills import Relaxation, Step
from simulator.day import Contact, Day
from simulator.presence import attendance, subjects_served, usual_pause

COLUMNS = ("call_id", "type", "vru_entry", "vru_exit", "q_start", "q_time", "outcome", "ser_time", "server")
LANGUAGE = Language.ARABIC
MIDNIGHT = datetime(2000, 1, 3, tzinfo=UTC)
NOBODY = "NO_SERVER"
NEVER_RELAXED = Relaxation((Step(timedelta()),))


class UnreadableDay(ValueError):  # noqa: N818 - named for what is wrong
    """The file cannot be used; the message names file, line and column and says what is expected."""


def read_published_day(path: Path, rules: DeskRules | None = None) -> Day:
    """The day in `path`. Raises UnreadableDay.

    Of `rules` the wrap-up is replaced by the pause seen in the data, and subjects are never relaxed: who served what
    is all that is known of skills.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            contacts = _contacts(path, csv.DictReader(file))
    except OSError as error:
        raise UnreadableDay(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableDay(f"{path}: is not a CSV file in UTF-8: {error}") from None
    if not any(one.handled is not None for one in contacts):
        raise UnreadableDay(f"{path}: nobody was answered in it, so there is nothing to replay")
    wrap_up = usual_pause(contacts)
    agents = tuple(
        Agent(agent, agent, str(number), (LANGUAGE,), subjects)
        for number, (agent, subjects) in enumerate(subjects_served(contacts).items(), start=101)
    )
    rules = replace(rules or DeskRules(), wrap_up=wrap_up, relax=NEVER_RELAXED)
    return Day(contacts, agents, attendance(contacts, wrap_up), rules)


def _contacts(path: Path, rows: "csv.DictReader[str]") -> tuple[Contact, ...]:
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise UnreadableDay(f"{path}: has no column {', '.join(missing)}; expected are {', '.join(COLUMNS)}")
    found = [contact for row in rows if (contact := _contact(path, rows.line_num, row)) is not None]
    return tuple(sorted(_distinct(found), key=lambda one: (one.joined_at, one.id)))


def _contact(path: Path, line: int, row: Mapping[str, str | None]) -> Contact | None:
    """The one of this row; None for those who never reached the line."""

    def read(column: str, kind: str) -> timedelta:
        text = row[column] or ""
        parts = text.split(":") if kind == "moment" else [text]
        if not all(part.isascii() and part.isdigit() and len(part) <= 6 for part in parts) or len(
            parts
        ) not in (1, 3):
            expected = "a moment such as 9:05:00" if kind == "moment" else "a whole number of seconds"
            raise UnreadableDay(f'{path}, line {line}, column {column}: "{text}" is not {expected}')
        seconds = 0
        for part in parts:
            seconds = seconds * 60 + int(part)
        return timedelta(seconds=seconds)

    outcome, server = row["outcome"], row["server"] or NOBODY
    queued, waited = read("q_start", "moment"), read("q_time", "seconds")
    if outcome == "AGENT" and server != NOBODY:
        handled, agent = read("ser_time", "seconds"), AgentId(server)
    elif outcome == "HANG" and queued:
        handled, agent = None, None
    else:
        return None
    entered, left = read("vru_entry", "moment"), read("vru_exit", "moment")
    joined = queued or left
    if joined < entered:  # the menu was left after midnight
        joined += timedelta(days=1)
    return Contact(
        id=EntryId(row["call_id"] or f"line-{line}"),
        language=LANGUAGE,
        subject=Subject((row["type"] or "other").lower()),
        joined_at=MIDNIGHT + joined,
        waited=waited,
        handled=handled,
        agent=agent,
    )


def _distinct(contacts: Iterable[Contact]) -> list[Contact]:
    """Each with an id of her own: the published ids repeat within a day."""
    seen: dict[EntryId, int] = {}
    distinct = []
    for one in contacts:
        count = seen[one.id] = seen.get(one.id, 0) + 1
        distinct.append(one if count == 1 else replace(one, id=EntryId(f"{one.id}.{count}")))
    return distinct
