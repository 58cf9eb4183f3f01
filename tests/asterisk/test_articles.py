"""Recorded information on real telephones: heard, its link asked for, then a person for its subject."""

import pytest

from routing.model import CallEnding
from tests.asterisk.centre import LOUD, SETTLES, has_heard, loudness_at_the_end

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]
OUT = "menu.person menu.language"


async def test_a_caller_hears_an_article_asks_for_its_link_and_goes_on_to_a_person(centre):
    await centre.opens()
    caller = await centre.call("0612345631", play=None)
    await caller.keys("3812")
    await caller.until("article chosen", article="assembly")
    await caller.until(
        "asked",
        keys=f"article.text.assembly menu.repeat article.link article.others {OUT}",
        language="fr",
    )
    await has_heard(caller.call, 2)
    assert loudness_at_the_end(caller.call.heard) > LOUD, "no article is heard"
    await caller.keys("1")
    await caller.until("link asked for", article="assembly")
    await caller.until("asked", keys=f"article.link_taken article.others {OUT}")
    assert await centre.controller.writer.flush(SETTLES)
    (link,) = await centre.controller.store.link_requests()
    assert (link.article, link.language, link.asked_in) == ("assembly", "fr", caller.id)
    assert link.number == "+212612345631"
    await caller.keys("0")
    await caller.until("joined the line", language="fr", subject="legal")
    await caller.hangs_up()
    row = await caller.closed()
    assert (row.ending, row.subject) == (CallEnding.ABANDONED, "legal")
