"""The agent hears a machine, or a stranger: his word makes of the attempt what it was, and the promise goes on."""

import asyncio
from datetime import timedelta

import pytest

from dialplan.names import CODE_OUTCOME
from ivr.flows.agent_codes import agent_code
from routing.model import AttemptResult, Callback, CallbackState, CallEnding, Outcome
from tests.flows.test_dialer import HERS, Callbacks, callbacks
from tests.support.house import LEGAL, ZGH
from tests.support.scripted_caller import answers

__all__ = ["callbacks"]
MACHINE, WRONG_NUMBER, SOLVED = CODE_OUTCOME + "6", CODE_OUTCOME + "4", CODE_OUTCOME + "1"
TALK = 20.0


async def dials(callbacks: Callbacks, code: str) -> list[str]:
    """What Idir hears at his telephone."""
    caller = callbacks.house.calls(number=None)
    await callbacks.house.serves(caller, agent_code, "102", code)
    return caller.heard


async def is_called(callbacks: Callbacks, code: str = "", at: float = 0) -> Callback:
    """Idir calls her back and somebody answers; `at` so many seconds from now he dials a code. The promise then."""
    callbacks.house.signs_in("idir")
    promise = callbacks.asks(HERS)
    callbacks.house.telephones.script(HERS, answers(after=2, talks=TALK))
    await callbacks.passes(2)
    talk = asyncio.create_task(callbacks.takes_the_offer(callbacks.link.originated[0]))
    if code:
        await asyncio.sleep(at)
        await dials(callbacks, code)
    await talk
    return as_it_is(callbacks, promise)


def as_it_is(callbacks: Callbacks, promise: Callback) -> Callback:
    versions = [
        one for one in callbacks.house.kept.records if isinstance(one, Callback) and one.id == promise.id
    ]
    assert [one.order for one in versions] == sorted({one.order for one in versions}), (
        "the store wants them to rise"
    )
    return versions[-1]


def her_row(callbacks: Callbacks) -> tuple[CallEnding | None, Outcome | None]:
    """The call that was made for her."""
    (leg,) = [one for one in callbacks.house.callers.values() if "talk" in one.steps]
    record = callbacks.house.record_of(leg)
    return record.ending, record.outcome


async def test_a_machine_that_the_agent_tells_of_counts_as_one_and_she_is_called_an_hour_later(
    callbacks: Callbacks,
) -> None:
    reached = await is_called(callbacks)
    assert (reached.state, reached.last_result) == (CallbackState.REACHED, AttemptResult.REACHED)
    assert await dials(callbacks, MACHINE) == ["agent.noted", "outcome.name.not_there", "agent.called_again"]
    again = callbacks.now(reached)
    assert (again.state, again.last_result, again.attempts) == (CallbackState.DUE, AttemptResult.MACHINE, 1)
    spacing = callbacks.house.centre.callbacks.spacing.machine[0]
    assert again.not_before - callbacks.house.now() == pytest.approx(spacing, abs=timedelta(seconds=10))
    assert her_row(callbacks) == (CallEnding.NOT_REACHED, Outcome.NOT_THERE)
    await asyncio.sleep(spacing.total_seconds())
    await callbacks.passes(2)
    assert len(callbacks.link.originated) == 2
    assert callbacks.now(reached).attempts == 2


@pytest.mark.parametrize("at", [16.0, 31.0])
async def test_he_may_say_so_while_the_machine_still_talks(callbacks: Callbacks, at: float) -> None:
    again = await is_called(callbacks, MACHINE, at)
    assert (again.state, again.last_result, again.attempts) == (CallbackState.DUE, AttemptResult.MACHINE, 1)
    assert (again.talked_at, again.rang_at) == (None, None)
    assert her_row(callbacks) == (CallEnding.NOT_REACHED, Outcome.NOT_THERE)


@pytest.mark.parametrize("during", [True, False])
async def test_a_number_that_is_not_hers_is_not_called_again(callbacks: Callbacks, during: bool) -> None:
    promise = await is_called(callbacks, WRONG_NUMBER if during else "", 16)
    if not during:
        assert await dials(callbacks, WRONG_NUMBER) == ["agent.noted", "outcome.name.wrong_number"]
        promise = as_it_is(callbacks, promise)
    assert (promise.state, promise.last_result) == (CallbackState.GIVEN_UP, AttemptResult.WRONG_NUMBER)
    await asyncio.sleep(4 * 3600)
    await callbacks.passes(2)
    assert len(callbacks.link.originated) == 1


