"""Arabic numbers, counts, times and days, fully vocalised, with Moroccan month names.

A numeral from 3 to 10 takes the gender opposite to the thing counted; the counted noun is plural from 3 to
10, singular accusative from 11 to 99, singular genitive after a hundred or a thousand. Times and days are
adverbs («on Monday, at eight»), hence accusative. A number said as a label loses its last short vowel, as in
speech.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, time

from ivr.spoken.grammar import Case, Gender, Noun, sayable

SHORT_ENDINGS = "ًٌٍَُِ"

# Endings by case: definite or construct, then with tanwin.
_VOWEL = {Case.NOMINATIVE: "ُ", Case.ACCUSATIVE: "َ", Case.GENITIVE: "ِ"}
_TANWIN = {Case.NOMINATIVE: "ٌ", Case.ACCUSATIVE: "ً", Case.GENITIVE: "ٍ"}
_DUAL = {Case.NOMINATIVE: "انِ", Case.ACCUSATIVE: "يْنِ", Case.GENITIVE: "يْنِ"}
_DUAL_CONSTRUCT = {Case.NOMINATIVE: "ا", Case.ACCUSATIVE: "يْ", Case.GENITIVE: "يْ"}
_TENS_ENDING = {Case.NOMINATIVE: "ونَ", Case.ACCUSATIVE: "ينَ", Case.GENITIVE: "ينَ"}

# 3–9 without the feminine ة; it is added for masculine nouns.
_UNITS = {3: "ثَلَاث", 4: "أَرْبَع", 5: "خَمْس", 6: "سِتّ", 7: "سَبْع", 9: "تِسْع"}
_TENS = {2: "عِشْر", 3: "ثَلَاث", 4: "أَرْبَع", 5: "خَمْس", 6: "سِتّ", 7: "سَبْع", 8: "ثَمَان", 9: "تِسْع"}
_TENS_VOWEL = {Case.NOMINATIVE: "ُ", Case.ACCUSATIVE: "ِ", Case.GENITIVE: "ِ"}


def number(n: int, gender: Gender = Gender.MASCULINE) -> str:
    """Say a number as a label: «وَاحِدٌ وَعِشْرُون»; feminine for a feminine thing: «إِحْدَى وَعِشْرُون»."""
    if n % 100 == 8 and gender is Gender.FEMININE:
        return _written([*_thousands_and_hundreds(sayable(n), Case.NOMINATIVE, construct=False), "ثَمَانِي"])
    return _written([pausal(_numeral(n, gender, Case.NOMINATIVE))])


def pausal(words: str) -> str:
    """Drop the short vowel that ends the last word, as speech does before a pause."""
    return words[:-1] if words[-1] in SHORT_ENDINGS else words


def _numeral(n: int, gender: Gender, case: Case) -> str:
    """Say a number that stands alone, with its case ending."""
    parts = _thousands_and_hundreds(sayable(n), case, construct=False)
    if n % 100 or not parts:
        parts.append(_below_hundred(n % 100, gender, case))
    return _joined(parts)


def _thousands_and_hundreds(n: int, case: Case, *, construct: bool) -> list[str]:
    """Say the part above 99; `construct` when a counted noun follows directly."""
    thousands, rest = divmod(n, 1000)
    hundreds, low = divmod(rest, 100)
    parts: list[str] = []
    if thousands:
        parts.append(_thousand(thousands, case, construct=construct and not rest))
    if hundreds:
        parts.append(_hundred(hundreds, case, construct=construct and not low))
    return parts


def _thousand(n: int, case: Case, *, construct: bool) -> str:
    ending = _VOWEL if construct else _TANWIN
    if n == 1:
        # Accusative tanwin leans on an alif, except after ة.
        return "أَلْفًا" if ending is _TANWIN and case is Case.ACCUSATIVE else "أَلْف" + ending[case]
    if n == 2:
        return "أَلْفَ" + (_DUAL_CONSTRUCT if construct else _DUAL)[case]
    return f"{_unit(n, Gender.MASCULINE, case, construct=True)} آلَاف{ending[Case.GENITIVE]}"


def _hundred(n: int, case: Case, *, construct: bool) -> str:
    ending = _VOWEL if construct else _TANWIN
    if n == 1:
        return "مِئَة" + ending[case]
    if n == 2:
        return "مِئَتَ" + (_DUAL_CONSTRUCT if construct else _DUAL)[case]
    if n == 8:
        return f"{_unit(8, Gender.FEMININE, case, construct=True)} مِئَة{ending[Case.GENITIVE]}"
    return f"{_UNITS[n]}{_VOWEL[case]}مِئَة{ending[Case.GENITIVE]}"


def _below_hundred(n: int, gender: Gender, case: Case) -> str:
    feminine = gender is Gender.FEMININE
    ten, unit = divmod(n, 10)
    if n == 0:
        return "صِفْرًا" if case is Case.ACCUSATIVE else "صِفْر" + _TANWIN[case]
    if n <= 10:
        return _unit(n, gender, case, construct=False)
    if n == 11:
        return "إِحْدَى عَشْرَةَ" if feminine else "أَحَدَ عَشَرَ"
    if n == 12:
        two = "اِثْنَت" if feminine else "اِثْن"
        return f"{two}َ{_DUAL_CONSTRUCT[case]} {'عَشْرَةَ' if feminine else 'عَشَرَ'}"
    if ten == 1:
        if unit == 8:
            return "ثَمَانِيَ عَشْرَةَ" if feminine else "ثَمَانِيَةَ عَشَرَ"
        return f"{_UNITS[unit]}َ عَشْرَةَ" if feminine else f"{_UNITS[unit]}َةَ عَشَرَ"
    tens = f"{_TENS[ten]}{_TENS_VOWEL[case]}{_TENS_ENDING[case]}"
    if unit == 0:
        return tens
    if unit == 1 and feminine:
        return _joined(["إِحْدَى", tens])
    return _joined([_unit(unit, gender, case, construct=False), tens])


def _unit(n: int, gender: Gender, case: Case, *, construct: bool) -> str:
    """Say 1–10 for a counted thing of this gender."""
    feminine = gender is Gender.FEMININE
    ending = _VOWEL if construct else _TANWIN
    if n == 2:
        return ("اِثْنَتَ" if feminine else "اِثْنَ") + _DUAL[case]
    if n == 8 and feminine:
        if construct:
            return "ثَمَانِيَ" if case is Case.ACCUSATIVE else "ثَمَانِي"
        return "ثَمَانِيًا" if case is Case.ACCUSATIVE else "ثَمَانٍ"
    if n == 1:
        stem, with_ta = ("وَاحِدَة", True) if feminine else ("وَاحِد", False)
    elif n == 8:
        stem, with_ta = "ثَمَانِيَة", True
    elif n == 10:
        stem, with_ta = ("عَشْر", False) if feminine else ("عَشَرَة", True)
    else:
        stem, with_ta = (_UNITS[n], False) if feminine else (_UNITS[n] + "َة", True)
    if ending is _TANWIN and case is Case.ACCUSATIVE and not with_ta:
        return stem + "ًا"
    return stem + ending[case]


def _written(parts: list[str]) -> str:
    """Join, with vowel signs and doubling in Unicode's order, so that equal words are equal text."""
    return unicodedata.normalize("NFC", _joined(parts))


