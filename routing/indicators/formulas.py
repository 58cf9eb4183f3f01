"""What is divided by what, in words, with the times that were agreed: how a figure is opened, in one line."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from routing.indicators.outcome import OUTCOMES, Abandoned, Goal, Now

_ENDED = {
    f"calls_{one}": f"calls that came in and ended as {one}" for one in OUTCOMES if not isinstance(one, Now)
}
FORMULAS: Mapping[str, str] = MappingProxyType(
    _ENDED
    | {
        f"calls_{Abandoned.SHORT}": "hung up in the line within {short} of joining it",
        f"calls_{Abandoned.BEFORE}": "hung up in the line later than {short}, within {within}",
        f"calls_{Abandoned.AFTER}": "hung up in the line after {within}",
        f"calls_{Now.WAITING}": "in the line now",
        f"calls_{Now.GOING_ON}": "not in the line yet, or the end was not seen",
        "calls": "calls that came in",
        "offered": "calls that joined the line and whose end is known",
        "abandoned": "hung up in the line",
        "deferred": "took a callback in the line",
        "service_level_published": "answered within {within} ÷ (answered + abandoned − abandoned within {short})",
        "service_level_strict": "answered within {within} ÷ (answered + abandoned)",
        "abandonment": "abandoned ÷ (offered − deferred)",
        "speed_of_answer": "wait of the answered, from joining the line ÷ answered",
        "speed_of_answer_without_ringing": "the same until the telephone rang that was picked up ÷ those known",
        "wait_of_answered_median": "the middle one",
        "wait_of_answered_p90": "nine of ten waited no longer",
        "wait_of_answered_longest": "the longest",
        "wait_of_abandoned": "wait of the abandoned ÷ abandoned",
        "wait_of_abandoned_median": "the middle one",
        "wait_of_abandoned_p90": "nine of ten waited no longer",
        "wait_of_abandoned_longest": "the longest",
        "handling_time": "(talk + hold + work after the call) ÷ calls in which an agent talked",
        "talk_time": "agents' time with the caller, hold apart ÷ calls in which an agent talked",
        "hold_time": "time on hold ÷ calls in which an agent talked",
        "after_call_work": "writing after the call ÷ calls in which an agent talked",
        "occupancy": "(talk + hold + work after calls) ÷ (that + free time)",
        "answer_rate": "rings picked up ÷ rings that are over",
        "rings_missed": "not picked up, refused, busy, not accepted",
        "rings_cancelled": "the caller left, the telephone was away, or the agent stepped away",
        "first_contact_resolution": "no other call on the subject within 7 days ÷ conversations 7 days ago",
        "unique_callers": "numbers from which a call came in",
        "repeat_callers": "who had called within 7 days before ÷ unique callers",
        "callers_lost": "wanted a person in open hours, reached none and was promised nothing",
        "callers_lost_then_reached": "talked with an agent within 7 days ÷ lost",
        "callers_finally_lost": "did not within 7 days, which are over ÷ lost",
        "callbacks_asked": "promises asked for",
        "callbacks_accepted": "calls with a promise ÷ calls in which one was offered",
        "callbacks_reached": "reached ÷ closed promises",
        "callbacks_open": "open promises",
        "callbacks_due": "open promises that may be tried now",
        "callbacks_overdue": "open promises whose window is over",
        "promises_kept": "first dialled inside the promised window ÷ promises due",
        "time_to_first_attempt": "time from asking to the first attempt ÷ promises with one",
        "attempts_per_reach": "attempts at closed promises ÷ reached",
        "wait_after_connection": "time from picking up to an agent's voice ÷ persons rung before their agent",
        "time_before_queue": "time to joining the line ÷ calls that joined it",
        "menu_drop": "hung up in the menu ÷ times it was heard",
        "menu_given_up": "ended without a usable answer ÷ times it was heard",
        "menu_invalid": "wrong keys ÷ answers",
        "menu_not_understood": "words not understood ÷ answers",
        "menu_silent": "silences ÷ answers",
    }
)
"""By the formula's name; `{within}` and `{short}` stand for the times of the goal."""


def in_words(formula: str, goal: Goal) -> str:
    """The formula of this name. Raises KeyError for one that nobody has written down."""
    return FORMULAS[formula].format(within=_spelt(goal.within), short=_spelt(goal.short))


def depends_on_goal(formula: str) -> bool:
    """Whether what was agreed changes its value."""
    return "{" in FORMULAS[formula]


def _spelt(time: timedelta) -> str:
    return f"{time.total_seconds():g} s"
