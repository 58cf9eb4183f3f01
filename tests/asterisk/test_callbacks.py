"""Out of hours she asks to be called back; when the centre opens an agent is rung, then she is, and they talk."""

from datetime import UTC, datetime, timedelta

import pytest

from routing.callbacks import First
from routing.model import AttemptResult, CallbackState, CallEnding, Direction
from tests.asterisk.centre import (
    AGENT_TONE,
    CALLER_TONE,
    LOUD,
    MONDAY,
    SUNDAY,
    assert_hears_at_the_end,
    has_heard,
    loudness_at_the_end,
    only,
    with_changes,
)

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]
OPENING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
TOMORROW = OPENING + timedelta(days=1)
SOON = 5  # seconds from the opening to the first ring, at most


async def asks_to_be_called_back(centre, number, keys="3131", **call):
    """A call on Sunday: French, a callback, funding, this number. Returns her and the promise."""
    caller = await centre.call(number, **call)
    await caller.keys(keys)
    promise = await centre.promise()
    await caller.until("said")
    await caller.hangs_up()
    await caller.until("ended", ending="callback_taken")
    return caller, promise


async def agent_accepts(centre, agent):
    """The agent's telephone rings, she hears who and why, and takes the call."""
    ringing = await agent.incoming(within=SOON + 5)
    await ringing.accept()
    await centre.story.until(
        "asked",
        keys="agent.callback_offer language.name.fr subject.name.funding agent.callback_accept",
        language="fr",
    )
    await has_heard(ringing, 1.0)
    assert loudness_at_the_end(ringing.heard, 0.7) > LOUD, "the agent hears nothing"
    await ringing.send_keys("1")
    return ringing


async def attempt(centre, agent, person):
    """One attempt: the agent accepts, then the person's telephone does what it does."""
    centre.operator.person = person
    return await agent_accepts(centre, agent)


async def test_a_promise_is_kept_when_the_centre_opens(centre):
    await centre.opens(SUNDAY)
    caller, promise = await asks_to_be_called_back(centre, "0612345641")
    assert (promise.number, promise.language, promise.subject) == ("+212612345641", "fr", "funding")
    assert promise.not_before == OPENING
    assert len(promise.id) == 6
    said = centre.story.lines("said", caller.id)[-1]
    assert said.facts["keys"].split()[:2] == ["callback.taken", "callback.at"]
    (row,) = [row for row in await centre.rows() if row.id == caller.id]
    assert (row.ending, row.callback) == (CallEnding.CALLBACK_TAKEN, promise.id)
    assert (await centre.controller.store.callback(promise.id)).state is CallbackState.DUE

    agent = await centre.agent("103")
    person = await centre.person("+212612345641")
    centre.operator.person = person
    centre.clock.pretend(OPENING)
    at_agent = await agent_accepts(centre, agent)
    at_person = await person.incoming()
    assert list(centre.operator.called.values()) == ["+212612345641"]
    assert centre.operator.shown == ["+212537000000"], "the centre's own number is shown"
    await at_person.accept()
    await centre.story.until("talking", agent="nadia")
    await has_heard(at_person, 2.0)
    await at_person.hang_up()
    await at_agent.ended()
    await at_person.ended()
    assert_hears_at_the_end(at_person.heard, AGENT_TONE, not_=CALLER_TONE)
    assert_hears_at_the_end(at_agent.heard, CALLER_TONE, not_=AGENT_TONE)
    kept = await centre.promise(lambda one: one.state is CallbackState.REACHED)
    assert (kept.id, kept.attempts, kept.last_result) == (promise.id, 1, AttemptResult.REACHED)
    await centre.story.until("ended", ending="answered")
    outbound = only(await centre.rows(), Direction.OUTBOUND)
    assert (outbound.caller, outbound.callback, outbound.agent) == ("+212612345641", promise.id, "nadia")
    assert (outbound.ending, outbound.language, outbound.subject) == (CallEnding.ANSWERED, "fr", "funding")
    assert len(centre.operator.called) == 1

    # It was a machine, says her agent: she is called again, at another hour.
    await centre.dials_code(agent, "*166", "agent.noted")
    again = await centre.promise(lambda one: one.state is CallbackState.DUE and one.attempts == 1)
    assert (again.id, again.last_result) == (promise.id, AttemptResult.MACHINE)
    assert again.not_before - centre.clock() > centre.settings.callbacks.spacing.machine[0] - timedelta(
        minutes=1
    )
    assert only(await centre.rows(), Direction.OUTBOUND).ending is CallEnding.NOT_REACHED