def _joined(parts: list[str]) -> str:
    """Join with «and»; a word that begins with a linking alif loses its vowel after it."""
    linked = [part.replace("اِ", "ا", 1) if part.startswith("اِ") else part for part in parts[1:]]
    return " وَ".join([parts[0], *linked])


# ---- counted nouns ----


@dataclass(frozen=True, slots=True)
class _Counted:
    """A noun without its case ending, its dual without ending, and its genitive plural."""

    singular: str
    dual: str
    plural: str
    gender: Gender

    def one(self, case: Case) -> str:
        if case is Case.ACCUSATIVE and not self.singular.endswith("ة"):
            return self.singular + "ًا"
        return self.singular + _TANWIN[case]


_NOUNS = {
    Noun.MINUTE: _Counted("دَقِيقَة", "دَقِيقَتَ", "دَقَائِقَ", Gender.FEMININE),
    Noun.HOUR: _Counted("سَاعَة", "سَاعَتَ", "سَاعَاتٍ", Gender.FEMININE),
    Noun.DAY: _Counted("يَوْم", "يَوْمَ", "أَيَّامٍ", Gender.MASCULINE),
    Noun.PERSON: _Counted("شَخْص", "شَخْصَ", "أَشْخَاصٍ", Gender.MASCULINE),
    Noun.CALL: _Counted("مُكَالَمَة", "مُكَالَمَتَ", "مُكَالَمَاتٍ", Gender.FEMININE),
}


