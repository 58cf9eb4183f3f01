"""What agents dial: codes that answer in their language, and one another."""

import pytest

from tests.asterisk.centre import (
    AGENT_TONE,
    LOUD,
    assert_hears_at_the_end,
    has_heard,
    loudness_at_the_end,
)

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]


@pytest.mark.parametrize(("extension", "agent", "language"), [("101", "salma", "ar"), ("102", "idir", "zgh")])
async def test_every_code_answers_in_the_agents_language(centre, extension, agent, language):
    await centre.opens()
    phone = await centre.phone(extension)
    for code, says, state in [
        ("*11", "agent.signed_in", "available"),
        ("*132", "agent.on_break", "on_break"),
        ("*14", "agent.back", "available"),
        ("*12", "agent.signed_out", "signed_out"),
        ("*14", "agent.signed_out", "signed_out"),
    ]:
        before = len(centre.story.lines("said"))
        placed = await centre.dials_code(phone, code, says)
        said = centre.story.lines("said")[before]
        assert (said.facts["keys"].split()[0], said.facts["language"]) == (says, language)
        assert loudness_at_the_end(placed.heard, 0.5) > LOUD
        await centre.agent_is(agent, state)


async def test_a_telephone_that_knows_no_secret_is_not_let_in(centre):
    await centre.opens()
    await centre.wrong_secret("101")
    assert centre.state_of("salma") == "signed_out"


async def test_agents_who_talk_with_one_another_are_not_offered_a_call(centre):
    await centre.opens()
    one = await centre.agent("103", play=AGENT_TONE)
    other = await centre.agent("104", play=1700)
    placed = await one.dial("104")
    ringing = await other.incoming()
    assert ringing.number == "103"
    await ringing.accept()
    await placed.answered()
    await centre.agent_is("nadia", "talking")
    await centre.agent_is("tifaouine", "talking")
    caller = await centre.call("0612345691")
    await caller.keys("30")
    await caller.until("joined the line", subject="other")
    await has_heard(placed, 1.5)
    assert centre.story.lines("offered", caller.id) == []
    await placed.hang_up()
    await ringing.ended()
    assert_hears_at_the_end(placed.heard, 1700, not_=AGENT_TONE)
    assert_hears_at_the_end(ringing.heard, AGENT_TONE, not_=1700)
    await caller.until("offered")
    await caller.hangs_up()
    await caller.until("ended", ending="abandoned")


async def test_who_is_at_work_and_who_pauses_is_known_after_a_restart(centre):
    await centre.opens()
    await centre.agent("101")
    paused = await centre.agent("103")
    await centre.dials_code(paused, "*131", "agent.on_break")
    await centre.stops()
    await centre.goes_on()
    assert (centre.state_of("salma"), centre.state_of("nadia")) == ("available", "on_break")
    assert centre.state_of("idir") == "signed_out"


async def test_an_agent_on_break_is_not_offered_a_call_until_back(centre):
    await centre.opens()
    agent = await centre.agent("103")
    await centre.dials_code(agent, "*131", "agent.on_break")
    caller = await centre.call("0612345692")
    await caller.keys("31")
    await caller.until("joined the line")
    await centre.dials_code(agent, "*14", "agent.back")
    offered = await caller.until("offered", agent="nadia")
    back = centre.story.lines("agent code")[-1]
    assert offered.at >= back.at
    await (await agent.incoming()).accept()
    await caller.until("talking")
    assert len(centre.story.lines("offered", caller.id)) == 1, "not while he still heard that he is back"
    await caller.hangs_up()
    await caller.until("ended", ending="answered")
