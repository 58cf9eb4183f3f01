"""Asterisk's own record of calls, read as it grows: no call that Asterisk accepted is missing from ours.

The file is written with `newcdrcolumns=yes`, `loguniqueid=yes`, `loguserfield=yes` and `usegmtime=yes`; a row
appears when a leg ends, and one call makes several. It holds full numbers: it falls under retention.
"""

import csv
import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from dialplan.names import PLACED
from routing.model import CallEnding, CallId, Direction
from routing.record import CallRecord

# Order of the columns. Source: Asterisk 22, cdr/cdr_csv.c, build_csv_record.
COLUMNS = (
    "accountcode",
    "src",
    "dst",
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
    "uniqueid",
    "userfield",
    "peeraccount",
    "linkedid",
    "sequence",
)
READ_SIZE = 256 << 10  # bytes at a time, about 1 000 rows
TAIL = 512  # bytes before a position by which its file is known; a row has about 250
ROW_LINES = 8  # lines that one row may span: a quoted value may hold line ends
INCOMING = ("from-trunk-", "reception", "fallback", "adopt")
"""Beginnings of the contexts in which an incoming leg ends; the last two without the controller."""
TALKING = frozenset({"Dial", "Queue"})
SHORT = timedelta(seconds=5)  # a caller who hangs up sooner was not failed. Source: docs/indicators.md
RECOVERED_VERSION = 0
"""Below every version of the controller's own record, so that one of those always wins."""


@dataclass(frozen=True, slots=True)
class CdrPosition:
    """How far a file has been read; `inode` tells a new file of the same name.

    `tail` is a digest of what stands before `offset`: a file that was emptied and has grown again, or another one
    that got the same inode, does not fit it.
    """

    inode: int = 0
    offset: int = 0
    tail: str = ""


@dataclass(frozen=True, slots=True)
class CdrRow:
    """One row of Asterisk's file: one leg, or a part of one. Moments in UTC."""

    linked_id: str
    unique_id: str
    context: str
    caller: str
    dialled: str
    channel: str
    other_channel: str
    last_app: str
    start: datetime
    answer: datetime | None
    end: datetime
    disposition: str

    @property
    def is_incoming(self) -> bool:
        """Whether this is a leg on which someone called the centre.

        A leg that the centre placed through a trunk and nobody answered has the trunk's context too.
        """
        return self.context.startswith(INCOMING) and not self.unique_id.startswith(PLACED)


@dataclass(frozen=True, slots=True)
class CdrReading:
    """What was read. `more`: there is more to read at once. `damaged`: lines that are no rows.

    `anew`: the position did not fit and the file was read from its start, rows of long ago among them.
    """

    rows: list[CdrRow]
    position: CdrPosition
    damaged: int = 0
    more: bool = False
    anew: bool = False


