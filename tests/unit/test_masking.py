"""Numbers in logs."""

import pytest

from routing.masking import mask


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+212612345678", "+212*******78"),
        ("+33612345678", "+33*******78"),
        ("+12025550123", "+1********23"),
        ("0612345678", "********78"),
        ("2000", "****"),
        ("+21261", "******"),
        (None, "none"),
        ("", "none"),
    ],
)
def test_a_number_keeps_its_country_and_two_digits(number: str | None, shown: str) -> None:
    assert mask(number) == shown
