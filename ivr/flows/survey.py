"""After the conversation, for who stays on the line: one question, three keys, in her language, and no more."""

from contextlib import suppress
from datetime import timedelta

from ivr.call import Call, CallerHungUp
from ivr.centre import Centre
from ivr.flows.promise import own_number
from ivr.menu import Choice, Chosen, Menu, choose
from ivr.office import Office
from ivr.prompts import phrase
from routing.model import CallbackOrigin, Language, Satisfaction, Subject

ANSWER_WITHIN = timedelta(seconds=4)
"""She pays for each second: who says nothing does not want to be asked again."""


async def survey(call: Call, office: Office, language: Language, subject: Subject) -> None:
    """Keep her answer in the call's record. Who was not satisfied is called back by a supervisor, if there is one."""
    if not office.centre.survey:
        return
    supervisor = _supervisor(call, office, language, subject)
    with suppress(CallerHungUp):
        match await choose(call, survey_menu(supervisor=supervisor is not None), language):
            case Chosen(means=answer):
                call.log.set(satisfaction=answer)
                call.log.note("survey answered", answer=answer)
                if answer is Satisfaction.NOT and supervisor is not None:
                    _promise(call, office, language, subject, supervisor)
            case _:
                call.log.note("survey not answered")
        await call.say(phrase("goodbye"), in_=language)


def survey_menu(*, supervisor: bool) -> Menu[Satisfaction]:
    """Key 3 says what follows from it where a supervisor can call her."""
    third = phrase("survey.not_satisfied_callback") if supervisor else phrase("survey.not_satisfied")
    return Menu(
        "survey",
        (
            Choice("1", Satisfaction.SATISFIED, phrase("survey.satisfied")),
            Choice("2", Satisfaction.PARTLY, phrase("survey.partly")),
            Choice("3", Satisfaction.NOT, third),
        ),
        intro=(phrase("survey.question"),),
        tries=2,
        answer_within=ANSWER_WITHIN,
        silence_ends=True,
    )


def supervisor_for(centre: Centre, language: Language) -> str | None:
    """The telephone of a supervisor, one who has chosen her language first; None without any."""
    phones = sorted(
        (one.language is not language, place, one.extension)
        for place, one in enumerate(centre.supervisors)
        if one.extension is not None
    )
    return phones[0][2] if phones else None


def _supervisor(call: Call, office: Office, language: Language, subject: Subject) -> str | None:
    """Who can call her back on the number she calls from."""
    if not office.centre.callbacks.offered or own_number(call, office, subject) is None:
        return None
    return supervisor_for(office.centre, language)


def _promise(call: Call, office: Office, language: Language, subject: Subject, supervisor: str) -> None:
    number = call.caller.number
    assert number is not None
    promise = office.promises.promise(
        number, language, subject, call.id, office.now(), origin=CallbackOrigin.UNSATISFIED
    )
    with suppress(ValueError, LookupError):  # she is being called already
        office.promises.take_over(promise.id, supervisor)
    call.log.note("supervisor calls back", reference=promise.id)
