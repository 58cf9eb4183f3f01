"""The windows that a caller may choose from for her call, and how they are said."""

from datetime import date, timedelta
from typing import Any

from ivr.flows.moments import PLAIN
from ivr.menu import Choice, Menu
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.model import Language
from routing.windows import NamedWindow, Part, capacity, filled, offers

SHARE = 0.5
"""Of the agents' time for promises; the rest is for those who call."""
USUAL_HANDLING = timedelta(minutes=6)
FEWEST_TALKS = 10  # below it the usual handling is a better guess than their mean
COMPARABLE = timedelta(days=7)
ANSWER_WITHIN = timedelta(seconds=3)
"""After the last window: who says nothing is content, and pays for each second."""


def offered(office: Office, language: Language, *, soon: bool = False) -> tuple[NamedWindow, ...]:
    """What may be promised now to who speaks `language`, soonest first; none that is full. `soon`: beside that."""
    promised = [(promise.language, promise.not_before) for promise in office.promises.open()]
    hers = [moment for spoken, moment in promised if spoken is language]
    every = [moment for _, moment in promised]
    speakers = sum(language in agent.languages for agent in office.centre.agents.values())

    def full(window: NamedWindow) -> bool:
        return filled(window, hers) >= room(office, window, speakers) or filled(window, every) >= room(
            office, window, len(office.centre.agents)
        )

    return offers(office.promises.calling, office.now(), full, soon=soon)


def room(office: Office, window: NamedWindow, agents: int) -> int:
    """How many promises so many agents can keep in a window: as configured, or in half of their time."""
    if office.centre.callbacks.per_window is not None:
        return office.centre.callbacks.per_window if agents else 0
    wrap_up = office.centre.desk.wrap_up
    talks = office.memory.talks_since(office.now() - COMPARABLE)
    mean = sum(talks, timedelta()) / len(talks) if len(talks) >= FEWEST_TALKS else USUAL_HANDLING
    return capacity(agents, window.window.ends - window.window.begins, mean + wrap_up, SHARE)


def its_words(office: Office, named: NamedWindow) -> Phrase:
    """«Tomorrow, in the morning», «today, from … to …», in the centre's own time."""
    zone = office.centre.zone
    if named.part is Part.BETWEEN:
        begins, ends = (moment.astimezone(zone) for moment in named.window)
        return phrase("window.today", opens=f"{begins:%H:%M}", closes=f"{ends:%H:%M}")
    days, on, morning = (named.day - _today(office)).days, f"{named.day:%Y-%m-%d}", named.part is Part.MORNING
    if days == 1:
        return phrase("window.tomorrow_morning") if morning else phrase("window.tomorrow_afternoon")
    if 0 < days <= PLAIN:
        return phrase("window.day_morning", on=on) if morning else phrase("window.day_afternoon", on=on)
    return phrase("window.date_morning", on=on) if morning else phrase("window.date_afternoon", on=on)


def window_menu(
    office: Office,
    windows: tuple[NamedWindow | None, ...],
    *,
    head: tuple[Phrase, ...] = (),
    said_from: int = 0,
    more: tuple[Choice[Any], ...] = (),
) -> Menu[Any]:
    """Keys 1 to 3 for `windows`, None for as soon as possible; `0` is the first. Those from `said_from` on are said.

    Who keys nothing has not chosen, and is not asked again.
    """
    keyed = tuple(enumerate(windows, start=1))
    said = tuple(
        said
        for n, window in keyed[said_from:]
        for said in (
            phrase("window.soon") if window is None else its_words(office, window),
            phrase("window.key", n=n),
        )
    )
    choices: tuple[Choice[Any], ...] = (
        *(Choice(str(n), window) for n, window in keyed),
        Choice("0", windows[0]),
        *more,
    )
    return Menu("window", choices, intro=said, head=head, answer_within=ANSWER_WITHIN, silence_ends=True)


def _today(office: Office) -> date:
    return office.now().astimezone(office.centre.zone).date()
