"""Keeping a promise: the agent hears who and why, accepts, then the person is dialled and the two talk."""

from contextlib import suppress
from typing import Protocol, assert_never

from ivr.call import Call, CallerHungUp, Keys, Missed, Person, Question, TalkEnd
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.events import AgentAnswered, AgentMissed, CallEnded, MissReason
from routing.model import (
    Agent,
    AttemptResult,
    Callback,
    CallbackOrigin,
    CallEnding,
    EntryId,
    callback_entry_id,
)

ACCEPT = "1"
DIALLING = "dialling"
"""What the agent's channel remembers from just before her telephone rings."""

_AGENT_HEARS = {
    MissReason.BUSY: ("agent.person_busy", AttemptResult.BUSY),
    MissReason.NO_ANSWER: ("agent.person_no_answer", AttemptResult.NO_ANSWER),
    MissReason.REFUSED: ("agent.person_refused", AttemptResult.REFUSED),
    MissReason.UNREACHABLE: ("agent.person_unreachable", AttemptResult.UNREACHABLE),
    MissReason.CALLER_GONE: ("agent.person_no_answer", AttemptResult.AGENT_LEFT),
    MissReason.NO_TRUNK: ("agent.person_unreachable", AttemptResult.NO_TRUNK),
}


class Hold(Protocol):
    """The attempt's hold on its promise, which she or a supervisor may change at any time."""

    @property
    def stands(self) -> bool:
        """Whether she is still to be called by this attempt."""
        ...

    async def may_dial(self) -> bool:
        """Whether her telephone may ring now; if so, it is written down that it does."""
        ...

    def talking(self) -> None:
        """She is connected: she is not called again, whatever happens now."""
        ...


async def call_back(
    call: Call, office: Office, agent: Agent, entry: EntryId, promise: Callback, hold: Hold
) -> tuple[CallEnding, AttemptResult | None]:
    """`call` is the agent's leg, answered. The ending, and how the attempt went.

    The result is None when this agent did not accept: the entry keeps its place and goes to the next.
    """
    desk, language = office.desk, agent.languages[0]
    if not hold.stands:
        desk.tell(AgentMissed(agent.id, entry, MissReason.CALLER_GONE))
        return await _gone(call, agent), None
    offer = phrase(
        "agent.callback_offer",
        reference=promise.id,
    )
    parts = (
        offer,
        phrase(f"language.name.{promise.language}"),
        phrase(f"subject.name.{promise.subject}"),
        *its_origin(promise),
    )
    accepted = False
    try:
        heard = await call.ask(Question((*parts, phrase("agent.callback_accept"))), language)
        accepted = heard == Keys(ACCEPT)
    except CallerHungUp:
        pass
    if not accepted:
        call.log.note("callback not accepted", agent=agent.id)
        desk.tell(AgentMissed(agent.id, entry, MissReason.REFUSED))
        return CallEnding.NO_AGENT, None
    desk.tell(AgentAnswered(agent.id, entry))
    try:
        return await dial_person(call, office, agent, promise, hold)
    except CallerHungUp:
        return CallEnding.NOT_REACHED, AttemptResult.NO_AGENT  # he went before she was dialled
    finally:
        desk.tell(CallEnded(agent.id, entry))


def its_origin(promise: Callback) -> tuple[Phrase, ...]:
    """What the agent hears where she has not asked for the call."""
    match promise.origin:
        case CallbackOrigin.ASKED:
            return ()
        case CallbackOrigin.FLASH:
            return (phrase("agent.flash"),)
        case CallbackOrigin.UNSATISFIED:
            return (phrase("agent.unsatisfied"),)
        case _ as never:
            assert_never(never)


def greeting_of(promise: Callback) -> Phrase:
    """Who calls her, and why."""
    match promise.origin:
        case CallbackOrigin.ASKED:
            return phrase("callback.hello")
        case CallbackOrigin.FLASH:
            return phrase("callback.hello_flash")
        case CallbackOrigin.UNSATISFIED:
            return phrase("callback.hello_unsatisfied")
        case _ as never:
            assert_never(never)


async def _gone(call: Call, agent: Agent) -> CallEnding:
    """The agent hears that the promise was moved or cancelled."""
    call.log.note("the promise was changed meanwhile")
    with suppress(CallerHungUp):
        await call.say(phrase("agent.callback_gone"), in_=agent.languages[0])
    return CallEnding.NO_AGENT


async def dial_person(
    call: Call, office: Office, agent: Agent, promise: Callback, hold: Hold
) -> tuple[CallEnding, AttemptResult]:
    """Dial her; when she answers they talk until one hangs up. From the dialling on the attempt counts."""
    language = agent.languages[0]
    await call.say(phrase("agent.dialling"), in_=language)
    hello = greeting_of(promise)
    if not await hold.may_dial():
        return await _gone(call, agent), AttemptResult.NO_AGENT
    call.log.note("dialling the person", attempt=promise.attempts)
    await call.remember(stage=DIALLING)
    person = Person(promise.number, hello, promise.language, callback_entry_id(promise.id, promise.fence))
    try:
        rung = await call.ring(person, office.centre.callbacks.ring_for)
    except CallerHungUp:
        call.log.note("agent left while it rang")
        return CallEnding.NOT_REACHED, AttemptResult.AGENT_LEFT
    match rung:
        case Missed(dialled=False):
            call.log.note("person not dialled", why=AttemptResult.NO_TRUNK)
            with suppress(CallerHungUp):
                await call.say(phrase("agent.person_unreachable"), in_=language)
            return CallEnding.NOT_REACHED, AttemptResult.NO_TRUNK
        case Missed() if not hold.stands:
            return await _gone(call, agent), AttemptResult.AGENT_LEFT
        case Missed(why=why):
            said, result = _AGENT_HEARS[why]
            call.log.note("person not reached", why=result)
            with suppress(CallerHungUp):  # an agent who hangs up first changes nothing about her
                await call.say(phrase(said), in_=language)
            return CallEnding.NOT_REACHED, result
        case talk:
            hold.talking()
            call.log.set(connected_at=office.now(), agent=agent.id)
            call.log.note("talking", agent=agent.id)
            await call.remember(stage="talk")
            ended = await talk.ended()
            call.log.set(talk_ended_at=office.now())
            call.log.note("talk ended", by="person" if ended is TalkEnd.AGENT else "agent")
            return CallEnding.ANSWERED, AttemptResult.REACHED
