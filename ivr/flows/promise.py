"""Taking a promise: which number, and in which window. Used out of hours and from the line."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ivr.call import Call, CallerHungUp, Keys, Question
from ivr.flows.call_numbers import NOT_ALLOWED, usable
from ivr.flows.promise_told import is_soon, tell
from ivr.flows.superseded import served
from ivr.flows.windows import offered
from ivr.menu import MOST_REPEATS, REPEAT, Choice, Chosen, Menu, choose
from ivr.numbers import may_be_called
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.model import Callback, Language, Subject

OTHER_NUMBER = "2"
TRIES = 3  # at a number that can be dialled
LONGEST_NUMBER = 17  # 00 and the fifteen digits of E.164
NOT_CALLED = phrase("callback.not_allowed_number")
FIRST_DIGIT = timedelta(seconds=8)  # time to find the paper on which the number stands


async def take_promise(
    call: Call,
    office: Office,
    language: Language,
    subject: Subject,
    asked_at: datetime | None = None,
    because: tuple[Phrase, ...] = (),
) -> Callback | None:
    """Confirm or ask her number, keep the promise, tell the reference. None when no usable number was given.

    `because` opens the first question: why she is asked, when she has not asked for it herself.
    `asked_at` is when she first asked (when she joined the line); now by default. The promise is kept before its
    reference is spoken. Who asked for it and hangs up instead of confirming the number she calls from is called
    back on that number: she may have run out of credit.
    """
    if not may_be_promised(call, office, subject):
        call.log.note("no promise", why="the day's promises are made")
        await call.say(*because, *why_not(office), in_=language)
        return None
    number = own_number(call, office, subject)
    try:
        if number is not None and not await confirmed(call, number, language, because):
            number, because = None, ()
    except CallerHungUp:
        keep_own(call, office, language, subject, asked_at)
        raise
    if number is None:
        number = await key_number(
            call,
            office,
            language,
            because,
            accepts=lambda keyed: office.promises.may_promise(keyed, office.centre.callbacks, subject),
        )
    if number is None:
        call.log.note("no promise", why="no usable number")
        return None
    promise = keep(call, office, number, language, subject, asked_at)
    await tell(call, office, promise, language)
    return promise


def may_be_promised(call: Call, office: Office, subject: Subject | None = None) -> bool:
    """Whether a promise can be made to her now: callbacks are offered, and the day's limits leave room.

    Without a `subject`: on any.
    """
    rules = office.centre.callbacks
    return rules.offered and (
        own_number(call, office, subject) is not None or office.promises.may_promise(None, rules)
    )


def why_not(office: Office) -> tuple[Phrase, ...]:
    """Why no promise can be made, to a caller of a centre that makes them."""
    return (phrase("callback.none_left"),) if office.centre.callbacks.offered else ()


def own_number(call: Call, office: Office, subject: Subject | None = None) -> str | None:
    """The number she calls from, if it is one that may be called back."""
    own, rules = call.caller.number, office.centre.callbacks
    if (
        own is None
        or not may_be_called(own, rules.allowed, rules.refused)
        or not office.promises.may_promise(own, rules, subject)
    ):
        return None
    return own


def keep_own(
    call: Call, office: Office, language: Language, subject: Subject, asked_at: datetime | None = None
) -> None:
    """Promise to call the number she called from, if that is possible."""
    own = own_number(call, office, subject)
    if own is not None:
        keep(call, office, own, language, subject, asked_at)


def keep(
    call: Call, office: Office, number: str, language: Language, subject: Subject, asked_at: datetime | None
) -> Callback:
    """Write the promise down and link it to the call: soon, or in the first window that is not full.

    Who asked for the same before keeps her window.
    """
    asked_before = any(promise.subject == subject for promise in office.promises.of(number))
    first = None if asked_before or is_soon(office) else next(iter(offered(office, language)), None)
    promise = office.promises.promise(
        number, language, subject, call.id, asked_at or office.now(), None if first is None else first.window
    )
    call.log.set(callback=promise.id)
    call.log.took = promise.id
    call.log.note("promise taken", reference=promise.id)
    served(call, office, promise)
    return promise


async def confirmed(call: Call, number: str, language: Language, because: tuple[Phrase, ...] = ()) -> bool:
    """Whether she keeps this number. Only key 2 says no; who stays silent twice has agreed by staying."""
    menu = Menu(
        "number",
        (Choice("1", True, phrase("callback.confirm_number", number=number)), Choice(OTHER_NUMBER, False)),
        head=because,
        tries=2,
    )
    match await choose(call, menu, language):
        case Chosen(means=answer):
            return answer
        case _:
            return True


async def key_number(
    call: Call,
    office: Office,
    language: Language,
    because: tuple[Phrase, ...] = (),
    accepts: Callable[[str], bool] = lambda number: True,
    else_told: Phrase = NOT_CALLED,
) -> str | None:
    """A number that she keys and confirms. E.164, or None after three tries; `*` alone repeats the question.

    A possible number that is not allowed is asked again, and so is one that `accepts` does not take, with
    `else_told` why.
    """
    tries = 0
    for _ in range(MOST_REPEATS):
        asked = (*because, phrase("callback.key_number"))
        heard = await call.ask(Question(asked, most=LONGEST_NUMBER, first_key=FIRST_DIGIT), language)
        keyed = heard.keys if isinstance(heard, Keys) else ""
        if keyed == REPEAT:
            because = ()
            continue
        tries += 1
        number = usable(keyed, office.centre.callbacks)
        if number is None:
            because = (phrase("callback.impossible_number" if keyed else "menu.nothing_heard"),)
        elif number == NOT_ALLOWED:
            because = (NOT_CALLED,)
        elif not accepts(number):
            because = (else_told,)
        elif await confirmed(call, number, language):
            return number
        else:
            because = ()
        if tries >= TRIES:
            break
    return None
