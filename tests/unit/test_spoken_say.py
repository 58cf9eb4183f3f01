"""`mowakaba say`: any phrase on the screen, and what is told about a mistyped one."""

import re
import sys
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from ivr.prompts import Phrase
from routing.model import Language
from server.cli import app
from server.parts import CHECKOUT
from server.voice import catalogue


def say(*words: str) -> Result:
    return CliRunner().invoke(app, ["say", *words])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("ar minutes n=11", "إِحْدَى عَشْرَةَ دَقِيقَةً"),
        ("zgh position n=21", "ⴰⴷⵖⴰⵔ ⵏⵏⵓⵏ: ⵙⵉⵏ ⵉⴷ ⵎⵔⴰⵡ ⴷ ⵢⴰⵏ"),
        ("fr time at=15:30", "quinze heures trente"),
        ("fr hours n=1", "une heure"),
        ("fr days n=2", "deux jours"),
        ("ar people n=2", "شَخْصَانِ"),
        ("ar calls n=3", "ثَلَاثُ مُكَالَمَاتٍ"),
        ("fr wait low=4 high=9", "entre quatre et huit minutes"),
        ("fr date on=2026-11-23", "lundi vingt-trois novembre"),
        ("fr duration seconds=3723", "une heure deux minutes trois secondes"),
        ("fr phone number=0612345678", "zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit"),
        ("ar reference id=409", "أَرْبَعَة، صِفْر، تِسْعَة"),
        ("zgh day on=2026-11-23", "ⴰⵢⵏⴰⵙ"),
        ("fr amount dirhams=12.5", "douze dirhams et cinquante centimes"),
        ("fr ordinal_feminine n=1", "première"),
    ],
)
def test_any_phrase_is_printed(words: str, said: str) -> None:
    answer = say(*words.split())
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == said + "\n"


def test_the_parts_are_listed_below_the_phrase() -> None:
    assert say("fr", "people", "n=121", "--parts").stdout.splitlines() == [
        "cent vingt et une personnes",
        "  said.number.100          cent",
        "  said.number.21.feminine  vingt et une",
        "  said.noun.person         personnes",
    ]


CATALOGUE = catalogue()
EXAMPLES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (CHECKOUT / "docs" / "voice.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| `[a-z_]+ [a-z]+=", line)
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[0])
def test_the_examples_of_the_guide_are_what_is_said(example: list[str]) -> None:
    phrase, *said = example
    key, *slots = phrase.strip("`").split()
    values = dict(slot.split("=") for slot in slots)
    heard = [CATALOGUE.text(language, Phrase(key, values)) for language in Language]
    assert heard == said


def test_the_guide_has_examples() -> None:
    assert len(EXAMPLES) > 20


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("fr minutes m=3", "minutes has no slot m"),
        ("fr minutes m=3", "  n=…  a whole number from 0 to 9999, as 5"),
        ("fr minutes", "slot n is missing"),
        ("fr minutes n=3 n=4", "slot n is given twice"),
        ("fr minutes 3", '"3" is not a slot; write name=value'),
        ("fr minutes n=10000", "slot n: '10000' cannot be said as count; give a whole number from 0 to 9999"),
        ("fr minutes n=-1", "slot n: '-1' cannot be said"),
        ("ar minutes n=٣", "slot n: '٣' cannot be said"),
        ("ar wait low=9 high=4", "slot low and high: '9' and '4' cannot be said as wait; give whole minutes"),
        ("zgh date on=2026-02-30", "slot on: '2026-02-30' cannot be said as date; give a day, as 2026-11-23"),
        ("fr day on=lundi", "slot on: 'lundi' cannot be said as day"),
        ("fr time at=24:01", "slot at: '24:01' cannot be said as time; give a time of day, as 15:30"),
        ("fr duration seconds=1.5", "slot seconds: '1.5' cannot be said as duration; give whole seconds"),
        (
            "fr amount dirhams=10000",
            "slot dirhams: '10000' cannot be said as amount; give dirhams up to 9999",
        ),
        ("fr amount dirhams=1.234", "slot dirhams: '1.234' cannot be said as amount"),
        ("fr ordinal n=0", "slot n: '0' cannot be said as ordinal; give a place from 1"),
        ("fr phone number=06x", "slot number: this value cannot be said as phone"),
        ("fr reference id=", "slot id: this value cannot be said as reference; give digits"),
        ("fr goodbye n=3", "goodbye takes no slots"),
        ("fr minute n=3", "there is no prompt 'minute'; is it minutes?"),
        ("en minutes n=3", "'en' is not one of 'ar', 'zgh', 'fr'"),
    ],
)
def test_a_mistyped_phrase_is_told_with_what_is_allowed(words: str, told: str) -> None:
    answer = say(*words.split())
    assert answer.exit_code != 0
    assert told in answer.stderr
    assert "Traceback" not in answer.output


def test_writing_the_sound_tells_nothing_besides_the_words(tmp_path: Path) -> None:
    answer = say("fr", "minutes", "n=77", "--wav", str(tmp_path / "sound.wav"), "--state", str(tmp_path))
    structlog.reset_defaults()
    assert answer.output == "soixante-dix-sept minutes\n"
    assert (tmp_path / "sound.wav").stat().st_size > 8000


def test_a_sound_that_cannot_be_written_there_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    answer = say("fr", "goodbye", "--wav", str(tmp_path), "--state", str(tmp_path / "state"))
    structlog.reset_defaults()
    assert answer.exit_code == 1
    assert answer.stderr.splitlines() == [f"{tmp_path}: Is a directory; name another file"]
    assert complaints == []