@pytest.mark.parametrize(
    ("answer", "result", "state", "wait"),
    [
        pytest.param(486, AttemptResult.BUSY, CallbackState.DUE, timedelta(minutes=5), id="busy"),
        pytest.param(480, AttemptResult.UNREACHABLE, CallbackState.DUE, timedelta(minutes=15), id="off"),
        pytest.param(603, AttemptResult.REFUSED, CallbackState.DUE, TOMORROW - OPENING, id="refused"),
        pytest.param(
            "rings", AttemptResult.NO_ANSWER, CallbackState.DUE, timedelta(minutes=15), id="no-answer"
        ),
    ],
)
async def test_why_she_was_not_reached_decides_when_she_is_called_again(centre, answer, result, state, wait):
    await centre.opens(SUNDAY)
    _, promise = await asks_to_be_called_back(centre, "0612345642")
    agent = await centre.agent("103")
    person = await centre.person("+212612345642")
    centre.clock.pretend(OPENING)
    at_agent = await attempt(centre, agent, person if answer == "rings" else answer)
    settled = await centre.promise(lambda one: one.last_result is not None, within=15)
    assert (settled.last_result, settled.state, settled.attempts) == (result, state, 1)
    assert abs(settled.not_before - centre.clock() - wait) < timedelta(
        minutes=1 if result == "refused" else 2 / 60
    )
    await at_agent.ended()
    await centre.story.until("ended", ending="not_reached")
    assert len(centre.operator.called) == 1


async def test_an_agent_who_hangs_up_while_her_telephone_rings_does_not_have_it_ring_every_minute(centre):
    await centre.opens(SUNDAY)
    await asks_to_be_called_back(centre, "0612345648")
    agent = await centre.agent("103")
    person = await centre.person("+212612345648")
    centre.clock.pretend(OPENING)
    at_agent = await attempt(centre, agent, person)
    await person.incoming()
    await at_agent.hang_up()
    settled = await centre.promise(lambda one: one.last_result is not None)
    assert (settled.last_result, settled.state, settled.attempts) == (
        AttemptResult.AGENT_LEFT,
        CallbackState.DUE,
        1,
    )
    assert abs(settled.not_before - centre.clock() - timedelta(minutes=15)) < timedelta(seconds=2)
    await centre.story.until("ended", ending="not_reached")
    assert len(centre.operator.called) == 1


@pytest.mark.parametrize("refusal", [403, 503])
async def test_a_trunk_that_refuses_is_not_her_attempt(centre, refusal):
    await centre.opens(SUNDAY)
    await asks_to_be_called_back(centre, "0612345649")
    agent = await centre.agent("103")
    await centre.person("+212612345649")
    centre.clock.pretend(OPENING)
    at_agent = await attempt(centre, agent, refusal)
    settled = await centre.promise(lambda one: one.last_result is not None, within=15)
    assert (settled.last_result, settled.state) == (AttemptResult.NO_TRUNK, CallbackState.DUE)
    assert settled.attempts == 0
    await at_agent.ended()
    await centre.story.until("ended", ending="not_reached")


async def test_a_second_attempt_follows_in_its_time_and_reaches_her(centre):
    await centre.opens(SUNDAY)
    _, promise = await asks_to_be_called_back(centre, "0612345643")
    agent = await centre.agent("103")
    person = await centre.person("+212612345643")
    centre.clock.pretend(OPENING)
    at_agent = await attempt(centre, agent, 486)
    settled = await centre.promise(lambda one: one.last_result is AttemptResult.BUSY)
    await at_agent.ended()
    await centre.story.until("ended", ending="not_reached")
    centre.clock.pretend(settled.not_before)
    at_agent = await attempt(centre, agent, person)
    at_person = await person.incoming()
    await at_person.accept()
    await centre.story.until("talking", agent="nadia")
    await at_agent.hang_up()
    await at_person.ended()
    kept = await centre.promise(lambda one: one.state is CallbackState.REACHED)
    assert (kept.id, kept.attempts) == (promise.id, 2)
    assert len(centre.operator.called) == 2


