"""Telephone numbers as people key them, made E.164. Built on `phonenumbers`, region Morocco."""

from collections.abc import Sequence
from functools import lru_cache

import phonenumbers

REGION = "MA"
NO_ONES = tuple(f"+212{digit}" for digit in "01234")
"""National numbers begin with 5 to 9. With 0: a digit was left out of `06 12 34 56 78`."""
FEWEST_DIGITS = 9  # shorter ones are short codes (19, 150, 3737), which are no one's own telephone


@lru_cache(maxsize=512)
def normalise(keyed: str) -> str | None:
    """E.164 of `06…`, `+212…`, `00212…`, `212…` or nine bare digits; None when no telephone can have it.

    `is_possible_number` decides: `is_valid_number` rejects blocks that exist, such as 0524 123456.
    """
    digits = keyed.strip()
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("212") and len(digits) >= len("212") + FEWEST_DIGITS:
        digits = "+" + digits
    if not digits.lstrip("+").isascii() or not digits.lstrip("+").isdigit() or len(digits) < FEWEST_DIGITS:
        return None
    try:
        number = phonenumbers.parse(digits, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None if e164.startswith(NO_ONES) else e164


def may_be_called(number: str, allowed: Sequence[str], refused: Sequence[str]) -> bool:
    """Whether E.164 `number` starts with an allowed prefix and with no refused one."""
    return any(map(number.startswith, allowed)) and not any(map(number.startswith, refused))


def is_mobile(number: str) -> bool:
    """Whether E.164 `number` is a mobile, which gets messages."""
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    return kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
