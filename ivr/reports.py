"""The centre in sentences: what a supervisor hears of an overview. Pure; `server/` prints the same overview.

Nothing and nobody have words of their own: «zero persons wait» is no sentence.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from ivr.prompts import Phrase, phrase
from routing.indicators.day import MainFigures
from routing.indicators.figure import Figure
from routing.model import Callback, Device, Language, Subject
from routing.overview import Overview
from routing.snapshot import AgentNow

Phrases = tuple[Phrase, ...]
STATES: Mapping[str, str] = {
    "available": "sup.state.free",
    "offered": "sup.state.ringing",
    "talking": "sup.state.talking",
    "wrapping_up": "sup.state.wrapping_up",
    "on_break": "sup.state.on_break",
}
MOST_AGENTS = 30  # said one by one; a key stops the list


def summary(now: Overview) -> Phrases:
    """Waiting, longest wait, agents, service level, abandoned, callbacks: what is heard first."""
    return (*queue_in_short(now), *agents_in_short(now), *day_in_short(now), *callbacks_in_short(now))


def queue_in_short(now: Overview) -> Phrases:
    """How many wait, and the longest wait."""
    desk = now.desk
    if not desk.waiting_count:
        return (phrase("sup.nobody_waits"),)
    longest = int(desk.longest_wait.total_seconds())
    return phrase("sup.waiting", n=desk.waiting_count), phrase("sup.longest", seconds=longest)


def queue(now: Overview, languages: tuple[Language, ...]) -> Phrases:
    """The same, by language; and promises that are being kept now."""
    waiting = now.waiting
    each = [
        part
        for language in languages
        if waiting.get(language)
        for part in (phrase(f"language.name.{language}"), phrase("people", n=waiting[language]))
    ]
    tried = now.desk.callbacks_count
    return (*queue_in_short(now), *each, *((phrase("sup.being_called", n=tried),) if tried else ()))


def agents_in_short(now: Overview) -> Phrases:
    """Free, talking, on break; or that nobody is signed in."""
    if not now.desk.signed_in:
        return (phrase("sup.nobody_signed_in"),)
    states = now.desk.by_state
    return (
        _counted("sup.free", "sup.nobody_free", now.desk.free),
        _counted("sup.talking", "sup.nobody_talks", states.get("talking", 0)),
        _counted("sup.on_break", "sup.nobody_on_break", states.get("on_break", 0)),
    )


def agents(now: Overview) -> Phrases:
    """The same, then each who is signed in by his extension."""
    at_work = [agent for agent in now.desk.agents if agent.state in STATES][:MOST_AGENTS]
    return (*agents_in_short(now), *(part for agent in at_work for part in _agent(agent)))


def _agent(agent: AgentNow) -> Phrases:
    unreachable = agent.device is Device.UNREACHABLE
    state = "sup.state.unreachable" if unreachable else STATES[agent.state]
    return phrase("sup.extension", number=agent.extension), phrase(state)


def day_in_short(now: Overview) -> Phrases:
    """The service level as it is published, and how many gave up."""
    if now.day is None:
        return (phrase("sup.no_figures"),)
    return (_service_level(now.day.total), _abandoned(now.day.total))


def day(now: Overview, languages: tuple[Language, ...]) -> Phrases:
    """Answered, abandoned, service level; then each language in which anybody called."""
    if now.day is None:
        return (phrase("sup.no_figures"),)
    total = now.day.total
    each = [
        part
        for language in languages
        if language in now.day.by_language and whole(now.day.by_language[language].offered)
        for part in (
            phrase(f"language.name.{language}"),
            _service_level(now.day.by_language[language]),
            _abandoned(now.day.by_language[language]),
        )
    ]
    answered = _counted("sup.answered", "sup.none_answered", whole(total.answered))
    return (answered, _abandoned(total), _service_level(total), *each)


def callbacks_in_short(now: Overview) -> Phrases:
    """How many are to be called now, and how many promises are late; nothing while the database cannot tell."""
    return () if now.day is None else _callbacks(now.day.total)


def callbacks(now: Overview, languages: tuple[Language, ...]) -> Phrases:
    """The same, by language."""
    if now.day is None:
        return (phrase("sup.no_figures"),)
    of_language = now.day.by_language
    each = [
        part
        for language in languages
        if language in of_language
        and whole(of_language[language].callbacks_due) + whole(of_language[language].callbacks_overdue)
        for part in (phrase(f"language.name.{language}"), *_callbacks(of_language[language]))
    ]
    return (*_callbacks(now.day.total), *each)


def late(promise: Callback, subjects: tuple[Subject, ...], zone: ZoneInfo) -> Phrases:
    """One promise whose time is over: when she asked, in which language, on what."""
    asked = promise.asked_at.astimezone(zone)
    known = (phrase(f"subject.name.{promise.subject}"),) if promise.subject in subjects else ()
    return (
        phrase("sup.late_since", on=f"{asked:%Y-%m-%d}", at=f"{asked:%H:%M}"),
        phrase(f"language.name.{promise.language}"),
        *known,
    )


def whole(figure: Figure) -> int:
    """A count as it is said."""
    return int(figure.value or 0)


def per_cent(figure: Figure) -> int | None:
    """A share as it is said: whole per cent, a half upwards. None of nothing."""
    return None if figure.value is None else int(figure.value * 100 + 0.5)


def _service_level(figures: MainFigures) -> Phrase:
    level = per_cent(figures.service_level)
    return phrase("sup.no_service_level") if level is None else phrase("sup.service_level", n=level)


def _abandoned(figures: MainFigures) -> Phrase:
    return _counted("sup.abandoned", "sup.none_abandoned", whole(figures.abandoned))


def _callbacks(figures: MainFigures) -> Phrases:
    due, overdue = whole(figures.callbacks_due), whole(figures.callbacks_overdue)
    return (
        _counted("sup.due", "sup.none_due", due),
        _counted("sup.overdue", "sup.none_overdue", overdue),
    )


def _counted(key: str, none: str, n: int) -> Phrase:
    return phrase(key, n=n) if n else phrase(none)
