"""After a conversation: an agent asks for more time to write, and keys what became of it."""

from ivr.call import Call
from ivr.flows.agent_says import picks, says
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.events import AgentAskedForTime
from routing.model import Agent, CallbackState, Direction, Outcome, WrappingUp
from routing.record import CallRecord

OUTCOMES = {
    str(key): outcome
    for key, outcome in enumerate(
        (
            Outcome.SOLVED,
            Outcome.SENT_ON,
            Outcome.FOLLOW_UP,
            Outcome.WRONG_NUMBER,
            Outcome.OTHER,
            Outcome.NOT_THERE,
        ),
        1,
    )
}
"""What the keys behind `*16` mean."""
NAMES = {outcome: phrase(f"outcome.name.{outcome}") for outcome in OUTCOMES.values()}


async def more_time(call: Call, office: Office, agent: Agent) -> None:
    """A longer pause after the call, as often as the centre allows."""
    seat, rules = office.desk.seat(agent.id), office.centre.desk
    language = agent.languages[0]
    match None if seat is None else seat.state:
        case WrappingUp(extended=times) if times < rules.wrap_up_extensions:
            office.desk.tell(AgentAskedForTime(agent.id, times + 1))
            seconds = int(rules.wrap_up_extra.total_seconds())
            await says(call, language, "agent.more_time", phrase("duration", seconds=seconds))
        case WrappingUp():
            await says(call, language, "agent.no_more_time")
        case _:
            await says(call, language, "agent.not_writing")


async def mark(call: Call, office: Office, agent: Agent, key: str) -> None:
    """Keep what became of his last conversation, as `key` means or as he then chooses; the last word counts."""
    language = agent.languages[0]
    if key and key not in OUTCOMES:
        await says(call, language, "agent.unknown_code")
        return
    last = office.agents.last_call(agent.id)
    if last is None:
        await says(call, language, "agent.no_call")
        return
    if key:
        more = _keep(call, office, last, OUTCOMES[key])
        await says(call, language, "agent.noted", NAMES[OUTCOMES[key]], *more)
        return
    await call.answer()
    chosen = await picks(call, language, (phrase("agent.which_outcome"),), NAMES)
    if chosen is None:
        await says(call, language, "agent.not_noted")
        return
    more = _keep(call, office, last, chosen)
    await says(call, language, "agent.noted", NAMES[chosen], *more)


def _keep(call: Call, office: Office, of: CallRecord, outcome: Outcome) -> tuple[Phrase, ...]:
    """Into the call's row, and into the promise for which it was made; what more to tell him."""
    office.agents.keep_outcome(of.id, outcome)
    call.log.note("outcome kept", of=of.id, outcome=outcome)
    if of.callback is None or of.direction is not Direction.OUTBOUND:
        return ()
    promise = office.promises.said(of.callback, outcome, office.centre.callbacks)
    if promise is None:
        return ()
    call.log.note("promise corrected", reference=promise.id, state=promise.state)
    return (phrase("agent.called_again"),) if promise.state is CallbackState.DUE else ()
