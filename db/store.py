"""The database as the rest of the program sees it: domain values in, domain values out."""

import asyncio
import os
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from operator import eq, ge, lt
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Executable, RowMapping, Select, and_, func, or_, select

from db.engine import (
    COMMAND_TIMEOUT,
    CONNECT_TIMEOUT,
    WRITES,
    DatabaseUnreachable,
    create_engine,
    make_private,
    parse_url,
    reason,
    sqlite_file,
)
from db.migrate import upgrade
from db.rows import R, rows_of, statements, to_domain
from db.sqlite_writer import SqliteWriter
from db.tables import agent_changes, audit, callbacks, calls, link_requests, talks, trace_lines, watched
from routing.model import (
    AgentId,
    Callback,
    CallbackId,
    CallbackState,
    CallEnding,
    CallId,
    Direction,
    Language,
    LinkRequest,
    RequestState,
    callback_entry_id,
)
from routing.record import AgentChange, AgentTalk, Audit, CallRecord, Record, TraceLine, Watched

ASKED_AT_ONCE = 500  # values in one IN (…); SQLite's older limit is 999


class AmbiguousPrefix(LookupError):  # noqa: N818 - named for what is wrong
    """Several calls begin with this text; `ids` holds some of them."""

    def __init__(self, prefix: str, ids: list[CallId]) -> None:
        self.ids = ids
        super().__init__(f"several calls begin with {prefix}: {', '.join(ids)}…")


