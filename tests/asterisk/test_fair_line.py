"""Who is rung for whom on real telephones: skills that relax at the configured second, and the agent she knows."""

from datetime import timedelta

import pytest

from config.skills import RelaxSection
from routing.model import CallEnding, Direction
from tests.asterisk.centre import with_changes

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]
RELAXES = 6  # seconds until any subject will do
LATE = 0.5  # seconds within which the telephone is asked to ring then
STEPS = (
    RelaxSection(after=timedelta(), language=2, subject=1),
    RelaxSection.model_validate({"after": timedelta(seconds=RELAXES), "language": 2, "subject": "any"}),
)


async def waited_for_an_offer(caller, agent):
    """Seconds from joining the line to the offer, and why it was made."""
    offered = await caller.until("offered", agent=agent)
    joined = await caller.until("joined the line")
    return (offered.at - joined.at).total_seconds(), offered.facts["why"]


async def ends_well(caller, ringing, agent):
    await ringing.accept()
    await caller.until("talking", agent=agent)
    await caller.hangs_up()
    await ringing.ended()
    await caller.until("ended", ending="answered")


async def test_two_agents_three_languages_and_a_subject_that_relaxes_at_its_second(centre):
    """Tifaouine alone speaks Tamazight and does not serve legal; Nadia does, in French and Arabic."""
    settings = with_changes(centre.settings, desk={"relax": STEPS})
    await centre.opens(settings=settings)
    nadia, tifaouine = await centre.agent("103"), await centre.agent("104")

    tamazight = await centre.call("0612345671")
    await tamazight.keys("21")
    await tamazight.until("joined the line", language="zgh", subject="legal")

    arabic = await centre.call("0612345672")
    await arabic.keys("11")
    waited, why = await waited_for_an_offer(arabic, "nadia")
    assert waited < LATE, "who came later is served by who fits her; nobody stands behind another language"
    assert "nadia is the only free agent who fits" in why
    assert centre.story.lines("offered", tamazight.id) == [], "the subject is not relaxed yet"
    await ends_well(arabic, await nadia.incoming(), "nadia")

    waited, why = await waited_for_an_offer(tamazight, "tifaouine")
    assert RELAXES <= waited < RELAXES + LATE
    assert "step 2 after 6 s: Tamazight 2 or better, any subject" in why
    await ends_well(tamazight, await tifaouine.incoming(), "tifaouine")

    await centre.agent_is("nadia", "available")
    await centre.agent_is("tifaouine", "available")
    french = await centre.call("0612345673")
    await french.keys("35")
    waited, _ = await waited_for_an_offer(french, "tifaouine")
    assert waited < LATE, "digital is Tifaouine's"
    await ends_well(french, await tifaouine.incoming(), "tifaouine")
    rows = [row for row in await centre.rows() if row.direction is Direction.INBOUND]
    assert {(row.language, row.agent, row.ending) for row in rows} == {
        ("zgh", "tifaouine", CallEnding.ANSWERED),
        ("ar", "nadia", CallEnding.ANSWERED),
        ("fr", "tifaouine", CallEnding.ANSWERED),
    }


async def test_who_calls_again_reaches_the_agent_she_knows(centre):
    await centre.opens()
    nadia = await centre.agent("103")
    caller = await centre.call("0612345674")
    await caller.keys("31")
    await centre.agent("101")
    await ends_well(caller, await nadia.incoming(), "nadia")
    await centre.agent_is("nadia", "available")

    again = await centre.calls_again(caller.phone)
    await again.keys("1")
    waited, why = await waited_for_an_offer(again, "nadia")
    assert waited < LATE
    assert why.endswith("preferred: nadia had her last talk"), "Salma has been free for longer"
    await ends_well(again, await nadia.incoming(), "nadia")
