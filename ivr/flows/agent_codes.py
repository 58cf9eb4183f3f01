"""An agent dials a code: sign in or out, break, back, more time, what became of a call; each answers in his language.

What a code does it does, whether or not its answer is heard to the end.
"""

from contextlib import suppress

from ivr.call import Call, CallerHungUp
from ivr.flows.after_talk import mark, more_time
from ivr.flows.agent_break import sign_out, take_break
from ivr.flows.agent_return import come_back, why_set_aside
from ivr.flows.agent_says import owner_of, says, set_aside, spoken_at, whose
from ivr.flows.sign_in import sign_in
from ivr.office import Office
from routing.model import CallEnding

CODE = 3  # characters; what is dialled behind them says more


async def agent_code(call: Call, office: Office, telephone: str, dialled: str) -> CallEnding:
    """Do what was `dialled` at the telephone with this extension, and say so."""
    with suppress(CallerHungUp):
        await _obey(call, office, telephone, dialled[:CODE], dialled[CODE:])
    return CallEnding.SELF_SERVED


async def _obey(call: Call, office: Office, telephone: str, code: str, more: str) -> None:
    if code == "*11":
        await sign_in(call, office, telephone, more)
        return
    agent = whose(office, telephone)
    if agent is None:  # no agent's telephone, or its agent sits elsewhere
        nobodys = owner_of(office, telephone) is None
        does = "agent.unknown_code" if nobodys else "agent.signed_out"
        await says(call, spoken_at(office, telephone), does)
        return
    call.log.set(agent=agent.id)
    match code:
        case "*12":
            await sign_out(call, office, agent)
        case "*13":
            await take_break(call, office, agent, more)
        case "*14":
            await come_back(call, office, agent)
        case "*15" | "*16" if set_aside(office, agent) and not more:
            await why_set_aside(call, office, agent)
        case "*15":
            await more_time(call, office, agent)
        case "*16":
            await mark(call, office, agent, more)
        case _:
            await says(call, agent.languages[0], "agent.unknown_code")
