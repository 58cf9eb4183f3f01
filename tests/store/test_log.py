"""The log of a time, read from both databases."""

from datetime import timedelta

from db.log import read_day
from db.store import Store
from routing.indicators.day import day
from routing.model import AgentId, CallbackState, Language
from tests.store.records import a_callback
from tests.support.days import NINE, TODAY, E, a_call, a_change

HOUR = timedelta(hours=1)


async def test_the_main_figures_of_a_day_are_read_from_the_tables(store: Store) -> None:
    yesterday = a_call(E.ANSWERED, 1, at=TODAY.start - HOUR)
    soon, late, left = a_call(E.ANSWERED, 10), a_call(E.ANSWERED, 40), a_call(E.ABANDONED, 60)
    tomorrow = a_call(E.ANSWERED, 1, at=TODAY.end)
    due = a_callback("111111", asked_at=NINE - 48 * HOUR, not_before=NINE, promised_until=NINE + HOUR)
    done = a_callback("222222", asked_at=NINE - 48 * HOUR, state=CallbackState.REACHED)
    later = a_callback("333333", asked_at=NINE, not_before=TODAY.end)
    await store.write([yesterday, soon, late, left, tomorrow, due, done, later])
    log = await read_day(store, TODAY, NINE + 2 * HOUR)
    figures = day(log, Language).total
    assert [call.id for call in log.calls] == [soon.id, late.id, left.id]
    assert figures.service_level.rows == (soon.id,)
    assert figures.service_level.per_cent == "33.3 %"
    assert figures.callbacks_due.rows == ("111111",)
    assert figures.callbacks_overdue.rows == ("111111",)
    assert set(figures.callbacks_open.rows) == {"111111", "333333"}


async def test_what_an_agent_did_before_midnight_is_known_after_it(store: Store) -> None:
    changes = [
        a_change("amal", TODAY.start - 2 * HOUR, "available"),
        a_change("amal", TODAY.start - HOUR, "on_break", "pause"),
        a_change("amal", NINE, "available"),
    ]
    await store.write(changes)
    log = await read_day(store, TODAY, TODAY.end)
    assert log.changes == tuple(changes[1:])
    assert {one.agent for one in log.stretches} == {AgentId("amal")}
