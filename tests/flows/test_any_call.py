"""Whatever callers do and whenever: every call ends once, in words of her language, and the desk is left whole."""

import asyncio
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.prompts import Phrase
from routing.model import AgentId, Callback, CallbackState, CallEnding, Language
from tests.flows.conftest import CATALOGUE
from tests.support.house import FUNDING, LEGAL, MONDAY_10, MONDAY_1629, NUMBER, SUNDAY, House, centre
from tests.support.scripted_caller import (
    Rings,
    ScriptedCaller,
    answers,
    answers_as_caller_hangs_up,
    busy,
    no_answer,
    refuses,
    unreachable,
)
from tests.support.virtual_clock import VirtualLoop, left_behind

ARTICLES = {LEGAL: ("founding", "assembly"), FUNDING: ("calls",)}
SPOKEN = ["said 1", "said 2", "said 0", "said *", "said #", "said"]
"""Her answer in words: of the choice with this key, or of none."""
ANSWER = st.one_of(
    st.none(),
    st.sampled_from(SPOKEN),
    st.sampled_from([*"0123456789*#", "0612345678#", "150#", "0033612345678#", "0612345678"]),
)
PHONE = st.one_of(
    st.builds(answers, st.floats(0, 15), st.floats(0, 300)),
    st.builds(answers_as_caller_hangs_up, st.floats(0, 15)),
    st.sampled_from([busy(), refuses(), unreachable(), no_answer()]),
)


@st.composite
def callers(draw):
    return {
        "number": draw(st.sampled_from([NUMBER, "+212524123456", "+33612345678", None])),
        "known": draw(st.sampled_from([None, *Language])),
        "understood": draw(st.frozensets(st.sampled_from([Language.ARABIC, Language.FRENCH]))),
        "answers": draw(st.lists(st.tuples(ANSWER, st.one_of(st.none(), st.floats(0, 6))), max_size=10)),
        "unanswered": draw(st.booleans()),
        "presses": draw(st.lists(st.tuples(st.sampled_from("0123456789*#"), st.floats(0, 400)), max_size=4)),
        "hangs_up": draw(st.one_of(st.none(), st.floats(0, 200), st.floats(200, 3000))),
        "comes": draw(st.floats(0, 120)),
    }


def calls(house: House, plan) -> ScriptedCaller:
    caller = house.calls(plan["number"], plan["known"])
    caller.understood = plan["understood"]
    caller.heard_unanswered = plan["unanswered"]
    for keys, after in plan["answers"]:
        if keys is None:
            caller.silent()
        elif keys in SPOKEN:
            caller.chooses_aloud(keys.removeprefix("said").strip() or None, after=after)
        else:
            caller.keys(keys, after=after)
    for key, at in plan["presses"]:
        caller.presses(key, at=at)
    if plan["hangs_up"] is not None:
        caller.hangs_up(at=plan["hangs_up"])
    return caller


def speaks_her_language(caller: ScriptedCaller) -> None:
    """But for the language menu, which has a line in each, all is in the language that is hers at that moment."""
    for said in caller.said:
        assert CATALOGUE.text(said.language, Phrase(said.key, said.slots))
        if said.key in ("menu.say_or_press", "menu.not_understood"):
            assert said.language in caller.understood, f"{said.key} in {said.language}"
        before_the_answer = said.key.startswith("closed.") and caller.heard_unanswered
        if said.key != "language.choose" and not before_the_answer:
            assert said.hers is said.language, f"{said.key} in {said.language}"


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    at=st.sampled_from([MONDAY_10, MONDAY_1629, MONDAY_1629 + timedelta(seconds=45), SUNDAY]),
    plans=st.lists(callers(), min_size=1, max_size=4),
    phones=st.fixed_dictionaries(
        {name: st.lists(PHONE, min_size=1, max_size=3) for name in ("amal", "idir")}
    ),
    at_work=st.sets(st.sampled_from(["amal", "idir", "nadia"])),
)
def test_every_call_ends_once_and_leaves_the_desk_whole(
    at: datetime, plans: list[dict[str, object]], phones: dict[str, list[Rings]], at_work: set[str]
) -> None:
    async def day() -> None:
        house = House(at, centre(articles=ARTICLES, survey=True))
        house.signs_in(*sorted(at_work))
        for who, rings in phones.items():
            house.telephones.script(who, *rings)

        async def one(plan) -> CallEnding:
            await asyncio.sleep(plan["comes"])
            return await house.serves(calls(house, plan))

        endings = await asyncio.gather(*(one(plan) for plan in plans))
        for caller, ending in zip(house.callers.values(), endings, strict=False):
            assert isinstance(ending, CallEnding)
            assert not caller.talking
        for caller in house.callers.values():
            speaks_her_language(caller)
            assert caller.hung_up
            record = house.record_of(caller)
            if record.ending is CallEnding.LEFT_IN_MENU:
                assert record.queued_at is None
        house.check_clean()
        kept = [record for record in house.kept.records if isinstance(record, Callback)]
        cancelled = {promise.id for promise in kept if promise.state is CallbackState.CANCELLED}
        promised = {promise.id for promise in house.promises} | cancelled
        recorded = {caller.log.record.callback for caller in house.callers.values()} - {None}
        assert promised == recorded
        for agent in house.centre.agents:
            seat = house.seat(agent)
            assert agent in at_work or type(seat.state).__name__ == "SignedOut"
            assert AgentId(agent) == seat.agent.id
        house.close()
        await asyncio.sleep(0)
        assert left_behind() == []

    loop = VirtualLoop()
    try:
        loop.run_until_complete(day())
    finally:
        loop.close()
