"""French numbers, counts, times and days, as said in France."""

from datetime import date, time

from ivr.spoken.grammar import Case, Gender, Noun, sayable

_BELOW_TWENTY = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
_TENS = ("", "", "vingt", "trente", "quarante", "cinquante", "soixante")
_NOUNS = {
    Noun.MINUTE: ("minute", "minutes", Gender.FEMININE),
    Noun.HOUR: ("heure", "heures", Gender.FEMININE),
    Noun.DAY: ("jour", "jours", Gender.MASCULINE),
    Noun.PERSON: ("personne", "personnes", Gender.FEMININE),
    Noun.CALL: ("appel", "appels", Gender.MASCULINE),
}
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]


def number(n: int, gender: Gender = Gender.MASCULINE) -> str:
    """Say 21 as «vingt et un», or «vingt et une» with a feminine noun."""
    thousands, rest = divmod(sayable(n), 1000)
    hundreds, low = divmod(rest, 100)
    words: list[str] = []
    if thousands:
        words += [number(thousands), "mille"] if thousands > 1 else ["mille"]
    if hundreds:
        words += [number(hundreds)] if hundreds > 1 else []
        words += ["cents" if hundreds > 1 and not low else "cent"]
    if low or not words:
        words.append(_below_hundred(low, gender))
    return " ".join(words)


def _below_hundred(n: int, gender: Gender) -> str:
    one = "une" if gender is Gender.FEMININE else "un"
    if n == 1:
        return one
    if n < 20:
        return _BELOW_TWENTY[n]
    if n >= 80:
        return "quatre-vingts" if n == 80 else f"quatre-vingt-{_below_hundred(n - 80, gender)}"
    if n >= 70:
        return "soixante et onze" if n == 71 else f"soixante-{_BELOW_TWENTY[n - 60]}"
    ten, unit = divmod(n, 10)
    if unit == 0:
        return _TENS[ten]
    return f"{_TENS[ten]} et {one}" if unit == 1 else f"{_TENS[ten]}-{_BELOW_TWENTY[unit]}"


def count(n: int, noun: Noun, case: Case = Case.NOMINATIVE) -> str:
    """Say «vingt et une minutes»; 0 and 1 take the singular."""
    singular, plural, gender = _NOUNS[noun]
    return f"{number(n, gender)} {singular if n < 2 else plural}"


def clock(at: time) -> str:
    """Say 15:30 as «quinze heures trente»."""
    if at.minute == 0 and at.hour in (0, 12):
        return "midi" if at.hour else "minuit"
    hours = count(at.hour, Noun.HOUR)
    return f"{hours} {number(at.minute, Gender.FEMININE)}" if at.minute else hours


def day(on: date) -> str:
    """Say 2026-11-23 as «lundi vingt-trois novembre»."""
    in_month = "premier" if on.day == 1 else number(on.day)
    return f"{_DAYS[on.weekday()]} {in_month} {_MONTHS[on.month - 1]}"
