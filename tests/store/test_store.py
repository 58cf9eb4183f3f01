"""What the rest of the program asks of the database."""

import os
import stat
from collections.abc import Sequence
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from db.engine import DatabaseUnreachable
from db.store import AmbiguousPrefix, Store
from routing.model import AgentId, Callback, CallbackId, CallbackState, CallEnding, CallId, Language
from routing.record import CallRecord
from tests.store.records import NOON, a_call, a_callback, a_change, a_line

MINUTE = timedelta(minutes=1)
OTHER = "+212600000002"


def ids(calls: Sequence[CallRecord | Callback]) -> list[str]:
    return [call.id for call in calls]


async def test_calls_come_newest_first_and_by_what_is_asked(store: Store) -> None:
    await store.write(
        [
            a_call("1.1", started_at=NOON),
            a_call("1.2", started_at=NOON + MINUTE, ending=CallEnding.CLOSED, ended_at=NOON + MINUTE),
            a_call("1.3", started_at=NOON + 2 * MINUTE, caller=OTHER),
        ]
    )
    assert ids(await store.calls()) == ["1.3", "1.2", "1.1"]
    assert ids(await store.calls(limit=1)) == ["1.3"]
    assert ids(await store.calls(since=NOON + MINUTE)) == ["1.3", "1.2"]
    assert ids(await store.calls(until=NOON + MINUTE)) == ["1.1"]
    assert ids(await store.calls(ending=CallEnding.CLOSED)) == ["1.2"]
    assert ids(await store.calls(caller=OTHER)) == ["1.3"]
    assert ids(await store.unfinished_calls()) == ["1.1", "1.3"]


async def test_moments_are_aware_and_in_utc(store: Store) -> None:
    await store.write([a_call(ended_at=NOON)])
    call = await store.call(CallId("1700000000.1"))
    assert call is not None
    assert call.ended_at == NOON
    assert call.ended_at.tzinfo is UTC


async def test_a_call_is_found_by_the_beginning_of_its_id(store: Store) -> None:
    await store.write([a_call("1700000000.1"), a_call("1700000000.12"), a_call("18%0.1")])
    assert (await store.find_call("1700000000.1")) == a_call("1700000000.1")
    assert (await store.find_call("18")) == a_call("18%0.1")
    assert (await store.find_call("18%")) == a_call("18%0.1")
    assert (await store.find_call("1%")) is None
    with pytest.raises(AmbiguousPrefix, match=r"1700000000\.12"):
        await store.find_call("17")


async def test_a_known_caller_has_the_language_she_chose_last(store: Store) -> None:
    await store.write(
        [
            a_call("1.1", started_at=NOON, language=Language.FRENCH),
            a_call("1.2", started_at=NOON + MINUTE, language=Language.TAMAZIGHT),
            a_call("1.3", started_at=NOON + 2 * MINUTE),
            a_call("1.4", started_at=NOON, language=Language.ARABIC, caller=OTHER),
            a_call("1.5", started_at=NOON, language=Language.ARABIC, caller=None),
        ]
    )
    assert await store.languages() == {"+212612345678": Language.TAMAZIGHT, OTHER: Language.ARABIC}
    assert await store.languages(since=NOON + MINUTE) == {"+212612345678": Language.TAMAZIGHT}


async def test_traces_are_in_order(store: Store) -> None:
    await store.write([a_line(2, "1.1"), a_line(1, "1.1"), a_line(7, "1.2")])
    assert [line.seq for line in await store.trace(CallId("1.1"))] == [1, 2]


async def test_known_ids_of_many(store: Store) -> None:
    await store.write([a_call(f"1.{number}") for number in range(1000)])
    asked = [CallId(f"1.{number}") for number in range(0, 3000, 2)]
    assert await store.known_call_ids(asked) == set(asked[:500])
    assert await store.known_call_ids([]) == set()


async def test_promises_by_state(store: Store) -> None:
    await store.write(
        [
            a_callback("1", asked_at=NOON + MINUTE),
            a_callback("2"),
            a_callback("3", not_before=NOON + MINUTE),
            a_callback("4", state=CallbackState.REACHED),
        ]
    )
    assert ids(await store.callbacks([CallbackState.DUE])) == ["2", "3", "1"]
    assert ids(await store.callbacks([CallbackState.REACHED])) == ["4"]
    assert ids(await store.callbacks([])) == []
    assert len(await store.callbacks()) == 4
    assert await store.callback(CallbackId("4")) == a_callback("4", state=CallbackState.REACHED)
    assert await store.callback(CallbackId("5")) is None


async def test_the_last_state_of_each_agent(store: Store) -> None:
    last = a_change("b", at=NOON + MINUTE, state="on_break")
    other = a_change("c", agent="102")
    await store.write([a_change("a"), last, other])
    assert await store.latest_agent_states() == {"101": last, "102": other}
    assert await store.agent_changes(agent=AgentId("101"), since=NOON + MINUTE) == [last]
    assert await store.agent_changes(until=NOON + MINUTE) == [a_change("a"), other]


async def test_an_unreachable_database_is_named_without_its_password(tmp_path: Path) -> None:
    store = Store(f"postgresql://centre:secret@/centre?host={tmp_path}")
    with pytest.raises(DatabaseUnreachable) as caught:
        await store.connect()
    await store.close()
    assert "see that PostgreSQL runs" in str(caught.value)
    assert "secret" not in str(caught.value)


async def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/none/centre.db")
    with pytest.raises(
        DatabaseUnreachable, match=r"No such file or directory; see that the folder .*none exists"
    ):
        await store.calls()
    await store.close()


async def test_a_file_that_is_no_database_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "centre.db"
    file.write_text("notes of the meeting, long enough to be looked at\n" * 10)
    store = Store(f"sqlite:///{file}")
    with pytest.raises(DatabaseUnreachable, match="not a database"):
        await store.connect()
    await store.close()
    assert file.read_text().startswith("notes")


async def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/centre.db")
    await store.write([a_call()])
    modes = {stat.S_IMODE(os.stat(entry).st_mode) for entry in os.scandir(tmp_path)}  # noqa: ASYNC240
    await store.close()
    assert modes == {0o600}


@pytest.mark.parametrize("url", ["mysql://localhost/x", "centre.db", ""])
def test_a_url_that_cannot_be_used_says_what_can(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///"):
        Store(url)


async def test_who_had_the_last_talk_with_a_number_is_known(store: Store) -> None:
    def talk(id: str, minutes: int, agent: str, caller: str | None = OTHER) -> CallRecord:
        began = NOON + minutes * MINUTE
        return a_call(
            id,
            started_at=began,
            caller=caller,
            agent=AgentId(agent),
            connected_at=began,
            talk_ended_at=began + MINUTE,
            ended_at=began + MINUTE,
        )

    await store.write(
        [
            talk("1.1", 0, "amal"),
            talk("1.2", 30, "idir"),
            talk("1.3", 40, "nadia", caller=None),
            talk("1.4", -60, "amal", caller="+212600000003"),
            a_call("1.5", started_at=NOON + 50 * MINUTE, caller=OTHER),
        ]
    )
    assert await store.last_agents(since=NOON) == {OTHER: (NOON + 31 * MINUTE, "idir")}
