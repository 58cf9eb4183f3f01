"""The key that leads beyond the subjects: to recorded information, and behind it to a promise that was made."""

from dataclasses import dataclass
from typing import Any

from ivr.centre import Centre
from ivr.menu import Choice

KEY = "8"  # in every menu that leads there


@dataclass(frozen=True, slots=True)
class HearPromise:
    """She has asked for a call, and wants to hear, move or cancel it."""


def has_articles(centre: Centre) -> bool:
    """Whether there is anything to hear, on a key that is no subject's."""
    return bool(centre.articles) and len(centre.subjects) < int(KEY)


def way_in(centre: Centre) -> str:
    """The keys that lead to a promise, by day and by night; nothing where no key is left for it."""
    if has_articles(centre):
        return KEY * 2
    return KEY if len(centre.subjects) < int(KEY) else ""


def promise_choice(centre: Centre) -> tuple[Choice[Any], ...]:
    """The way to a promise, for the menu that has its last key. Not said: who needs it was told with her PIN."""
    return (Choice(KEY, HearPromise()),) if centre.callbacks.offered and way_in(centre) else ()
