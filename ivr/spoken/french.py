"""French numbers, counts, places, times, days and amounts, as said in France.

Up to twenty a number and its noun are one recording, for the sounds that link them: «deux heures», «dix appels».
"""

from datetime import date, time

from ivr.spoken.grammar import WEEKDAYS, Case, Gender, Noun, clock_parts, money_parts, sayable
from ivr.spoken.parts import Part, Parts, joined, text_of
from ivr.spoken.waits import FAR, Wait

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
_LINKED = 20
_NOUNS = {
    Noun.SECOND: ("seconde", "secondes", Gender.FEMININE),
    Noun.MINUTE: ("minute", "minutes", Gender.FEMININE),
    Noun.HOUR: ("heure", "heures", Gender.FEMININE),
    Noun.DAY: ("jour", "jours", Gender.MASCULINE),
    Noun.PERSON: ("personne", "personnes", Gender.FEMININE),
    Noun.CALL: ("appel", "appels", Gender.MASCULINE),
    Noun.DIRHAM: ("dirham", "dirhams", Gender.MASCULINE),
    Noun.CENTIME: ("centime", "centimes", Gender.MASCULINE),
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
_AND = Part("said.and", "et")


def number(n: int, gender: Gender = Gender.MASCULINE) -> Parts:
    """Say 21 as «vingt et un», or «vingt et une» with a feminine noun."""
    above, low = _above_hundred(sayable(n), n % 100)
    return joined(" ", [*above, (_low(low, gender),)] if low or not above else above)


def _above_hundred(n: int, low: int) -> tuple[list[Parts], int]:
    """The parts for thousands and hundreds, each a group, and what is left to say."""
    thousands, hundreds = n // 1000, n % 1000 // 100
    found: list[Parts] = []
    if thousands:
        words = f"{_below_hundred(thousands)} mille" if thousands > 1 else "mille"
        found.append((Part(f"said.number.{thousands}000", words),))
    if hundreds:
        words = f"{_below_hundred(hundreds)} cent" if hundreds > 1 else "cent"
        if hundreds > 1 and not low:
            words += "s"
        # «deux cents» alone, «deux cent» before more.
        before = ".before" if hundreds > 1 and low else ""
        found.append((Part(f"said.number.{hundreds}00{before}", words),))
    return found, low


def _low(n: int, gender: Gender) -> Part:
    words = _below_hundred(n, gender)
    own = gender is Gender.FEMININE and words != _below_hundred(n)
    return Part(f"said.number.{n}{'.feminine' if own else ''}", words)


def _below_hundred(n: int, gender: Gender = Gender.MASCULINE) -> str:
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


def count(n: int, noun: Noun, case: Case = Case.NOMINATIVE) -> Parts:
    """Say «vingt et une minutes»; 0 and 1 take the singular."""
    singular, plural, gender = _NOUNS[noun]
    parts = number(n, gender)
    if n <= _LINKED:
        words = f"{text_of(parts)} {singular if n < 2 else plural}"
        return (Part(f"said.count.{noun}.{n}", words),)
    return joined(" ", [parts, (Part(f"said.noun.{noun}", plural),)])


def ordinal(n: int, gender: Gender = Gender.MASCULINE) -> Parts:
    """Say 21 as «vingt et unième», 1 as «premier» or «première»."""
    above, low = _above_hundred(sayable(n, 1), n % 100)
    if not low:
        last = above.pop()[0]
        return joined(" ", [*above, (Part(f"said.ordinal.{_place(last)}", _th(last.text)),)])
    if n == 1:
        feminine = gender is Gender.FEMININE
        return (
            Part(f"said.ordinal.1{'.feminine' if feminine else ''}", "première" if feminine else "premier"),
        )
    # «cent unième».
    key = f"said.ordinal.{low}{'.after' if low == 1 else ''}"
    return joined(" ", [*above, (Part(key, _th(_below_hundred(low))),)])


def _place(part: Part) -> str:
    return part.key.removeprefix("said.number.")


def _th(words: str) -> str:
    if words.endswith("cinq"):
        return words + "uième"
    if words.endswith("neuf"):
        return words[:-1] + "vième"
    silent = ("e", "cents", "vingts")
    return (words[:-1] if words.endswith(silent) else words) + "ième"


def clock(at: time) -> Parts:
    """Say 15:30 as «quinze heures trente»."""
    if at.minute == 0 and at.hour in (0, 12):
        return (Part(f"said.clock.{at.hour}", "midi" if at.hour else "minuit"),)
    hour = (Part(f"said.hour.{at.hour}", text_of(count(at.hour, Noun.HOUR))),)
    return joined(" ", [hour, number(at.minute, Gender.FEMININE)] if at.minute else [hour])


def day(on: date) -> Parts:
    """Say 2026-11-23 as «lundi vingt-trois novembre»."""
    in_month = ordinal(1) if on.day == 1 else number(on.day)
    month = Part(f"said.month.{on.month}", _MONTHS[on.month - 1])
    return joined(" ", [weekday(on.weekday()), in_month, (month,)])


def weekday(place: int) -> Parts:
    """Say «lundi»."""
    return (Part(f"said.weekday.{WEEKDAYS[place]}", _DAYS[place]),)


def duration(seconds: int) -> Parts:
    """Say 5400 seconds as «une heure trente minutes»."""
    return joined(" ", (count(n, noun) for n, noun in clock_parts(seconds)))


def wait(span: Wait) -> Parts:
    """Say «entre cinq et dix minutes», «moins de cinq minutes», «environ dix minutes», «plus d'une heure»."""
    if span.high == FAR:
        return _than("above", "plus", duration(span.low * 60))
    high = duration(span.high * 60)
    if not span.low:
        return _than("below", "moins", high)
    if span.low == span.high:
        return joined(" ", [(Part("said.wait.about", "environ"),), high])
    same_noun = span.high < 60
    low = number(span.low, Gender.FEMININE) if same_noun else duration(span.low * 60)
    return joined(" ", [(Part("said.wait.between", "entre"),), low, (_AND,), high])


def _than(key: str, words: str, value: Parts) -> Parts:
    """Say «plus de deux heures», but «plus d'une heure», in one recording; «onze» keeps its «de»."""
    first, *more = value
    if first.words.split()[0] in ("un", "une"):
        return (Part(f"{first.key}.{key}", f"{words} d'{first.text}"), *more)
    return joined(" ", [(Part(f"said.wait.{key}", f"{words} de"),), value])


def amount(centimes: int) -> Parts:
    """Say 1250 centimes as «douze dirhams et cinquante centimes»."""
    first, *more = (count(n, noun) for n, noun in money_parts(centimes))
    return joined(" ", [first, *((_AND,) for _ in more), *more])
