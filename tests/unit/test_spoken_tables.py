"""Every number from 0 to 9999, counted, ordered and on the clock, beside tables typed by hand and other people's rules.

CLDR's plural categories (Babel) decide which form of a noun is heard; num2words spells French numbers; Arabic and
Tamazight are put together here from words typed from grammars, not from the program.
"""

import re
import unicodedata

import pytest
from babel import Locale
from num2words import num2words

from ivr.spoken import arabic, french, recordable, said, spoken, tamazight, text_of
from ivr.spoken.grammar import MOST, Case, Gender, Noun
from routing.model import Language

AR, ZGH, FR = Language.ARABIC, Language.TAMAZIGHT, Language.FRENCH
M, F = Gender.MASCULINE, Gender.FEMININE
ALL = range(MOST + 1)


def differences(said, expected):
    """The first few that differ; a whole list would bury them."""
    return [
        (n, one, other) for n, (one, other) in enumerate(zip(said, expected, strict=True)) if one != other
    ][:5]


# ---- French ----


def french_feminine(words: str) -> str:
    return f"{words}e" if words.endswith("un") else words


FRENCH_NOUNS = {
    Noun.SECOND: ("seconde", "secondes", F),
    Noun.MINUTE: ("minute", "minutes", F),
    Noun.HOUR: ("heure", "heures", F),
    Noun.DAY: ("jour", "jours", M),
    Noun.PERSON: ("personne", "personnes", F),
    Noun.CALL: ("appel", "appels", M),
    Noun.DIRHAM: ("dirham", "dirhams", M),
    Noun.CENTIME: ("centime", "centimes", M),
}
FRENCH_NUMBERS = [num2words(n, lang="fr") for n in ALL]


def test_french_numbers_are_those_of_num2words():
    assert differences([text_of(french.number(n)) for n in ALL], FRENCH_NUMBERS) == []
    feminine = map(french_feminine, FRENCH_NUMBERS)
    assert differences([text_of(french.number(n, F)) for n in ALL], list(feminine)) == []


def test_french_places_are_those_of_num2words():
    places = [num2words(n, to="ordinal", lang="fr") for n in ALL[2:]]
    # num2words leaves the plural's s in «quatre-vingtième» and «deux centième».
    expected = ["premier", *(re.sub("(vingt|cent)sième$", r"\1ième", words) for words in places)]
    assert differences([text_of(french.ordinal(n)) for n in ALL[1:]], expected) == []
    feminine = ["première", *expected[1:]]
    assert differences([text_of(french.ordinal(n, F)) for n in ALL[1:]], feminine) == []


@pytest.mark.parametrize("noun", Noun)
def test_french_nouns_follow_the_plural_rule_of_cldr(noun):
    rule = Locale("fr").plural_form
    one, other, gender = FRENCH_NOUNS[noun]
    expected = [
        f"{french_feminine(number) if gender is F else number} {one if rule(n) == 'one' else other}"
        for n, number in enumerate(FRENCH_NUMBERS)
    ]
    assert differences([text_of(french.count(n, noun)) for n in ALL], expected) == []


def test_the_french_clock_says_hours_and_minutes():
    for hour in range(24):
        for minute in range(60):
            hours = f"{french_feminine(FRENCH_NUMBERS[hour])} heure{'s' if hour > 1 else ''}"
            expected = f"{hours} {french_feminine(FRENCH_NUMBERS[minute])}" if minute else hours
            if not minute:
                expected = {0: "minuit", 12: "midi"}.get(hour, expected)
            assert spoken("time", f"{hour:02}:{minute:02}", FR) == expected


# ---- Arabic ----

