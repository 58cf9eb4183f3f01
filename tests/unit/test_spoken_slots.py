"""Times, days, telephone numbers and references in words."""

import unicodedata
from datetime import date, timedelta

import pytest
from babel.dates import get_day_names, get_month_names

from ivr.spoken import KINDS, PRIVATE_KINDS, BadValue, said, spoken, text_of
from ivr.spoken.arabic_calendar import MONTHS
from ivr.spoken.grammar import WEEKDAYS
from routing.model import Language
from speech import alphabets
from speech.arabic import MARKS

AR, ZGH, FR = Language.ARABIC, Language.TAMAZIGHT, Language.FRENCH


@pytest.mark.parametrize("language", Language)
def test_every_minute_of_the_day_has_its_own_words(language):
    said = [spoken("time", f"{h:02}:{m:02}", language) for h in range(24) for m in range(60)]
    assert len(set(said)) == 1440
    assert [words for words in said if alphabets.faults(language, words)] == []


@pytest.mark.parametrize("language", Language)
def test_every_day_of_a_year_has_its_own_words(language):
    said = [spoken("date", str(date(2026, 1, 1) + timedelta(n)), language) for n in range(365)]
    assert len(set(said)) == 365
    assert [words for words in said if alphabets.faults(language, words)] == []


@pytest.mark.parametrize(
    ("language", "at", "words"),
    [
        (FR, "08:30", "huit heures trente"),
        (FR, "15:30", "quinze heures trente"),
        (FR, "00:00", "minuit"),
        (FR, "12:00", "midi"),
        (FR, "01:01", "une heure une"),
        (FR, "21:21", "vingt et une heures vingt et une"),
        (AR, "08:30", "السَّاعَةَ الثَّامِنَةَ وَالنِّصْفَ صَبَاحًا"),
        (AR, "16:30", "السَّاعَةَ الرَّابِعَةَ وَالنِّصْفَ بَعْدَ الزَّوَالِ"),
        (AR, "09:00", "السَّاعَةَ التَّاسِعَةَ صَبَاحًا"),
        (AR, "11:45", "السَّاعَةَ الثَّانِيَةَ عَشْرَةَ إِلَّا رُبْعًا زَوَالًا"),
        (AR, "10:05", "السَّاعَةَ الْعَاشِرَةَ وَخَمْسَ دَقَائِقَ صَبَاحًا"),
        (AR, "10:12", "السَّاعَةَ الْعَاشِرَةَ وَاثْنَتَيْ عَشْرَةَ دَقِيقَةً صَبَاحًا"),
        (ZGH, "08:30", "ⵜⴰⵙⵔⴰⴳⵜ: ⵜⴰⵎⵜ, ⵜⵓⵙⴷⵉⴷⵉⵏ: ⴽⵕⴰⴹ ⵉⴷ ⵎⵔⴰⵡ, ⵜⵉⴼⴰⵡⵜ"),
        (ZGH, "14:00", "ⵜⴰⵙⵔⴰⴳⵜ: ⵙⵏⴰⵜ, ⵜⴰⴷⴳⴳⵯⴰⵜ"),
    ],
)
def test_times(language, at, words):
    assert spoken("time", at, language) == words


@pytest.mark.parametrize(
    ("language", "on", "words"),
    [
        (FR, "2026-11-23", "lundi vingt-trois novembre"),
        (FR, "2026-12-01", "mardi premier décembre"),
        (AR, "2026-11-23", "يَوْمَ الِاثْنَيْنِ الثَّالِثَ وَالْعِشْرِينَ مِنْ نُوَنْبِر"),
        (AR, "2026-12-01", "يَوْمَ الثُّلَاثَاءِ الْأَوَّلَ مِنْ دُجَنْبِر"),
        (AR, "2026-12-11", "يَوْمَ الْجُمُعَةِ الْحَادِي عَشَرَ مِنْ دُجَنْبِر"),
        (AR, "2026-08-20", "يَوْمَ الْخَمِيسِ الْعِشْرِينَ مِنْ غُشْت"),
        (ZGH, "2026-11-23", "ⴰⵢⵏⴰⵙ, ⵙⵉⵏ ⵉⴷ ⵎⵔⴰⵡ ⴷ ⴽⵕⴰⴹ ⵏⵓⵡⴰⵏⴱⵉⵔ"),
    ],
)
def test_days(language, on, words):
    assert spoken("date", on, language) == words


