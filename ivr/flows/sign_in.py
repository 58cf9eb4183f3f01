"""An agent signs in: with a PIN where the centre wants one, and at another's telephone always.

At his own he dials `*11`; at another's `*11` and his extension, or `*` and his extension where the PIN is asked for.
"""

from datetime import timedelta

from ivr.agents import Admission
from ivr.call import Call, Keys, Question
from ivr.flows.agent_return import why_set_aside
from ivr.flows.agent_says import owner_of, says, set_aside, spoken_at
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.events import AgentSignedIn
from routing.model import Agent, Language, Offered, Talking

TRIES = 3
MOST_KEYS = 16  # more than any PIN or extension has, so that each ends with its `#`
FIRST_DIGIT = timedelta(seconds=15)  # time to remember it
ELSEWHERE = "*"


async def sign_in(call: Call, office: Office, telephone: str, extension: str) -> None:
    """Sign in who dials at `telephone`: its own agent, or the one with `extension` where that was dialled too.

    Who comes is there when he has heard it: until Asterisk tells that his telephone is in use, a caller would be
    offered to an ear that listens to us. A hang-up before the PIN is right changes nothing.
    """
    agent = owner_of(office, extension or telephone)
    asks_pin = extension != "" or agent is None or office.centre.agent_rules.sign_in_pin
    here = office.desk.at(telephone)
    if agent is not None and here == agent.id:  # he is at work here already: nothing to guard
        await _again(call, office, agent)
        return
    if here is not None and not extension:
        await says(call, spoken_at(office, telephone), "agent.telephone_taken")
        return
    if asks_pin:
        await call.answer()
        agent = await _admitted(call, office, telephone, agent, asks_who=not extension)
        if agent is None:
            return
    assert agent is not None
    await _comes(call, office, telephone, agent)


async def _again(call: Call, office: Office, agent: Agent) -> None:
    """He is signed in already; who was set aside hears it, and may return."""
    call.log.set(agent=agent.id)
    if not set_aside(office, agent):
        office.desk.tell(AgentSignedIn(agent.id, _telephone(office, agent)))
        await says(call, agent.languages[0], "agent.signed_in")
        return
    await why_set_aside(call, office, agent)


def _telephone(office: Office, agent: Agent) -> str | None:
    seat = office.desk.seat(agent.id)
    return None if seat is None else seat.telephone


async def _comes(call: Call, office: Office, telephone: str, agent: Agent) -> None:
    """The PIN was right, or none is asked for: he sits down, unless something stands in the way."""
    call.log.set(agent=agent.id)
    language = agent.languages[0]
    seat = office.desk.seat(agent.id)
    if office.desk.at(telephone) not in (None, agent.id):
        await says(call, language, "agent.telephone_taken")
    elif seat is not None and seat.extension != telephone and isinstance(seat.state, Offered | Talking):
        await says(call, language, "agent.busy_elsewhere")
    else:
        foreign = telephone != agent.extension
        moved = office.desk.signed_in(agent.id)
        more = (phrase("agent.rings_here"),) if foreign or moved else ()
        if foreign or moved:
            call.log.note("sits at another telephone", agent=agent.id, telephone=telephone)
        try:
            await says(call, language, "agent.signed_in", *more)
        finally:
            office.desk.tell(AgentSignedIn(agent.id, telephone if foreign else None))


async def _admitted(
    call: Call, office: Office, telephone: str, agent: Agent | None, *, asks_who: bool
) -> Agent | None:
    """Who keyed a PIN that is right; None after three tries. Neither PIN nor what was keyed is in log or trace."""
    because: tuple[Phrase, ...] = ()
    for _ in range(TRIES):
        language = _language(office, telephone, agent)
        if agent is None and asks_who:
            agent = await _who(call, office, language, because)
            language, because, asks_who = _language(office, telephone, agent), (), False
        if office.agents.locked(telephone, None if agent is None else agent.id):
            await _refused(call, language, "agent.locked")
            return None
        asked = Question((*because, phrase("agent.pin")), most=MOST_KEYS, first_key=FIRST_DIGIT)
        heard = await call.ask(asked, language)
        if not isinstance(heard, Keys):
            because = (phrase("menu.nothing_heard"),)
            continue
        if heard.keys.startswith(ELSEWHERE):
            agent, because = owner_of(office, heard.keys.removeprefix(ELSEWHERE)), ()
            asks_who = agent is None
            continue
        known = None if agent is None else agent.id
        match office.agents.admit(telephone, known, heard.keys):
            case Admission.ADMITTED:
                return agent
            case Admission.LOCKED:
                await _refused(call, language, "agent.locked")
                return None
            case Admission.WRONG:
                call.log.note("sign-in refused", agent=known or "nobody", telephone=telephone)
                because = (phrase("agent.wrong_pin"),)
    await _refused(call, _language(office, telephone, agent), "agent.not_signed_in", *because)
    return None


async def _who(call: Call, office: Office, language: Language, because: tuple[Phrase, ...]) -> Agent | None:
    """The agent whose extension is keyed. An extension that nobody has is not told from a wrong PIN."""
    asked = Question((*because, phrase("agent.extension")), most=MOST_KEYS, first_key=FIRST_DIGIT)
    heard = await call.ask(asked, language)
    return owner_of(office, heard.keys) if isinstance(heard, Keys) else None


async def _refused(call: Call, language: Language, does: str, *before: Phrase) -> None:
    call.log.note("agent code", does=does)
    await call.say(*before, phrase(does), in_=language)


def _language(office: Office, telephone: str, agent: Agent | None) -> Language:
    return spoken_at(office, telephone) if agent is None else agent.languages[0]
