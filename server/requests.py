"""Requests that the fallback kept while the controller was away: taken from the spool into the book of promises."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from ivr.centre import Centre
from ivr.flows.call_numbers import NOT_ALLOWED, usable
from routing.model import CallId, Language, Subject
from server.promises import PromiseBook

log = structlog.get_logger()

UNUSABLE = "unusable"
"""Folder beside the requests for those that cannot become a promise; a person looks at them."""


def take_in(folder: Path, book: PromiseBook, centre: Centre) -> int:
    """Make a promise of each request; how many. A file is removed only after its promise is in the journal.

    A crash in between leaves the file, and the same call makes the same promise only once: its number and call are
    compared with the open promises.
    """
    taken = 0
    for file in sorted(folder.glob("*.json")):
        try:
            taken += _taken_in(file, book, centre)
        except OSError as problem:
            log.warning("a request of the fallback cannot be taken in", file=file.name, why=problem.strerror)
    return taken


def _taken_in(file: Path, book: PromiseBook, centre: Centre) -> int:
    try:
        taken = _take(json.loads(file.read_text(encoding="utf-8")), book, centre)
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        _set_aside(file, str(problem))
        return 0
    file.unlink(missing_ok=True)
    return taken


def _take(facts: dict[str, Any], book: PromiseBook, centre: Centre) -> int:
    number = usable(str(facts["number"]), centre.callbacks)
    if number is None or number == NOT_ALLOWED:
        raise ValueError("the number is impossible or may not be called")
    call = CallId(str(facts["call"]))
    if any(promise.asked_in == call and promise.number == number for promise in book.open()):
        return 0
    asked_at = datetime.fromisoformat(facts["asked_at"])
    if asked_at.tzinfo is None:
        raise ValueError("its moment has no time zone")
    language = facts.get("language")
    named = facts.get("subject")
    subject = Subject(named) if named in centre.subjects else centre.other_subject
    if not book.may_promise(number, centre.callbacks, subject):
        raise ValueError("too many promises were made today")
    book.promise(
        number,
        Language(language) if language in set(Language) else centre.languages[0],
        subject,
        call,
        asked_at,
    )
    return 1


def _set_aside(file: Path, why: str) -> None:
    folder = file.parent / UNUSABLE
    folder.mkdir(mode=0o700, exist_ok=True)
    file.replace(folder / file.name)
    log.warning("a request of the fallback cannot become a promise", file=f"{UNUSABLE}/{file.name}", why=why)
