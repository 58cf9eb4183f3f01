"""She may hang up at any moment of any call: the record is whole, nothing leaks, the agent is free."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from ivr.centre import CallbackRules, Centre
from routing.events import AgentTookBreak
from routing.model import AgentId, BreakReason, CallEnding, CallId
from tests.flows.test_call_back import Kept
from tests.support.house import FR, LEGAL, MONDAY_10, MONDAY_1629, NUMBER, SUNDAY, House, centre
from tests.support.scripted_caller import ScriptedCaller, answers, busy, no_answer
from tests.support.virtual_clock import VirtualLoop

E = CallEnding
Script = Callable[[House], ScriptedCaller]


@dataclass(frozen=True)
class Story:
    """A call that runs to its end, and the endings that a hang-up on the way may have."""

    at: datetime
    plays: Script
    endings: frozenset[CallEnding]
    plan: Centre | None = None
    asks: str = ""
    """From this phrase on she has asked for a callback: a hang-up keeps the promise."""


def _two_agents(house: House) -> ScriptedCaller:
    house.signs_in("amal", "nadia")
    house.telephones.script("amal", no_answer())
    house.telephones.script("nadia", answers(after=3, talks=20))
    return house.calls().keys("3").keys("9").keys("#").keys("3").keys("1")


def _given_up(house: House) -> ScriptedCaller:
    house.signs_in("amal")
    return house.calls()


def _on_break(house: House) -> None:
    house.signs_in("amal")
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.PAUSE))


def _takes_callback(house: House) -> ScriptedCaller:
    _on_break(house)
    return (
        house.calls(known=FR).keys("1", after=1).presses("1", at=95).keys("2").keys("0524123456#").keys("1")
    )


def _waits_too_long(house: House) -> ScriptedCaller:
    _on_break(house)
    return house.calls(known=FR).keys("1", after=1).keys("1")


def _closing(house: House) -> ScriptedCaller:
    return house.calls().keys("1").keys("1").keys("1")


def _nobody(house: House) -> ScriptedCaller:
    return house.calls(known=FR).keys("1").presses("1", at=40).keys("1")


def _after_hours(house: House) -> ScriptedCaller:
    return house.calls(known=FR).keys("9").keys("1").keys("1").keys("1")


def _after_hours_anonymous(house: House) -> ScriptedCaller:
    return house.calls(number=None).keys("3").keys("1").keys("1").keys("12#").keys("0612345678#").keys("1")


def _after_hours_nothing(house: House) -> ScriptedCaller:
    return house.calls().keys("3").silent(3)


def _other_window(house: House) -> ScriptedCaller:
    return house.calls(known=FR).keys("1").keys("1").keys("1").keys("*").keys("3")


def _unanswered(house: House) -> ScriptedCaller:
    caller = house.calls(known=FR).keys("1").keys("1").keys("1")
    caller.heard_unanswered = True
    return caller


def _own_promise(house: House) -> ScriptedCaller:
    house.book.promise(NUMBER, FR, LEGAL, None, house.now())
    return house.calls(known=FR).keys("1").keys("1").keys("2").keys("2").keys("1")


def _promise_by_pin(house: House) -> ScriptedCaller:
    call = CallId("the call in which she asked")
    promise = house.book.promise("+212524123456", FR, LEGAL, call, house.now())
    keyed = house.calls(known=FR).keys("8").keys(promise.id).keys("#").keys(house.door.pin(promise, call))
    return keyed.keys("1").keys("1").keys("2").keys("1")


def _survey(house: House) -> ScriptedCaller:
    house.signs_in("amal")
    house.telephones.script("amal", answers(after=3, talks=20))
    return house.calls(known=FR).keys("1").keys("7").keys("3")


FLASHING = centre(callbacks=CallbackRules(flash=True))
STORIES = {
    "second_agent_answers": Story(
        MONDAY_10, _two_agents, frozenset({E.LEFT_IN_MENU, E.ABANDONED, E.ANSWERED})
    ),
    "no_key_at_all": Story(MONDAY_10, _given_up, frozenset({E.LEFT_IN_MENU, E.ABANDONED, E.ANSWERED})),
    "takes_a_callback": Story(
        MONDAY_10, _takes_callback, frozenset({E.LEFT_IN_MENU, E.ABANDONED, E.CALLBACK_TAKEN})
    ),
    "waits_too_long": Story(
        MONDAY_10, _waits_too_long, frozenset({E.LEFT_IN_MENU, E.ABANDONED, E.CALLBACK_TAKEN})
    ),
    "closing": Story(MONDAY_1629, _closing, frozenset({E.LEFT_IN_MENU, E.ABANDONED, E.CALLBACK_TAKEN})),
    "nobody_at_work": Story(MONDAY_10, _nobody, frozenset({E.LEFT_IN_MENU, E.ABANDONED, E.CALLBACK_TAKEN})),
    "after_hours": Story(
        SUNDAY,
        _after_hours,
        frozenset({E.LEFT_IN_MENU, E.CLOSED, E.CALLBACK_TAKEN}),
        asks="menu.subject_intro",
    ),
    "after_hours_anonymous": Story(
        SUNDAY, _after_hours_anonymous, frozenset({E.LEFT_IN_MENU, E.CLOSED, E.CALLBACK_TAKEN})
    ),
    "other_window": Story(SUNDAY, _other_window, frozenset({E.LEFT_IN_MENU, E.CLOSED, E.CALLBACK_TAKEN})),
    "unanswered": Story(SUNDAY, _unanswered, frozenset({E.CLOSED, E.CALLBACK_TAKEN})),
    "own_promise": Story(SUNDAY, _own_promise, frozenset({E.LEFT_IN_MENU, E.SELF_SERVED})),
    "promise_by_pin": Story(SUNDAY, _promise_by_pin, frozenset({E.LEFT_IN_MENU, E.CLOSED, E.SELF_SERVED})),
    "flash": Story(SUNDAY, _after_hours_nothing, frozenset({E.LEFT_IN_MENU, E.CLOSED}), FLASHING),
    "survey": Story(
        MONDAY_10, _survey, frozenset({E.LEFT_IN_MENU, E.ABANDONED, E.ANSWERED}), centre(survey=True)
    ),
    "after_hours_nothing": Story(SUNDAY, _after_hours_nothing, frozenset({E.LEFT_IN_MENU, E.CLOSED})),
}


def steps_of(story: Story) -> int:
    """How many steps the undisturbed call has."""

    async def play() -> int:
        house = House(story.at, story.plan)
        caller = story.plays(house)
        await house.serves(caller)
        house.close()
        await asyncio.sleep(0)
        return len(caller.steps)

    loop = VirtualLoop()
    try:
        return loop.run_until_complete(play())
    finally:
        loop.close()


def every_step() -> Iterator[object]:
    for name, story in STORIES.items():
        for step in range(steps_of(story)):
            yield pytest.param(story, step, id=f"{name}-{step}")


def steps_before_asking(caller: ScriptedCaller, story: Story) -> bool:
    return not story.asks or f"say {story.asks}" not in caller.steps


@pytest.mark.parametrize(("story", "step"), list(every_step()))
async def test_a_hang_up_at_any_step_leaves_a_whole_record_and_nothing_else(
    open_house: Callable[..., House], story: Story, step: int
) -> None:
    house = open_house(story.at, story.plan)
    caller = story.plays(house).hangs_up_at_step(step)
    ending = await house.serves(caller)
    assert len(caller.steps) >= step + 1, "the call ended before the step"
    assert ending in story.endings
    if story.asks and not steps_before_asking(caller, story):
        assert ending is CallEnding.CALLBACK_TAKEN
    joined = house.record_of(caller).queued_at is not None
    assert (ending is CallEnding.LEFT_IN_MENU) <= (not joined)
    if joined:
        assert ending in {E.ABANDONED, E.ANSWERED, E.CALLBACK_TAKEN, E.TIMED_OUT}
    if not house.telephones.rung:
        assert house.record_of(caller).agent is None


def _steps_of_a_callback() -> int:
    async def play() -> int:
        house = House(MONDAY_10)
        house.signs_in("idir")
        house.telephones.script("+212612345678", busy())
        kept = Kept(house)
        kept.leg.keys("1")
        await kept.goes()
        house.close()
        await asyncio.sleep(0)
        return len(kept.leg.steps)

    loop = VirtualLoop()
    try:
        return loop.run_until_complete(play())
    finally:
        loop.close()


@pytest.mark.parametrize("step", range(_steps_of_a_callback()))
async def test_the_agent_may_hang_up_at_any_step_of_a_callback(
    open_house: Callable[..., House], step: int
) -> None:
    house = open_house(MONDAY_10)
    house.signs_in("idir")
    house.telephones.script("+212612345678", busy())
    kept = Kept(house)
    kept.leg.keys("1").hangs_up_at_step(step)
    ending = await kept.goes()
    assert ending in {CallEnding.NO_AGENT, CallEnding.NOT_REACHED}
    assert (kept.result is None) == (ending is CallEnding.NO_AGENT)
