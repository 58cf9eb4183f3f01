"""An agent dials a code: sign in, sign out, take a break, come back; each answers in the agent's language."""

from ivr.call import Call, CallerHungUp
from ivr.flows.language import language_at
from ivr.office import Office
from ivr.prompts import phrase
from routing.events import AgentReturned, AgentSignedIn, AgentSignedOut, AgentTookBreak, DeskEvent
from routing.model import Agent, BreakReason, CallEnding


def meaning(code: str, agent: Agent) -> tuple[DeskEvent, str] | None:
    """What a code tells the desk, and the prompt that confirms it; None for a code that is not one."""
    match code:
        case "*11":
            return AgentSignedIn(agent.id), "agent.signed_in"
        case "*12":
            return AgentSignedOut(agent.id), "agent.signed_out"
        case "*13":
            return AgentTookBreak(agent.id, BreakReason.PAUSE), "agent.on_break"
        case "*14":
            return AgentReturned(agent.id), "agent.back"
        case _:
            return None


async def agent_code(call: Call, office: Office, agent: Agent, code: str) -> CallEnding:
    """Do what the code says, and say so. A hang-up before or during the answer changes nothing.

    Who goes is gone at once. Who comes is there when he has heard it: until Asterisk tells that his telephone is in
    use, a caller would be offered to an ear that listens to us.
    """
    event, said = meaning(code, agent) or (None, "agent.unknown_code")
    comes = event if isinstance(event, AgentSignedIn | AgentReturned) else None
    if event is not None and comes is None:
        office.desk.tell(event)
    if event is not None and not isinstance(event, AgentSignedIn) and not office.desk.signed_in(agent.id):
        said = "agent.signed_out"  # «back» and «break» do not sign in: who believed so would wait in vain
    call.log.set(agent=agent.id)
    call.log.note("agent code", does=said)
    try:
        await call.answer()
        await call.say(phrase(said), in_=agent.languages[0])
    except CallerHungUp:
        pass
    finally:
        if comes is not None:
            office.desk.tell(comes)
    return CallEnding.SELF_SERVED


async def nobodys_code(call: Call, office: Office, telephone: str) -> CallEnding:
    """The code was dialled on a telephone that is no agent's, such as a supervisor's: say that it does nothing."""
    call.log.note("agent code", does="agent.unknown_code")
    try:
        await call.answer()
        await call.say(phrase("agent.unknown_code"), in_=language_at(office, telephone))
    except CallerHungUp:
        pass
    return CallEnding.SELF_SERVED
