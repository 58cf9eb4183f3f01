"""Domain values to rows and back: the same names on both sides, so tables and dataclasses do it all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar, cast

from sqlalchemy import Insert, RowMapping, Table
from sqlalchemy.dialects import postgresql, sqlite

from db.lines import KIND_OF, from_values
from db.tables import agent_changes, callbacks, calls, trace_lines
from routing.model import Callback
from routing.record import AgentChange, CallRecord, Record, TraceLine

TABLES: dict[type[Record], Table] = {
    CallRecord: calls,
    Callback: callbacks,
    AgentChange: agent_changes,
    TraceLine: trace_lines,
}
VERSIONED: tuple[type[CallRecord], type[Callback]] = (CallRecord, Callback)
R = TypeVar("R", CallRecord, Callback, AgentChange, TraceLine)
COLUMNS = {record: tuple(field.name for field in fields(record)) for record in TABLES}


def to_domain(record: type[R], rows: Sequence[RowMapping]) -> list[R]:
    """Return the domain values of `rows`."""
    kind = KIND_OF[record]
    return [cast(R, from_values(kind, cast(Mapping[str, Any], row))) for row in rows]


def rows_of(batch: Iterable[Record]) -> dict[type[Record], list[dict[str, Any]]]:
    """Return the rows of `batch` by kind; of several versions of one value only the highest."""
    newest: dict[tuple[type[Record], str], CallRecord | Callback] = {}
    others: dict[type[Record], list[dict[str, Any]]] = {}
    for record in batch:
        if isinstance(record, VERSIONED):
            key = (type(record), str(record.id))
            present = newest.get(key)
            if present is None or present.version < record.version:
                newest[key] = record
        else:
            others.setdefault(type(record), []).append(_row(record))
    for value in newest.values():
        others.setdefault(type(value), []).append(_row(value))
    return others


def statements(dialect: str) -> dict[type[Record], Insert]:
    """Return, by kind, the statement that writes rows: twice, late or out of order is the same as once."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    made: dict[type[Record], Insert] = {}
    for record, table in TABLES.items():
        statement = insert(table)
        if record in VERSIONED:
            new = statement.excluded
            made[record] = statement.on_conflict_do_update(
                index_elements=[table.c.id],
                set_={column.name: new[column.name] for column in table.c if not column.primary_key},
                where=new.version > table.c.version,
            )
        else:
            made[record] = statement.on_conflict_do_nothing()
    return made


def _row(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in COLUMNS[type(record)]}