@pytest.mark.parametrize(("language", "locale"), [(FR, "fr"), (ZGH, "zgh")])
def test_month_and_day_names_are_those_of_the_locale(language, locale):
    for n in range(365):
        on = date(2026, 1, 1) + timedelta(n)
        words = spoken("date", str(on), language)
        assert words.endswith(get_month_names("wide", locale=locale)[on.month])
        assert words.startswith(get_day_names("wide", locale=locale)[on.weekday()])


def test_arabic_months_are_those_of_morocco():
    for month, name in get_month_names("wide", locale="ar_MA").items():
        bare = "".join(sign for sign in spoken("date", f"2026-{month:02}-02", AR) if sign not in MARKS)
        assert bare.endswith(name)


@pytest.mark.parametrize("number", ["+212612345678", "00212612345678", "0612345678", "06 12 34 56 78"])
def test_a_moroccan_number_is_said_as_dialled_at_home_in_pairs(number):
    assert spoken("phone", number, FR) == "zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit"
    assert spoken("phone", number, AR).startswith("صِفْر سِتَّة، اِثْنَا عَشَر، ")
    assert spoken("phone", number, ZGH).startswith("ⴰⵎⵢⴰ ⵚⴹⵉⵚ, ⵙⵉⵏ ⴷ ⵎⵔⴰⵡ, ")


def test_a_foreign_number_keeps_its_country():
    assert spoken("phone", "+33612345678", FR).startswith("zéro zéro, trente-trois, soixante et un, ")


def test_a_short_code_is_said_by_digit():
    assert spoken("phone", "150", FR) == "un, cinq, zéro"


def test_a_reference_is_said_by_digit():
    assert spoken("reference", "482913", FR) == "quatre, huit, deux, neuf, un, trois"
    assert spoken("reference", "007", AR) == "صِفْر، صِفْر، سَبْعَة"


@pytest.mark.parametrize("kind", sorted(kind for kind, values in KINDS.items() if values == 1))
@pytest.mark.parametrize("value", ["", "x", "²", "-1", "99999999999999999999999", "25:61", "2026-02-30"])
def test_a_value_that_cannot_be_said_is_refused_kindly(kind, value):
    if kind in PRIVATE_KINDS and any(sign in "0123456789" for sign in value):
        return  # digits can be said
    with pytest.raises(BadValue, match="give "):
        spoken(kind, value, FR, "minute" if kind == "count" else "")


@pytest.mark.parametrize("kind", sorted(PRIVATE_KINDS))
def test_a_private_value_is_not_in_the_message(kind):
    with pytest.raises(BadValue) as refused:
        spoken(kind, "0612x45678", FR)
    assert "0612" not in str(refused.value)


def test_all_months_are_vocalised():
    assert all(alphabets.is_vocalised(month) for month in MONTHS)


# ---- places, durations, waits, amounts ----


@pytest.mark.parametrize(
    ("language", "n", "form", "words"),
    [
        (FR, 1, "", "premier"),
        (FR, 1, "feminine", "première"),
        (FR, 5, "", "cinquième"),
        (FR, 9, "feminine", "neuvième"),
        (FR, 80, "", "quatre-vingtième"),
        (FR, 101, "", "cent unième"),
        (AR, 1, "", "الْأَوَّلُ"),
        (AR, 1, "feminine", "الْأُولَى"),
        (AR, 2, "", "الثَّانِي"),
        (AR, 3, "feminine", "الثَّالِثَةُ"),
        (AR, 11, "", "الْحَادِي عَشَرَ"),
        (AR, 12, "feminine", "الثَّانِيَةَ عَشْرَةَ"),
        (AR, 19, "", "التَّاسِعَ عَشَرَ"),
        (AR, 20, "", "الْعِشْرُونَ"),
        (AR, 21, "feminine", "الْحَادِيَةُ وَالْعِشْرُونَ"),
        (AR, 88, "", "الثَّامِنُ وَالثَّمَانُونَ"),
        (AR, 105, "", "رَقْمُ مِئَةٌ وَخَمْسَة"),
        (ZGH, 1, "", "ⴰⵎⵣⵡⴰⵔⵓ"),
        (ZGH, 1, "feminine", "ⵜⴰⵎⵣⵡⴰⵔⵓⵜ"),
        (ZGH, 3, "", "ⵡⵉⵙⵙ ⴽⵕⴰⴹ"),
        (ZGH, 3, "feminine", "ⵜⵉⵙⵙ ⴽⵕⴰⵟⵜ"),
    ],
)
def test_places(language, n, form, words):
    assert nfc(spoken("ordinal", str(n), language, form)) == nfc(words)


