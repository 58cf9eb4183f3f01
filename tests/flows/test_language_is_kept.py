"""The language a caller chose goes with her: through a restart, into her promise, the call back, and her next call."""

import asyncio
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.flows.call_back import call_back
from ivr.flows.resume import Found, resume
from routing.callbacks import begin_attempt
from routing.events import CallerJoined
from routing.model import Callback, Language, LinkRequest, QueueEntry, callback_entry_id
from tests.flows.test_any_call import speaks_her_language
from tests.support.house import FUNDING, LEGAL, MONDAY_10, MONDAY_1629, NUMBER, SUNDAY, House, centre, hold_of
from tests.support.scripted_caller import answers, busy, no_answer
from tests.support.virtual_clock import VirtualLoop, left_behind

ARTICLES = {LEGAL: ("founding", "assembly"), FUNDING: ("calls",)}
AGENTS = ("amal", "idir", "nadia")
KEYS = st.lists(st.sampled_from([*"1123#*0988", None]), max_size=9)
PRESSES = st.lists(st.tuples(st.sampled_from("1#*23"), st.floats(20, 300)), max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    at=st.sampled_from([MONDAY_10, MONDAY_1629, SUNDAY]),
    first=st.sampled_from("123"),
    keys=KEYS,
    presses=PRESSES,
    at_work=st.sets(st.sampled_from(AGENTS)),
    found_in=st.sampled_from(["", "queue", "after-hours"]),
)
def test_she_never_hears_another_language_than_hers(
    at: datetime,
    first: str,
    keys: list[str | None],
    presses: list[tuple[str, float]],
    at_work: set[str],
    found_in: str,
) -> None:
    async def journey() -> None:
        house = House(at, centre(articles=ARTICLES))
        house.signs_in(*sorted(at_work))
        house.telephones.script("amal", no_answer(), answers(2, 20))
        caller = house.calls().keys(first)
        for key in keys:
            caller.silent() if key is None else caller.keys(key)
        for key, moment in presses:
            caller.presses(key, at=moment)
        await house.serves(caller)
        speaks_her_language(caller)
        language = house.record_of(caller).language
        assert language is not None
        for link in house.kept.records:
            assert not isinstance(link, LinkRequest) or link.language in {said.hers for said in caller.said}
        for promise in house.promises:
            assert promise.language is language
            await is_called_back(promise, language)
        await calls_again(house, language)
        await is_found_after_a_restart(found_in, language, at)
        house.close()
        await asyncio.sleep(0)
        assert left_behind() == []

    loop = VirtualLoop()
    try:
        loop.run_until_complete(journey())
    finally:
        loop.close()


async def is_called_back(promise: Callback, language: Language) -> None:
    """On Tuesday an agent who speaks it accepts; she hears who calls in her language, the agent all else in hers."""
    house = House(MONDAY_10 + timedelta(days=1))
    house.signs_in(*AGENTS)
    house.telephones.script(NUMBER, busy(), answers(5, 30))
    promise = begin_attempt(promise, "tests")
    house.book.keep(promise)
    entry = callback_entry_id(promise.id, promise.fence)
    asked = promise.asked_at
    house.room.tell(
        CallerJoined(QueueEntry(entry, language, promise.subject, house.now(), asked, promise.id))
    )
    agent = house.centre.agents[house.offered[0].agent]
    assert language in agent.languages
    for _ in range(2):
        leg = house.calls(number=None).keys("1")
        await call_back(leg, house.office, agent, entry, promise, hold_of(house, promise))
        leg.over()
        heard = {said.language for said in leg.said if said.key == "callback.hello"}
        assert heard <= {language}
        assert {said.language for said in leg.said if said.key != "callback.hello"} == {agent.languages[0]}
    assert heard == {language}
    house.close()


async def calls_again(house: House, language: Language) -> None:
    """Nobody asks her again which language she speaks."""
    again = house.calls().hangs_up(at=40)
    await house.serves(again)
    assert again.said[0].language is language
    assert "language.choose" not in again.heard[:1]
    speaks_her_language(again)


async def is_found_after_a_restart(stage: str, language: Language, at: datetime) -> None:
    """A new controller reads from her channel which language she speaks."""
    house = House(at)
    house.signs_in("nadia")
    caller = house.calls(began=at - timedelta(minutes=3)).hangs_up(at=200)
    caller.log.set(language=language)
    entered = at - timedelta(minutes=2) if stage == "queue" else None
    subject = LEGAL if stage == "queue" else None
    await house.serves(caller, resume, Found(stage, language, subject, entered, None, None))
    assert "language.choose" not in caller.heard
    speaks_her_language(caller)
    assert {said.language for said in caller.said} <= {language}
    house.close()
