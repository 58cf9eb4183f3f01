"""Whatever a record holds, it comes back from both databases, and late or twice is the same as once."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.journal import Journal
from db.lines import from_line, to_line
from db.store import Store
from db.writer import Writer
from routing.model import Callback, LinkRequest
from routing.record import AgentChange, AgentTalk, Audit, CallRecord, Record, TraceLine, Watched
from tests.store.conftest import empty_tables
from tests.store.records import records

EVER, NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)

on_real_databases = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def everything(store: Store, written: list[Record]) -> list[Record]:
    calls = await store.calls(limit=None)
    ids = {record.call for record in written if isinstance(record, TraceLine)}
    found: list[Record] = [
        *calls,
        *await store.callbacks(),
        *await store.link_requests(),
        *await store.talks(),
        *await store.audited(),
    ]
    found += await store.agent_changes()
    found += [one for one in await store.watched(EVER, NEVER)]
    for id in ids:
        found += await store.trace(id)
    return found


def expected(written: list[Record]) -> list[Record]:
    """The highest version of a call or state of a promise, the first of equal ones; the first of a line or change."""
    kept: dict[tuple[object, ...], Record] = {}
    for record in written:
        match record:
            case TraceLine():
                key: tuple[object, ...] = (TraceLine, record.call, record.seq)
                kept.setdefault(key, record)
            case AgentChange():
                kept.setdefault((AgentChange, record.id), record)
            case CallRecord() | Callback() | LinkRequest() | AgentTalk() | Audit() | Watched():
                key = (type(record), record.id)
                present = kept.get(key)
                if not isinstance(
                    present, CallRecord | Callback | LinkRequest | AgentTalk | Audit | Watched
                ) or order_of(present) < order_of(record):
                    kept[key] = record
    return list(kept.values())


def order_of(record: CallRecord | Callback | LinkRequest | AgentTalk | Audit | Watched) -> tuple[int, int]:
    return record.order if isinstance(record, Callback) else (0, record.version)


def in_order(found: list[Record]) -> list[str]:
    return sorted(to_line(record).decode() for record in found)


@on_real_databases
@given(batch=st.lists(records, max_size=12))
async def test_what_is_recorded_is_read_back(
    url: str, store: Store, journal: Journal, writer: Writer, batch: list[Record]
) -> None:
    await empty_tables(url)
    for record in batch:
        journal.record(record)
    assert await writer.flush()
    kept = [from_line(to_line(record)) for record in batch]
    assert in_order(await everything(store, kept)) == in_order(expected(kept))
    assert journal.health().rejected == 0