@pytest.mark.parametrize("gender", ["masculine", "feminine"])
@pytest.mark.parametrize("language", Language)
def test_every_place_has_its_own_words_in_allowed_letters(language, gender):
    # From 100 on a place is its number with a word, and every number is tried elsewhere.
    places = [spoken("ordinal", str(n), language, gender) for n in range(1, 1300)]
    assert len(set(places)) == 1299
    assert [words for words in places if alphabets.faults(language, words)] == []


@pytest.mark.parametrize(
    ("language", "seconds", "words"),
    [
        (FR, 0, "zéro seconde"),
        (FR, 1, "une seconde"),
        (FR, 60, "une minute"),
        (FR, 90, "une minute trente secondes"),
        (FR, 7321, "deux heures deux minutes une seconde"),
        (AR, 2, "ثَانِيَتَانِ"),
        (AR, 3, "ثَلَاثُ ثَوَانٍ"),
        (AR, 90, "دَقِيقَةٌ وَاحِدَةٌ وَثَلَاثُونَ ثَانِيَةً"),
        (AR, 3612, "سَاعَةٌ وَاحِدَةٌ وَاثْنَتَا عَشْرَةَ ثَانِيَةً"),
        (ZGH, 90, "ⵜⵓⵙⴷⵉⴷⵉⵏ: ⵢⴰⵜ, ⵜⴰⵙⵉⵏⵉⵏ: ⴽⵕⴰⴹ ⵉⴷ ⵎⵔⴰⵡ"),
    ],
)
def test_durations(language, seconds, words):
    assert spoken("duration", str(seconds), language) == nfc(words)


