"""An agent steps out of a conversation: the caller hears music while he holds, consults, or says whom she is for."""

from dataclasses import dataclass
from datetime import timedelta

from ivr.call import (
    AgentLeg,
    AgentPhone,
    Apart,
    CallerHungUp,
    HoldingLeg,
    Keys,
    Missed,
    Person,
    Question,
    TalkEnd,
    Wish,
)
from ivr.either import Either
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from ivr.targets import Contact, Target, target_of
from routing.events import MissReason
from routing.model import Agent, Language, Subject

TRIES = 3
MOST_KEYS = 6  # the longest extension
FIRST_KEY = timedelta(seconds=10)  # time to look a colleague up
NEXT_KEY = timedelta(seconds=3)
REMINDED_EVERY = timedelta(seconds=45)  # that she still waits on hold
PASS, TAKE_BACK, TOGETHER = "1", "2", "3"
"""What the agent keys while he talks with a colleague. To hang up passes her on too."""

NOT_REACHED = {
    MissReason.BUSY: "agent.person_busy",
    MissReason.NO_ANSWER: "agent.person_no_answer",
    MissReason.REFUSED: "agent.person_refused",
    MissReason.UNREACHABLE: "agent.person_unreachable",
    MissReason.CALLER_GONE: "agent.person_no_answer",
    MissReason.NO_TRUNK: "agent.person_unreachable",
}


@dataclass(frozen=True, slots=True)
class Left:
    """The agent has left the caller. `to` None: to nobody, he hung up before he said to whom.

    `consulted`: the colleague is on the telephone and waits for her.
    """

    to: Target | None
    consulted: bool = False


@dataclass(frozen=True, slots=True)
class Together:
    """The agent comes back to the caller, and this one with him."""

    to: Agent | Contact


async def step_out(apart: Apart, office: Office, agent: Agent, hers: Language) -> Left | Together | None:
    """Do what `agent` wishes; None when he wants to be with the caller again, who speaks the language `hers`."""
    leg, spoken = apart.leg, agent.languages[0]
    leg.log.note("agent aside", agent=agent.id, wish=apart.wish)
    try:
        target = await whom(leg, office, agent)
        if target is None:
            return None
        if apart.wish is Wish.CONSULT and not isinstance(target, str):
            return await consult(leg, office, target, spoken, hers)
        leg.log.note("passed on", to=code_of(target))
        await leg.hang_up()
        return Left(target)
    except CallerHungUp:
        return Left(None)


async def hold(leg: HoldingLeg, agent: Agent) -> None:
    """She hears music until he presses a key; he is reminded of her now and then."""
    leg.log.note("on hold", agent=agent.id)
    question = Question((phrase("hold.on"),), first_key=REMINDED_EVERY)
    try:
        while not isinstance(await leg.ask(question, agent.languages[0]), Keys):
            pass
        await leg.back()
    except CallerHungUp:
        return
    leg.log.note("off hold", agent=agent.id)


async def whom(leg: AgentLeg, office: Office, agent: Agent) -> Target | None:
    """Whom he keys, free to take her; None after three tries. What he keyed in vain is not written down."""
    centre, spoken = office.centre, agent.languages[0]
    because: tuple[Phrase, ...] = ()
    for _ in range(TRIES):
        asked = Question(
            (*because, phrase("transfer.to_whom")), most=MOST_KEYS, first_key=FIRST_KEY, next_key=NEXT_KEY
        )
        heard = await leg.ask(asked, spoken)
        if not isinstance(heard, Keys):
            because = (phrase("menu.nothing_heard"),)
            continue
        target = target_of(heard.keys, centre.agents, centre.subjects, centre.directory, own=agent.id)
        if target is None:
            leg.log.note("transfer refused", because="not in the directory")
            because = (phrase("transfer.not_in_directory"),)
        elif isinstance(target, Agent) and not office.desk.can_ring(target.id):
            leg.log.note("transfer refused", because="busy or away", to=code_of(target))
            because = (phrase("agent.person_busy"),)
        else:
            return target
    await leg.say(*because, phrase("transfer.back"), in_=spoken)
    return None


async def consult(
    leg: AgentLeg, office: Office, target: Agent | Contact, spoken: Language, hers: Language
) -> Left | Together | None:
    """The two talk alone. None when the agent is to be back with her."""
    await leg.say(phrase("transfer.consulting"), in_=spoken)
    leg.log.note("consulting", to=code_of(target))
    rung = await leg.ring(telephone(office, target, hers, spoken), office.centre.desk.ring_for)
    if isinstance(rung, Missed):
        leg.log.note("not reached", to=code_of(target), why=rung.why)
        await leg.say(phrase(NOT_REACHED[rung.why]), phrase("transfer.back"), in_=spoken)
        return None
    leg.log.note("consulted", to=code_of(target))
    try:
        async with Either(end=rung.ended, key=leg.next_key) as either:
            while True:
                match await either.first():
                    case ("end", TalkEnd.CALLER):
                        break
                    case ("end", _):
                        await leg.say(phrase("transfer.colleague_left"), in_=spoken)
                        return None
                    case ("key", key) if key == TAKE_BACK:
                        leg.let_go()
                        await rung.ended()
                        return None
                    case ("key", key) if key == TOGETHER:
                        leg.bring_in()
                        await rung.ended()
                        return Together(target)
                    case ("key", key) if key == PASS:
                        await leg.hang_up()
                        break
    except CallerHungUp:
        pass  # he hung up: that passes her on
    leg.log.note("passed on", to=code_of(target))
    return Left(target, consulted=True)


def telephone(
    office: Office, target: Agent | Contact, hers: Language, spoken: Language
) -> AgentPhone | Person:
    """What is rung: a colleague sees the caller's language, whoever is outside hears who passes a call."""
    if isinstance(target, Agent):
        seat = office.desk.seat(target.id)
        return AgentPhone(
            target, f"{hers.upper()} transfer", target.extension if seat is None else seat.extension
        )
    return Person(target.number, phrase("transfer.hello"), spoken)


def code_of(target: Target) -> str:
    """How it is written down; never a number."""
    match target:
        case Agent(id=id):
            return id
        case Contact(code=code):
            return f"directory {code}"
        case subject:
            return Subject(subject)
