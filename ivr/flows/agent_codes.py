"""An agent dials a code: sign in, sign out, take a break, come back; each answers in the agent's language."""

from ivr.call import Call, CallerHungUp
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
    """Do what the code says, then say so. The desk is told first: a hang-up before the answer changes nothing."""
    meant = meaning(code, agent)
    said = "agent.unknown_code"
    if meant is not None:
        event, said = meant
        office.desk.tell(event)
        if not office.desk.signed_in(agent.id):
            said = "agent.signed_out"  # «back» and «break» do not sign in: who believed so would wait in vain
    call.log.set(agent=agent.id)
    call.log.note("agent code", does=said)
    try:
        await call.answer()
        await call.say(phrase(said), in_=agent.languages[0])
    except CallerHungUp:
        pass
    return CallEnding.SELF_SERVED
