"""Records to store: plain ones by hand, odd ones by Hypothesis."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from routing.model import (
    AgentId,
    AttemptResult,
    Callback,
    CallbackId,
    CallbackState,
    CallEnding,
    CallId,
    Direction,
    Language,
    LinkRequest,
    RequestState,
    Subject,
)
from routing.record import AgentChange, AgentTalk, Audit, CallRecord, Record, TraceLine, Watched

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def a_call(id: str = "1700000000.1", version: int = 1, **values: object) -> CallRecord:
    given: dict[str, object] = {
        "direction": Direction.INBOUND,
        "caller": "+212612345678",
        "dialled": "2000",
        "started_at": NOON,
    }
    return CallRecord(id=CallId(id), version=version, **(given | values))  # type: ignore[arg-type]


def a_line(seq: int = 1, call: str = "1700000000.1", what: str = "prompt played", **facts: str) -> TraceLine:
    return TraceLine(CallId(call), seq, NOON + timedelta(seconds=seq), what, facts)


def a_change(id: str, agent: str = "101", at: datetime = NOON, state: str = "available") -> AgentChange:
    return AgentChange(id, AgentId(agent), at, state, "")


def a_callback(id: str = "123456", version: int = 1, **values: object) -> Callback:
    given: dict[str, object] = {
        "number": "+212612345678",
        "language": Language.TAMAZIGHT,
        "subject": Subject("funding"),
        "asked_at": NOON,
        "not_before": NOON,
        "promised_until": None,
        "asked_in": None,
    }
    return Callback(id=CallbackId(id), version=version, **(given | values))  # type: ignore[arg-type]


# Arabic, Tifinagh, signs that SQL, JSON and C strings stumble over, and halves of surrogate pairs.
odd_text = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from("مواكبةⵜⴰⵎⴰⵣⵉⵖⵜ\0\\\"'%\r\n\u2028\ud800\udc00\ufffd"),
    ),
    max_size=12,
)
zones = st.sampled_from([UTC, timezone(timedelta(hours=1)), timezone(timedelta(hours=-9, minutes=-30))])
moments = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001
maybe = st.none() | moments
versions = st.integers(0, 2**31 - 1)
few_ids = st.sampled_from(["1700000000.1", "1700000000.12", "1700000001.1"]) | odd_text

calls = st.builds(
    CallRecord,
    id=few_ids.map(CallId),
    version=versions,
    direction=st.sampled_from(Direction),
    caller=st.none() | odd_text,
    dialled=odd_text,
    started_at=moments,
    language=st.none() | st.sampled_from(Language),
    subject=st.none() | odd_text.map(Subject),
    agent=st.none() | odd_text.map(AgentId),
    answered_at=maybe,
    queued_at=maybe,
    connected_at=maybe,
    talk_ended_at=maybe,
    ended_at=maybe,
    ending=st.none() | st.sampled_from(CallEnding),
    callback=st.none() | odd_text.map(CallbackId),
    recovered=st.booleans(),
    hold_seconds=st.floats(0, 1e6),
    between_seconds=st.floats(0, 1e6),
)
talks = st.builds(
    AgentTalk,
    id=few_ids,
    version=versions,
    call=few_ids.map(CallId),
    agent=st.none() | odd_text.map(AgentId),
    outside=st.none() | odd_text,
    began_at=moments,
    ended_at=maybe,
    hold_seconds=st.floats(0, 1e6),
    ended_by=st.none() | odd_text,
)
lines = st.builds(
    TraceLine,
    call=few_ids.map(CallId),
    seq=st.integers(1, 3) | versions,
    at=moments,
    what=odd_text,
    facts=st.dictionaries(odd_text, odd_text, max_size=3),
)
changes = st.builds(
    AgentChange, id=few_ids, agent=odd_text.map(AgentId), at=moments, state=odd_text, detail=odd_text
)
audits = st.builds(
    Audit,
    id=few_ids,
    version=versions,
    who=odd_text,
    did=odd_text,
    whom=st.none() | odd_text,
    call=st.none() | few_ids.map(CallId),
    began_at=moments,
    ended_at=maybe,
    detail=odd_text,
)
promises = st.builds(
    Callback,
    id=few_ids.map(CallbackId),
    number=odd_text,
    language=st.sampled_from(Language),
    subject=odd_text.map(Subject),
    asked_at=moments,
    not_before=moments,
    promised_until=maybe,
    asked_in=st.none() | few_ids.map(CallId),
    attempts=st.integers(0, 100),
    state=st.sampled_from(CallbackState),
    last_result=st.none() | st.sampled_from(AttemptResult),
    version=versions,
    promised_from=maybe,
    first_attempt_at=maybe,
    rang_at=maybe,
    talked_at=maybe,
    refusals=st.integers(0, 3),
    assigned_to=st.none() | odd_text,
    fence=versions,
    holder=st.none() | odd_text,
    lease_until=maybe,
)
links = st.builds(
    LinkRequest,
    id=few_ids,
    number=odd_text,
    language=st.sampled_from(Language),
    article=odd_text,
    asked_at=moments,
    asked_in=few_ids.map(CallId),
    state=st.sampled_from(RequestState),
    sent_at=maybe,
    version=versions,
)
watches = st.builds(Watched, id=few_ids, since=moments, until=moments, version=versions)
records: st.SearchStrategy[Record] = st.one_of(calls, lines, changes, promises, links, watches, talks, audits)
