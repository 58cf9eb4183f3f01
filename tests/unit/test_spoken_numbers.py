"""Numbers and counts in words. The tables are typed by hand from grammars, not copied from the program's output."""

import pytest

from ivr.spoken import arabic, french, tamazight, text_of
from ivr.spoken.grammar import MOST, Case, Gender, Noun
from routing.model import Language
from speech import alphabets

GRAMMARS = {"ar": arabic, "zgh": tamazight, "fr": french}
M, F = Gender.MASCULINE, Gender.FEMININE


@pytest.mark.parametrize("language", GRAMMARS)
@pytest.mark.parametrize("gender", Gender)
def test_every_number_has_its_own_words_in_allowed_letters(language, gender):
    said = [text_of(GRAMMARS[language].number(n, gender)) for n in range(MOST + 1)]
    assert len(set(said)) == MOST + 1
    assert [
        (words, alphabets.faults(language, words)) for words in said if alphabets.faults(language, words)
    ] == []


@pytest.mark.parametrize("case", [Case.ACCUSATIVE, Case.GENITIVE])
@pytest.mark.parametrize("noun", Noun)
def test_every_count_in_another_case_has_its_own_words_in_allowed_letters(noun, case):
    said = [text_of(arabic.count(n, noun, case)) for n in range(1300)]
    assert len(set(said)) == 1300
    assert [words for words in said if alphabets.faults(Language.ARABIC, words)] == []


@pytest.mark.parametrize("language", GRAMMARS)
@pytest.mark.parametrize("n", [-1, 10000])
def test_a_number_that_cannot_be_said_is_refused(language, n):
    with pytest.raises(ValueError, match="0 to 9999"):
        GRAMMARS[language].number(n)


FRENCH = {
    0: "zéro", 1: "un", 7: "sept", 16: "seize", 17: "dix-sept", 20: "vingt", 21: "vingt et un",
    22: "vingt-deux",
    31: "trente et un", 41: "quarante et un", 51: "cinquante et un", 61: "soixante et un",
    69: "soixante-neuf",
    70: "soixante-dix", 71: "soixante et onze", 72: "soixante-douze", 77: "soixante-dix-sept",
    79: "soixante-dix-neuf",
    80: "quatre-vingts", 81: "quatre-vingt-un", 88: "quatre-vingt-huit", 90: "quatre-vingt-dix",
    91: "quatre-vingt-onze", 97: "quatre-vingt-dix-sept", 99: "quatre-vingt-dix-neuf", 100: "cent",
    101: "cent un", 111: "cent onze", 121: "cent vingt et un", 180: "cent quatre-vingts", 200: "deux cents",
    201: "deux cent un", 999: "neuf cent quatre-vingt-dix-neuf", 1000: "mille", 1001: "mille un",
    1100: "mille cent",
    1980: "mille neuf cent quatre-vingts", 2000: "deux mille", 2200: "deux mille deux cents",
    4280: "quatre mille deux cent quatre-vingts",
    9999: "neuf mille neuf cent quatre-vingt-dix-neuf",
}  # fmt: skip


@pytest.mark.parametrize(("n", "words"), FRENCH.items())
def test_french_numbers(n, words):
    assert text_of(french.number(n)) == words


@pytest.mark.parametrize(
    ("n", "noun", "words"),
    [
        (0, Noun.MINUTE, "zéro minute"),
        (1, Noun.MINUTE, "une minute"),
        (2, Noun.MINUTE, "deux minutes"),
        (21, Noun.MINUTE, "vingt et une minutes"),
        (71, Noun.PERSON, "soixante et onze personnes"),
        (81, Noun.HOUR, "quatre-vingt-une heures"),
        (21, Noun.DAY, "vingt et un jours"),
        (1, Noun.CALL, "un appel"),
    ],
)
def test_french_counts(n, noun, words):
    assert text_of(french.count(n, noun)) == words


