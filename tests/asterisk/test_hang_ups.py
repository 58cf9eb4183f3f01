"""A caller may hang up at every step: her call ends as what it was, and nobody is kept by it."""

import asyncio

import pytest

from routing.model import AgentId, CallEnding, Direction
from tests.asterisk.centre import MONDAY, SUNDAY, has_heard, only

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]


async def in_the_language_menu(centre, caller):
    await caller.until("asked", keys="language.choose language.choose language.choose")


async def in_the_subject_menu(centre, caller):
    await caller.keys("3")
    await caller.until("menu answered", menu="language")


async def in_the_notice(centre, caller):
    await caller.keys("39")
    await caller.until("menu answered", menu="subject", key="9")


async def in_the_queue(centre, caller):
    await caller.keys("31")
    await caller.until("said", keys="queue.nobody queue.callback_hint")


async def in_the_music(centre, caller):
    await caller.keys("31")
    await caller.until("said", keys="queue.nobody queue.callback_hint")
    await has_heard(caller.call, 1.0)


async def with_her_hand_on_the_callback(centre, caller):
    await in_the_queue(centre, caller)
    await caller.keys("1")
    await caller.until("asked", keys="callback.confirm_number")


async def hearing_that_it_is_closed(centre, caller):
    await caller.keys("3")
    await caller.until("centre closed")


async def choosing_a_subject_for_a_callback(centre, caller):
    await caller.keys("31")
    await caller.until("menu answered", menu="closed")


async def confirming_her_number(centre, caller):
    await caller.keys("311")
    await caller.until("asked", keys="callback.confirm_number")


async def keying_another_number(centre, caller):
    await caller.keys("3112")
    await caller.until("asked", keys="callback.key_number")
    await caller.keys("06")


async def hearing_her_reference(centre, caller):
    await caller.keys("3111")
    await caller.until("promise taken")


STEPS = [
    (MONDAY, in_the_language_menu, CallEnding.LEFT_IN_MENU),
    (MONDAY, in_the_subject_menu, CallEnding.LEFT_IN_MENU),
    (MONDAY, in_the_notice, CallEnding.LEFT_IN_MENU),
    (MONDAY, in_the_queue, CallEnding.ABANDONED),
    (MONDAY, in_the_music, CallEnding.ABANDONED),
    # Who asked to be called back and hangs up is called back: she may have run out of credit.
    (MONDAY, with_her_hand_on_the_callback, CallEnding.CALLBACK_TAKEN),
    (SUNDAY, in_the_language_menu, CallEnding.LEFT_IN_MENU),
    (SUNDAY, hearing_that_it_is_closed, CallEnding.CLOSED),
    (SUNDAY, choosing_a_subject_for_a_callback, CallEnding.CALLBACK_TAKEN),
    (SUNDAY, confirming_her_number, CallEnding.CALLBACK_TAKEN),
    (SUNDAY, keying_another_number, CallEnding.CLOSED),
    (SUNDAY, hearing_her_reference, CallEnding.CALLBACK_TAKEN),
]


@pytest.mark.parametrize(
    ("at", "step", "ending"), STEPS, ids=[f"{at:%a}-{step.__name__}" for at, step, _ in STEPS]
)
async def test_a_hang_up_ends_the_call_as_what_it_was(centre, at, step, ending):
    await centre.opens(at)
    caller = await centre.call("0612345631")
    await step(centre, caller)
    await caller.hangs_up()
    last = await caller.until("ended")
    assert last.facts["ending"] == ending
    row = only(await centre.rows(), Direction.INBOUND)
    assert (row.id, row.ending, row.caller) == (caller.id, ending, "+212612345631")
    assert (row.callback is not None) == (ending is CallEnding.CALLBACK_TAKEN)
    trace = [line.what for line in await centre.controller.store.trace(caller.id)]
    assert trace == [line.what for line in centre.story.lines(call=caller.id)]
    assert (trace[0], trace[-1]) == ("arrived", "ended")


async def test_a_call_that_is_given_up_before_it_is_answered_is_a_call(centre):
    await centre.opens()
    caller = await centre.call("0612345632")
    await caller.hangs_up()
    placed = await caller.phone.dial("2000")
    await placed.hang_up()
    await placed.ended()
    await centre.story.until("ended", ending="left_in_menu", times=2)


async def test_an_agent_whose_caller_hangs_up_while_the_telephone_rings_is_free_at_once(centre):
    await centre.opens()
    agent = await centre.agent("103")
    gone = await centre.call("0612345633")
    await gone.keys("31")
    rings = await agent.incoming()
    await gone.hangs_up()
    await rings.ended(within=2)
    await gone.until("ended", ending="abandoned")
    assert centre.state_of("nadia") == "available"
    stays = await centre.call("0612345634")
    await stays.keys("31")
    await (await agent.incoming()).accept()
    await stays.until("talking", agent="nadia")
    await stays.hangs_up()
    await stays.until("ended", ending="answered")


@pytest.mark.parametrize("by", ["caller", "agent"])
async def test_after_a_talk_the_agent_writes_it_up_and_is_free(centre, by):
    await centre.opens()
    agent = await centre.agent("103")
    caller = await centre.call("0612345635")
    await caller.keys("31")
    ringing = await agent.incoming()
    await ringing.accept()
    await caller.until("talking", agent="nadia")
    await (ringing.hang_up() if by == "agent" else caller.call.hang_up())
    await asyncio.gather(ringing.ended(), caller.call.ended())
    await caller.until("talk ended", by=by)
    await caller.until("ended", ending="answered")
    await centre.agent_is("nadia", "available", within=centre.settings.desk.wrap_up.total_seconds() + 1)
    await centre.rows()
    states = [change.state for change in await centre.controller.store.agent_changes(agent=AgentId("nadia"))]
    assert states == ["available", "offered", "talking", "wrapping_up", "available"]


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.02, 0.05, 0.1, 0.2])
async def test_agent_answers_as_the_caller_hangs_up(centre, delay):
    await centre.opens()
    agent = await centre.agent("103")
    caller = await centre.call("0612345636")
    await caller.keys("31")
    ringing = await agent.incoming()
    answering = asyncio.create_task(ringing.accept())
    await asyncio.sleep(delay)  # the sweep of the race, not a wait
    await caller.hangs_up()
    await ringing.ended()
    await asyncio.gather(answering, return_exceptions=True)
    await caller.until("ended")
    await centre.agent_is("nadia", "available")
