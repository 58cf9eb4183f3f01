"""Times, days, telephone numbers and references in words."""

from datetime import date, timedelta

import pytest
from babel.dates import get_day_names, get_month_names

from ivr.spoken import KINDS, PRIVATE_KINDS, BadValue, spoken
from ivr.spoken.arabic_calendar import MONTHS
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