ARABIC_LABELS = {
    0: "صِفْر", 1: "وَاحِد", 2: "اِثْنَان", 3: "ثَلَاثَة", 4: "أَرْبَعَة", 5: "خَمْسَة",
    6: "سِتَّة", 7: "سَبْعَة", 8: "ثَمَانِيَة", 9: "تِسْعَة",
    10: "عَشَرَة", 11: "أَحَدَ عَشَر", 12: "اِثْنَا عَشَر", 13: "ثَلَاثَةَ عَشَر",
    18: "ثَمَانِيَةَ عَشَر", 20: "عِشْرُون",
    21: "وَاحِدٌ وَعِشْرُون", 22: "اِثْنَانِ وَعِشْرُون", 28: "ثَمَانِيَةٌ وَعِشْرُون",
    35: "خَمْسَةٌ وَثَلَاثُون", 60: "سِتُّون", 88: "ثَمَانِيَةٌ وَثَمَانُون",
    99: "تِسْعَةٌ وَتِسْعُون", 100: "مِئَة", 102: "مِئَةٌ وَاثْنَان", 200: "مِئَتَان",
    345: "ثَلَاثُمِئَةٍ وَخَمْسَةٌ وَأَرْبَعُون", 1000: "أَلْف",
    2000: "أَلْفَان", 3000: "ثَلَاثَةُ آلَاف", 2026: "أَلْفَانِ وَسِتَّةٌ وَعِشْرُون",
}  # fmt: skip
ARABIC_FEMININE_LABELS = {
    1: "وَاحِدَة", 2: "اِثْنَتَان", 3: "ثَلَاث", 6: "سِتّ", 8: "ثَمَانِي", 10: "عَشْر",
    11: "إِحْدَى عَشْرَة", 12: "اِثْنَتَا عَشْرَة", 13: "ثَلَاثَ عَشْرَة",
    18: "ثَمَانِيَ عَشْرَة", 21: "إِحْدَى وَعِشْرُون", 22: "اِثْنَتَانِ وَعِشْرُون",
    28: "ثَمَانٍ وَعِشْرُون",
}  # fmt: skip


@pytest.mark.parametrize(("n", "words"), ARABIC_LABELS.items())
def test_arabic_labels(n, words):
    assert text_of(arabic.number(n)) == words


@pytest.mark.parametrize(("n", "words"), ARABIC_FEMININE_LABELS.items())
def test_arabic_feminine_labels(n, words):
    assert text_of(arabic.number(n, F)) == words


MINUTES = {
    0: "صِفْرُ دَقِيقَةٍ", 1: "دَقِيقَةٌ وَاحِدَةٌ", 2: "دَقِيقَتَانِ", 3: "ثَلَاثُ دَقَائِقَ",
    5: "خَمْسُ دَقَائِقَ", 6: "سِتُّ دَقَائِقَ", 8: "ثَمَانِي دَقَائِقَ",
    10: "عَشْرُ دَقَائِقَ", 11: "إِحْدَى عَشْرَةَ دَقِيقَةً", 12: "اِثْنَتَا عَشْرَةَ دَقِيقَةً",
    13: "ثَلَاثَ عَشْرَةَ دَقِيقَةً", 15: "خَمْسَ عَشْرَةَ دَقِيقَةً",
    18: "ثَمَانِيَ عَشْرَةَ دَقِيقَةً", 20: "عِشْرُونَ دَقِيقَةً",
    21: "إِحْدَى وَعِشْرُونَ دَقِيقَةً", 22: "اِثْنَتَانِ وَعِشْرُونَ دَقِيقَةً",
    28: "ثَمَانٍ وَعِشْرُونَ دَقِيقَةً",
    45: "خَمْسٌ وَأَرْبَعُونَ دَقِيقَةً", 100: "مِئَةُ دَقِيقَةٍ",
    101: "مِئَةُ دَقِيقَةٍ وَدَقِيقَةٌ وَاحِدَةٌ", 103: "مِئَةٌ وَثَلَاثُ دَقَائِقَ",
    200: "مِئَتَا دَقِيقَةٍ",
    1000: "أَلْفُ دَقِيقَةٍ",
}  # fmt: skip
PEOPLE = {
    1: "شَخْصٌ وَاحِدٌ", 2: "شَخْصَانِ", 3: "ثَلَاثَةُ أَشْخَاصٍ", 8: "ثَمَانِيَةُ أَشْخَاصٍ",
    10: "عَشَرَةُ أَشْخَاصٍ", 11: "أَحَدَ عَشَرَ شَخْصًا",
    12: "اِثْنَا عَشَرَ شَخْصًا", 13: "ثَلَاثَةَ عَشَرَ شَخْصًا",
    21: "وَاحِدٌ وَعِشْرُونَ شَخْصًا", 28: "ثَمَانِيَةٌ وَعِشْرُونَ شَخْصًا", 100: "مِئَةُ شَخْصٍ",
}  # fmt: skip


