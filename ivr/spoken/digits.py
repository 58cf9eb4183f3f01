"""Numbers that are dialled or noted, not counted: telephone numbers in pairs, references digit by digit."""

from collections.abc import Callable

COUNTRY = "+212"
SEPARATORS = str.maketrans("", "", " .-/()\u00a0\u202f")


def telephone(number: str, say: Callable[[int], str], pause: str) -> str:
    """Say a Moroccan number as dialled at home, 06 12 34 56 78, a foreign one with its 00; in pairs."""
    digits = as_dialled(number)
    if len(digits) <= 3:  # an emergency or short code
        return pause.join(say(int(digit)) for digit in digits)
    pairs = [digits[place : place + 2] for place in range(0, len(digits), 2)]
    return pause.join(_pair(pair, say) for pair in pairs)


def as_dialled(number: str) -> str:
    """Return the digits a person in Morocco keys for this number. ValueError when there are none."""
    bare = number.translate(SEPARATORS)
    for prefix in (COUNTRY, "00" + COUNTRY[1:]):
        if bare.startswith(prefix):
            return _digits("0" + bare.removeprefix(prefix))
    return _digits("00" + bare[1:] if bare.startswith("+") else bare)


def one_by_one(reference: str, say: Callable[[int], str], pause: str) -> str:
    """Say each digit on its own."""
    return pause.join(say(int(digit)) for digit in _digits(reference.translate(SEPARATORS)))


def _pair(pair: str, say: Callable[[int], str]) -> str:
    if pair.startswith("0"):
        return " ".join(say(int(digit)) for digit in pair)
    return say(int(pair))


def _digits(text: str) -> str:
    # The value itself stays out of the message: it may be someone's number.
    if not (text.isascii() and text.isdigit()):
        raise ValueError("has no digits to say, or something besides digits")
    return text
