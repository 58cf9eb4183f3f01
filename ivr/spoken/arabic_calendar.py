"""Arabic times of day, days and places in a row, fully vocalised, with Moroccan month names.

Times and days are adverbs («on Monday, at eight»), hence accusative.
"""

from datetime import date, time
from unicodedata import normalize

from ivr.spoken.arabic_numerals import NOUNS, below_hundred, linked
from ivr.spoken.grammar import WEEKDAYS, Case, Gender, Noun
from ivr.spoken.parts import Part, Parts, joined

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
MONTHS = [
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
# The masculine as it stands before its ending; the feminine where it is not the same with ة.
_ORDINALS = [
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
_TENS = ("الْعِشْر", "الثَّلَاث", "الْأَرْبَع", "الْخَمْس", "السِّتّ", "السَّبْع", "الثَّمَان", "التِّسْع")
_VOWEL = {Case.NOMINATIVE: "ُ", Case.ACCUSATIVE: "َ"}
_TENS_ENDING = {Case.NOMINATIVE: "ُونَ", Case.ACCUSATIVE: "ِينَ"}


def ordinal(n: int, gender: Gender, case: Case) -> str:
    """Say 1–99 as a definite ordinal: «الثَّالِثُ», «الْحَادِيَةُ وَالْعِشْرُونَ»."""
    feminine = gender is Gender.FEMININE
    ten, unit = divmod(n, 10)
    if n == 1:
        return "الْأُولَى" if feminine else "الْأَوَّل" + _VOWEL[case]
    tens = _TENS[ten - 2] + _TENS_ENDING[case] if ten > 1 else ""
    if tens and not unit:
        return tens
    if ten == 1 and unit:
        return _teen(unit, feminine)
    alone = _one(unit or 10, feminine, case)
    return f"{alone} وَ{tens}" if tens else alone


def _one(unit: int, feminine: bool, case: Case) -> str:
    stem = _ORDINALS[unit - 1]
    if feminine:
        return f"{stem}َة{_VOWEL[case]}"
    # A final ي is at rest in the nominative.
    return stem if stem.endswith("ي") and case is Case.NOMINATIVE else stem + _VOWEL[case]


def _teen(unit: int, feminine: bool) -> str:
    """11–19, the same in every case; in 11 and 12 the masculine ي is at rest."""
    stem = _ORDINALS[unit - 1]
    if feminine:
        return f"{stem}َةَ عَشْرَةَ"
    return f"{stem if stem.endswith('ي') else stem + 'َ'} عَشَرَ"


def clock(at: time) -> Parts:
    """Say 15:30 as «السَّاعَةَ الثَّالِثَةَ وَالنِّصْفَ بَعْدَ الزَّوَالِ»."""
    hour = (at.hour + 1) % 24 if at.minute == 45 else at.hour
    named = Part(f"said.hour.{hour % 12 or 12}", f"السَّاعَةَ {_HOURS[hour % 12]}")
    groups = [named, Part(f"said.clock.minute.{at.minute}", _minutes(at.minute)), _part_of_day(hour)]
    return joined(" ", ((part,) for part in groups if part.text))


def _minutes(n: int) -> str:
    match n:
        case 0:
            return ""
        case 15:
            return "وَالرُّبْعَ"
        case 30:
            return "وَالنِّصْفَ"
        case 45:
            return "إِلَّا رُبْعًا"
    minute = NOUNS[Noun.MINUTE]
    if n <= 10:
        words = minute.few(n, Case.ACCUSATIVE)
    else:
        words = f"{below_hundred(n, minute.gender, Case.ACCUSATIVE)} {minute.one(Case.ACCUSATIVE)}"
    return normalize("NFC", f"وَ{linked(words)}")


def _part_of_day(hour: int) -> Part:
    if hour < 4 or hour > 20:
        return Part("said.daypart.night", "لَيْلًا")
    if hour < 12:
        return Part("said.daypart.morning", "صَبَاحًا")
    if hour == 12:
        return Part("said.daypart.noon", "زَوَالًا")
    if hour < 18:
        return Part("said.daypart.afternoon", "بَعْدَ الزَّوَالِ")
    return Part("said.daypart.evening", "مَسَاءً")


def day(on: date) -> Parts:
    """Say 2026-11-23 as «يَوْمَ الِاثْنَيْنِ الثَّالِثَ وَالْعِشْرِينَ مِنْ نُوَنْبِر»."""
    in_month = Part(f"said.day.{on.day}", ordinal(on.day, Gender.MASCULINE, Case.ACCUSATIVE))
    month = Part(f"said.month.{on.month}", f"مِنْ {MONTHS[on.month - 1]}")
    return joined(" ", [weekday(on.weekday()), (in_month,), (month,)])


def weekday(place: int) -> Parts:
    """Say «يَوْمَ الِاثْنَيْنِ»."""
    return (Part(f"said.weekday.{WEEKDAYS[place]}", f"يَوْمَ {_DAYS[place]}"),)
