"""Telling a promise: its reference and when she is called; and another time, for who wants one and stays."""

from datetime import datetime
from enum import Enum

from ivr.call import Call
from ivr.flows.keys import way_in
from ivr.flows.moments import said_at
from ivr.flows.windows import its_words, offered, window_menu
from ivr.menu import MOST_REPEATS, REPEAT, Choice, Chosen, choose
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.hours import Closed, Open
from routing.model import Callback, Language
from routing.promise_changes import BeingKept, NoSuchPromise
from routing.promised_window import LEAST, Window, WindowRefused
from routing.windows import MOST_OFFERED, NamedWindow, named


class Wish(Enum):
    """What she may key beside a window."""

    AGAIN = "again"


async def tell(call: Call, office: Office, promise: Callback, language: Language) -> None:
    """The reference, when she will be called, another time if she keys one, goodbye.

    The promise is kept already: whoever hangs up, or keys nothing, keeps what she was told.
    """
    for _ in range(MOST_REPEATS):
        hers = promise if is_hers(call, promise) else None
        told = (
            phrase("callback.taken", reference=promise.id),
            *its_pin(call, office, promise),
            *when(office, hers, language),
        )
        await call.say(*told, in_=language)
        if not await another_time(call, office, promise, language):
            break
    await call.say(phrase("goodbye"), in_=language)


async def another_time(call: Call, office: Office, promise: Callback, language: Language) -> bool:
    """Offer the other windows; True when she wants to hear again what she was told."""
    windows = choices(office, promise if is_hers(call, promise) else None, language)
    if len(windows) < 2:
        return False
    menu = window_menu(
        office,
        windows,
        head=(phrase("callback.other_time"),),
        said_from=1,
        more=(Choice(REPEAT, Wish.AGAIN),),
    )
    match await choose(call, menu, language):
        case Chosen(means=Wish.AGAIN):
            return True
        case Chosen(means=NamedWindow() as chosen) if chosen != windows[0]:
            await call.say(*moved(call, office, promise, chosen), in_=language)
        case _:
            pass
    return False


def moved(call: Call, office: Office, promise: Callback, chosen: NamedWindow) -> tuple[Phrase, ...]:
    """Move the promise; what to tell her. Who keyed somebody's number moves nothing that was there before."""
    if not is_hers(call, promise):
        call.log.note("promise not moved", reference=promise.id, why="another call made it")
        return (phrase("callback.noted"),)
    return move(call, office, promise, chosen.window)


def move(call: Call, office: Office, promise: Callback, window: Window) -> tuple[Phrase, ...]:
    """Move a promise that is hers; what to tell her."""
    try:
        office.promises.move(promise.id, window)
    except (WindowRefused, BeingKept, NoSuchPromise) as refused:
        call.log.note("promise not moved", reference=promise.id, why=type(refused).__name__)
        return (phrase("callback.too_late"),)
    call.log.note("promise moved", reference=promise.id)
    return (phrase("callback.noted"),)


def its_pin(call: Call, office: Office, promise: Callback) -> tuple[Phrase, ...]:
    """What opens the promise from another telephone than its own: told to who does not call from it."""
    way = way_in(office.centre)
    if promise.number == call.caller.number or not way:
        return ()
    return (phrase("callback.pin", pin=office.door.pin(promise, call.id), keys=way),)


def is_hers(call: Call, promise: Callback) -> bool:
    """Whether this call made it, or comes from its number."""
    return promise.asked_in == call.id or promise.number == call.caller.number


def is_soon(office: Office) -> bool:
    """Whether a promise of now is one of «soon»: people may be called, and for a while yet."""
    now = office.now()
    until = office.promises.calling.until(now, now)
    return until is not None and until - now >= LEAST


def choices(office: Office, promise: Callback | None, language: Language) -> tuple[NamedWindow | None, ...]:
    """What she may choose from, at most three; the first is what holds now, None if it has no name.

    Without a `promise`: what a new one could be. That of somebody else is treated so, and nobody hears of it.
    """
    now = office.now()
    if promise is None:
        soon = is_soon(office)
        return (None,) * soon + offered(office, language, soon=soon)
    held = None if promise.not_before <= now else _held(office, promise)
    others = offered(office, language, soon=held is None)
    return (held, *(other for other in others if other != held))[:MOST_OFFERED]


def when(office: Office, promise: Callback | None, language: Language) -> tuple[Phrase, ...]:
    """When she will be called: soon, in her window, or from a moment on. None: what a new promise is told."""
    now = office.now()
    if promise is None:
        not_before = office.promises.calling.first(now) or now
        window = None if is_soon(office) else next(iter(offered(office, language)), None)
    else:
        not_before = promise.not_before
        window = None if not_before <= now else _held(office, promise)
    if window is not None:
        return phrase("callback.at"), its_words(office, window)
    match office.centre.hours.at(not_before):
        case Open() if not_before <= now:
            return (phrase("callback.soon"),)
        case Open():
            moment: datetime | None = not_before
        case Closed(reopens_at=moment):
            pass
    if moment is None:
        return (phrase("callback.soon"),)
    return (said_at(office, moment, "callback.when", "callback.when_day"),)


def _held(office: Office, promise: Callback) -> NamedWindow | None:
    """Her window by its name, while it has not begun."""
    begins, ends = promise.promised_from, promise.promised_until
    if begins is None or ends is None or promise.not_before != begins:
        return None
    return named(Window(begins, ends), office.now(), office.centre.zone)
