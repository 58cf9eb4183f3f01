"""«I have asked for a call»: she hears what she was promised, moves it or cancels it.

Who calls from the promise's number is known by it; anybody else keys the reference and the PIN told with it, and hears
the same words whether the one, the other or both are wrong.
"""

from contextlib import suppress
from datetime import timedelta
from enum import Enum

from ivr.call import Call, CallerHungUp, Keys, Question
from ivr.flows.promise_told import is_soon, move, when
from ivr.flows.windows import ANSWER_WITHIN, offered, window_menu
from ivr.menu import MOST_REPEATS, REPEAT, Choice, Chosen, Menu, choose
from ivr.office import Office
from ivr.promise_door import Refused
from ivr.prompts import Phrase, phrase
from routing.model import Callback, CallbackOrigin, Language
from routing.pins import DIGITS
from routing.promise_changes import BeingKept, NoSuchPromise
from routing.promised_window import Window
from routing.windows import MOST_OFFERED, NamedWindow

REFERENCE_DIGITS = 6
TRIES = 3  # references and PINs in one call
FIRST_DIGIT = timedelta(seconds=8)  # time to find the paper
ASKED_FOR_A_PIN = 2  # who ends the reference with `#`, which is not needed, answers the first time with it
MOST_TURNS = 20  # in one call
MANAGE = "1"


class Wish(Enum):
    """What becomes of a promise."""

    MOVE = "move"
    CANCEL = "cancel"
    NEXT = "next"
    AGAIN = "again"
    LEAVE = "leave"


async def greeted_with_promise(
    call: Call, office: Office, language: Language, hello: tuple[Phrase, ...]
) -> tuple[tuple[Phrase, ...], bool]:
    """Tell a caller whose number has an open promise what she was promised; 1 changes it. She knows of no flash.

    What is left of `hello` to be said, and whether she has heard or changed her promise. `*` says it again, any other
    key is kept for what follows, and three seconds of silence lead on.
    """
    own = [one for one in promises_of(call, office) if one.origin is not CallbackOrigin.FLASH]
    if not own:
        return hello, False
    told = (phrase("promise.yours"), *when(office, own[0], language), phrase("promise.change"))
    call.log.note("greeted with her promise", reference=own[0].id)
    said = (*hello, *told)
    for _ in range(MOST_REPEATS):
        match await call.ask(Question(said, first_key=ANSWER_WITHIN), language):
            case Keys(keys=key) if key == MANAGE:
                await manage(call, office, language, own)
                return (), True
            case Keys(keys=key) if key == REPEAT:
                said = told
            case Keys(keys=key):
                call.give_back(key)
                break
            case _:
                break
    return (), False


async def my_promises(call: Call, office: Office, language: Language) -> bool:
    """Whether she has heard one of hers; who cannot say which it is hears nothing of any."""
    own = promises_of(call, office) or await by_reference(call, office, language)
    if own:
        await manage(call, office, language, own)
    return bool(own)


def promises_of(call: Call, office: Office) -> list[Callback]:
    """The open promises of the number she calls from."""
    return [] if call.caller.number is None else office.promises.of(call.caller.number)


async def by_reference(call: Call, office: Office, language: Language) -> list[Callback]:
    """The promise whose reference and PIN she keys; nothing after three tries. Neither is in any log or trace."""
    because: tuple[Phrase, ...] = ()
    for _ in range(TRIES):
        reference = await _digits(call, language, (*because, phrase("promise.reference")), REFERENCE_DIGITS)
        pin = ""
        for _ in range(ASKED_FOR_A_PIN * bool(reference)):
            pin = pin or await _digits(call, language, (phrase("promise.pin"),), DIGITS)
        if not reference or not pin:
            because = (phrase("menu.nothing_heard"),)
            continue
        match office.door.admit(reference, pin, call.caller.number):
            case Callback() as promise:
                call.log.note("promise opened", reference=promise.id)
                return [promise]
            case Refused.LOCKED:
                call.log.note("promise locked")
                await call.say(phrase("promise.locked"), in_=language)
                return []
            case Refused.WRONG:
                call.log.note("promise refused")
                because = (phrase("promise.unknown"),)
    await call.say(*because, in_=language)
    return []


