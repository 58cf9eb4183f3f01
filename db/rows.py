"""Domain values to rows and back: the same names on both sides, so tables and dataclasses do it all."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar, cast

from sqlalchemy import Dialect, Insert, RowMapping, Table, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from db.lines import KIND_OF, from_values
from db.tables import (
    Moment,
    agent_changes,
    audit,
    callbacks,
    calls,
    link_requests,
    sqlite_text,
    talks,
    trace_lines,
    watched,
)
from routing.model import Callback, LinkRequest
from routing.record import AgentChange, AgentTalk, Audit, CallRecord, Record, TraceLine, Watched

TABLES: dict[type[Record], Table] = {
    CallRecord: calls,
    Callback: callbacks,
    LinkRequest: link_requests,
    AgentChange: agent_changes,
    AgentTalk: talks,
    TraceLine: trace_lines,
    Watched: watched,
    Audit: audit,
}
Versioned = CallRecord | Callback | LinkRequest | Watched | AgentTalk | Audit
_ORDER: dict[type[Record], tuple[str, ...]] = {
    CallRecord: ("version",),
    Callback: ("fence", "version"),
    LinkRequest: ("version",),
    Watched: ("version",),
    AgentTalk: ("version",),
    Audit: ("version",),
}
"""What orders the states of one value; the first counts most."""
R = TypeVar("R", CallRecord, Callback, LinkRequest, AgentChange, AgentTalk, TraceLine, Watched, Audit)
COLUMNS = {record: tuple(field.name for field in fields(record)) for record in TABLES}


def to_domain(record: type[R], rows: Sequence[RowMapping]) -> list[R]:
    """Return the domain values of `rows`."""
    kind = KIND_OF[record]
    return [cast(R, from_values(kind, cast(Mapping[str, Any], row))) for row in rows]


def rows_of(batch: Iterable[Record]) -> dict[type[Record], list[dict[str, Any]]]:
    """Return the rows of `batch` by kind; of several versions of one value only the highest."""
    newest: dict[tuple[type[Record], str], Versioned] = {}
    others: dict[type[Record], list[dict[str, Any]]] = {}
    for record in batch:
        if isinstance(record, Versioned):
            key = (type(record), str(record.id))
            present = newest.get(key)
            if present is None or _order(present) < _order(record):
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
        if record in _ORDER:
            new = statement.excluded
            made[record] = statement.on_conflict_do_update(
                index_elements=[table.c.id],
                set_={column.name: new[column.name] for column in table.c if not column.primary_key},
                where=tuple_(*(new[name] for name in _ORDER[record]))
                > tuple_(*(table.c[name] for name in _ORDER[record])),
            )
        else:
            made[record] = statement.on_conflict_do_nothing()
    return made


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement in the driver's own words: SQLAlchemy's work for it done once, not for every batch."""

    text: str
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    """In the order of the statement's placeholders, with what makes the driver's value of ours."""

    def rows(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        """The driver's parameters."""
        columns = self.columns
        return [
            tuple([row[name] if make is None else make(row[name]) for name, make in columns]) for row in rows
        ]


def prepared(inserts: Mapping[type[Record], Insert], dialect: Dialect) -> dict[type[Record], Prepared]:
    """Return `inserts` for SQLite's driver, which numbers its placeholders by their places."""
    made: dict[type[Record], Prepared] = {}
    for record, insert in inserts.items():
        columns = COLUMNS[record]
        compiled = insert.compile(dialect=dialect, column_keys=list(columns))
        types = {name: TABLES[record].c[name].type for name in columns}
        processors = {
            name: sqlite_text
            if isinstance(kind, Moment)
            else kind.dialect_impl(dialect).bind_processor(dialect)
            for name, kind in types.items()
        }
        made[record] = Prepared(
            str(compiled), tuple((name, processors[name]) for name in compiled.positiontup or ())
        )
    return made


def _order(record: Versioned) -> tuple[int, ...]:
    return tuple(getattr(record, name) for name in _ORDER[type(record)])


def _row(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in COLUMNS[type(record)]}
