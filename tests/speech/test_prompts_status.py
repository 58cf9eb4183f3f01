"""`mowakaba prompts status`: what an administrator sees of voices and reviews."""

import json
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from config.schema import CentreSection, Names, Settings
from server import health
from server.cli import app
from server.voice import PROMPTS
from tests.speech.sounds import voiced, write_wav


@pytest.fixture
def state(tmp_path, monkeypatch):
    """A centre where a person recorded one prompt and a piece of another, spoilt a third, and signed one off."""
    folder = tmp_path / "state" / "recordings" / "prompts" / "fr"
    for key in ("queue.next", "queue.position.part1", "said.number.3"):
        write_wav(folder / f"{key}.wav", voiced(1, 8000), 8000)
    (folder / "queue.full.wav").write_bytes(b"nothing")
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    for file in PROMPTS.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        signed = 'review: {fr: "reviewed by Salma on 2026-12-01"}'
        head, key, rest = text.partition("queue.next:\n")
        (prompts / file.name).write_text(head + key + rest.replace("review: draft", signed, 1 if key else 0))
    monkeypatch.setattr("server.voice.PROMPTS", prompts)
    yield tmp_path / "state"
    structlog.reset_defaults()


def status(state, *options):
    answer = CliRunner().invoke(app, ["prompts", "status", "--state", str(state), *options])
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_the_status_has_each_prompt_in_each_language_with_voice_and_review(state):
    answer = json.loads(status(state, "--json"))
    found = {(row["key"], row["language"]): row for row in answer["prompts"]}
    assert len(found) == 3 * answer["totals"]["fr"]["prompts"]
    ours, theirs = found["queue.next", "fr"], found["queue.next", "zgh"]
    assert (ours["source"], ours["review"]) == ("recorded", "reviewed by Salma on 2026-12-01")
    assert (theirs["source"], theirs["review"]) == ("espeak-ng", "draft")
    assert found["queue.position", "fr"]["recorded"] == 2
    spoilt = found["queue.full", "fr"]
    assert spoilt["source"] == "espeak-ng"
    assert "queue.full.wav" in spoilt["problems"][0]
    totals = answer["totals"]["fr"]
    assert (totals["recorded"], totals["reviewed"]) == (1, 1)
    assert totals["recorded"] + totals["espeak-ng"] == totals["prompts"]
    assert totals["reviewed"] + totals["draft"] == totals["prompts"]
    assert 0 < totals["parts recorded"] < totals["parts"]
    assert answer["totals"]["ar"]["recorded"] == answer["totals"]["ar"]["parts recorded"] == 0


def test_the_table_has_a_row_a_prompt_the_totals_and_what_is_wrong(state):
    lines = status(state).splitlines()
    row = next(line for line in lines if line.startswith("queue.next "))
    assert "recorded, reviewed by Salma on 2026-12-01" in row
    assert row.count("espeak-ng, draft") == 2
    assert any(line.startswith("fr ") for line in lines)
    assert any(line.startswith("queue.full in fr: ") for line in lines)


def test_the_doctor_names_every_sound_file_that_cannot_be_played(state, monkeypatch):
    (state / "recordings" / "prompts" / "fr" / "said.number.4.wav").write_bytes(b"nothing")
    found = list(health.sound_files(Settings(state, CentreSection(name=Names())), state))
    assert {finding.grade for finding in found} == {health.Grade.WARN}
    assert sorted(Path(finding.mend.split()[1]).name for finding in found) == [
        "queue.full.wav",
        "said.number.4.wav",
    ]


def test_the_doctor_says_nothing_of_recordings_where_there_are_none(tmp_path):
    assert list(health.sound_files(Settings(tmp_path, CentreSection(name=Names())), tmp_path)) == []


def test_the_doctor_goes_on_where_it_may_not_look(state, monkeypatch):
    def refused(place):
        raise PermissionError(13, "Permission denied", str(place / "recordings"))

    monkeypatch.setattr("server.voice.recordings", refused)
    (found,) = health.sound_files(Settings(state, CentreSection(name=Names())), state)
    assert found.grade is health.Grade.WARN
    assert found.what == f"{state}/recordings may not be read"
