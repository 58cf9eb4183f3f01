"""The controller is killed while an agent holds, consults, or is one of three: who hears whom, and what is kept."""

from datetime import UTC, datetime

import pytest

from config.load import load
from routing.model import Direction
from routing.record import AgentTalk
from tests.asterisk.centre import (
    AGENT_TONE,
    CALLER_TONE,
    LOUD,
    assert_heard,
    assert_hears_at_the_end,
    assert_silent_of,
    eventually,
    has_heard,
    loudness_at_the_end,
)
from tests.asterisk.test_transfers import COLLEAGUE_TONE, in_talk, keys_when_asked, three_talk

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]


async def opens_again(centre):
    """The next controller, on the same state."""
    return await centre.opens(datetime.now(UTC), load(centre.exchange.always_open, {}))


async def every_part_has_an_end(centre):
    """The database knows when each agent's part of each conversation ended, and no part is longer than its call."""
    controller = centre.controller
    await controller.reconcile()
    assert await controller.writer.flush()
    parts = await controller.store.talks()
    calls = {row.id: row for row in await centre.rows() if row.direction is Direction.INBOUND}
    assert [part for part in parts if part.ended_at is None] == []
    assert [part for part in parts if part.ended_at > calls[part.call].ended_at] == []
    return parts


async def test_who_is_held_has_her_agent_again_and_who_was_to_be_passed_on_is_the_first_in_line(centre):
    await centre.opens_outside()
    held, _, holding = await in_talk(centre)
    asking_for, _, asking = await in_talk(centre, "0612345702", "104", "tifaouine", subject="32")
    colleague = await centre.agent("101", play=COLLEAGUE_TONE)
    await holding.send_keys("*4")
    await held.until("on hold", agent="nadia")
    await keys_when_asked(asking_for, asking, "*2", "101#")
    asked = await colleague.incoming()
    await asked.accept()
    await asking_for.until("consulted", to="salma")
    await centre.is_killed()
    await has_heard(held.call, 1.5)
    assert loudness_at_the_end(held.call.heard) > LOUD, "music goes on"
    assert_silent_of(held.call.heard, AGENT_TONE)
    await holding.send_keys("1")
    await has_heard(held.call, 1.5)
    assert_hears_at_the_end(held.call.heard, AGENT_TONE, not_=CALLER_TONE)
    await opens_again(centre)
    await held.until("resumed", stage="talk")
    await asking_for.until("resumed", stage="queue")
    await has_heard(held.call, 1.5)
    assert_hears_at_the_end(held.call.heard, AGENT_TONE, not_=CALLER_TONE)
    assert_hears_at_the_end(holding.heard, CALLER_TONE, not_=AGENT_TONE)
    assert_hears_at_the_end(asked.heard, AGENT_TONE, not_=CALLER_TONE)
    assert loudness_at_the_end(asking_for.call.heard) > LOUD, "she hears music while the two talk on"
    assert_silent_of(asking_for.call.heard, AGENT_TONE)
    await asking.hang_up()
    await asked.ended()
    again = await colleague.incoming()
    await again.accept()
    await asking_for.until("talking", agent="salma")
    await has_heard(again, 1.5)
    assert_hears_at_the_end(again.heard, CALLER_TONE, not_=AGENT_TONE)
    await again.hang_up()
    await asking_for.until("ended", ending="answered")
    await held.hangs_up()
    await held.until("ended", ending="answered")
    parts = await every_part_has_an_end(centre)
    hers = [part for part in parts if part.call == asking_for.id]
    assert [(part.agent, part.ended_by) for part in hers] == [("tifaouine", "unknown"), ("salma", "agent")]
    assert hers[0].ended_at <= hers[1].began_at
    row = asking_for.row()
    assert (row.agent, row.between_seconds > 0) == ("salma", True)


async def test_three_go_on_talking_and_each_part_ends(centre):
    await centre.opens_outside()
    caller, _, talk = await in_talk(centre)
    colleague = await centre.agent("101", play=COLLEAGUE_TONE)
    asked = await three_talk(centre, caller, talk, colleague)
    await centre.is_killed()
    controller = await opens_again(centre)
    await caller.until("resumed", stage="talk")
    await has_heard(asked, 10)  # with the start, longer than the switch
    assert_heard(asked.heard, AGENT_TONE, CALLER_TONE)
    assert_heard(talk.heard, COLLEAGUE_TONE, CALLER_TONE)
    assert_heard(caller.call.heard, AGENT_TONE, COLLEAGUE_TONE)
    await caller.hangs_up()
    await caller.until("ended", ending="answered")
    await talk.ended()
    await asked.ended()
    await eventually(lambda: not controller.reception.lines, "the end")
    parts = await every_part_has_an_end(centre)
    assert {part.agent: part.ended_by for part in parts} == {"nadia": "caller", "salma": "unknown"}
    assert all(isinstance(part, AgentTalk) for part in parts)
