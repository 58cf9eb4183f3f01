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
FRENCH = frozenset("abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüÿœæ")
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
            return _strangers(text.lower(), FRENCH | PUNCTUATION, "French")


def _strangers(text: str, allowed: frozenset[str], script: str) -> list[str]:
    found = sorted({sign for sign in text if sign not in allowed})
    if not found:
        return []
    named = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in found[:_SHOWN])
    return [f"has {named}, which is not {script}; take it out"]


def _tifinagh(text: str) -> list[str]:
    strangers = _strangers(text, TIFINAGH | {LABIAL} | PUNCTUATION, "one of the 33 Tifinagh letters")
    if strangers:
        return strangers
    if re.search(f"(?<![ⴳⴽ]){LABIAL}", text):
        return [f"has {LABIAL} where no ⴳ or ⴽ stands before it; take it out"]
    return []


def _unvocalised(text: str) -> list[str]:
    bare = [word for word in _ARABIC_WORD.findall(text) if not is_vocalised(word)]
    if not bare:
        return []
    more = f" and {len(bare) - _SHOWN} more" if len(bare) > _SHOWN else ""
    return [
        f"has words without vowel signs: {', '.join(bare[:_SHOWN])}{more}; a voice would leave the vowels out"
    ]


def is_vocalised(word: str) -> bool:
    """Whether every letter of an Arabic word that needs a vowel sign has one; the last may rest without."""
    signs = letters(word)
    return all(_is_settled(signs, place) for place in range(len(signs)))


def _is_settled(signs: list[Letter], place: int) -> bool:
    letter = signs[place]
    if letter.vowel or letter.sign in "اىآ\u0671" or (place > 0 and place == len(signs) - 1):
        return True
    before = signs[place - 1] if place else None
    if before is not None and (letter.sign, before.vowel) in {("و", "\u064f"), ("ي", "\u0650")}:
        return True
    if letter.sign == "و" and place == len(signs) - 2 and signs[-1].sign == "ا":
        return True
    # The article's ل before a doubled letter.
    after = signs[place + 1]
    return letter.sign == "ل" and after.doubled and before is not None and _opens_article(signs, place)


def _opens_article(signs: list[Letter], place: int) -> bool:
    before = signs[place - 1]
    return before == Letter("ا") or (before.sign == "ل" and place == 1)
