"""A caller dials, chooses, waits, talks: the main road, in each language, heard at both ends."""

import pytest

from routing.model import CallEnding, Direction, Language
from tests.asterisk.centre import AGENT_TONE, CALLER_TONE, assert_hears_at_the_end, has_heard, only

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]


@pytest.mark.parametrize(
    ("key", "language", "extension", "agent"),
    [
        ("1", Language.ARABIC, "101", "salma"),
        ("2", Language.TAMAZIGHT, "102", "idir"),
        ("3", Language.FRENCH, "103", "nadia"),
    ],
)
async def test_a_caller_reaches_an_agent_of_her_language(centre, key, language, extension, agent):
    await centre.opens()
    phone = await centre.agent(extension)
    caller = await centre.call("0612345601")
    await caller.until("asked", keys="language.choose language.choose language.choose")
    await caller.keys(key)
    await caller.until("asked", language=language)
    await caller.keys("3")
    ringing = await phone.incoming()
    assert ringing.name.startswith(f"{language.upper()} funding")
    await ringing.accept()
    await caller.until("talking", agent=agent)
    await has_heard(caller.call, 1.5)
    await caller.hangs_up()
    await ringing.ended()
    await caller.until("ended", ending="answered")
    assert_hears_at_the_end(caller.call.heard, AGENT_TONE, not_=CALLER_TONE)
    assert_hears_at_the_end(ringing.heard, CALLER_TONE, not_=AGENT_TONE)
    row = only(await centre.rows(), Direction.INBOUND)
    assert (row.ending, row.language, row.subject, row.agent) == (
        CallEnding.ANSWERED,
        language,
        "funding",
        agent,
    )
    assert (row.caller, row.dialled) == ("+212612345601", "2000")
    assert row.talk_seconds is not None
    assert row.talk_seconds > 1
