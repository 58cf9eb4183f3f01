"""The tables. A row is a domain value, column for field; `migrations/` brings a database to this shape."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData(
    naming_convention={"pk": "%(table_name)s_pkey", "ix": "%(table_name)s_%(column_0_N_name)s_idx"}
)


def sqlite_text(value: datetime | None) -> str | None:
    """A moment as SQLAlchemy writes it to SQLite, `2026-11-23 08:30:00.000000` in UTC. ValueError without a zone."""
    if value is None:
        return None
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")[: -len("+00:00")]


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC: `timestamptz` in PostgreSQL, sortable text without a zone in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as the database keeps it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        if dialect.name == "sqlite":
            return value.astimezone(UTC).replace(tzinfo=None)
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("direction", Text, nullable=False),
    Column("caller", Text),
    Column("dialled", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("language", Text),
    Column("subject", Text),
    Column("agent", Text),
    Column("answered_at", Moment),
    Column("queued_at", Moment),
    Column("connected_at", Moment),
    Column("talk_ended_at", Moment),
    Column("ended_at", Moment),
    Column("ending", Text),
    Column("callback", Text),
    Column("recovered", Boolean, nullable=False),
    Column("outcome", Text),
    Column("hold_seconds", Float, nullable=False, server_default="0"),
    Column("between_seconds", Float, nullable=False, server_default="0"),
    Column("satisfaction", Text),
    Index(None, "started_at"),
    Index(None, "caller", "started_at"),
    Index(None, "ended_at"),
)

trace_lines = Table(
    "trace_lines",
    metadata,
    Column("call", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("what", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    sqlite_with_rowid=False,
)

talks = Table(
    "talks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("call", Text, nullable=False),
    Column("agent", Text),
    Column("outside", Text),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("hold_seconds", Float, nullable=False),
    Column("ended_by", Text),
    Index(None, "call"),
    Index(None, "agent", "began_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("did", Text, nullable=False),
    Column("whom", Text),
    Column("call", Text),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("detail", Text, nullable=False),
    Index(None, "began_at"),
)

agent_changes = Table(
    "agent_changes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("agent", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("telephone", Text),
    Index(None, "agent", "at"),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("promised_until", Moment),
    Column("asked_in", Text),
    Column("attempts", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("last_result", Text),
    Column("version", Integer, nullable=False),
    Column("promised_from", Moment),
    Column("first_attempt_at", Moment),
    Column("rang_at", Moment),
    Column("talked_at", Moment),
    Column("refusals", Integer, nullable=False, server_default="0"),
    Column("assigned_to", Text),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("holder", Text),
    Column("lease_until", Moment),
    Column("origin", Text, nullable=False, server_default="asked"),
    Index(None, "state", "not_before"),
)

watched = Table(
    "watched",
    metadata,
    Column("id", Text, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "until"),
)

link_requests = Table(
    "link_requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("article", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("asked_in", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sent_at", Moment),
    Column("version", Integer, nullable=False),
    Index(None, "state", "asked_at"),
)
