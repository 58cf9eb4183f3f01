"""A record as one line of the journal, and back.

A line is `crc32 json\\n`, UTF-8: the checksum tells a line that a crash cut short. Missing fields take the
record's defaults, so that a journal written before an upgrade is read after it.
"""

import types
import typing
import zlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson

from routing.model import Callback, LinkRequest
from routing.record import AgentChange, AgentTalk, Audit, CallRecord, Record, TraceLine, Watched

KINDS: dict[str, type[Record]] = {
    "call": CallRecord,
    "trace": TraceLine,
    "agent": AgentChange,
    "talk": AgentTalk,
    "callback": Callback,
    "link": LinkRequest,
    "watched": Watched,
    "audit": Audit,
}
KIND_OF: dict[type[Record], str] = {record: kind for kind, record in KINDS.items()}
TRACE_MARK = b'{"kind":"trace"'

# PostgreSQL has no text with NUL, UTF-8 none with half a surrogate pair.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_REPLACEMENT_UTF8 = REPLACEMENT.encode()


class DamagedLine(ValueError):
    """The line is torn, altered, or not a record that this version knows."""


def to_line(record: Record) -> bytes:
    """Return `record` as a line of the journal. Text that no database takes is replaced by U+FFFD."""
    kind = KIND_OF[type(record)]
    values: dict[str, object] = {"kind": kind}
    for name, default in _DEFAULTS[kind]:
        value = getattr(record, name)
        if value is not default:
            if type(value) is datetime and value.tzinfo is not UTC:
                value = _in_utc(value)
            values[name] = value
    try:
        payload = orjson.dumps(values, default=_plain)
        odd = b"\\u0000" in payload
    except orjson.JSONEncodeError:  # half a surrogate pair
        odd = True
    if odd:
        payload = orjson.dumps(_storable(values), default=_plain)
    return b"%08x %b\n" % (zlib.crc32(payload), payload)


def as_kept(line: bytes, record: Record) -> Record:
    """Return the record that `line` holds: `record` itself unless text had to be replaced."""
    return from_line(line) if _REPLACEMENT_UTF8 in line else record


def from_line(line: bytes) -> Record:
    """Return the record in `line`; raises DamagedLine."""
    checksum, _, payload = line.rstrip(b"\n").partition(b" ")
    try:
        if int(checksum, 16) != zlib.crc32(payload):
            raise DamagedLine("the checksum differs")
        values = orjson.loads(payload)
        return from_values(values.pop("kind"), values)
    except DamagedLine:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedLine(f"{type(error).__name__} while reading") from error


def from_values(kind: str, values: Mapping[str, Any]) -> Record:
    """Return the record of `kind` whose fields are `values`, with times as ISO 8601 text or aware datetimes.

    Raises KeyError for an unknown kind, TypeError for unknown or missing fields, ValueError for bad values.
    """
    readers = _READERS[kind]
    return KINDS[kind](
        **{
            name: readers[name](value) if value is not None and name in readers else value
            for name, value in values.items()
        }
    )


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return value.astimezone(UTC)


def _plain(value: object) -> object:
    """JSON for what the encoder does not know."""
    return dict(value) if isinstance(value, Mapping) else str(value)


def _storable(value: Any) -> Any:
    match value:
        case str():
            return (
                value.replace("\0", REPLACEMENT).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            )
        case Mapping():
            return {_storable(key): _storable(item) for key, item in value.items()}
        case _:
            return value


def _moment(value: str | datetime) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment


def _facts(value: Mapping[str, object]) -> dict[str, str]:
    return {str(name): str(fact) for name, fact in value.items()}


def _readers_of(record: type[Record]) -> dict[str, Callable[[Any], Any]]:
    """How each field is read back, from its type; identity where plain JSON already is the value."""
    readers: dict[str, Callable[[Any], Any]] = {}
    for name, hint in typing.get_type_hints(record).items():
        types_of_field = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        kind = types_of_field[0]
        if kind is datetime:
            readers[name] = _moment
        elif isinstance(kind, type) and issubclass(kind, StrEnum):
            readers[name] = kind
        elif typing.get_origin(kind) is Mapping:
            readers[name] = _facts
        elif kind is bool:
            readers[name] = bool
    return readers


def _default_of(field: "Field[Any]") -> object:
    return MISSING if field.default is MISSING else field.default


_READERS = {kind: _readers_of(record) for kind, record in KINDS.items()}
_DEFAULTS = {
    kind: tuple((field.name, _default_of(field)) for field in fields(record))
    for kind, record in KINDS.items()
}
