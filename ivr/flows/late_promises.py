"""The promises as a supervisor hears them: how many, and one after the other those whose time is over; 1 takes one."""

from enum import Enum

from ivr import reports
from ivr.call import Call
from ivr.menu import Choice, Chosen, Menu, choose
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from ivr.supervision import Supervision
from routing.model import Language


class Answer(Enum):
    """What becomes of the one that was told."""

    TAKE = "1"
    NEXT = "2"
    BACK = "0"


MOST_TOLD = 20  # late promises in one go; who hears twenty has a staffing question, not a telephone one


async def late_promises(
    call: Call, office: Office, above: Supervision, telephone: str, language: Language
) -> tuple[Phrase, ...]:
    """Tell them. What is returned opens the menu after it."""
    head = reports.callbacks(await above.overview(), office.centre.languages)
    for promise in above.overdue()[:MOST_TOLD]:
        told = reports.late(promise, office.centre.subjects, office.centre.zone)
        match await choose(call, _menu((*head, *told)), language):
            case Chosen(means=Answer.TAKE):
                taken = above.take_over(promise.id, telephone)
                call.log.note("promise taken over" if taken else "promise not taken", reference=promise.id)
                if taken:
                    return (phrase("sup.taken"),)
                head = (phrase("sup.not_to_take"),)
            case Chosen(means=Answer.NEXT):
                head = ()
            case _:
                return ()
    return head


def _menu(said: tuple[Phrase, ...]) -> Menu[Answer]:
    choices = (
        Choice("1", Answer.TAKE, phrase("sup.take")),
        Choice("2", Answer.NEXT),
        Choice("0", Answer.BACK),
    )
    return Menu("late promise", choices, intro=said)
