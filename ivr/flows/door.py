"""A supervisor's PIN opens what only supervisors may do; three wrong ones lock it."""

from datetime import timedelta

from ivr.call import Call, Keys, Question
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from ivr.studio import Refusal, Supervisor
from routing.model import Language

MOST_KEYS = 16  # more than any PIN or number has, so that each ends with its `#`
TRIES = 3
FIRST_DIGIT = timedelta(seconds=15)  # time to find the number on a sheet


async def admitted(
    call: Call, office: Office, telephone: str, language: Language, to: str = "studio"
) -> Supervisor | None:
    """Who keyed a PIN that is right; None after three tries. The PIN is in no log and no trace.

    `to` names in the trace what is opened.
    """
    because: tuple[Phrase, ...] = ()
    for _ in range(TRIES):
        asked = Question((*because, phrase("studio.pin")), most=MOST_KEYS, first_key=FIRST_DIGIT)
        heard = await call.ask(asked, language)
        if not isinstance(heard, Keys):
            because = (phrase("menu.nothing_heard"),)
            continue
        match office.studio.admit(telephone, heard.keys):
            case Supervisor() as supervisor:
                call.log.note(f"{to} opened", supervisor=supervisor.id)
                return supervisor
            case Refusal.LOCKED:
                call.log.note(f"{to} locked")
                await call.say(phrase("studio.locked"), in_=language)
                return None
            case Refusal.WRONG:
                call.log.note(f"{to} refused")
                because = (phrase("studio.wrong_pin"),)
    await call.say(*because, phrase("goodbye"), in_=language)
    return None
