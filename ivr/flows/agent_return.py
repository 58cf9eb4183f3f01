"""An agent comes back: from a break, from writing, or from having been set aside after a call he missed."""

from ivr.call import Call
from ivr.flows.agent_says import presses_one, says, set_aside
from ivr.office import Office
from ivr.prompts import phrase
from routing.events import AgentReturned
from routing.model import Agent


async def come_back(call: Call, office: Office, agent: Agent) -> None:
    """Back from a break or from writing, as soon as he has heard it; who was set aside hears why he was."""
    language = agent.languages[0]
    if not office.desk.signed_in(agent.id):
        await says(
            call, language, "agent.signed_out"
        )  # «back» does not sign in: who believed so would wait in vain
        return
    why = (phrase("agent.set_aside"),) if set_aside(office, agent) else ()
    try:
        call.log.note("agent code", does="agent.back")
        await call.answer()
        await call.say(*why, phrase("agent.back"), in_=language)
    finally:
        office.desk.tell(AgentReturned(agent.id))


async def why_set_aside(call: Call, office: Office, agent: Agent) -> None:
    """He gets no calls because he missed one: he hears it, and 1 brings him back."""
    language = agent.languages[0]
    call.log.note("agent code", does="agent.set_aside")
    await call.answer()
    if await presses_one(call, language, phrase("agent.set_aside"), phrase("agent.press_to_return")):
        try:
            await says(call, language, "agent.back")
        finally:
            office.desk.tell(AgentReturned(agent.id))
