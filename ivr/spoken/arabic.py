"""Arabic numbers, counts, places, durations, waits and amounts, fully vocalised; times and days from the calendar.

A number said as a label loses its last short vowel, as in speech; a counted one and a place keep theirs. What
follows «وَ» is a part of its own, so that one recording serves alone and after a hundred.
"""

from collections.abc import Iterable
from unicodedata import normalize

from ivr.spoken import arabic_calendar
from ivr.spoken.arabic_calendar import clock, day, weekday
from ivr.spoken.arabic_numerals import NOUNS, Counted, below_hundred, hundred, linked, pausal, thousand
from ivr.spoken.grammar import Case, Gender, Noun, clock_parts, money_parts, sayable
from ivr.spoken.parts import Part, Parts, joined, with_after
from ivr.spoken.waits import FAR, Wait

__all__ = ["amount", "clock", "count", "day", "duration", "number", "ordinal", "wait", "weekday"]

_AND = Part("said.and", "وَ")
_MOST_ORDINAL = 99


def number(n: int, gender: Gender = Gender.MASCULINE) -> Parts:
    """Say a number as a label: «وَاحِدٌ وَعِشْرُون»; feminine for a feminine thing: «إِحْدَى وَعِشْرُون»."""
    low = sayable(n) % 100
    above = _above_hundred(n - low, Case.NOMINATIVE, then=bool(low))
    return _with_and([*above, (_low(low, gender),)] if low or not above else above)


def _above_hundred(n: int, case: Case, *, then: bool) -> list[Parts]:
    """Thousands and hundreds, each a group. `then`: more is said after them; else the last is a label's end."""
    thousands, hundreds = n // 1000, n % 1000 // 100
    found: list[Parts] = []
    if thousands:
        words = thousand(thousands, case, construct=False)
        found.append(_ended(f"said.number.{thousands}000", words, case, more=then or bool(hundreds)))
    if hundreds:
        words = hundred(hundreds, case, construct=False)
        found.append(_ended(f"said.number.{hundreds}00", words, case, more=then))
    return found


def _ended(key: str, words: str, case: Case, *, more: bool) -> Parts:
    return (_part(f"{key}.before", words, case),) if more else (_part(key, pausal(words), case),)


def _low(n: int, gender: Gender) -> Part:
    """0–99 as a label."""
    words = _label(n, gender)
    return _part(f"said.number.{n}{_suffix(gender, words != _label(n, Gender.MASCULINE))}", words)


def _label(n: int, gender: Gender) -> str:
    if n == 8 and gender is Gender.FEMININE:
        return "ثَمَانِي"
    return pausal(below_hundred(n, gender, Case.NOMINATIVE))


def _suffix(gender: Gender, own: bool) -> str:
    return ".feminine" if own and gender is Gender.FEMININE else ""


def _part(key: str, words: str, case: Case = Case.NOMINATIVE) -> Part:
    """A part with vowel signs and doubling in Unicode's order, so that equal words are equal text."""
    return Part(key if case is Case.NOMINATIVE else f"{key}.{case}", normalize("NFC", words))


def _with_and(groups: Iterable[Parts]) -> Parts:
    """The groups with «and» between them; a word that begins with a linking alif loses its vowel after it."""
    found: Parts = ()
    for first, *more in groups:
        if found:
            words = linked(first.text)
            key = first.key if words == first.text else f"{first.key}.linked"
            found = (*with_after(found, " "), _AND, Part(key, words), *more)
        else:
            found = (first, *more)
    return found


def count(n: int, noun: Noun, case: Case = Case.NOMINATIVE) -> Parts:
    """Say «خَمْسُ دَقَائِقَ», «دَقِيقَتَانِ», «إِحْدَى عَشْرَةَ دَقِيقَةً»."""
    counted = NOUNS[noun]
    low = sayable(n) % 100
    if n <= 10:
        return (_few(n, noun, counted, case),)
    if low <= 2:
        hundreds = _of(n - low, noun, counted, case)
        return _with_and([hundreds, (_few(low, noun, counted, case),)] if low else [hundreds])
    above = _above_hundred(n - low, case, then=True)
    if low <= 10:
        return _with_and([*above, (_few(low, noun, counted, case),)])
    words = below_hundred(low, counted.gender, case)
    own = words != below_hundred(low, Gender.MASCULINE, case)
    numeral = _part(f"said.counting.{low}{_suffix(counted.gender, own)}", f"{words} ", case)
    return _with_and([*above, (numeral, _part(f"said.noun.{noun}.many", counted.one(Case.ACCUSATIVE)))])


def _few(n: int, noun: Noun, counted: Counted, case: Case) -> Part:
    return _part(f"said.count.{noun}.{n}", counted.few(n, case), case)


def _of(n: int, noun: Noun, counted: Counted, case: Case) -> Parts:
    """Hundreds and thousands of a thing: «مِئَةُ دَقِيقَةٍ», «أَلْفٌ وَمِئَتَا دَقِيقَةٍ»."""
    hundreds = n % 1000 // 100
    above: list[Parts] = []
    if hundreds:
        above = _above_hundred(n - hundreds * 100, case, then=True)
        last = _part(f"said.number.{hundreds}00.of", hundred(hundreds, case, construct=True), case)
    else:
        last = _part(f"said.number.{n}.of", thousand(n // 1000, case, construct=True), case)
    noun_ = _part(f"said.noun.{noun}.hundred", counted.one(Case.GENITIVE))
    return _with_and([*above, joined(" ", [(last,), (noun_,)])])


def ordinal(n: int, gender: Gender = Gender.MASCULINE) -> Parts:
    """Say the third as «الثَّالِثُ» or «الثَّالِثَةُ»; from 100 on «number …», as people do."""
    if sayable(n, 1) > _MOST_ORDINAL:
        return joined(" ", [(Part("said.place", "رَقْمُ"),), number(n)])
    words = arabic_calendar.ordinal(n, gender, Case.NOMINATIVE)
    own = words != arabic_calendar.ordinal(n, Gender.MASCULINE, Case.NOMINATIVE)
    return (_part(f"said.ordinal.{n}{_suffix(gender, own)}", words),)


def duration(seconds: int, case: Case = Case.NOMINATIVE) -> Parts:
    """Say 5400 seconds as «سَاعَةٌ وَاحِدَةٌ وَثَلَاثُونَ دَقِيقَةً»."""
    return _with_and(count(n, noun, case) for n, noun in clock_parts(seconds))


def wait(span: Wait) -> Parts:
    """Say «from five minutes to ten minutes», «less than five», «about ten», «more than four hours»."""
    low, high = (duration(minutes * 60, Case.GENITIVE) for minutes in (span.low, span.high))
    if span.high == FAR:
        return joined(" ", [(Part("said.wait.above", "أَكْثَرُ مِنْ"),), low])
    if not span.low:
        return joined(" ", [(Part("said.wait.below", "أَقَلُّ مِنْ"),), high])
    if span.low == span.high:
        return joined(" ", [(Part("said.wait.about", "حَوَالَيْ"),), high])
    return joined(" ", [(Part("said.wait.from", "مِنْ"),), low, (Part("said.wait.to", "إِلَى"),), high])


def amount(centimes: int) -> Parts:
    """Say 1250 centimes as «اِثْنَا عَشَرَ دِرْهَمًا وَخَمْسُونَ سَنْتِيمًا»."""
    return _with_and(count(n, noun) for n, noun in money_parts(centimes))
