"""Vocalised Arabic respelt for espeak-ng, which misreads doubled letters, the article and linking alifs.

Correct spelling goes in; what comes out is only for the voice: doubled letters written twice, the article
joined as it is spoken, silent letters left out, a final ة silent before a pause.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

SHADDA, SUKUN, DAGGER = "\u0651", "\u0652", "\u0670"
VOWELS = "\u064b\u064c\u064d\u064e\u064f\u0650"
MARKS = frozenset(VOWELS + SHADDA + SUKUN + DAGGER)
_FATHA, _DAMMA, _KASRA = "\u064e", "\u064f", "\u0650"
_WORD = re.compile(r"[\u0621-\u0652\u0670\u0671]+")
_ALIFS = "ا\u0671"
_ENDS_IN_VOWEL = frozenset("اىوي")


@dataclass(frozen=True, slots=True)
class Letter:
    """A consonant or long vowel with its marks. `vowel` is a short vowel, a tanwin, a sukun or empty."""

    sign: str
    vowel: str = ""
    doubled: bool = False

    @property
    def spelt(self) -> str:
        """The letter as espeak-ng reads it rightly."""
        if self.doubled:
            return f"{self.sign}{SUKUN}{self.sign}{self.vowel}"
        return self.sign + self.vowel


def letters(word: str) -> list[Letter]:
    """Split a word into letters with their marks, whatever the order of the marks."""
    found: list[Letter] = []
    for sign in unicodedata.normalize("NFC", word):
        if sign not in MARKS or not found:
            found.append(Letter(sign))
        elif sign == SHADDA:
            found[-1] = replace(found[-1], doubled=True)
        elif sign == DAGGER:
            found[-1] = replace(found[-1], vowel=_FATHA)
            found.append(Letter("ا"))
        else:
            found[-1] = replace(found[-1], vowel=sign)
    return found


def for_voice(text: str) -> str:
    """Return the text as espeak-ng must be given it."""
    spelt: list[str] = []
    end = 0
    linked = False  # whether the word before runs on into this one
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        linked = linked and between == " "
        word = letters(match.group())
        if linked and _begins_with_link(word):
            spelt[-1] = _shortened(spelt[-1])
        spelt += [between, "".join(letter.spelt for letter in _as_spoken(word, linked=linked))]
        end = match.end()
        if text[end : end + 1] != " " and spelt[-1].endswith("ة"):
            spelt[-1] = spelt[-1][:-1]
        last = word[-1]
        linked = bool(last.vowel and last.vowel in VOWELS) or (last.sign in _ENDS_IN_VOWEL and not last.vowel)
    return "".join(spelt) + text[end:]


def _begins_with_link(word: list[Letter]) -> bool:
    return word[0].sign in _ALIFS and len(word) > 1


def _shortened(word: str) -> str:
    """A long vowel is short before two consonants: «فِي الْ» is fi-l."""
    return word[:-1] if word[-1] in "اىي" and word[-2:-1] != "ً" else word


def _as_spoken(word: list[Letter], *, linked: bool) -> list[Letter]:
    head, rest = _split_prefix(word)
    if len(rest) > 1 and rest[0].sign in _ALIFS:
        rest = _begun(rest, silent=linked or bool(head))
    spoken = head + rest
    spoken = [
        letter
        for place, letter in enumerate(spoken)
        if not _is_link_inside(spoken, place) and not _is_silent_end(spoken, place)
    ]
    if spoken and spoken[-1].sign == "ة" and not spoken[-1].vowel:
        spoken.pop()
    return spoken


def _split_prefix(word: list[Letter]) -> tuple[list[Letter], list[Letter]]:
    """Take «and, so, by, as» off a word whose rest begins with a linking alif."""
    if len(word) < 3:
        return [], word
    first, second, third = word[:3]
    prefixed = first.sign in "وفبك" and first.vowel and second.sign in _ALIFS
    if prefixed and (third.vowel == SUKUN or _is_article(word[1:])):
        return word[:1], word[1:]
    if first.sign == "ل" and second == Letter("ل") and third.doubled:
        return word[:1], word[2:]
    return [], word


def _is_article(word: list[Letter]) -> bool:
    if len(word) < 3 or word[0] != Letter("ا") or word[1].sign != "ل":
        return False
    lam, after = word[1], word[2]
    return (
        lam.vowel == SUKUN
        or (not lam.vowel and after.doubled)
        or (lam.vowel == _KASRA and after.sign in _ALIFS)
    )


def _begun(word: list[Letter], *, silent: bool) -> list[Letter]:
    """Say a beginning alif, or leave it out after a vowel; the article's ل melts into a doubled letter."""
    alif, second = word[0], word[1]
    article = second.sign == "ل" and not alif.vowel
    rest = word[1:]
    if article and not second.vowel and len(word) > 2 and word[2].doubled:
        rest = word[2:]
    if silent:
        return rest
    if article:
        return [Letter("أ", _FATHA), *rest]
    hamza = Letter("أ", _DAMMA) if alif.vowel == _DAMMA else Letter("إ", _KASRA)
    return [hamza, *rest]


def _is_link_inside(word: list[Letter], place: int) -> bool:
    """An alif after i or u, or between a short a and two consonants, is only written."""
    if not 0 < place < len(word) - 1 or word[place].sign not in _ALIFS or word[place].vowel:
        return False
    before = word[place - 1].vowel
    return before in (_KASRA, _DAMMA) or (before == _FATHA and word[place + 1].vowel == SUKUN)


def _is_silent_end(word: list[Letter], place: int) -> bool:
    """The alif of a plural verb, «اِضْغَطُوا», is only written."""
    last = len(word) - 1
    return place == last > 1 and word[last].sign == "ا" and word[last - 1] == Letter("و")
