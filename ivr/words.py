"""What may be said instead of a key, and which key was meant. Pure; the words are data (`config/words/`).

A form is the words of one way to say a choice: «droit des associations». What she said names a choice when it
holds one of its forms, each word sure enough, and a form of no other choice.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ivr.call import Sayable, Words

Form = tuple[str, ...]
Vocabulary = Mapping[str, tuple[Form, ...]]
"""Names of prompts, `key.1`, `key.2`, … for the keys themselves, and `nothing`, with the forms of each."""
Forms = Mapping[Form, str]
"""The key that each form stands for."""

NOTHING = "nothing"
"""The name of what people say and which chooses nothing: a recogniser that does not expect it hears a choice in it."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a recogniser understood between two silences: each word and how sure it is, 0 to 1. Never logged."""

    words: tuple[tuple[str, float], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answers:
    """All that answers one question: the forms of its choices, those of their keys, and what else is expected."""

    named: Forms
    keyed: Forms
    others: tuple[Form, ...] = ()

    @property
    def forms(self) -> tuple[Form, ...]:
        """Every form, for a grammar."""
        return (*self.named, *self.keyed, *self.others)


def answers(vocabulary: Vocabulary, may_say: Iterable[Sayable]) -> Answers:
    """The forms of these choices. A form that would mean two of them means none."""
    choices = tuple(may_say)
    named = _without_twins((form, one.key) for one in choices for form in vocabulary.get(one.name, ()))
    keyed = _without_twins(
        (form, one.key) for one in choices for form in vocabulary.get(f"key.{one.key}", ())
    )
    keyed = {form: key for form, key in keyed.items() if form not in named}
    others = tuple(form for form in vocabulary.get(NOTHING, ()) if form not in named and form not in keyed)
    return Answers(named, keyed, others)


def without(vocabulary: Vocabulary, absent: Iterable[str]) -> Vocabulary:
    """The vocabulary without the forms that hold a word which a model does not know."""
    unknown = frozenset(absent)
    return {
        name: tuple(form for form in forms if unknown.isdisjoint(form)) for name, forms in vocabulary.items()
    }


def every_word(vocabulary: Vocabulary) -> frozenset[str]:
    """All words of all forms."""
    return frozenset(word for forms in vocabulary.values() for form in forms for word in form)


def understood(possible: Answers, said: Utterance, sure: float) -> Words | None:
    """What the utterance answers; None for nothing.

    «Un conseiller» is the adviser and not key 1: a key's own name counts only where no choice was named. A choice
    named with its own key, «legal, one», is the menu itself, which a loudspeaker brings back.
    """
    named: dict[str, float] = {}
    keyed: dict[str, float] = {}
    for form, confidence in _spoken(possible, said):
        found, key = (
            (named, possible.named[form]) if form in possible.named else (keyed, possible.keyed[form])
        )
        found[key] = max(confidence, found.get(key, 0.0))
    if not said.words or named.keys() & keyed.keys():
        return None
    match list((named or keyed).items()):
        case [(key, confidence)] if confidence >= sure:
            return Words(key, confidence)
        case _:
            return Words(None)


def _spoken(possible: Answers, said: Utterance) -> Iterator[tuple[Form, float]]:
    """Each form that was said, the longest at its place, with the confidence of its least sure word."""
    words = [word for word, _ in said.words]
    longest = max(map(len, (*possible.named, *possible.keyed)), default=0)
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            form = tuple(words[at : at + length])
            if form in possible.named or form in possible.keyed:
                yield form, min(sure for _, sure in said.words[at : at + length])
                at += length
                break
        else:
            at += 1


def _without_twins(pairs: Iterable[tuple[Form, str]]) -> dict[Form, str]:
    forms: dict[Form, str] = {}
    twins: set[Form] = set()
    for form, key in pairs:
        if forms.setdefault(form, key) != key:
            twins.add(form)
    return {form: key for form, key in forms.items() if form not in twins}
