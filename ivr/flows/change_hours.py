"""A supervisor opens or closes the centre now, or leaves it open longer: until when, why, and once more to be sure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivr.call import Call, Keys, Question
from ivr.flows.closed_news import news
from ivr.flows.door import FIRST_DIGIT, TRIES
from ivr.menu import Choice, Chosen, Menu, choose
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from ivr.supervision import Supervision
from routing.hours import Closed, Open
from routing.model import Language
from routing.overrides import Becomes, Reason
from routing.overview import Overview

CLOCK_DIGITS = 4


async def change_hours(
    call: Call, office: Office, above: Supervision, who: str, language: Language
) -> tuple[Phrase, ...]:
    """Say how it is and do what is asked. What is returned opens the menu after it."""
    now = await above.overview()
    wanted = await choose(call, _hours_menu(office, now), language)
    if not isinstance(wanted, Chosen) or wanted.means is None:
        return ()
    becomes, until, why = wanted.means, None, Reason.EXCEPTIONAL
    if becomes is not Becomes.ORDINARY:
        until = await _until(call, office, language)
        if until is None:
            return (phrase("sup.not_done"),)
        reason = await choose(call, REASONS, language)
        if not isinstance(reason, Chosen):
            return (phrase("sup.not_done"),)
        why = reason.means
    sure = await choose(call, _sure(_said(office, becomes, until)), language)
    if not (isinstance(sure, Chosen) and sure.means and above.change_hours(becomes, until, why, who)):
        return (phrase("sup.not_done"),)
    call.log.note("hours changed", becomes=becomes, why=why, supervisor=who)
    return (phrase("sup.done"),)


def _hours_menu(office: Office, now: Overview) -> Menu[Becomes | None]:
    """1 closes, 2 leaves open longer or opens, 3 goes back to the calendar; 0 leaves all as it is."""
    match now.hours:
        case Open(until=until):
            said: tuple[Phrase, ...] = (_on_the_clock("sup.open_now", until, office.centre.zone),)
        case Closed() as closed:
            said = news(office, closed)
    is_open = isinstance(now.hours, Open)
    longer = phrase("sup.extend" if is_open else "sup.open")
    choices: list[Choice[Becomes | None]] = [
        Choice("1", Becomes.CLOSED, phrase("sup.close")),
        Choice("2", Becomes.OPEN, longer),
    ]
    if now.said is not None:
        said += (phrase("sup.hours_set_aside"), phrase(f"sup.reason.{now.said.why}"))
        choices.append(Choice("3", Becomes.ORDINARY, phrase("sup.ordinary")))
    choices.append(Choice("0", None, phrase("sup.back")))
    return Menu("hours", tuple(choices), intro=said)


async def _until(call: Call, office: Office, language: Language) -> datetime | None:
    """The next moment at which the centre's clock shows what is keyed; None after three tries."""
    because: tuple[Phrase, ...] = ()
    for _ in range(TRIES):
        asked = Question((*because, phrase("sup.until")), most=CLOCK_DIGITS, first_key=FIRST_DIGIT)
        heard = await call.ask(asked, language)
        clock = clock_of(heard.keys) if isinstance(heard, Keys) else None
        if clock is not None:
            return next_at(clock, office.now(), office.centre.zone)
        because = (phrase("sup.no_such_time" if isinstance(heard, Keys) else "menu.nothing_heard"),)
    return None


def clock_of(keys: str) -> time | None:
    """`1830` and `930` as times of day; None for what is none."""
    if not (keys.isascii() and keys.isdigit() and CLOCK_DIGITS - 1 <= len(keys) <= CLOCK_DIGITS):
        return None
    hour, minute = int(keys[:-2]), int(keys[-2:])
    return time(hour, minute) if hour < 24 and minute < 60 else None


def next_at(clock: time, now: datetime, zone: ZoneInfo) -> datetime:
    """When the clock on the wall shows `clock` next, later than `now`."""
    day = now.astimezone(zone).date()
    today, tomorrow = (
        datetime.combine(day + timedelta(n), clock, zone).astimezone(now.tzinfo) for n in (0, 1)
    )
    return today if today > now else tomorrow


def _said(office: Office, becomes: Becomes, until: datetime | None) -> Phrase:
    if until is None:
        return phrase("sup.becomes_ordinary")
    key = "sup.closes_until" if becomes is Becomes.CLOSED else "sup.opens_until"
    return _on_the_clock(key, until, office.centre.zone)


def _on_the_clock(key: str, moment: datetime, zone: ZoneInfo) -> Phrase:
    local = moment.astimezone(zone)
    return phrase(key, on=f"{local:%Y-%m-%d}", at=f"{local:%H:%M}")


REASONS: Menu[Reason] = Menu(
    "reason",
    tuple(Choice(str(key), reason) for key, reason in enumerate(Reason, start=1)),
    intro=(phrase("sup.why"),),
)


def _sure(said: Phrase) -> Menu[bool]:
    choices: tuple[Choice[bool], ...] = (Choice("1", True, phrase("sup.confirm")), Choice("2", False))
    return Menu("sure", choices, intro=(said,))
