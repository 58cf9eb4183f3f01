"""Arabic numerals as words, fully vocalised, by gender of the thing counted and by case.

A numeral from 3 to 10 takes the gender opposite to the thing counted, 1 and 2 the same; in 11 and 12 both words
agree, in 13 to 19 the unit is opposite and the ten agrees. The counted noun is a genitive plural from 3 to 10, an
accusative singular from 11 to 99, a genitive singular after a hundred or a thousand.
"""

from dataclasses import dataclass

from ivr.spoken.grammar import Case, Gender, Noun

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


def pausal(words: str) -> str:
    """Drop the short vowel that ends the last word, as speech does before a pause."""
    return words[:-1] if words[-1] in SHORT_ENDINGS else words


def linked(words: str) -> str:
    """The words after «and»: a beginning linking alif loses its vowel."""
    return words.replace("اِ", "ا", 1) if words.startswith("اِ") else words


def thousand(n: int, case: Case, *, construct: bool) -> str:
    """Say 1000–9000; `construct` when the counted noun follows directly."""
    ending = _VOWEL if construct else _TANWIN
    if n == 1:
        # Accusative tanwin leans on an alif, except after ة.
        return "أَلْفًا" if ending is _TANWIN and case is Case.ACCUSATIVE else "أَلْف" + ending[case]
    if n == 2:
        return "أَلْفَ" + (_DUAL_CONSTRUCT if construct else _DUAL)[case]
    return f"{ones(n, Gender.MASCULINE, case, construct=True)} آلَاف{ending[Case.GENITIVE]}"


def hundred(n: int, case: Case, *, construct: bool) -> str:
    """Say 100–900; `construct` when the counted noun follows directly."""
    ending = _VOWEL if construct else _TANWIN
    if n == 1:
        return "مِئَة" + ending[case]
    if n == 2:
        return "مِئَتَ" + (_DUAL_CONSTRUCT if construct else _DUAL)[case]
    if n == 8:
        return f"{ones(8, Gender.FEMININE, case, construct=True)} مِئَة{ending[Case.GENITIVE]}"
    return f"{_UNITS[n]}{_VOWEL[case]}مِئَة{ending[Case.GENITIVE]}"


def below_hundred(n: int, gender: Gender, case: Case) -> str:
    """Say 0–99 alone, or before a noun from 11 on."""
    feminine = gender is Gender.FEMININE
    ten, unit = divmod(n, 10)
    if n == 0:
        return "صِفْرًا" if case is Case.ACCUSATIVE else "صِفْر" + _TANWIN[case]
    if n <= 10:
        return ones(n, gender, case, construct=False)
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
        return f"إِحْدَى وَ{tens}"
    return f"{ones(unit, gender, case, construct=False)} وَ{tens}"


def ones(n: int, gender: Gender, case: Case, *, construct: bool) -> str:
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


# ---- counted nouns ----


@dataclass(frozen=True, slots=True)
class Counted:
    """A noun without its case ending, its dual without ending, and its genitive plural."""

    singular: str
    dual: str
    plural: str
    gender: Gender

    def one(self, case: Case) -> str:
        """The singular, indefinite."""
        if case is Case.ACCUSATIVE and not self.singular.endswith("ة"):
            return self.singular + "ًا"
        return self.singular + _TANWIN[case]

    def few(self, n: int, case: Case) -> str:
        """Say 0–10 of it."""
        if n == 0:
            return f"صِفْر{_VOWEL[case]} {self.one(Case.GENITIVE)}"
        if n == 1:
            return f"{self.one(case)} {ones(1, self.gender, case, construct=False)}"
        if n == 2:
            return self.dual + _DUAL[case]
        return f"{ones(n, self.gender, case, construct=True)} {self.plural}"


NOUNS = {
    Noun.SECOND: Counted("ثَانِيَة", "ثَانِيَتَ", "ثَوَانٍ", Gender.FEMININE),
    Noun.MINUTE: Counted("دَقِيقَة", "دَقِيقَتَ", "دَقَائِقَ", Gender.FEMININE),
    Noun.HOUR: Counted("سَاعَة", "سَاعَتَ", "سَاعَاتٍ", Gender.FEMININE),
    Noun.DAY: Counted("يَوْم", "يَوْمَ", "أَيَّامٍ", Gender.MASCULINE),
    Noun.PERSON: Counted("شَخْص", "شَخْصَ", "أَشْخَاصٍ", Gender.MASCULINE),
    Noun.CALL: Counted("مُكَالَمَة", "مُكَالَمَتَ", "مُكَالَمَاتٍ", Gender.FEMININE),
    Noun.DIRHAM: Counted("دِرْهَم", "دِرْهَمَ", "دَرَاهِمَ", Gender.MASCULINE),
    Noun.CENTIME: Counted("سَنْتِيم", "سَنْتِيمَ", "سَنْتِيمَاتٍ", Gender.MASCULINE),
}