def read_cdr(path: Path, since: CdrPosition = CdrPosition()) -> CdrReading:  # noqa: B008 - frozen
    """Return the rows written after `since`, at most READ_SIZE bytes of them; none while the file is missing.

    A last line that is not finished is left for the next time. A file that was rotated is read to its end
    under its new name beside `path`, then the new one from its start; a truncated one from its start.
    Blocks for some ten milliseconds.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return CdrReading([], since)
    if since.inode == status.st_ino and _fits(path, since):
        return _read(path, since, last_of_file=False)
    rotated = _find(path, since)
    if rotated is not None:
        reading = _read(rotated, since, last_of_file=True)
        if reading.rows or reading.more:
            return replace(reading, more=True)
    return replace(_read(path, CdrPosition(), last_of_file=False), anew=rotated is None)


def as_e164(number: str) -> str | None:
    """Return `number` if it is E.164, else None."""
    digits = number[1:]
    good = number.startswith("+") and digits.isascii() and digits.isdecimal() and 7 <= len(digits) <= 15
    return number if good else None


def reconcile(
    rows: Iterable[CdrRow],
    known_ids: Collection[CallId],
    to_e164: Callable[[str], str | None] = as_e164,
) -> list[CallRecord]:
    """Return a record for each call that Asterisk accepted and that is not among `known_ids`.

    Calls accepted = distinct linked ids of incoming legs. `recovered` is set, `version` is 0. The ending is
    - answered, if a conversation with an agent was connected without the controller (the fallback's queue);
    - left in the menu, if she hung up unanswered within SHORT;
    - system failure otherwise: the centre took the call and did not serve it.

    `to_e164` makes a caller's number of Asterisk's text, None when it is not one.
    """
    known = set(known_ids)
    return [
        _recovered(call, legs, to_e164)
        for call, legs in _by_call(rows).items()
        if call not in known and any(leg.is_incoming for leg in legs)
    ]


def close_unfinished(rows: Iterable[CdrRow], unfinished: Iterable[CallRecord]) -> list[CallRecord]:
    """Return the `unfinished` calls that have ended by these rows, closed at the end of their last leg.

    For calls that are known not to be live: a leg of a live call may have ended too. Who had spoken with an
    agent was answered, who waited abandoned, who was before the queue left in the menu.
    """
    by_call = _by_call(rows)
    return [_closed(call, by_call[call.id]) for call in unfinished if call.id in by_call]


def lost(call: CallRecord) -> CallRecord:
    """An unfinished call that went with Asterisk, which wrote nothing of it: closed at the last moment known of it.

    How long a conversation lasted is not known then, and nobody is said to have hung up.
    """
    seen = (call.started_at, call.answered_at, call.queued_at, call.connected_at, call.talk_ended_at)
    ending = CallEnding.SYSTEM_FAILURE if call.connected_at is None else CallEnding.ANSWERED
    return replace(
        call,
        version=call.version + 1,
        talk_ended_at=call.talk_ended_at or call.connected_at,
        ended_at=max(moment for moment in seen if moment),
        ending=call.ending or ending,
    )


def accepted_ids(rows: Iterable[CdrRow]) -> set[CallId]:
    """Return the calls that Asterisk accepted: the distinct linked ids of incoming legs."""
    return {CallId(row.linked_id) for row in rows if row.is_incoming}


# ---- steps ----


def _find(path: Path, since: CdrPosition) -> Path | None:
    for sibling in path.parent.glob(f"{path.name}?*"):
        if sibling.stat().st_ino == since.inode and _fits(sibling, since):
            return sibling
    return None


def _fits(path: Path, since: CdrPosition) -> bool:
    with path.open("rb") as file:
        return _tail(file, since.offset) == since.tail


def _tail(file: BinaryIO, offset: int) -> str:
    file.seek(max(0, offset - TAIL))
    before = file.read(min(offset, TAIL))
    return hashlib.sha256(before).hexdigest()[:32] if len(before) == min(offset, TAIL) and before else ""


def _read(path: Path, since: CdrPosition, *, last_of_file: bool) -> CdrReading:
    with path.open("rb") as file:
        inode = os.fstat(file.fileno()).st_ino
        file.seek(since.offset)
        data = file.read(READ_SIZE)
        more = len(data) == READ_SIZE
        rows, used, damaged = _taken(data, final=last_of_file or more)
        if not used and more:
            used, damaged = len(data), damaged + 1  # a line beyond all measure
        position = CdrPosition(inode, since.offset + used, _tail(file, since.offset + used))
    return CdrReading(rows, position, damaged, more)


def _taken(data: bytes, *, final: bool) -> tuple[list[CdrRow], int, int]:
    """Rows, the bytes that they and damaged lines took, and the number of the latter."""
    complete = data.rfind(b"\n") + 1
    rows: list[CdrRow] = []
    damaged = used = 0
    lines = [line + b"\n" for line in data[:complete].split(b"\n")[:-1]]
    for row, length in _rows(lines, final=final):
        used += length
        if row is None:
            damaged += 1
        else:
            rows.append(row)
    return rows, used, damaged


def _rows(lines: list[bytes], *, final: bool) -> Iterator[tuple[CdrRow | None, int]]:
    """Each row with the bytes it took; None for a line that is no row.

    An open quote may be closed by the next lines. If it is not, its line is damaged (Asterisk was killed as
    it wrote) and the next line begins a row.
    """
    at = 0
    while at < len(lines):
        for count in range(1, ROW_LINES + 1):
            text = b"".join(lines[at : at + count])
            if text.count(b'"') % 2 == 0:
                row = _parse(text.decode(errors="replace"))
                break
            if at + count >= len(lines) and not final and count < ROW_LINES:
                return  # the rest of this row may not be written yet
        else:
            row = None
        taken = count if row else 1
        yield row, sum(map(len, lines[at : at + taken]))
        at += taken


def _parse(text: str) -> CdrRow | None:
    try:
        values = next(csv.reader([text], strict=True))
        if len(values) != len(COLUMNS):
            return None
        row = dict(zip(COLUMNS, values, strict=True))
        return CdrRow(
            linked_id=row["linkedid"] or row["uniqueid"],
            unique_id=row["uniqueid"],
            context=row["dcontext"],
            caller=row["src"],
            # The dialplan notes the number she dialled; the extension is where her call ended.
            dialled=row["userfield"] or row["dst"],
            channel=row["channel"],
            other_channel=row["dstchannel"],
            last_app=row["lastapp"],
            start=_moment(row["start"]),
            answer=_moment(row["answer"]) if row["answer"] else None,
            end=_moment(row["end"]),
            disposition=row["disposition"],
        )
    except (ValueError, csv.Error, StopIteration):
        return None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _by_call(rows: Iterable[CdrRow]) -> dict[CallId, list[CdrRow]]:
    calls: dict[CallId, list[CdrRow]] = {}
    for row in rows:
        calls.setdefault(CallId(row.linked_id), []).append(row)
    return calls


def _recovered(call: CallId, legs: list[CdrRow], to_e164: Callable[[str], str | None]) -> CallRecord:
    incoming = [leg for leg in legs if leg.is_incoming]
    first = min(incoming, key=lambda leg: leg.start)
    started, ended = first.start, max(leg.end for leg in incoming)
    answered = min((leg.answer for leg in incoming if leg.answer), default=None)
    if any(leg.answer and leg.other_channel and leg.last_app in TALKING for leg in incoming):
        ending = CallEnding.ANSWERED
    elif answered is None and ended - started < SHORT:
        ending = CallEnding.LEFT_IN_MENU
    else:
        ending = CallEnding.SYSTEM_FAILURE
    return CallRecord(
        id=call,
        version=RECOVERED_VERSION,
        direction=Direction.INBOUND,
        caller=to_e164(first.caller),
        dialled=first.dialled,
        started_at=started,
        answered_at=answered,
        ended_at=ended,
        ending=ending,
        recovered=True,
    )


def _closed(call: CallRecord, legs: list[CdrRow]) -> CallRecord:
    # Asterisk's file has whole seconds: an end never lies before what the controller saw itself.
    seen = (call.started_at, call.answered_at, call.queued_at, call.connected_at, call.talk_ended_at)
    ended = max(max(leg.end for leg in legs), *(moment for moment in seen if moment))
    if call.ending is not None:
        ending = call.ending
    elif call.connected_at is not None:
        ending = CallEnding.ANSWERED
    elif call.direction is not Direction.INBOUND:
        ending = CallEnding.NOT_REACHED
    elif call.queued_at is not None:
        ending = CallEnding.ABANDONED
    else:
        ending = CallEnding.LEFT_IN_MENU
    return replace(call, version=call.version + 1, ended_at=ended, ending=ending)