async def test_a_key_beside_the_right_one_is_put_right(callbacks: Callbacks) -> None:
    promise = await is_called(callbacks)
    await dials(callbacks, MACHINE)
    await dials(callbacks, SOLVED)
    assert as_it_is(callbacks, promise).state is CallbackState.REACHED
    assert her_row(callbacks) == (CallEnding.ANSWERED, Outcome.SOLVED)
    await dials(callbacks, MACHINE)
    await dials(callbacks, MACHINE)
    again = as_it_is(callbacks, promise)
    assert (again.state, again.attempts) == (CallbackState.DUE, 1)


async def test_a_machine_at_the_last_attempt_ends_the_promise(callbacks: Callbacks) -> None:
    most = callbacks.house.centre.callbacks.most_attempts
    callbacks.house.signs_in("idir")
    promise = callbacks.asks(HERS)
    callbacks.house.telephones.script(HERS, answers(after=2, talks=TALK))
    for n in range(most):
        await asyncio.sleep(4 * 3600 if n else 0)
        if n:
            await asyncio.sleep((callbacks.now(promise).not_before - callbacks.house.now()).total_seconds())
        await callbacks.passes(2)
        await callbacks.takes_the_offer(callbacks.link.originated[-1])
        assert as_it_is(callbacks, promise).attempts == n + 1
        heard = await dials(callbacks, MACHINE)
    assert as_it_is(callbacks, promise).state is CallbackState.GIVEN_UP
    assert "agent.called_again" not in heard


async def test_who_has_asked_again_meanwhile_is_not_called_twice(callbacks: Callbacks) -> None:
    promise = await is_called(callbacks)
    anew = callbacks.house.book.promise(HERS, ZGH, LEGAL, None, callbacks.house.now())
    assert anew.id != promise.id
    assert await dials(callbacks, MACHINE) == ["agent.noted", "outcome.name.not_there"]
    assert as_it_is(callbacks, promise).state is CallbackState.REACHED
    assert [one.id for one in callbacks.house.book.of(HERS)] == [anew.id]


async def test_what_he_says_of_an_attempt_after_the_next_one_has_begun_changes_nothing(
    callbacks: Callbacks,
) -> None:
    promise = await is_called(callbacks)
    await dials(callbacks, MACHINE)
    await asyncio.sleep((callbacks.now(promise).not_before - callbacks.house.now()).total_seconds())
    await callbacks.passes(2)
    assert callbacks.now(promise).state is CallbackState.IN_PROGRESS
    await dials(callbacks, SOLVED)
    assert callbacks.now(promise).state is CallbackState.IN_PROGRESS


async def test_it_is_known_after_a_restart_too(callbacks: Callbacks) -> None:
    promise = await is_called(callbacks)
    house = callbacks.house
    fresh = type(house.book)(house.memory, house.centre.hours, house.now, house.centre.quiet)
    fresh.learn([promise])
    again = fresh.said(promise.id, Outcome.NOT_THERE, house.centre.callbacks)
    assert again is not None
    assert again.state is CallbackState.DUE
    await asyncio.sleep(13 * 3600)
    late = type(house.book)(house.memory, house.centre.hours, house.now, house.centre.quiet)
    late.learn([promise])
    assert late.said(promise.id, Outcome.NOT_THERE, house.centre.callbacks) is None


async def test_who_asks_for_a_call_while_her_machine_talks_is_called_for_that_one_alone(
    callbacks: Callbacks,
) -> None:
    callbacks.house.signs_in("idir")
    first = callbacks.asks(HERS)
    callbacks.house.telephones.script(HERS, answers(after=2, talks=TALK))
    await callbacks.passes(2)
    talk = asyncio.create_task(callbacks.takes_the_offer(callbacks.link.originated[0]))
    await asyncio.sleep(16)
    again = callbacks.asks(HERS)
    assert again.id != first.id, "she asks for something new: somebody talks already"
    await dials(callbacks, MACHINE)
    await talk
    ended = as_it_is(callbacks, first)
    assert (ended.state, ended.last_result) == (CallbackState.CANCELLED, AttemptResult.MACHINE)
    assert callbacks.house.book.of(HERS) == [again]