@pytest.mark.parametrize("language", Language)
def test_every_duration_of_a_day_is_its_hours_minutes_and_seconds(language):
    between = {AR: " وَ", ZGH: ", ", FR: " "}[language]
    for seconds in [*range(3700), *range(3700, 86400, 29)]:
        units = [(seconds // 3600, "hour"), (seconds // 60 % 60, "minute"), (seconds % 60, "second")]
        counts = [spoken("count", str(n), language, noun) for n, noun in units if n]
        expected = between.join(counts) or spoken("count", "0", language, "second")
        assert spoken("duration", str(seconds), language) == expected.replace("وَاِثْن", "وَاثْن")


@pytest.mark.parametrize(
    ("language", "low", "high", "words"),
    [
        (FR, 0, 0, "moins de deux minutes"),
        (FR, 0, 9, "moins de huit minutes"),
        (FR, 1, 3, "entre une et trois minutes"),
        (FR, 5, 10, "entre cinq et dix minutes"),
        (FR, 7, 14, "entre six et quinze minutes"),
        (FR, 10, 10, "environ dix minutes"),
        (FR, 31, 55, "entre trente minutes et une heure"),
        (FR, 70, 80, "entre une heure et une heure trente minutes"),
        (FR, 20, 500, "plus de vingt minutes"),
        (FR, 0, 500, "plus de deux minutes"),
        (FR, 0, 62, "moins d'une heure"),
        (FR, 0, 92, "moins d'une heure trente minutes"),
        (FR, 1, 500, "plus d'une minute"),
        (FR, 60, 500, "plus d'une heure"),
        (FR, 91, 500, "plus d'une heure trente minutes"),
        (FR, 8, 500, "plus de huit minutes"),
        (FR, 300, 500, "plus de quatre heures"),
        (AR, 1, 2, "مِنْ دَقِيقَةٍ وَاحِدَةٍ إِلَى دَقِيقَتَيْنِ"),
        (AR, 0, 5, "أَقَلُّ مِنْ خَمْسِ دَقَائِقَ"),
        (AR, 5, 10, "مِنْ خَمْسِ دَقَائِقَ إِلَى عَشْرِ دَقَائِقَ"),
        (AR, 15, 15, "حَوَالَيْ خَمْسَ عَشْرَةَ دَقِيقَةً"),
        (AR, 60, 120, "مِنْ سَاعَةٍ وَاحِدَةٍ إِلَى سَاعَتَيْنِ"),
        (AR, 90, 90, "حَوَالَيْ سَاعَةٍ وَاحِدَةٍ وَثَلَاثِينَ دَقِيقَةً"),
        (AR, 241, 300, "أَكْثَرُ مِنْ أَرْبَعِ سَاعَاتٍ"),
        (ZGH, 0, 5, "ⵜⵓⵙⴷⵉⴷⵉⵏ: ⴰⵔ ⵙⵎⵎⵓⵙⵜ"),
        (ZGH, 5, 10, "ⵜⵓⵙⴷⵉⴷⵉⵏ: ⵙⴳ ⵙⵎⵎⵓⵙⵜ ⴰⵔ ⵎⵔⴰⵡⵜ"),
        (ZGH, 10, 10, "ⵜⵓⵙⴷⵉⴷⵉⵏ: ⵎⵔⴰⵡⵜ"),
        (ZGH, 22, 28, "ⵜⵓⵙⴷⵉⴷⵉⵏ: ⵙⴳ ⵙⵉⵏ ⵉⴷ ⵎⵔⴰⵡ ⴰⵔ ⴽⵕⴰⴹ ⵉⴷ ⵎⵔⴰⵡ"),
        (ZGH, 30, 60, "ⵙⴳ ⵜⵓⵙⴷⵉⴷⵉⵏ: ⴽⵕⴰⴹ ⵉⴷ ⵎⵔⴰⵡ ⴰⵔ ⵜⵉⵙⵔⴰⴳⵉⵏ: ⵢⴰⵜ"),
        (ZGH, 250, 300, "ⵜⵉⵙⵔⴰⴳⵉⵏ: ⵓⴳⴳⴰⵔ ⵏ ⴽⴽⵓⵥⵜ"),
    ],
)
def test_waits(language, low, high, words):
    assert wait(language, low, high) == nfc(words)


@pytest.mark.parametrize("language", Language)
def test_every_wait_is_said_in_allowed_letters(language):
    said_ = {wait(language, low, high) for low in range(0, 260) for high in range(low, 260, 5)}
    assert [words for words in said_ if alphabets.faults(language, words)] == []
    assert len(said_) < 200


def wait(language, low, high):
    return text_of(said("wait", (str(low), str(high)), language))


@pytest.mark.parametrize(
    ("language", "dirhams", "words"),
    [
        (FR, "0", "zéro dirham"),
        (FR, "1", "un dirham"),
        (FR, "0.01", "un centime"),
        (FR, "12.50", "douze dirhams et cinquante centimes"),
        (FR, "12,5", "douze dirhams et cinquante centimes"),
        (
            FR,
            "9999.99",
            "neuf mille neuf cent quatre-vingt-dix-neuf dirhams et quatre-vingt-dix-neuf centimes",
        ),
        (AR, "2.02", "دِرْهَمَانِ وَسَنْتِيمَانِ"),
        (AR, "3.00", "ثَلَاثَةُ دَرَاهِمَ"),
        (AR, "11.12", "أَحَدَ عَشَرَ دِرْهَمًا وَاثْنَا عَشَرَ سَنْتِيمًا"),
        (AR, "100", "مِئَةُ دِرْهَمٍ"),
        (ZGH, "5.20", "ⵉⴷⵔⵉⵎⵏ: ⵙⵎⵎⵓⵙ, ⵉⵙⴰⵏⵜⵉⵎⵏ: ⵙⵉⵏ ⵉⴷ ⵎⵔⴰⵡ"),
    ],
)
def test_amounts(language, dirhams, words):
    assert spoken("amount", dirhams, language) == nfc(words)


@pytest.mark.parametrize("language", Language)
def test_every_amount_is_its_dirhams_and_centimes(language):
    between = {AR: " وَ", ZGH: ", ", FR: " et "}[language]
    for dirhams in (0, 1, 2, 3, 11, 22, 100, 101, 2000):
        for centimes in range(100):
            units = [(dirhams, "dirham"), (centimes, "centime")]
            counts = [spoken("count", str(n), language, noun) for n, noun in units if n]
            expected = between.join(counts) or spoken("count", "0", language, "dirham")
            amount = spoken("amount", f"{dirhams}.{centimes:02}", language)
            assert amount == expected.replace("وَاِثْن", "وَاثْن")


@pytest.mark.parametrize("language", Language)
def test_a_weekday_may_be_named_or_dated(language):
    assert spoken("day", "monday", language) == spoken("day", "2026-11-23", language)
    assert len({spoken("day", name, language) for name in WEEKDAYS}) == 7


def nfc(words):
    return unicodedata.normalize("NFC", words)
