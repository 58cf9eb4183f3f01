"""An agent leaves for a while or for the day; the last one at work for someone who waits is told so first."""

from ivr.call import Call, CallerHungUp
from ivr.flows.agent_says import picks, presses_one, says
from ivr.office import Office
from ivr.prompts import phrase
from routing.events import AgentSignedOut, AgentTookBreak
from routing.model import Agent, BreakReason

REASONS = {
    str(key): reason
    for key, reason in enumerate(
        (BreakReason.LUNCH, BreakReason.PRAYER, BreakReason.TRAINING, BreakReason.PAUSE, BreakReason.OTHER), 1
    )
}
"""What the keys behind `*13` mean."""
NAMES = {reason: phrase(f"break.name.{reason}") for reason in REASONS.values()}


async def may_leave(call: Call, office: Office, agent: Agent) -> bool:
    """Whether he goes: yes, unless he would leave callers to nobody and does not press 1 to that."""
    left = office.desk.left_behind(agent.id)
    if not left:
        return True
    language = agent.languages[0]
    call.log.note("would leave callers behind", agent=agent.id, waiting=left)
    await call.answer()
    try:
        if await presses_one(
            call, language, phrase("agent.callers_waiting", n=left), phrase("agent.press_to_leave")
        ):
            return True
    except CallerHungUp:
        call.log.note("agent code", does="agent.stays")
        raise
    await says(call, language, "agent.stays")
    return False


async def sign_out(call: Call, office: Office, agent: Agent) -> None:
    """Home: at once, or after the conversation if there is one."""
    if await may_leave(call, office, agent):
        office.desk.tell(AgentSignedOut(agent.id))
        await says(call, agent.languages[0], "agent.signed_out")


async def take_break(call: Call, office: Office, agent: Agent, key: str) -> None:
    """A break with the reason that `key` means; without one it begins at once and the reason is asked for."""
    language = agent.languages[0]
    if key and key not in REASONS:
        await says(call, language, "agent.unknown_code")
        return
    if not office.desk.signed_in(agent.id):
        await says(call, language, "agent.signed_out")  # «break» does not sign in
        return
    if not await may_leave(call, office, agent):
        return
    reason = REASONS[key] if key else BreakReason.PAUSE
    office.desk.tell(AgentTookBreak(agent.id, reason))
    call.log.note("agent code", does="agent.on_break")
    await call.answer()
    if key:
        await call.say(phrase("agent.on_break"), NAMES[reason], in_=language)
        return
    chosen = await picks(call, language, (phrase("agent.on_break"),), NAMES)
    if chosen is not None:
        office.desk.tell(AgentTookBreak(agent.id, chosen))
        call.log.note("reason of the break", agent=agent.id, reason=chosen)
        await call.say(NAMES[chosen], phrase("agent.noted"), in_=language)