# Of each noun: one, two, the plural after 3–10, the singular after 11–99, the singular after a hundred; its gender.
ARABIC_NOUNS = {
    Noun.SECOND: ("ثَانِيَةٌ وَاحِدَةٌ", "ثَانِيَتَانِ", "ثَوَانٍ", "ثَانِيَةً", "ثَانِيَةٍ", F),
    Noun.MINUTE: ("دَقِيقَةٌ وَاحِدَةٌ", "دَقِيقَتَانِ", "دَقَائِقَ", "دَقِيقَةً", "دَقِيقَةٍ", F),
    Noun.HOUR: ("سَاعَةٌ وَاحِدَةٌ", "سَاعَتَانِ", "سَاعَاتٍ", "سَاعَةً", "سَاعَةٍ", F),
    Noun.DAY: ("يَوْمٌ وَاحِدٌ", "يَوْمَانِ", "أَيَّامٍ", "يَوْمًا", "يَوْمٍ", M),
    Noun.PERSON: ("شَخْصٌ وَاحِدٌ", "شَخْصَانِ", "أَشْخَاصٍ", "شَخْصًا", "شَخْصٍ", M),
    Noun.CALL: ("مُكَالَمَةٌ وَاحِدَةٌ", "مُكَالَمَتَانِ", "مُكَالَمَاتٍ", "مُكَالَمَةً", "مُكَالَمَةٍ", F),
    Noun.DIRHAM: ("دِرْهَمٌ وَاحِدٌ", "دِرْهَمَانِ", "دَرَاهِمَ", "دِرْهَمًا", "دِرْهَمٍ", M),
    Noun.CENTIME: ("سَنْتِيمٌ وَاحِدٌ", "سَنْتِيمَانِ", "سَنْتِيمَاتٍ", "سَنْتِيمًا", "سَنْتِيمٍ", M),
}
# 3–10 before their noun, for a masculine and for a feminine one.
FEW = {
    M: ["ثَلَاثَةُ", "أَرْبَعَةُ", "خَمْسَةُ", "سِتَّةُ", "سَبْعَةُ", "ثَمَانِيَةُ", "تِسْعَةُ", "عَشَرَةُ"],
    F: ["ثَلَاثُ", "أَرْبَعُ", "خَمْسُ", "سِتُّ", "سَبْعُ", "ثَمَانِي", "تِسْعُ", "عَشْرُ"],
}
TEENS = {
    M: [
        "أَحَدَ عَشَرَ", "اِثْنَا عَشَرَ", "ثَلَاثَةَ عَشَرَ", "أَرْبَعَةَ عَشَرَ", "خَمْسَةَ عَشَرَ",
        "سِتَّةَ عَشَرَ", "سَبْعَةَ عَشَرَ", "ثَمَانِيَةَ عَشَرَ", "تِسْعَةَ عَشَرَ",
    ],
    F: [
        "إِحْدَى عَشْرَةَ", "اِثْنَتَا عَشْرَةَ", "ثَلَاثَ عَشْرَةَ", "أَرْبَعَ عَشْرَةَ", "خَمْسَ عَشْرَةَ",
        "سِتَّ عَشْرَةَ", "سَبْعَ عَشْرَةَ", "ثَمَانِيَ عَشْرَةَ", "تِسْعَ عَشْرَةَ",
    ],
}  # fmt: skip
# 1–9 before «and» and a ten.
UNITS = {
    M: ["وَاحِدٌ", "اِثْنَانِ", "ثَلَاثَةٌ", "أَرْبَعَةٌ", "خَمْسَةٌ", "سِتَّةٌ", "سَبْعَةٌ", "ثَمَانِيَةٌ", "تِسْعَةٌ"],
    F: ["إِحْدَى", "اِثْنَتَانِ", "ثَلَاثٌ", "أَرْبَعٌ", "خَمْسٌ", "سِتٌّ", "سَبْعٌ", "ثَمَانٍ", "تِسْعٌ"],
}
TENS = ["عِشْرُونَ", "ثَلَاثُونَ", "أَرْبَعُونَ", "خَمْسُونَ", "سِتُّونَ", "سَبْعُونَ", "ثَمَانُونَ", "تِسْعُونَ"]
HUNDREDS = [
    "مِئَةٌ", "مِئَتَانِ", "ثَلَاثُمِئَةٍ", "أَرْبَعُمِئَةٍ", "خَمْسُمِئَةٍ", "سِتُّمِئَةٍ", "سَبْعُمِئَةٍ",
    "ثَمَانِي مِئَةٍ", "تِسْعُمِئَةٍ",
]  # fmt: skip
THOUSANDS = [
    "أَلْفٌ", "أَلْفَانِ", "ثَلَاثَةُ آلَافٍ", "أَرْبَعَةُ آلَافٍ", "خَمْسَةُ آلَافٍ", "سِتَّةُ آلَافٍ",
    "سَبْعَةُ آلَافٍ", "ثَمَانِيَةُ آلَافٍ", "تِسْعَةُ آلَافٍ",
]  # fmt: skip
# The same when the noun follows at once.
BEFORE_NOUN = {"ٌ": "ُ", "انِ": "ا", "ٍ": "ِ"}
# 1–10 as labels, then with a feminine thing.
LABELS = {
    M: ["وَاحِد", "اِثْنَان", "ثَلَاثَة", "أَرْبَعَة", "خَمْسَة", "سِتَّة", "سَبْعَة", "ثَمَانِيَة", "تِسْعَة", "عَشَرَة"],
    F: ["وَاحِدَة", "اِثْنَتَان", "ثَلَاث", "أَرْبَع", "خَمْس", "سِتّ", "سَبْع", "ثَمَانِي", "تِسْع", "عَشْر"],
}