async def test_an_agent_who_does_not_accept_leaves_the_promise_to_the_next(centre):
    await centre.opens(SUNDAY)
    await asks_to_be_called_back(centre, "0612345644", keys="1131")
    first = await centre.agent("101")
    second = await centre.agent("104")
    person = await centre.person("+212612345644")
    centre.operator.person = person
    centre.clock.pretend(OPENING)
    ringing = await first.incoming(within=SOON + 5)
    await ringing.accept()
    await ringing.hang_up()
    ringing = await second.incoming()
    assert centre.operator.called == {}, "nobody is called before an agent is there"
    await ringing.accept()
    await ringing.send_keys("1")
    at_person = await person.incoming()
    await at_person.accept()
    await centre.story.until("talking", agent="tifaouine")
    await at_person.hang_up()
    kept = await centre.promise(lambda one: one.state is CallbackState.REACHED)
    assert kept.attempts == 1
    assert len(centre.operator.called) == 1


async def test_she_may_be_called_at_another_number(centre):
    await centre.opens(SUNDAY)
    caller = await centre.call("0612345645")
    centre.numbers |= {"0655443322", "0033612345678"}
    await caller.keys("3132")
    await caller.until("asked", keys="callback.key_number")
    await caller.keys("0612#")
    await caller.until("asked", keys="callback.impossible_number callback.key_number")
    await caller.keys("0033612345678#")
    await caller.until("asked", keys="callback.not_allowed_number callback.key_number")
    await caller.keys("0655443322#")
    await caller.until("asked", keys="callback.confirm_number", times=2)
    await caller.keys("1")
    promise = await centre.promise()
    assert promise.number == "+212655443322"
    await caller.hangs_up()
    await caller.until("ended", ending="callback_taken")


@pytest.mark.parametrize("shows", ["anonymous@anonymous.invalid", "sip-user@operator.invalid", "1"])
async def test_a_caller_without_a_number_is_asked_for_one(centre, shows):
    await centre.opens(SUNDAY)
    caller = await centre.call("0612345646", shows=shows)
    centre.numbers.add("0655443323")
    await caller.keys("313")
    await caller.until("asked", keys="callback.key_number")
    await caller.keys("0655443323#1")
    promise = await centre.promise()
    assert promise.number == "+212655443323"
    await caller.hangs_up()
    await caller.until("ended", ending="callback_taken")
    assert only(await centre.rows(), Direction.INBOUND).caller is None


async def test_an_attempt_that_a_stopped_controller_interrupted_is_made_again_once(centre):
    await centre.opens(SUNDAY)
    _, promise = await asks_to_be_called_back(centre, "0612345647")
    agent = await centre.agent("103")
    person = await centre.person("+212612345647")
    centre.operator.person = person
    centre.clock.pretend(MONDAY)
    ringing = await agent.incoming(within=SOON + 5)
    await centre.stops()
    await ringing.hang_up()
    await ringing.ended()
    await centre.goes_on()
    again = await centre.promise(lambda one: one.last_result is AttemptResult.INTERRUPTED)
    assert (again.state, again.attempts) == (CallbackState.DUE, 0)
    await centre.agent_is("nadia", "available")
    centre.clock.pretend(again.not_before)
    at_agent = await agent_accepts(centre, agent)
    at_person = await person.incoming()
    await at_person.accept()
    await centre.story.until("talking", agent="nadia")
    await at_agent.hang_up()
    await centre.promise(lambda one: one.state is CallbackState.REACHED)
    assert len(centre.operator.called) == 1


HELLO = "callback.hello_first callback.press_one"


