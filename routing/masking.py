"""Telephone numbers as logs may show them: enough to tell two apart, too little to dial.

Law 09-08 counts a telephone number as personal data; logs are read by more people than the call list.
"""

# Country codes of one and two digits; every other has three. Source: ITU-T E.164, list of assigned codes.
ONE_DIGIT = frozenset("17")
TWO_DIGITS = frozenset(
    str(code)
    for code in (20, 27, *range(30, 35), 36, 39, 40, 41, *range(43, 50), *range(51, 59), *range(60, 67))
    + (81, 82, 84, 86, *range(90, 96), 98)
)
SHOWN_AT_END = 2
LEAST_HIDDEN = 4  # digits; a shorter number is hidden whole


def mask(number: str | None) -> str:
    """Return `number` with its country code and last two digits, the rest as stars: `+212*******78`."""
    if not number:
        return "none"
    start = _country_code_length(number)
    hidden = len(number) - start - SHOWN_AT_END
    if hidden < LEAST_HIDDEN:
        return "*" * len(number)
    return number[:start] + "*" * hidden + number[-SHOWN_AT_END:]


def _country_code_length(number: str) -> int:
    """Characters of the leading `+` and country code; 0 for a number in national form."""
    if not number.startswith("+"):
        return 0
    if number[1:2] in ONE_DIGIT:
        return 2
    return 3 if number[1:3] in TWO_DIGITS else 4
