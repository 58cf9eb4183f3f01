"""What `mowakaba simulate` says."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.cli import app

OPEN, CLOSED = "2026-11-23T10:00", "2026-11-22T10:00"


def run(state: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--state", str(state), "simulate", *words])


def keys(state: Path, *words: str) -> list[str]:
    result = run(state, "now", "--json", *words)
    assert result.exit_code == 0, result.output
    return [one["key"] for one in json.loads(result.stdout)["heard"]]


def test_a_caller_who_is_not_known_hears_the_languages_first(tmp_path: Path) -> None:
    assert set(keys(tmp_path, "--at", OPEN)) == {"language.choose"}


@pytest.mark.parametrize(("language", "word"), [("fr", "Bienvenue"), ("ar", ""), ("zgh", "")])
def test_who_chooses_a_language_hears_the_subjects_in_it(tmp_path: Path, language: str, word: str) -> None:
    heard = keys(tmp_path, "--at", OPEN, "--language", language)
    assert heard[-1].startswith("menu.")
    assert "welcome" in heard
    result = run(tmp_path, "now", "--at", OPEN, "--language", language)
    assert word in result.output
    assert "2026-11-23 10:00:00, open:" in result.output


def test_on_a_sunday_she_hears_that_it_is_closed(tmp_path: Path) -> None:
    assert "closed.now" in keys(tmp_path, "--at", CLOSED, "--language", "fr")
    assert "closed:" in run(tmp_path, "now", "--at", CLOSED).output


def test_a_known_number_is_not_asked_for_a_language(tmp_path: Path) -> None:
    heard = keys(tmp_path, "--at", OPEN, "--from", "0612345678", "--language", "zgh")
    assert "language.choose" not in heard
    assert "welcome_back" in heard


def test_a_number_that_is_none_is_refused_with_what_to_write(tmp_path: Path) -> None:
    result = run(tmp_path, "now", "--from", "12")
    assert result.exit_code == 2
    assert "0612345678" in result.output


def test_a_scene_that_does_not_exist_is_named(tmp_path: Path) -> None:
    result = run(tmp_path, "paths", "--scene", "midnight")
    assert result.exit_code == 1
    assert "midnight" in result.output


def test_a_simulated_day_is_shown_as_stats_shows_one_and_drawn(tmp_path: Path) -> None:
    picture = tmp_path / "day.png"
    words = ("day", "--calls-per-hour", "10", "--agents", "2", "--at", OPEN)
    result = run(tmp_path, *words, "--plot", str(picture))
    assert result.exit_code == 0, result.output
    assert "service_level_published" in result.output
    assert picture.read_bytes().startswith(b"\x89PNG")
    nowhere = run(tmp_path, *words, "--plot", str(tmp_path / "no" / "day.png"))
    assert nowhere.exit_code == 1
    assert "name another file" in nowhere.output
