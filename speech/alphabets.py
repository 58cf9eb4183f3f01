"""What may be written in the catalogue: vocalised Arabic, the 33 letters of Tifinagh, French; no digits."""

import re
import unicodedata

from routing.model import Language
from speech.arabic import MARKS, Letter, letters

TIFINAGH = frozenset("ⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵄⵅⵇⵉⵊⵍⵎⵏⵓⵔⵕⵖⵙⵚⵛⵜⵟⵡⵢⵣⵥ")
"""31 letters; with the mark of ⴳⵯ and ⴽⵯ they are the 33 of CLDR."""
LABIAL = "ⵯ"
PUNCTUATION = frozenset(" .,:;?!'’«»()-…")
ARABIC_PUNCTUATION = PUNCTUATION | frozenset("،؛؟")
ARABIC_LETTERS = frozenset("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي")
_FRENCH = "abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüÿœæ"
FRENCH = frozenset(_FRENCH + _FRENCH.upper())
_ARABIC_WORD = re.compile(r"[\u0621-\u0652\u0670\u0671]+")
_SHOWN = 3


def faults(language: Language, text: str) -> list[str]:
    """Return what is wrong with a text, in words an administrator understands; empty when nothing is."""
    text = unicodedata.normalize("NFC", text)
    if not text.strip():
        return ["is empty; write what the caller hears"]
    if digits := sorted({sign for sign in text if sign.isdigit()}):
        return [f"has the digit {' '.join(digits)}; write the number in words"]
    match language:
        case Language.ARABIC:
            return _strangers(text, ARABIC_LETTERS | MARKS | ARABIC_PUNCTUATION, "Arabic") or _unvocalised(
                text
            )
        case Language.TAMAZIGHT:
            return _tifinagh(text)
        case Language.FRENCH:
            return _strangers(text, FRENCH | PUNCTUATION, "French")


def _strangers(text: str, allowed: frozenset[str], script: str) -> list[str]:
    """Name the words that hold signs of no or another script."""
    found = {
        word: signs for word in text.split() if (signs := [sign for sign in word if sign not in allowed])
    }
    if not found:
        return []
    named = ", ".join(f"{word} ({_signs(signs)})" for word, signs in list(found.items())[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return [f"has signs that are not {script} in {named}{more}; use only those"]


def _signs(signs: list[str]) -> str:
    return ", ".join(f"{sign} U+{ord(sign):04X}" for sign in sorted(set(signs))[:_SHOWN])


def _tifinagh(text: str) -> list[str]:
    strangers = _strangers(text, TIFINAGH | {LABIAL} | PUNCTUATION, "of the 33 Tifinagh letters")
    if strangers:
        return strangers
    if re.search(f"(?<![ⴳⴽ]){LABIAL}", text):
        return [f"has {LABIAL} where no ⴳ or ⴽ stands before it; take it out"]
    return []


def _unvocalised(text: str) -> list[str]:
    bare = [match.group() for match in _ARABIC_WORD.finditer(text) if not _has_vowels(match)]
    if not bare:
        return []
    more = f" and {len(bare) - _SHOWN} more" if len(bare) > _SHOWN else ""
    return [
        f"has words without vowel signs: {', '.join(bare[:_SHOWN])}{more}; a voice would leave the vowels out"
    ]


def _has_vowels(match: re.Match[str]) -> bool:
    runs_on = match.string[match.end() : match.end() + 2]
    # Only before a pause may the last vowel be left out; a slot's place is two spaces or a sign.
    return is_vocalised(
        match.group(), runs_on=len(runs_on) == 2 and runs_on[0] == " " and runs_on[1].isalpha()
    )


def is_vocalised(word: str, *, runs_on: bool = False) -> bool:
    """Whether each letter of an Arabic word that needs a vowel sign has one.

    The last may rest without, unless the word `runs_on` into the next.
    """
    signs = letters(word)
    settled = all(_is_settled(signs, place) for place in range(len(signs)))
    return settled and not (runs_on and _rests(signs))


def _rests(signs: list[Letter]) -> bool:
    """Whether the last letter is a consonant without its vowel."""
    last = signs[-1]
    return not last.vowel and last.sign not in "اىآ" and not _is_long(signs, len(signs) - 1)


def _is_long(signs: list[Letter], place: int) -> bool:
    """A long u or i: the letter after its short vowel."""
    before = signs[place - 1].vowel if place else ""
    return (signs[place].sign, before) in {("و", "\u064f"), ("ي", "\u0650")}


def _is_settled(signs: list[Letter], place: int) -> bool:
    letter = signs[place]
    if letter.vowel or letter.sign in "اىآ\u0671" or (place > 0 and place == len(signs) - 1):
        return True
    if _is_long(signs, place):
        return True
    if letter.sign == "و" and place == len(signs) - 2 and signs[-1].sign == "ا":
        return True
    # The article's ل before a doubled letter.
    before = signs[place - 1] if place else None
    after = signs[place + 1]
    return letter.sign == "ل" and after.doubled and before is not None and _opens_article(signs, place)


def _opens_article(signs: list[Letter], place: int) -> bool:
    before = signs[place - 1]
    return before == Letter("ا") or (before.sign == "ل" and place == 1)
