"""What happens when a call comes in: greet, choose language and subject, then an agent, or a promise when closed."""

from ivr.call import Call, CallerHungUp
from ivr.flows.after_hours import after_hours
from ivr.flows.flash import flashed
from ivr.flows.goodbye import self_served
from ivr.flows.greeting import welcome
from ivr.flows.language import choose_language
from ivr.flows.own_promises import greeted_with_promise
from ivr.flows.subject import choose_subject
from ivr.flows.unanswered import told_unanswered
from ivr.flows.wait_for_agent import wait_for_agent
from ivr.office import Office
from ivr.prompts import Phrase
from routing.hours import Closed, Open
from routing.model import CallEnding, Language


async def incoming(call: Call, office: Office) -> CallEnding:
    """Greet the caller in her language and take her where she asks to go.

    Ends with how the call ended. A hang-up before she waits or hears that the centre is closed is `LEFT_IN_MENU`.
    """
    told = heard_promise = False
    try:
        if call.heard_unanswered and isinstance(closed := hours_for(call, office), Closed):
            told = True
            if not await told_unanswered(call, office, closed):
                return CallEnding.CLOSED
        await call.answer()
        language, hello = await greet(call, office)
        hello += office.studio.message(language)
        hello, heard_promise = await greeted_with_promise(call, office, language, hello)
        match hours_for(call, office):
            case Closed() if heard_promise:
                return await self_served(call, language)
            case Closed() as closed:
                return await after_hours(call, office, closed, language, hello, told=told)
            case Open():
                language, subject = await choose_subject(call, office, language, hello)
                if subject is None:
                    return await self_served(call, language)
                return await wait_for_agent(call, office, language, subject)
    except CallerHungUp:
        if heard_promise:
            return CallEnding.SELF_SERVED
        flashed(call, office, greeting=not told)
        return CallEnding.CLOSED if told else CallEnding.LEFT_IN_MENU


def hours_for(call: Call, office: Office) -> Open | Closed:
    """Who called before closing is served, however long she took over the menus; so is who called just too early."""
    now = office.centre.hours.at(office.now())
    if isinstance(now, Open):
        return now
    arrived = office.centre.hours.at(call.arrived_at)
    return arrived if isinstance(arrived, Open) else now


async def greet(call: Call, office: Office) -> tuple[Language, tuple[Phrase, ...]]:
    """Her language, and the welcome that opens the next thing she hears (one command, so keys ahead cut it).

    A known caller is welcomed in her language; others choose theirs first. Many share one telephone, so a known
    language is a guess that the menu's `#` corrects.
    """
    known = None if call.caller.number is None else office.memory.language_of(call.caller.number)
    if known is not None and known in office.centre.languages:
        call.log.set(language=known)
        call.log.note("known caller", language=known)
        await call.remember(language=known)
        return known, welcome(known=True)
    return await choose_language(call, office), welcome()