def count(n: int, noun: Noun, case: Case = Case.NOMINATIVE) -> str:
    """Say «خَمْسُ دَقَائِقَ», «دَقِيقَتَانِ», «إِحْدَى عَشْرَةَ دَقِيقَةً»."""
    counted = _NOUNS[noun]
    low = sayable(n) % 100
    if n == 0:
        return f"صِفْر{_VOWEL[case]} {counted.one(Case.GENITIVE)}"
    if low in (0, 1, 2):
        hundreds = _joined(_thousands_and_hundreds(n - low, case, construct=True)) if n > 2 else ""
        return _written(
            [
                *([f"{hundreds} {counted.one(Case.GENITIVE)}"] if hundreds else []),
                *([_one_or_two(low, counted, case)] if low else []),
            ]
        )
    above = _thousands_and_hundreds(n, case, construct=False)
    if low <= 10:
        unit = _unit(low, counted.gender, case, construct=True)
        return _written([*above, f"{unit} {counted.plural}"])
    numeral = _below_hundred(low, counted.gender, case)
    return _written([*above, f"{numeral} {counted.one(Case.ACCUSATIVE)}"])


def _one_or_two(n: int, counted: _Counted, case: Case) -> str:
    if n == 2:
        return counted.dual + _DUAL[case]
    return f"{counted.one(case)} {_unit(1, counted.gender, case, construct=False)}"


# ---- times and days ----

_HOURS = (
    "الثَّانِيَةَ عَشْرَةَ",
    "الْوَاحِدَةَ",
    "الثَّانِيَةَ",
    "الثَّالِثَةَ",
    "الرَّابِعَةَ",
    "الْخَامِسَةَ",
    "السَّادِسَةَ",
    "السَّابِعَةَ",
    "الثَّامِنَةَ",
    "التَّاسِعَةَ",
    "الْعَاشِرَةَ",
    "الْحَادِيَةَ عَشْرَةَ",
)
_DAYS = ("الِاثْنَيْنِ", "الثُّلَاثَاءِ", "الْأَرْبِعَاءِ", "الْخَمِيسِ", "الْجُمُعَةِ", "السَّبْتِ", "الْأَحَدِ")
_MONTHS = [
    "يَنَايِر",
    "فِبْرَايِر",
    "مَارِس",
    "أَبْرِيل",
    "مَاي",
    "يُونْيُو",
    "يُولْيُوز",
    "غُشْت",
    "شُتَنْبِر",
    "أُكْتُوبَر",
    "نُوَنْبِر",
    "دُجَنْبِر",
]
_ORDINAL_STEMS = [
    "الْحَادِي",
    "الثَّانِي",
    "الثَّالِث",
    "الرَّابِع",
    "الْخَامِس",
    "السَّادِس",
    "السَّابِع",
    "الثَّامِن",
    "التَّاسِع",
    "الْعَاشِر",
]


def clock(at: time) -> str:
    """Say 15:30 as «السَّاعَةَ الثَّالِثَةَ وَالنِّصْفَ بَعْدَ الزَّوَالِ»."""
    hour = (at.hour + 1) % 24 if at.minute == 45 else at.hour
    match at.minute:
        case 0:
            minutes = ""
        case 15:
            minutes = " وَالرُّبْعَ"
        case 30:
            minutes = " وَالنِّصْفَ"
        case 45:
            minutes = " إِلَّا رُبْعًا"
        case _:
            minutes = " " + _joined(["", count(at.minute, Noun.MINUTE, Case.ACCUSATIVE)]).strip()
    return f"السَّاعَةَ {_HOURS[hour % 12]}{minutes} {_part_of_day(hour)}"


def _part_of_day(hour: int) -> str:
    if hour < 4 or hour > 20:
        return "لَيْلًا"
    if hour < 12:
        return "صَبَاحًا"
    if hour == 12:
        return "زَوَالًا"
    return "بَعْدَ الزَّوَالِ" if hour < 18 else "مَسَاءً"


def day(on: date) -> str:
    """Say 2026-11-23 as «يَوْمَ الِاثْنَيْنِ الثَّالِثَ وَالْعِشْرِينَ مِنْ نُوَنْبِر»."""
    return f"يَوْمَ {_DAYS[on.weekday()]} {_ordinal(on.day)} مِنْ {_MONTHS[on.month - 1]}"


def _ordinal(n: int) -> str:
    """Say 1–31 as a masculine definite ordinal, accusative."""
    ten, unit = divmod(n, 10)
    if n == 1:
        return "الْأَوَّلَ"
    if n <= 10:
        return _ORDINAL_STEMS[n - 1] + "َ"
    # In 11 and 12 the ي is at rest, in 13–19 the first part ends in a.
    if ten == 1:
        return f"{_ORDINAL_STEMS[unit - 1]}{'َ' if unit > 2 else ''} عَشَرَ"
    tens = "الْعِشْرِينَ" if ten == 2 else "الثَّلَاثِينَ"
    return f"{_ORDINAL_STEMS[unit - 1]}َ وَ{tens}" if unit else tens
