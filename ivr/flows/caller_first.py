"""Keeping a promise by ringing her first: she hears who calls, presses a key, and has her place by her age.

An agent was kept for her before her telephone rang. Should he be gone by now she hears music, and is the next as any
caller who asked so early; a machine presses nothing, and no agent is rung for it.
"""

from collections.abc import Callable
from contextlib import suppress

from ivr.call import Call, CallerHungUp, Keys, Question
from ivr.flows.call_back import greeting_of
from ivr.flows.wait_for_agent import wait_for_agent
from ivr.office import Office
from ivr.prompts import phrase
from routing.model import AgentId, AttemptResult, Callback, CallbackOrigin, CallEnding
from routing.promise_changes import BeingKept, NoSuchPromise

HELLO = "hello"
"""What her channel remembers until she has pressed a key."""
ASKED = 2  # times: the first is half over when the receiver is at the ear


async def caller_first(
    call: Call,
    office: Office,
    promise: Callback,
    pressed: Callable[[], AgentId | None],
    *,
    greeted: bool = False,
) -> tuple[CallEnding, AttemptResult]:
    """`call` is her own leg, answered. The ending, and how the attempt went.

    `pressed` is told when she is there and goes to the line, and says who is kept for her. `greeted`: she was there
    before a restart.
    """
    language = promise.language
    if not greeted:
        await call.remember(stage=HELLO, language=language, subject=promise.subject)
        try:
            if not await _somebody_there(call, promise):
                return CallEnding.NOT_REACHED, AttemptResult.MACHINE
        except CallerHungUp:
            call.log.note("she hung up on the greeting")
            return CallEnding.NOT_REACHED, AttemptResult.NO_ANSWER
    ending = await wait_for_agent(
        call, office, language, promise.subject, age_from=promise.asked_at, kept=pressed()
    )
    match ending:
        case CallEnding.ANSWERED:
            return ending, AttemptResult.REACHED
        case CallEnding.CALLBACK_TAKEN:
            _instead(call, office, promise)
            return CallEnding.NOT_REACHED, AttemptResult.PUT_OFF
        case _:
            return CallEnding.NOT_REACHED, AttemptResult.AGENT_LEFT


def _instead(call: Call, office: Office, promise: Callback) -> None:
    """She was promised a call to another number: she is not called at this one too."""
    if call.log.took != promise.id:
        with suppress(BeingKept, NoSuchPromise):
            office.promises.cancel(promise.id)


async def _somebody_there(call: Call, promise: Callback) -> bool:
    """Whether a person pressed a key, whichever."""
    asked = promise.origin is CallbackOrigin.ASKED
    hello = phrase("callback.hello_first") if asked else greeting_of(promise)
    asks = (hello, phrase("callback.press_one"))
    for _ in range(ASKED):
        if isinstance(await call.ask(Question(asks), promise.language), Keys):
            return True
    call.log.note("nobody pressed a key")
    await call.say(phrase("goodbye"), in_=promise.language)
    return False
