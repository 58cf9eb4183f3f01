"""Numbers as people key them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.numbers import may_be_called, normalise


@pytest.mark.parametrize(
    ("keyed", "number"),
    [
        ("0612345678", "+212612345678"),
        ("612345678", "+212612345678"),
        ("+212612345678", "+212612345678"),
        ("00212612345678", "+212612345678"),
        ("212612345678", "+212612345678"),
        ("2120612345678", "+212612345678"),  # both prefixes at once
        ("0524123456", "+212524123456"),  # a block that exists and `is_valid_number` rejects
        ("0801234567", "+212801234567"),
        ("0033612345678", "+33612345678"),
    ],
)
def test_every_way_to_write_a_number_is_the_same_number(keyed: str, number: str) -> None:
    assert normalise(keyed) == number


@pytest.mark.parametrize(
    "keyed",
    [
        "",
        "#",
        "*",
        "19",
        "150",
        "3737",
        "06*12345678",
        "061234567",  # a digit left out
        "06123456789",  # one too many
        "0112345678",  # nobody's in Morocco
        "0000000000",
        "0" * 17,
        "00999999999999",
        "06 12 34 56 78",
        "٠٦١٢٣٤٥٦٧٨",
        "anonymous",
        "+",
    ],
)
def test_what_no_telephone_can_have_is_none(keyed: str) -> None:
    assert normalise(keyed) is None


@given(st.text(alphabet="0123456789*#+", max_size=20))
def test_whatever_is_keyed_gives_a_number_or_none_and_never_an_error(keyed: str) -> None:
    number = normalise(keyed)
    if number is not None:
        assert number.startswith("+")
        assert number[1:].isdigit()
        assert normalise(number) == number


def test_only_allowed_numbers_are_called_and_refused_ones_never() -> None:
    assert may_be_called("+212612345678", ("+212",), ("+21289",))
    assert not may_be_called("+212890123456", ("+212",), ("+21289",))
    assert not may_be_called("+33612345678", ("+212",), ())
    assert not may_be_called("+212612345678", (), ())
