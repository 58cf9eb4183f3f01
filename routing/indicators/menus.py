"""The menus: where callers hang up, which questions they answer wrongly or not at all, how long it takes them.

A menu's figures are of the language in which it was asked: «language» is asked in all of them at once.
"""

from dataclasses import replace

from routing.indicators.entries import UNKNOWN
from routing.indicators.figure import Figure, Unit, mean, quotient
from routing.indicators.part import Part
from routing.record import TraceLine

ANSWERED, AGAIN, LEFT, GIVEN_UP = "menu answered", "menu asked again", "menu left", "menu given up"
OVER = frozenset({ANSWERED, LEFT, GIVEN_UP})
EVERY = frozenset({AGAIN, *OVER})
USELESS = {
    "invalid": "menu_invalid",
    "not understood": "menu_not_understood",
    "silence": "menu_silent",
}


def menus(part: Part) -> tuple[Figure, ...]:
    """For each menu: how many hung up in it, how many answers were of no use and why, how many gave up.

    A call may hear a menu several times: every time is counted, and the rows name its call once.
    """
    notes = [
        note
        for note in replace(part, language=None).notes
        if note.what in EVERY and part.language in (None, note.facts.get("language", UNKNOWN))
    ]
    found: list[Figure] = []
    for menu in sorted({note.facts.get("menu", "") for note in notes}):
        of_menu = [note for note in notes if note.facts.get("menu", "") == menu]
        heard = [note for note in of_menu if note.what in OVER]
        answers = [note for note in of_menu if note.what != LEFT]
        found.append(_rate("menu_drop", menu, [note for note in heard if note.what == LEFT], heard))
        found.append(_rate("menu_given_up", menu, [note for note in heard if note.what == GIVEN_UP], heard))
        for because, formula in USELESS.items():
            useless = [note for note in answers if note.facts.get("because") == because]
            found.append(_rate(formula, menu, useless, answers))
    return tuple(found)


def time_before_queue(part: Part) -> Figure:
    """Seconds from the beginning of a call to joining the line."""
    return mean(
        "time_before_queue",
        {
            call.id: max((call.queued_at - call.started_at).total_seconds(), 0.0)
            for call in part.calls
            if call.queued_at is not None
        },
    )


def _rate(formula: str, menu: str, some: list[TraceLine], every: list[TraceLine]) -> Figure:
    return replace(quotient(formula, Unit.SHARE, _times(some), _times(every)), about=menu)


def _times(notes: list[TraceLine]) -> dict[str, float]:
    times: dict[str, float] = {}
    for note in notes:
        times[note.call] = times.get(note.call, 0.0) + 1
    return times
