"""Everything that callers and agents can be told: each prompt that a flow plays, and the values it gives with it.

`check` and the start of the centre compare it with the catalogue; a test compares it with the flows themselves.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from routing.model import Language
from routing.overrides import Reason

PLAIN = (
    "agent.back",
    "agent.callback_accept",
    "agent.callback_gone",
    "agent.dialling",
    "agent.on_break",
    "agent.person_busy",
    "agent.person_no_answer",
    "agent.person_refused",
    "agent.person_unreachable",
    "agent.signed_in",
    "agent.signed_out",
    "agent.unknown_code",
    "article.call_back",
    "article.link",
    "article.link_taken",
    "article.mobile_needed",
    "article.others",
    "article.which",
    "callback.hello",
    "callback.impossible_number",
    "callback.key_number",
    "callback.none_left",
    "callback.not_allowed_number",
    "callback.not_taken",
    "callback.offer",
    "callback.soon",
    "centre.controller",
    "centre.name",
    "closed.now",
    "closed.stay",
    "goodbye",
    "language.changed",
    "menu.language",
    "menu.not_understood",
    "menu.nothing_heard",
    "menu.person",
    "menu.repeat",
    "menu.say_or_press",
    "menu.subject_intro",
    "menu.to_a_person",
    "menu.wrong_key",
    "message.today",
    "notice.controller",
    "notice.long",
    "notice.short",
    "queue.callback_hint",
    "queue.closing",
    "queue.full",
    "queue.long_wait",
    "queue.next",
    "queue.nobody",
    "studio.clipped",
    "studio.days",
    "studio.empty",
    "studio.heard",
    "studio.keep",
    "studio.kept",
    "studio.locked",
    "studio.noisy",
    "studio.not_kept",
    "studio.number",
    "studio.pin",
    "studio.speak",
    "studio.text",
    "studio.too_long",
    "studio.too_quiet",
    "studio.too_short",
    "studio.unknown_number",
    "studio.wrong_days",
    "studio.wrong_pin",
    "sup.back",
    "sup.becomes_ordinary",
    "sup.close",
    "sup.confirm",
    "sup.done",
    "sup.extend",
    "sup.hours_set_aside",
    "sup.menu.agents",
    "sup.menu.callbacks",
    "sup.menu.day",
    "sup.menu.hours",
    "sup.menu.message",
    "sup.menu.queue",
    "sup.no_figures",
    "sup.no_service_level",
    "sup.no_such_time",
    "sup.nobody_free",
    "sup.nobody_on_break",
    "sup.nobody_signed_in",
    "sup.nobody_talks",
    "sup.nobody_waits",
    "sup.none_abandoned",
    "sup.none_answered",
    "sup.none_due",
    "sup.none_overdue",
    "sup.not_done",
    "sup.not_to_take",
    "sup.open",
    "sup.ordinary",
    "sup.state.free",
    "sup.state.on_break",
    "sup.state.ringing",
    "sup.state.talking",
    "sup.state.unreachable",
    "sup.state.wrapping_up",
    "sup.take",
    "sup.taken",
    "sup.until",
    "sup.why",
    "welcome",
    "welcome_back",
)
"""Prompts without values."""
WITH_VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "agent.callback_offer": ("reference",),
        "callback.confirm_number": ("number",),
        "callback.taken": ("reference",),
        "callback.when": ("on", "at"),
        "callback.when_day": ("on", "at"),
        "closed.reopens": ("on", "at"),
        "closed.reopens_day": ("on", "at"),
        "language.choose": ("n",),
        "menu.articles": ("n",),
        "notice.receipt": ("id",),
        "queue.position": ("n",),
        "queue.wait": ("low", "high"),
        "sup.abandoned": ("n",),
        "sup.answered": ("n",),
        "sup.being_called": ("n",),
        "sup.closes_until": (
            "on",
            "at",
        ),
        "sup.due": ("n",),
        "sup.extension": ("number",),
        "sup.free": ("n",),
        "sup.late_since": (
            "on",
            "at",
        ),
        "sup.longest": ("seconds",),
        "sup.on_break": ("n",),
        "sup.open_now": (
            "on",
            "at",
        ),
        "sup.opens_until": (
            "on",
            "at",
        ),
        "sup.overdue": ("n",),
        "sup.service_level": ("n",),
        "sup.talking": ("n",),
        "sup.waiting": ("n",),
    }
)
"""Prompts whose values a flow gives, by the names of their slots."""
FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "article.name.": ("n",),
        "article.text.": (),
        "language.name.": (),
        "menu.subject.": ("n",),
        "subject.name.": (),
        "sup.reason.": (),
    }
)
"""Prompts that the centre's languages, subjects and articles end, and the reasons of changed hours."""
FIGURES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "number": ("n",),
        "seconds": ("n",),
        "minutes": ("n",),
        "hours": ("n",),
        "days": ("n",),
        "people": ("n",),
        "calls": ("n",),
        "ordinal": ("n",),
        "ordinal_feminine": ("n",),
        "position": ("n",),
        "wait": ("low", "high"),
        "duration": ("seconds",),
        "time": ("at",),
        "date": ("on",),
        "day": ("on",),
        "phone": ("number",),
        "reference": ("id",),
        "amount": ("dirhams",),
    }
)
"""Values on their own."""


def repertoire(subjects: Iterable[str], articles: Iterable[str] = ()) -> Mapping[str, tuple[str, ...]]:
    """Every key with the names of its values, for a centre with these subjects and articles."""
    offered, told = tuple(subjects), tuple(articles)
    families = {
        "article.name.": told,
        "article.text.": told,
        "language.name.": tuple(Language),
        "menu.subject.": offered,
        "subject.name.": offered,
        "sup.reason.": tuple(Reason),
    }
    found: dict[str, tuple[str, ...]] = dict.fromkeys(PLAIN, ()) | dict(WITH_VALUES) | dict(FIGURES)
    for prefix, ends in families.items():
        found |= {f"{prefix}{end}": FAMILIES[prefix] for end in ends}
    return found