async def manage(call: Call, office: Office, language: Language, promises: list[Callback]) -> None:
    """Tell and change them. Who hangs up here has heard what she called for: the next word finds her gone."""
    with suppress(CallerHungUp):
        await _one_after_the_other(call, office, language, promises)


async def _one_after_the_other(
    call: Call, office: Office, language: Language, promises: list[Callback]
) -> None:
    """Until she wants no more of them; who keys nothing changes nothing."""
    head: tuple[Phrase, ...] = ()
    at = 0
    for _ in range(MOST_TURNS):
        promise = office.promises.find(promises[at].id)
        if promise is None:
            await call.say(*head, phrase("promise.gone"), in_=language)
            return
        more = len(promises) > 1
        match await choose(call, promise_menu(office, promise, language, head, more=more), language):
            case Chosen(means=Wish.MOVE):
                head = await moved(call, office, promise, language)
            case Chosen(means=Wish.CANCEL):
                if await sure(call, language):
                    await call.say(cancelled(call, office, promise), in_=language)
                    return
                head = ()
            case Chosen(means=Wish.AGAIN):
                head = ()
            case Chosen(means=Wish.NEXT):
                at, head = (at + 1) % len(promises), ()
            case _:
                return


def promise_menu(
    office: Office, promise: Callback, language: Language, head: tuple[Phrase, ...], *, more: bool
) -> Menu[Wish]:
    """What was promised, then 1 to move it, 2 to cancel it, 3 the next one, 0 to leave it; `*` says it again."""
    about = (
        phrase("promise.about"),
        phrase(f"subject.name.{promise.subject}"),
        *when(office, promise, language),
    )
    choices = (
        Choice("1", Wish.MOVE, phrase("promise.move")),
        Choice("2", Wish.CANCEL, phrase("promise.cancel")),
        *((Choice("3", Wish.NEXT, phrase("promise.next")),) if more else ()),
        Choice("0", Wish.LEAVE),
        Choice("#", Wish.AGAIN),  # what is left of a PIN that was ended with it
    )
    return Menu("promise", choices, intro=about, head=head, silence_ends=True)


async def moved(call: Call, office: Office, promise: Callback, language: Language) -> tuple[Phrase, ...]:
    """Another window, if she keys one; what opens the menu after it."""
    windows = _other_windows(office, promise, language)
    if not windows:
        return (phrase("promise.no_window"),)
    match await choose(call, window_menu(office, windows), language):
        case Chosen(means=NamedWindow(window=window)):
            return move(call, office, promise, window)
        case Chosen():
            now = office.now()
            until = office.promises.calling.until(now, now) or now
            return move(call, office, promise, Window(now, until))
        case _:
            return ()


def _other_windows(office: Office, promise: Callback, language: Language) -> tuple[NamedWindow | None, ...]:
    soon = is_soon(office) and promise.not_before > office.now()
    others = tuple(
        window
        for window in offered(office, language, soon=soon)
        if window.window.begins != promise.promised_from
    )
    return ((None,) * soon + others)[:MOST_OFFERED]


async def sure(call: Call, language: Language) -> bool:
    """Whether she confirms: another key than the one that asked, so that a key pressed twice cancels nothing."""
    confirm = Menu(
        "cancel", (Choice("1", True, phrase("promise.sure")), Choice("0", False)), silence_ends=True
    )
    return await choose(call, confirm, language) == Chosen(True, "1")


def cancelled(call: Call, office: Office, promise: Callback) -> Phrase:
    """Cancel it; what to tell her."""
    try:
        office.promises.cancel(promise.id)
    except BeingKept:
        return phrase("promise.being_kept")
    except NoSuchPromise:
        return phrase("promise.gone")
    call.log.note("promise cancelled", reference=promise.id)
    return phrase("promise.cancelled")


async def _digits(call: Call, language: Language, asked: tuple[Phrase, ...], most: int) -> str:
    heard = await call.ask(Question(asked, most=most, first_key=FIRST_DIGIT), language)
    return heard.keys if isinstance(heard, Keys) else ""
