"""After the agent has hung up she may say how it was; who hangs up at the closed message is called back once."""

from dataclasses import replace

import pytest

from routing.model import CallbackOrigin, CallEnding, Direction, Satisfaction
from tests.asterisk.centre import SUNDAY, only, with_changes

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]


async def test_the_answer_of_who_stays_on_the_line_is_in_her_row(centre):
    await centre.opens(settings=replace(centre.settings, survey=True))
    agent = await centre.agent("103")
    caller = await centre.call("0612345671")
    await caller.keys("31")
    ringing = await agent.incoming()
    await ringing.accept()
    await caller.until("talking", agent="nadia")
    await ringing.hang_up()
    await caller.until("asked", keys="survey.question survey.satisfied survey.partly survey.not_satisfied")
    await caller.keys("2")
    await caller.call.ended()
    await caller.until("ended", ending="answered")
    row = only(await centre.rows(), Direction.INBOUND)
    assert (row.ending, row.satisfaction) == (CallEnding.ANSWERED, Satisfaction.PARTLY)


async def test_two_flashes_of_a_day_make_one_promise(centre):
    await centre.opens(SUNDAY, with_changes(centre.settings, callbacks={"flash": True}))
    caller = await centre.call("0612345672")
    await caller.keys("3")
    await caller.until("centre closed")
    await caller.hangs_up()
    assert (await caller.closed()).ending is CallEnding.CLOSED
    (promise,) = centre.controller.book.open()
    assert (promise.number, promise.origin) == ("+212612345672", CallbackOrigin.FLASH)
    again = await centre.calls_again(caller.phone)
    await again.hangs_up()
    await again.closed()
    assert await centre.controller.writer.flush(10)
    assert [row.id for row in await centre.controller.store.callbacks()] == [promise.id]
