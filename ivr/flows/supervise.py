"""A supervisor hears the centre by telephone: PIN, how it is now, and keys to go deeper and to act."""

from enum import Enum

from ivr import reports
from ivr.call import Call, CallerHungUp
from ivr.flows.change_hours import change_hours
from ivr.flows.door import admitted
from ivr.flows.language import choose_language, language_at
from ivr.flows.late_promises import late_promises
from ivr.flows.studio import message_of_the_day
from ivr.menu import Choice, Chosen, Menu, choose
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from ivr.supervision import Supervision
from routing.model import CallEnding

MOST_TURNS = 100  # a stuck key must not keep the call for ever


class Wish(Enum):
    """What the supervisor wants next."""

    AGAIN = "*"
    QUEUE = "1"
    AGENTS = "2"
    CALLBACKS = "3"
    DAY = "4"
    HOURS = "5"
    MESSAGE = "6"
    LANGUAGE = "#"


async def supervise(call: Call, office: Office, above: Supervision, telephone: str) -> CallEnding:
    """Let the supervisor at `telephone` hear and change the centre, until she hangs up."""
    try:
        await call.answer()
        own = language_at(office, telephone)
        supervisor = await admitted(call, office, telephone, own, to="supervision")
        if supervisor is not None:
            language = supervisor.language
            head = reports.summary(await above.overview())
            for _ in range(MOST_TURNS):
                chosen = await choose(call, main_menu(head), language)
                if not isinstance(chosen, Chosen):
                    break
                match chosen.means:
                    case Wish.AGAIN:
                        head = reports.summary(await above.overview())
                    case Wish.QUEUE:
                        head = reports.queue(await above.overview(), office.centre.languages)
                    case Wish.AGENTS:
                        head = reports.agents(await above.overview())
                    case Wish.DAY:
                        head = reports.day(await above.overview(), office.centre.languages)
                    case Wish.CALLBACKS:
                        head = await late_promises(call, office, above, telephone, language)
                    case Wish.HOURS:
                        head = await change_hours(call, office, above, supervisor.id, language)
                    case Wish.MESSAGE:
                        await message_of_the_day(call, office, supervisor)
                        head = ()
                    case Wish.LANGUAGE:
                        language = await choose_language(call, office, language)
                        head = (phrase("language.changed"),)
            await call.say(phrase("goodbye"), in_=language)
    except CallerHungUp:
        pass
    return CallEnding.SELF_SERVED


def main_menu(head: tuple[Phrase, ...]) -> Menu[Wish]:
    """`head` is what was asked for; `*` says the centre anew."""
    says = {
        Wish.QUEUE: phrase("sup.menu.queue"),
        Wish.AGENTS: phrase("sup.menu.agents"),
        Wish.CALLBACKS: phrase("sup.menu.callbacks"),
        Wish.DAY: phrase("sup.menu.day"),
        Wish.HOURS: phrase("sup.menu.hours"),
        Wish.MESSAGE: phrase("sup.menu.message"),
    }
    choices = tuple(Choice(wish.value, wish, says.get(wish)) for wish in Wish)
    return Menu("supervision", choices, head=head, tail=(phrase("menu.repeat"), phrase("menu.language")))
