"""A supervisor chooses an agent and is with his conversation: PIN, extension, then keys switch how she is there."""

from dataclasses import replace

from ivr.call import CallerHungUp, Keys, Question, SupervisorCall
from ivr.either import Either
from ivr.flows.door import FIRST_DIGIT, MOST_KEYS, admitted
from ivr.flows.language import language_at
from ivr.office import Office
from ivr.overhearing import KEYS, Floor, Mode, Overheard
from ivr.prompts import Phrase, phrase
from ivr.studio import Supervisor
from routing.model import Agent, CallEnding
from routing.record import Audit

TRIES = 3  # extensions in vain, one after the other
MOST_TALKS = 50  # a stuck key must not keep the call for ever


async def overhear(call: SupervisorCall, office: Office, floor: Floor, telephone: str) -> CallEnding:
    """Let the supervisor at `telephone` hear one conversation after the other, until she hangs up."""
    try:
        await call.answer()
        supervisor = await admitted(call, office, telephone, language_at(office, telephone), to="overhearing")
        if supervisor is not None:
            because: tuple[Phrase, ...] = ()
            for number in range(MOST_TALKS):
                found = await whom(call, office, floor, supervisor, because)
                if found is None:
                    break
                await beside(call, office, supervisor, *found, number)
                because = (phrase("overhear.over"),)
            await call.say(phrase("goodbye"), in_=supervisor.language)
    except CallerHungUp:
        pass
    return CallEnding.SELF_SERVED


async def whom(
    call: SupervisorCall, office: Office, floor: Floor, supervisor: Supervisor, because: tuple[Phrase, ...]
) -> tuple[Agent, Overheard] | None:
    """The agent whose extension she keys, if he talks with a caller; None after three tries."""
    for _ in range(TRIES):
        asked = Question((*because, phrase("overhear.whom")), most=MOST_KEYS, first_key=FIRST_DIGIT)
        heard = await call.ask(asked, supervisor.language)
        if not isinstance(heard, Keys):
            because = (phrase("menu.nothing_heard"),)
            continue
        agent = next((one for one in office.centre.agents.values() if one.extension == heard.keys), None)
        talk = None if agent is None else floor.talk_of(agent.id)
        if agent is not None and talk is not None:
            return agent, talk
        call.log.note("nothing to overhear", agent="unknown" if agent is None else agent.id)
        because = (phrase("overhear.unknown" if agent is None else "overhear.not_talking"),)
    await call.say(*because, in_=supervisor.language)
    return None


async def beside(
    call: SupervisorCall,
    office: Office,
    supervisor: Supervisor,
    agent: Agent,
    talk: Overheard,
    number: int,
) -> None:
    """With them until their conversation or hers ends; every mode and its moment is kept."""
    began = office.now()
    modes = [f"{Mode.LISTEN} 0"]
    audit = Audit(
        id=f"{call.id}-{number}",
        version=1,
        who=supervisor.id,
        did="overhear",
        whom=agent.id,
        call=talk.call,
        began_at=began,
        detail=modes[0],
    )
    office.recorder.record(audit)
    call.log.note("overhears", supervisor=supervisor.id, agent=agent.id, overheard=talk.call)
    try:
        async with Either(
            over=lambda: call.overhear(talk.leg, beep=office.centre.beep), key=call.next_key
        ) as either:
            while True:
                match await either.first():
                    case ("key", key) if key in KEYS:
                        seconds = (office.now() - began).total_seconds()
                        modes.append(f"{KEYS[key]} {seconds:.1f}")
                        audit = replace(audit, version=audit.version + 1, detail=", ".join(modes))
                        office.recorder.record(audit)
                        call.log.note("overhears so", mode=KEYS[key])
                    case ("over", _):
                        break
    finally:
        office.recorder.record(replace(audit, version=audit.version + 1, ended_at=office.now()))
        call.log.note("overheard", agent=agent.id, modes=", ".join(modes))
