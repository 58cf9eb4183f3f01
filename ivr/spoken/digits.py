"""Numbers that are dialled or noted, not counted: telephone numbers in pairs, references digit by digit."""

from collections.abc import Callable

from ivr.spoken.parts import Part, Parts, joined, text_of

COUNTRY = "+212"
SEPARATORS = str.maketrans("", "", " .-/()\u00a0\u202f")
Say = Callable[[int], Parts]


def telephone(number: str, say: Say, pause: str) -> Parts:
    """Say a Moroccan number as dialled at home, 06 12 34 56 78, a foreign one with its 00; in pairs."""
    digits = as_dialled(number)
    if len(digits) <= 3:  # an emergency or short code
        return joined(pause, (say(int(digit)) for digit in digits))
    return joined(pause, (_pair(digits[place : place + 2], say) for place in range(0, len(digits), 2)))


def as_dialled(number: str) -> str:
    """Return the digits a person in Morocco keys for this number. ValueError when there are none."""
    bare = number.translate(SEPARATORS)
    for prefix in (COUNTRY, "00" + COUNTRY[1:]):
        if bare.startswith(prefix):
            return _digits("0" + bare.removeprefix(prefix))
    return _digits("00" + bare[1:] if bare.startswith("+") else bare)


def one_by_one(reference: str, say: Say, pause: str) -> Parts:
    """Say each digit on its own."""
    return joined(pause, (say(int(digit)) for digit in _digits(reference.translate(SEPARATORS))))


def _pair(pair: str, say: Say) -> Parts:
    if len(pair) == 1 or not pair.startswith("0"):
        return say(int(pair))
    return (Part(f"said.pair.{pair}", " ".join(text_of(say(int(digit))) for digit in pair)),)


def _digits(text: str) -> str:
    # The value itself stays out of the message: it may be someone's number.
    if not (text.isascii() and text.isdigit()):
        raise ValueError("has no digits to say, or something besides digits")
    return text
