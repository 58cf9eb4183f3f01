"""Out of hours the closed message is heard before the call is answered: 183 with sound, and 200 only for who stays."""

import asyncio
from dataclasses import replace

import pytest

from routing.model import CallEnding, Direction, Language
from tests.asterisk.centre import SUNDAY, eventually, only
from tests.support.plain_caller import PlainCaller

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]
NUMBER = "0612345691"
HEARD = 40  # packets of 20 ms that are not silence


def with_early_media(centre):
    """The operator lets sound through before the answer."""
    trunks = tuple(trunk.model_copy(update={"early_media": True}) for trunk in centre.settings.trunks)
    return replace(centre.settings, trunks=trunks)


def caller_of(centre):
    """Somebody who calls through the operator."""
    centre.numbers.add(NUMBER)
    pbx = centre.settings.pbx
    return PlainCaller((pbx.sip_address, pbx.sip_port), "2000", f"<sip:{NUMBER}@127.0.0.2>")


async def test_who_hears_that_it_is_closed_and_hangs_up_was_never_answered(centre):
    await centre.opens(SUNDAY, with_early_media(centre))
    async with caller_of(centre) as caller:
        await asyncio.wait_for(caller.progressed.wait(), 5)
        await eventually(lambda: caller.loud > HEARD, "the message before the answer")
        assert not caller.answered.is_set()
    await centre.story.until("ended", ending="closed")
    row = only(await centre.rows(), Direction.INBOUND)
    assert (row.ending, row.answered_at, row.caller) == (CallEnding.CLOSED, None, "+212612345691")
    assert caller.status == 487, "she paid nothing"


async def test_who_stays_is_answered_and_may_ask_for_a_callback(centre):
    controller = await centre.opens(SUNDAY, with_early_media(centre))
    controller.memory.learn({"+212612345691": Language.FRENCH})
    async with caller_of(centre) as caller:
        await asyncio.wait_for(caller.progressed.wait(), 5)
        await eventually(lambda: caller.loud > HEARD, "the message before the answer")
        assert not caller.answered.is_set()
        await asyncio.wait_for(caller.answered.wait(), 20)
        caller.key("111")
        await centre.story.until("promise taken")
    await centre.story.until("ended", ending="callback_taken")
    row = only(await centre.rows(), Direction.INBOUND)
    assert row.answered_at is not None
    assert (row.answered_at - row.started_at).total_seconds() > 5


async def test_a_key_before_the_answer_ends_the_message_and_counts(centre):
    await centre.opens(SUNDAY, with_early_media(centre))
    async with caller_of(centre) as caller:
        await asyncio.wait_for(caller.progressed.wait(), 5)
        await eventually(lambda: caller.loud > HEARD, "the message before the answer")
        caller.key("3")
        await asyncio.wait_for(caller.answered.wait(), 3)
        await centre.story.until("menu answered", menu="language", key="3")
    await centre.story.until("ended", ending="closed")
