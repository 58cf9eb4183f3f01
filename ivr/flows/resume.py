"""A call found waiting after a restart: she goes on where she was, and loses neither place nor language."""

import contextlib
from dataclasses import dataclass
from datetime import datetime

from ivr.call import Call, CallerHungUp, Talk, TalkEnd
from ivr.flows.after_hours import after_hours
from ivr.flows.conversation import BackInLine, Conversation, Over
from ivr.flows.goodbye import self_served
from ivr.flows.incoming import incoming
from ivr.flows.promise_told import tell
from ivr.flows.subject import choose_subject
from ivr.flows.wait_for_agent import wait_for_agent
from ivr.office import Office
from routing.events import CallAdopted
from routing.hours import Closed, Open
from routing.model import AgentId, CallEnding, Language, Subject, caller_entry_id


@dataclass(frozen=True, slots=True)
class Found:
    """What her channel remembers. `talk` is set while she is still in conversation with `agent`, since `connected`."""

    stage: str
    language: Language | None
    subject: Subject | None
    entered: datetime | None
    agent: AgentId | None
    talk: Talk | None
    connected: datetime | None = None


async def resume(call: Call, office: Office, found: Found) -> CallEnding:
    """Continue a call that another controller began."""
    call.log.note("resumed", stage=found.stage or "menu")
    promise = None if call.log.record.callback is None else office.promises.find(call.log.record.callback)
    if promise is not None and found.language is not None:
        with contextlib.suppress(CallerHungUp):
            await tell(call, office, promise, found.language)  # she may not have heard it to the end
        return CallEnding.CALLBACK_TAKEN
    if found.talk is not None:
        return await talk_on(call, office, found, found.talk)
    if found.stage == "talk":
        return CallEnding.ANSWERED  # the conversation ended meanwhile: nothing more to say
    if found.language is None:
        return await incoming(call, office)
    try:
        if found.stage == "queue" and found.subject is not None:
            passed_on = apart_from_her_agent(call, office)
            return await wait_for_agent(
                call, office, found.language, found.subject, found.entered, again=passed_on
            )
        match office.centre.hours.at(office.now()):
            case Closed() as closed:
                return await after_hours(call, office, closed, found.language)
            case Open():
                language, subject = await choose_subject(call, office, found.language)
                if subject is None:
                    return await self_served(call, language)
                return await wait_for_agent(call, office, language, subject)
    except CallerHungUp:
        return CallEnding.LEFT_IN_MENU


def apart_from_her_agent(call: Call, office: Office) -> bool:
    """Whether she has talked, and her agent was out of the conversation when the controller died: his part is over."""
    record = call.log.record
    if record.connected_at is None:
        return False
    if record.talk_ended_at is None:
        call.log.set(talk_ended_at=office.now())
        call.log.note("talk ended", by=TalkEnd.UNKNOWN)
    return True


async def talk_on(call: Call, office: Office, found: Found, talk: Talk) -> CallEnding:
    """The two go on talking; the desk learns that the agent is not free, and when it ends."""
    entry = caller_entry_id(call.id)
    agent = office.centre.agents.get(found.agent) if found.agent is not None else None
    if agent is None:
        ended = await talk.ended()
        call.log.note("talk ended", by=ended)
        call.log.set(talk_ended_at=office.now())
        return CallEnding.ANSWERED
    since = found.connected or call.log.record.connected_at or office.now()
    office.desk.tell(CallAdopted(agent.id, entry, since))
    language = found.language or call.log.record.language or agent.languages[0]
    subject = found.subject or call.log.record.subject or office.centre.other_subject
    match await Conversation(call, office, entry, language, subject).run(talk, agent, since):
        case Over(ending=ending):
            return ending
        case BackInLine(subject=subject):
            return await wait_for_agent(call, office, language, subject, found.entered, again=True)