class Store:
    """One database. `url` may name only the kind: `sqlite:///file`, `postgresql://user:password@host/name`.

    Raises ValueError for a URL that cannot be used. Reading raises DatabaseUnreachable when the database is
    gone.
    """

    def __init__(self, url: str) -> None:
        self._url = parse_url(url)
        self._engine = create_engine(self._url)
        self._writing = self._engine.execution_options(**{WRITES: True})
        self._direct = SqliteWriter(self._url) if self.file else None
        self._statements = statements(self._url.get_backend_name())
        self._connecting = asyncio.Lock()
        self._connected = False

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for PostgreSQL."""
        return sqlite_file(self._url)

    async def connect(self) -> None:
        """Reach the database and bring its tables to the present shape. Raises DatabaseUnreachable."""
        async with self._connecting:
            if self._connected:
                return
            try:
                if self.file:
                    make_private(self.file)
                async with asyncio.timeout(CONNECT_TIMEOUT + COMMAND_TIMEOUT):
                    await upgrade(self._url)
            except DatabaseUnreachable:
                raise
            except Exception as error:
                raise self._unreachable(error) from error
            self._connected = True

    async def close(self) -> None:
        """Close every connection."""
        if self._direct is not None:
            await self._direct.close()
        await self._engine.dispose()
        self._connected = False

    async def write(self, batch: Sequence[Record]) -> None:
        """Write `batch` in one transaction; connects first if need be. Raises what the database raises."""
        if not self._connected:
            await self.connect()
        if self._direct is not None:
            await self._direct.write(batch)
            return
        async with self._writing.begin() as connection:
            for kind, rows in rows_of(batch).items():
                await connection.execute(self._statements[kind], rows)

    async def change(self, statement: Executable) -> Sequence[RowMapping]:
        """Run one statement that writes, and return the rows that it names. Raises DatabaseUnreachable."""
        await self.connect()
        try:
            async with self._writing.begin() as connection:
                rows: Sequence[RowMapping] = (await connection.execute(statement)).mappings().all()
                return rows
        except Exception as error:
            raise self._unreachable(error) from error

    async def sync(self) -> None:
        """Bring to the disk what was written: SQLite commits without that, PostgreSQL has done it."""
        if self.file:
            await asyncio.to_thread(_sync_file, Path(f"{self.file}-wal"))

    # ---- calls ----

    async def calls(
        self,
        *,
        limit: int | None = 100,
        since: datetime | None = None,
        until: datetime | None = None,
        ending: CallEnding | None = None,
        caller: str | None = None,
        direction: Direction | None = None,
        agent: AgentId | None = None,
    ) -> list[CallRecord]:
        """Return calls, newest first, that started in [`since`, `until`) and fit what else is given."""
        c = calls.c
        return await self._list(
            CallRecord,
            select(calls)
            .where(
                *_given(ge, c.started_at, since),
                *_given(lt, c.started_at, until),
                *_given(eq, c.ending, ending),
                *_given(eq, c.caller, caller),
                *_given(eq, c.direction, direction),
                *_given(eq, c.agent, agent),
            )
            .order_by(c.started_at.desc(), c.id.desc())
            .limit(limit),
        )

    async def call(self, id: CallId) -> CallRecord | None:
        """Return one call."""
        return await self._one(CallRecord, select(calls).where(calls.c.id == id))

    async def find_call(self, prefix: str) -> CallRecord | None:
        """Return the call whose id is `prefix`, or the only one that begins so. Raises AmbiguousPrefix."""
        if exact := await self.call(CallId(prefix)):
            return exact
        found = await self._list(
            CallRecord,
            select(calls).where(calls.c.id.startswith(prefix, autoescape=True)).order_by(calls.c.id).limit(3),
        )
        if len(found) > 1:
            raise AmbiguousPrefix(prefix, [call.id for call in found])
        return found[0] if found else None

    async def unfinished_calls(self) -> list[CallRecord]:
        """Return the calls without an end, oldest first: at start, those that the last process left."""
        return await self._list(
            CallRecord,
            select(calls).where(calls.c.ended_at.is_(None)).order_by(calls.c.started_at, calls.c.id),
        )

    async def known_call_ids(self, ids: Collection[CallId]) -> set[CallId]:
        """Return those of `ids` that have a row."""
        rows = await self._rows_in(select(calls.c.id), calls.c.id, ids)
        return {CallId(row["id"]) for row in rows}

    async def languages(self, *, since: datetime | None = None) -> dict[str, Language]:
        """Return, by caller's number, the language of her last call in which one was chosen."""
        c = calls.c
        newest = func.row_number().over(partition_by=c.caller, order_by=(c.started_at.desc(), c.id.desc()))
        chosen = (
            select(c.caller, c.language, newest.label("place"))
            .where(c.caller.is_not(None), c.language.is_not(None), *_given(ge, c.started_at, since))
            .subquery()
        )
        rows = await self._rows(select(chosen.c.caller, chosen.c.language).where(chosen.c.place == 1))
        return {row["caller"]: Language(row["language"]) for row in rows}

    async def last_agents(self, *, since: datetime) -> dict[str, tuple[datetime, AgentId]]:
        """Return, by the other's number, when her last conversation after `since` ended, and with whom."""
        c = calls.c
        newest = func.row_number().over(partition_by=c.caller, order_by=(c.talk_ended_at.desc(), c.id.desc()))
        talked = (
            select(c.caller, c.agent, c.talk_ended_at, newest.label("place"))
            .where(c.caller.is_not(None), c.agent.is_not(None), c.connected_at.is_not(None))
            .where(c.talk_ended_at >= since)
            .subquery()
        )
        last = select(talked.c.caller, talked.c.agent, talked.c.talk_ended_at).where(talked.c.place == 1)
        return {
            row["caller"]: (row["talk_ended_at"], AgentId(row["agent"])) for row in await self._rows(last)
        }

    # ---- traces ----

    async def trace(self, call: CallId) -> list[TraceLine]:
        """Return what happened in a call, in order."""
        t = trace_lines.c
        return await self._list(TraceLine, select(trace_lines).where(t.call == call).order_by(t.seq))

    async def promise_trace(self, reference: CallbackId) -> list[TraceLine]:
        """Return what happened in the attempts at a promise, in order: who was rung, why, and how each ended."""
        t = trace_lines.c
        its = t.call.startswith(callback_entry_id(reference, 0).removesuffix("0"), autoescape=True)
        return await self._list(TraceLine, select(trace_lines).where(its).order_by(t.at, t.call, t.seq))

    # ---- callbacks ----

    async def callbacks(
        self, states: Collection[CallbackState] | None = None, *, limit: int | None = None
    ) -> list[Callback]:
        """Return promises in these states (all without `states`), oldest first."""
        c = callbacks.c
        return await self._list(
            Callback,
            select(callbacks)
            .where(*(() if states is None else (c.state.in_(list(states)),)))
            .order_by(c.asked_at, c.id)
            .limit(limit),
        )

    async def callback(self, id: CallbackId) -> Callback | None:
        """Return one promise."""
        return await self._one(Callback, select(callbacks).where(callbacks.c.id == id))

    async def callbacks_with(self, ids: Collection[CallbackId]) -> list[Callback]:
        """Return the promises with these references."""
        return to_domain(Callback, await self._rows_in(select(callbacks), callbacks.c.id, ids))

    async def promises_of(self, since: datetime, until: datetime) -> list[Callback]:
        """Return promises asked for or falling due in [`since`, `until`), and every open one, oldest first."""
        c = callbacks.c
        return await self._list(
            Callback,
            select(callbacks)
            .where(
                or_(
                    c.state.in_([CallbackState.DUE, CallbackState.IN_PROGRESS]),
                    and_(c.asked_at >= since, c.asked_at < until),
                    and_(c.promised_until >= since, c.promised_until < until),
                )
            )
            .order_by(c.asked_at, c.id),
        )

    async def notes(
        self, what: Collection[str], since: datetime, until: datetime, direction: Direction
    ) -> list[TraceLine]:
        """Return these trace lines of the calls that began in [`since`, `until`), in order of their moments."""
        t, c = trace_lines.c, calls.c
        of = select(c.id).where(c.started_at >= since, c.started_at < until, c.direction == direction)
        return await self._list(
            TraceLine,
            select(trace_lines).where(t.call.in_(of), t.what.in_(list(what))).order_by(t.at, t.call, t.seq),
        )

    async def watched(self, since: datetime, until: datetime) -> list[Watched]:
        """Return the stretches in which nothing was missed that touch [`since`, `until`), oldest first."""
        w = watched.c
        return await self._list(
            Watched,
            select(watched).where(w.until >= since, w.since < until).order_by(w.since, w.id),
        )

    # ---- links to send ----

    async def talks(
        self, since: datetime | None = None, until: datetime | None = None, call: CallId | None = None
    ) -> list[AgentTalk]:
        """Agents' parts of conversations that began in the half-open interval, in order of beginning."""
        c = talks.c
        given = (*_given(ge, c.began_at, since), *_given(lt, c.began_at, until), *_given(eq, c.call, call))
        return await self._list(AgentTalk, select(talks).where(*given).order_by(c.began_at, c.id))

    async def open_talks(self) -> list[AgentTalk]:
        """Agents' parts of conversations without an end, in order of beginning."""
        c = talks.c
        return await self._list(
            AgentTalk, select(talks).where(c.ended_at.is_(None)).order_by(c.began_at, c.id)
        )

    async def audited(self, since: datetime | None = None, until: datetime | None = None) -> list[Audit]:
        """What supervisors began to do in the half-open interval, oldest first."""
        c = audit.c
        given = (*_given(ge, c.began_at, since), *_given(lt, c.began_at, until))
        return await self._list(Audit, select(audit).where(*given).order_by(c.began_at, c.id))

    async def link_requests(self, state: RequestState | None = None) -> list[LinkRequest]:
        """Return requests in this state (all without one), oldest first."""
        c = link_requests.c
        return await self._list(
            LinkRequest,
            select(link_requests).where(*_given(eq, c.state, state)).order_by(c.asked_at, c.id),
        )

    async def link_request(self, id: str) -> LinkRequest | None:
        """Return one request."""
        return await self._one(LinkRequest, select(link_requests).where(link_requests.c.id == id))

    # ---- agents ----

    async def agent_changes(
        self,
        *,
        agent: AgentId | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> list[AgentChange]:
        """Return changes in [`since`, `until`), oldest first."""
        c = agent_changes.c
        return await self._list(
            AgentChange,
            select(agent_changes)
            .where(*_given(eq, c.agent, agent), *_given(ge, c.at, since), *_given(lt, c.at, until))
            .order_by(c.at, c.id)
            .limit(limit),
        )

    async def latest_agent_states(self, before: datetime | None = None) -> dict[AgentId, AgentChange]:
        """Return each agent's last change, or the last one before a moment."""
        c = agent_changes.c
        newest = func.row_number().over(partition_by=c.agent, order_by=(c.at.desc(), c.id.desc()))
        ranked = select(c.id, newest.label("place")).where(*_given(lt, c.at, before)).subquery()
        last = select(ranked.c.id).where(ranked.c.place == 1)
        found = await self._list(AgentChange, select(agent_changes).where(c.id.in_(last)).order_by(c.agent))
        return {change.agent: change for change in found}

    # ---- steps ----

    async def _list(self, kind: type[R], statement: Select[Any]) -> list[R]:
        return to_domain(kind, await self._rows(statement))

    async def _one(self, kind: type[R], statement: Select[Any]) -> R | None:
        found = await self._list(kind, statement)
        return found[0] if found else None

    async def _rows_in(
        self, statement: Select[Any], column: ColumnElement[Any], values: Collection[str]
    ) -> list[RowMapping]:
        wanted = list(values)
        rows: list[RowMapping] = []
        for start in range(0, len(wanted), ASKED_AT_ONCE):
            rows += await self._rows(statement.where(column.in_(wanted[start : start + ASKED_AT_ONCE])))
        return rows

    async def _rows(self, statement: Select[Any]) -> Sequence[RowMapping]:
        await self.connect()
        try:
            async with self._engine.connect() as connection:
                result = await connection.execute(statement)
                rows: Sequence[RowMapping] = result.mappings().all()
                return rows
        except Exception as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> DatabaseUnreachable:
        place = self._url.render_as_string(hide_password=True)
        if self.file:
            todo = f"see that the folder {self.file.parent} exists, may be written, and has room"
        else:
            todo = "see that PostgreSQL runs and that database.url in center.yaml names its host and database"
        return DatabaseUnreachable(f"database {place}: {reason(error)}; {todo}")


def _given(
    compare: Callable[[Any, Any], Any], column: ColumnElement[Any], value: object | None
) -> tuple[ColumnElement[bool], ...]:
    """The condition, if its value was given."""
    return () if value is None else (compare(column, value),)


def _sync_file(file: Path) -> None:
    try:
        fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
