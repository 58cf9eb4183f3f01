"""How a code answers an agent: one line in the trace, one sentence in his language; or a choice of few."""

from collections.abc import Mapping
from typing import TypeVar

from ivr.call import Call, Keys, Question
from ivr.flows.language import language_at
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.model import Agent, BreakReason, Language, OnBreak, SignedOut

T = TypeVar("T")
YES = "1"


def whose(office: Office, telephone: str) -> Agent | None:
    """The agent at work at this telephone; where none is, its own agent, unless he sits elsewhere."""
    at_work = office.desk.at(telephone)
    if at_work is not None:
        return office.centre.agents[at_work]
    owner = owner_of(office, telephone)
    seat = None if owner is None else office.desk.seat(owner.id)
    return owner if seat is None or isinstance(seat.state, SignedOut) else None


def owner_of(office: Office, telephone: str) -> Agent | None:
    """The agent whose own telephone has this extension."""
    return next((agent for agent in office.centre.agents.values() if agent.extension == telephone), None)


def spoken_at(office: Office, telephone: str) -> Language:
    """The language of whoever uses this telephone now."""
    agent = whose(office, telephone)
    return language_at(office, telephone) if agent is None else agent.languages[0]


def set_aside(office: Office, agent: Agent) -> bool:
    """Whether he gets no calls because he missed one."""
    seat = office.desk.seat(agent.id)
    return (
        seat is not None and isinstance(seat.state, OnBreak) and seat.state.reason is BreakReason.MISSED_OFFER
    )


async def says(call: Call, language: Language, does: str, *more: Phrase) -> None:
    """Answer a code: `does` is the prompt that tells what it did, and stands in the trace."""
    call.log.note("agent code", does=does)
    await call.answer()
    await call.say(phrase(does), *more, in_=language)


async def presses_one(call: Call, language: Language, *question: Phrase) -> bool:
    """Whether he presses 1 to what he hears."""
    return await call.ask(Question(question), language) == Keys(YES)


async def picks(
    call: Call, language: Language, intro: tuple[Phrase, ...], choices: Mapping[T, Phrase]
) -> T | None:
    """The choice whose number he presses; None when he presses nothing, or no such key twice."""
    keys = {str(n): value for n, value in enumerate(choices, start=1)}
    menu = [
        said for n, name in enumerate(choices.values(), start=1) for said in (name, phrase("agent.key", n=n))
    ]
    heard = await call.ask(Question((*intro, *menu)), language)
    if isinstance(heard, Keys) and heard.keys not in keys:
        heard = await call.ask(Question((phrase("menu.wrong_key"), *menu)), language)
    return keys.get(heard.keys) if isinstance(heard, Keys) else None