def nfc(words: str) -> str:
    return unicodedata.normalize("NFC", words)


def linked(words: list[str]) -> str:
    """«And» between the words; the alif of «two» is silent after it."""
    return nfc(
        " وَ".join(word if place == 0 else word.replace("اِثْن", "اثْن") for place, word in enumerate(words))
    )


def hundreds_of(n: int) -> list[str]:
    thousands, hundreds = n // 1000, n % 1000 // 100
    return ([THOUSANDS[thousands - 1]] if thousands else []) + ([HUNDREDS[hundreds - 1]] if hundreds else [])


def under_a_hundred(n: int, gender: Gender) -> str:
    """11–99."""
    if n < 20:
        return TEENS[gender][n - 11]
    ten = TENS[n // 10 - 2]
    return f"{UNITS[gender][n % 10 - 1]} وَ{ten}" if n % 10 else ten


def construct(words: str) -> str:
    for ending, before in BEFORE_NOUN.items():
        if words.endswith(ending):
            return words.removesuffix(ending) + before
    raise AssertionError(words)


def arabic_count(n: int, noun: Noun) -> str:
    one, two, few, many, hundred, gender = ARABIC_NOUNS[noun]
    above, low = hundreds_of(n), n % 100
    match Locale("ar").plural_form(n):
        case "zero":
            return f"صِفْرُ {hundred}"
        case "one":
            return one
        case "two":
            return two
        case "few":
            return linked([*above, f"{FEW[gender][low - 3]} {few}"])
        case "many":
            return linked([*above, f"{under_a_hundred(low, gender)} {many}"])
        case _:
            *first, last = above
            rest = {0: [], 1: [one], 2: [two]}[low]
            return linked([*first, f"{construct(last)} {hundred}", *rest])


def arabic_label(n: int, gender: Gender) -> str:
    above, low = hundreds_of(n), n % 100
    if n == 0:
        return "صِفْر"
    if 0 < low <= 10:
        return linked([*above, LABELS[gender][low - 1]])
    words = linked([*above, under_a_hundred(low, gender)] if low else above)
    return words.rstrip("ًٌٍَُِ")


@pytest.mark.parametrize("noun", Noun)
def test_arabic_counts_follow_the_plural_rule_of_cldr_and_the_tables(noun):
    expected = [nfc(arabic_count(n, noun)) for n in ALL]
    assert differences([text_of(arabic.count(n, noun)) for n in ALL], expected) == []


@pytest.mark.parametrize("gender", Gender)
def test_arabic_labels_are_those_of_the_tables(gender):
    expected = [nfc(arabic_label(n, gender)) for n in ALL]
    assert differences([text_of(arabic.number(n, gender)) for n in ALL], expected) == []


# 1–10 and 11–19 minutes after «and», an accusative; the units and tens of the others.
MINUTES = [
    "دَقِيقَةً وَاحِدَةً", "دَقِيقَتَيْنِ", "ثَلَاثَ دَقَائِقَ", "أَرْبَعَ دَقَائِقَ", "خَمْسَ دَقَائِقَ",
    "سِتَّ دَقَائِقَ", "سَبْعَ دَقَائِقَ", "ثَمَانِيَ دَقَائِقَ", "تِسْعَ دَقَائِقَ", "عَشْرَ دَقَائِقَ",
]  # fmt: skip
TEENS_AFTER_AND = ["إِحْدَى عَشْرَةَ", "اثْنَتَيْ عَشْرَةَ", *TEENS[F][2:]]
UNITS_AFTER_AND = ["إِحْدَى", "اثْنَتَيْنِ", "ثَلَاثًا", "أَرْبَعًا", "خَمْسًا", "سِتًّا", "سَبْعًا", "ثَمَانِيًا", "تِسْعًا"]
TENS_AFTER_AND = ["عِشْرِينَ", "ثَلَاثِينَ", "أَرْبَعِينَ", "خَمْسِينَ"]
HOURS = [
    "الْوَاحِدَةَ", "الثَّانِيَةَ", "الثَّالِثَةَ", "الرَّابِعَةَ", "الْخَامِسَةَ", "السَّادِسَةَ", "السَّابِعَةَ", "الثَّامِنَةَ",
    "التَّاسِعَةَ", "الْعَاشِرَةَ", "الْحَادِيَةَ عَشْرَةَ", "الثَّانِيَةَ عَشْرَةَ",
]  # fmt: skip
PARTS_OF_DAY = [*["لَيْلًا"] * 4, *["صَبَاحًا"] * 8, "زَوَالًا", *["بَعْدَ الزَّوَالِ"] * 5, *["مَسَاءً"] * 3, *["لَيْلًا"] * 3]
ROUND = {0: "", 15: " وَالرُّبْعَ", 30: " وَالنِّصْفَ", 45: " إِلَّا رُبْعًا"}


def arabic_minutes(n: int) -> str:
    if n in ROUND:
        return ROUND[n]
    if n <= 10:
        return f" وَ{MINUTES[n - 1]}"
    if n < 20:
        return f" وَ{TEENS_AFTER_AND[n - 11]} دَقِيقَةً"
    ten = TENS_AFTER_AND[n // 10 - 2]
    return f" وَ{UNITS_AFTER_AND[n % 10 - 1]} وَ{ten} دَقِيقَةً" if n % 10 else f" وَ{ten} دَقِيقَةً"


def test_the_arabic_clock_says_every_minute_of_the_day():
    for hour in range(24):
        for minute in range(60):
            named = (hour + 1) % 24 if minute == 45 else hour
            said = HOURS[(named - 1) % 12]
            expected = f"السَّاعَةَ {said}{arabic_minutes(minute)} {PARTS_OF_DAY[named]}"
            assert nfc(spoken("time", f"{hour:02}:{minute:02}", AR)) == nfc(expected), (hour, minute)


# ---- Tamazight ----

ZGH_MASCULINE = ["ⵢⴰⵏ", "ⵙⵉⵏ", "ⴽⵕⴰⴹ", "ⴽⴽⵓⵥ", "ⵙⵎⵎⵓⵙ", "ⵚⴹⵉⵚ", "ⵙⴰ", "ⵜⴰⵎ", "ⵜⵥⴰ"]
ZGH_FEMININE = ["ⵢⴰⵜ", "ⵙⵏⴰⵜ", "ⴽⵕⴰⵟⵜ", "ⴽⴽⵓⵥⵜ", "ⵙⵎⵎⵓⵙⵜ", "ⵚⴹⵉⵚⵜ", "ⵙⴰⵜ", "ⵜⴰⵎⵜ", "ⵜⵥⴰⵜ"]
ZGH_TENS = [
    "ⵙⵉⵏ ⵉⴷ ⵎⵔⴰⵡ", "ⴽⵕⴰⴹ ⵉⴷ ⵎⵔⴰⵡ", "ⴽⴽⵓⵥ ⵉⴷ ⵎⵔⴰⵡ", "ⵙⵎⵎⵓⵙ ⵉⴷ ⵎⵔⴰⵡ", "ⵚⴹⵉⵚ ⵉⴷ ⵎⵔⴰⵡ", "ⵙⴰ ⵉⴷ ⵎⵔⴰⵡ",
    "ⵜⴰⵎ ⵉⴷ ⵎⵔⴰⵡ", "ⵜⵥⴰ ⵉⴷ ⵎⵔⴰⵡ",
]  # fmt: skip
ZGH_HUNDREDS = [
    "ⵜⵉⵎⵉⴹⵉ", "ⵙⵏⴰⵜ ⵜⵎⴰⴹ", "ⴽⵕⴰⵟⵜ ⵜⵎⴰⴹ", "ⴽⴽⵓⵥⵜ ⵜⵎⴰⴹ", "ⵙⵎⵎⵓⵙⵜ ⵜⵎⴰⴹ", "ⵚⴹⵉⵚⵜ ⵜⵎⴰⴹ", "ⵙⴰⵜ ⵜⵎⴰⴹ",
    "ⵜⴰⵎⵜ ⵜⵎⴰⴹ", "ⵜⵥⴰⵜ ⵜⵎⴰⴹ",
]  # fmt: skip
ZGH_THOUSANDS = [
    "ⵉⴼⴹ", "ⵙⵉⵏ ⵉⴼⴹⴰⵏ", "ⴽⵕⴰⴹ ⵉⴼⴹⴰⵏ", "ⴽⴽⵓⵥ ⵉⴼⴹⴰⵏ", "ⵙⵎⵎⵓⵙ ⵉⴼⴹⴰⵏ", "ⵚⴹⵉⵚ ⵉⴼⴹⴰⵏ", "ⵙⴰ ⵉⴼⴹⴰⵏ",
    "ⵜⴰⵎ ⵉⴼⴹⴰⵏ", "ⵜⵥⴰ ⵉⴼⴹⴰⵏ",
]  # fmt: skip
ZGH_NOUNS = {
    Noun.SECOND: ("ⵜⴰⵙⵉⵏⵉⵏ", F),
    Noun.MINUTE: ("ⵜⵓⵙⴷⵉⴷⵉⵏ", F),
    Noun.HOUR: ("ⵜⵉⵙⵔⴰⴳⵉⵏ", F),
    Noun.DAY: ("ⵓⵙⵙⴰⵏ", M),
    Noun.PERSON: ("ⵎⵉⴷⴷⵏ", M),
    Noun.CALL: ("ⵜⵉⵖⵓⵔⵉⵡⵉⵏ", F),
    Noun.DIRHAM: ("ⵉⴷⵔⵉⵎⵏ", M),
    Noun.CENTIME: ("ⵉⵙⴰⵏⵜⵉⵎⵏ", M),
}


def zgh_number(n: int, gender: Gender) -> str:
    units, ten_ = (ZGH_FEMININE, "ⵎⵔⴰⵡⵜ") if gender is F else (ZGH_MASCULINE, "ⵎⵔⴰⵡ")
    thousands, hundreds, ten, unit = n // 1000, n // 100 % 10, n // 10 % 10, n % 10
    words = [ZGH_THOUSANDS[thousands - 1]] if thousands else []
    words += [ZGH_HUNDREDS[hundreds - 1]] if hundreds else []
    match ten:
        case 0:
            words += [units[unit - 1]] if unit else []
        case 1:
            words += [units[unit - 1], ten_] if unit else [ten_]
        case _:
            words += [ZGH_TENS[ten - 2]] + ([units[unit - 1]] if unit else [])
    return " ⴷ ".join(words) or "ⴰⵎⵢⴰ"


@pytest.mark.parametrize("gender", Gender)
def test_tamazight_numbers_are_those_of_the_tables(gender):
    expected = [zgh_number(n, gender) for n in ALL]
    assert differences([text_of(tamazight.number(n, gender)) for n in ALL], expected) == []


@pytest.mark.parametrize("noun", Noun)
def test_a_tamazight_count_is_a_label_and_the_number_in_its_gender(noun):
    label, gender = ZGH_NOUNS[noun]
    expected = [f"{label}: {zgh_number(n, gender)}" for n in ALL]
    assert differences([text_of(tamazight.count(n, noun)) for n in ALL], expected) == []


def test_the_tamazight_clock_says_every_minute_of_the_day():
    for hour in range(24):
        for minute in range(60):
            words = [f"ⵜⴰⵙⵔⴰⴳⵜ: {zgh_number(hour % 12 or 12, F)}"]
            words += [f"ⵜⵓⵙⴷⵉⴷⵉⵏ: {zgh_number(minute, F)}"] if minute else []
            words += ["ⵜⵉⴼⴰⵡⵜ" if hour < 12 else "ⵜⴰⴷⴳⴳⵯⴰⵜ"]
            assert spoken("time", f"{hour:02}:{minute:02}", ZGH) == ", ".join(words)


# ---- what can be recorded ----

FORMS: list[tuple[str, str]] = [(kind, gender) for kind in ("number", "ordinal") for gender in Gender]
FORMS += [("count", noun) for noun in Noun]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("kind", "form"), FORMS)
def test_every_number_is_played_from_parts_that_can_be_recorded(language, kind, form):
    needed = {part.key: part.words for n in ALL[1:] for part in said(kind, (str(n),), language, form)}
    assert needed.items() <= {part.key: part.words for part in recordable(kind, language, form)}.items()


@pytest.mark.parametrize("case", Case)
def test_a_case_of_an_arabic_count_has_recordings_of_its_own(case):
    needed = {part.key: part.words for n in ALL for part in arabic.count(n, Noun.MINUTE, case)}
    found = recordable("count", AR, f"minute {case}")
    assert needed == {part.key: part.words for part in found}


@pytest.mark.parametrize("language", Language)
def test_the_parts_of_a_language_are_few_enough_to_record(language):
    kinds = [("number", ""), ("date", ""), ("time", ""), ("phone", ""), ("reference", ""), ("wait", "")]
    keys = {part.key for kind, form in kinds for part in recordable(kind, language, form)}
    assert len(keys) < 400