async def test_she_is_rung_first_and_the_agent_was_kept_for_her(centre):
    await centre.opens(SUNDAY, with_changes(centre.settings, callbacks={"first": First.CALLER}))
    await asks_to_be_called_back(centre, "0612345651")
    agent = await centre.agent("103")
    person = centre.operator.person = await centre.person("+212612345651")
    centre.clock.pretend(OPENING)
    at_person = await person.incoming(within=SOON + 5)
    assert centre.state_of("nadia") == "offered"
    assert centre.operator.shown == ["+212537000000"], "the centre's own number is shown"
    await at_person.accept()
    await centre.story.until("asked", keys=HELLO, language="fr")
    await has_heard(at_person, 1.0)
    assert loudness_at_the_end(at_person.heard, 0.7) > LOUD, "she hears nothing"
    await at_person.send_keys("1")
    at_agent = await agent.incoming()
    await has_heard(at_person, 1.0)
    assert loudness_at_the_end(at_person.heard, 0.7) > LOUD, "she waits in silence"
    await at_agent.accept()
    await centre.story.until("talking", agent="nadia")
    await has_heard(at_person, 2.0)
    await at_agent.hang_up()
    await at_person.ended()
    assert_hears_at_the_end(at_person.heard, AGENT_TONE, not_=CALLER_TONE)
    assert_hears_at_the_end(at_agent.heard, CALLER_TONE, not_=AGENT_TONE)
    kept = await centre.promise(lambda one: one.state is CallbackState.REACHED)
    assert (kept.attempts, kept.last_result) == (1, AttemptResult.REACHED)
    await centre.story.until("ended", ending="answered")
    outbound = only(await centre.rows(), Direction.OUTBOUND)
    assert (outbound.caller, outbound.agent, outbound.ending) == (
        "+212612345651",
        "nadia",
        CallEnding.ANSWERED,
    )
    assert len(centre.operator.called) == 1


async def test_who_is_rung_first_and_busy_frees_the_agent(centre):
    await centre.opens(SUNDAY, with_changes(centre.settings, callbacks={"first": First.CALLER}))
    await asks_to_be_called_back(centre, "0612345652")
    await centre.agent("103")
    await centre.person("+212612345652")
    centre.operator.person = 486
    centre.clock.pretend(OPENING)
    settled = await centre.promise(lambda one: one.last_result is not None, within=15)
    assert (settled.last_result, settled.state, settled.attempts) == (
        AttemptResult.BUSY,
        CallbackState.DUE,
        1,
    )
    await centre.agent_is("nadia", "available")
    assert centre.story.lines("offered") == [], "no agent is rung for nobody"
    assert len(centre.operator.called) == 1


async def test_who_is_rung_first_and_would_have_to_wait_keeps_her_place_with_key_one(centre):
    await centre.opens(SUNDAY, with_changes(centre.settings, callbacks={"first": First.CALLER}))
    _, promise = await asks_to_be_called_back(centre, "0612345653")
    agent = await centre.agent("103")
    person = centre.operator.person = await centre.person("+212612345653")
    centre.clock.pretend(OPENING)
    at_person = await person.incoming(within=SOON + 5)
    await at_person.accept()
    await centre.story.until("asked", keys=HELLO, language="fr")
    await centre.dials_code(agent, "*12", "agent.signed_out")
    await at_person.send_keys("1")
    await centre.story.until("said", keys="queue.nobody queue.callback_hint")
    await at_person.send_keys("1")
    await centre.story.until("asked", keys="callback.confirm_number")
    await at_person.send_keys("1")
    await centre.story.until("promise taken", reference=promise.id)
    await at_person.hang_up()
    put_off = await centre.promise(lambda one: one.last_result is AttemptResult.PUT_OFF)
    assert (put_off.id, put_off.asked_at, put_off.attempts) == (promise.id, promise.asked_at, 0)
    assert put_off.state is CallbackState.DUE
    await centre.story.until("ended", ending="not_reached")
    told = centre.log.getvalue() + "".join(str(dict(line.facts)) for line in centre.story.lines())
    assert "12345653" not in told, "her number is told nowhere"