@pytest.mark.parametrize(("n", "words"), MINUTES.items())
def test_arabic_minutes(n, words):
    assert text_of(arabic.count(n, Noun.MINUTE)) == words


@pytest.mark.parametrize(("n", "words"), PEOPLE.items())
def test_arabic_people(n, words):
    assert text_of(arabic.count(n, Noun.PERSON)) == words


@pytest.mark.parametrize(
    ("n", "case", "words"),
    [
        (2, Case.ACCUSATIVE, "دَقِيقَتَيْنِ"),
        (5, Case.GENITIVE, "خَمْسِ دَقَائِقَ"),
        (8, Case.ACCUSATIVE, "ثَمَانِيَ دَقَائِقَ"),
        (12, Case.GENITIVE, "اِثْنَتَيْ عَشْرَةَ دَقِيقَةً"),
        (20, Case.GENITIVE, "عِشْرِينَ دَقِيقَةً"),
        (30, Case.ACCUSATIVE, "ثَلَاثِينَ دَقِيقَةً"),
    ],
)
def test_arabic_counts_follow_their_case(n, case, words):
    assert text_of(arabic.count(n, Noun.MINUTE, case)) == words


TAMAZIGHT = {
    0: ("ⴰⵎⵢⴰ", "ⴰⵎⵢⴰ"), 1: ("ⵢⴰⵏ", "ⵢⴰⵜ"), 2: ("ⵙⵉⵏ", "ⵙⵏⴰⵜ"), 3: ("ⴽⵕⴰⴹ", "ⴽⵕⴰⵟⵜ"), 4: ("ⴽⴽⵓⵥ", "ⴽⴽⵓⵥⵜ"),
    5: ("ⵙⵎⵎⵓⵙ", "ⵙⵎⵎⵓⵙⵜ"), 6: ("ⵚⴹⵉⵚ", "ⵚⴹⵉⵚⵜ"), 7: ("ⵙⴰ", "ⵙⴰⵜ"), 8: ("ⵜⴰⵎ", "ⵜⴰⵎⵜ"), 9: ("ⵜⵥⴰ", "ⵜⵥⴰⵜ"),
    10: ("ⵎⵔⴰⵡ", "ⵎⵔⴰⵡⵜ"), 11: ("ⵢⴰⵏ ⴷ ⵎⵔⴰⵡ", "ⵢⴰⵜ ⴷ ⵎⵔⴰⵡⵜ"), 19: ("ⵜⵥⴰ ⴷ ⵎⵔⴰⵡ", "ⵜⵥⴰⵜ ⴷ ⵎⵔⴰⵡⵜ"),
    20: ("ⵙⵉⵏ ⵉⴷ ⵎⵔⴰⵡ", "ⵙⵉⵏ ⵉⴷ ⵎⵔⴰⵡ"), 21: ("ⵙⵉⵏ ⵉⴷ ⵎⵔⴰⵡ ⴷ ⵢⴰⵏ", "ⵙⵉⵏ ⵉⴷ ⵎⵔⴰⵡ ⴷ ⵢⴰⵜ"),
    30: ("ⴽⵕⴰⴹ ⵉⴷ ⵎⵔⴰⵡ", "ⴽⵕⴰⴹ ⵉⴷ ⵎⵔⴰⵡ"),
    100: ("ⵜⵉⵎⵉⴹⵉ", "ⵜⵉⵎⵉⴹⵉ"), 200: ("ⵙⵏⴰⵜ ⵜⵎⴰⴹ", "ⵙⵏⴰⵜ ⵜⵎⴰⴹ"),
}  # fmt: skip


@pytest.mark.parametrize(("n", "words"), TAMAZIGHT.items())
def test_tamazight_numbers(n, words):
    assert (text_of(tamazight.number(n, M)), text_of(tamazight.number(n, F))) == words


def test_a_tamazight_count_is_a_label_and_a_number():
    assert text_of(tamazight.count(5, Noun.MINUTE)) == "ⵜⵓⵙⴷⵉⴷⵉⵏ: ⵙⵎⵎⵓⵙⵜ"
