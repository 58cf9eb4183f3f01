"""The outside directory as the administrator writes it."""

from pathlib import Path

import pytest

from config.build import to_centre
from config.load import load
from config.mistakes import ConfigError
from ivr.targets import Contact

GOOD = """
centre: {name: {ar: A, zgh: Z, fr: F}}
agents:
  - {id: salma, name: Salma, extension: 101, languages: [ar]}
directory:
  - {code: 801, name: Wilaya, number: "0537000001"}
  - {code: 802, name: Radio, number: "+212522000002"}
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "center.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_its_numbers_are_international(tmp_path: Path) -> None:
    assert to_centre(load(written(tmp_path, GOOD), {})).directory == (
        Contact("801", "Wilaya", "+212537000001"),
        Contact("802", "Radio", "+212522000002"),
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("code: 802", "code: 801", "code: 801 is another entry's code; give each entry a code"),
        ("code: 801", "code: 101", "101 is the extension of salma; choose another code"),
        ("code: 801", "code: 71", "71 is what agents key for the subject legal; choose another code"),
        ("0537000001", "12345", "is no telephone's number; write it as +212537123456"),
        (
            "0537000001",
            "+33140000000",
            "begins as no number that the centre may call; widen callbacks.allowed",
        ),
        ("code: 802", "code: x", "is not an extension"),
    ],
)
def test_entries_that_cannot_be(tmp_path: Path, before: str, after: str, told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(written(tmp_path, GOOD.replace(before, after)), {})
    assert told in str(refused.value)
