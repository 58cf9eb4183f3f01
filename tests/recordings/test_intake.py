"""A folder of recordings is taken in: real sound files, good and bad, and what is said of each."""

import asyncio
import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from recordings.shelf import How, Shelf
from recordings.sound import Sound, wav
from routing.model import Language
from server import parts
from server.cli import app
from server.intake import Fate, Intake, Outcome
from server.recordable import VALUES, with_pieces
from server.voice import catalogue
from tests.support.house import NoDrafts
from tests.support.voices import samples

FR, AR, ZGH = Language.FRENCH, Language.ARABIC, Language.TAMAZIGHT
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CATALOGUE = with_pieces(catalogue())
SOX = parts.find("sox")


def sound(path: Path, seconds: float = 2.5, *, rate: int = 16000, height: float = 0.25) -> Path:
    """A good recording; MP3 and Ogg are made by sox."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = path if path.suffix == ".wav" else path.with_suffix(".tmp.wav")
    plain.write_bytes(wav(Sound(samples(seconds, rate=rate, height=height), rate)))
    if plain != path:
        subprocess.run(SOX.command(plain, path), env=SOX.environment(), check=True)
        plain.unlink()
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "state" / "recordings")


def taken_in(folder: Path, shelf: Shelf, *, dry: bool = False) -> dict[str, Outcome]:
    intake = Intake(CATALOGUE, NoDrafts(), shelf, SOX, lambda: NOON)
    seen: list[tuple[int, int]] = []
    found = asyncio.run(
        intake.folder(folder, dry=dry, progress=lambda done, everything: seen.append((done, everything)))
    )
    assert seen[-1] == (len(found), len(found))
    return {outcome.file: outcome for outcome in found}


@pytest.mark.parametrize(
    ("name", "language", "key"),
    [
        ("fr/menu.repeat.wav", FR, "menu.repeat"),
        ("menu.repeat.ar.mp3", AR, "menu.repeat"),
        ("zgh/goodbye.ogg", ZGH, "goodbye"),
    ],
)
def test_wav_mp3_and_ogg_become_what_callers_hear(
    tmp_path: Path, shelf: Shelf, name: str, language: Language, key: str
) -> None:
    sound(tmp_path / "in" / name, rate=44100)
    outcome = taken_in(tmp_path / "in", shelf)[name]
    assert (outcome.fate, outcome.notes) == (Fate.TAKEN, ())
    assert shelf.current(language, key).read_bytes()[:4] == b"RIFF"
    (version,) = shelf.history(language, key).versions
    assert (version.how, version.source) == (How.IMPORTED, name)
    assert version.seconds == pytest.approx(2.5, abs=0.1)


def test_one_bad_file_spoils_none_of_the_others_and_each_says_what_to_do(
    tmp_path: Path, shelf: Shelf
) -> None:
    folder = tmp_path / "in"
    sound(folder / "fr/menu.repeat.wav")
    sound(folder / "fr/goodbye.wav", height=0.002)
    sound(folder / "fr/menu.repaet.wav")
    sound(folder / "en/goodbye.wav")
    sound(folder / "goodbye.ar.wav", 0.2)
    sound(folder / "menu.repeat.fr.wav")
    sound(folder / "ar/message.today.wav")
    (folder / "fr/welcome.wav").write_bytes(b"")
    (folder / "fr/menu.person.wav").write_bytes(b"this is no sound at all")
    (folder / "fr/menu.person.mp3").write_bytes(bytes(5000))
    (folder / "fr/queue.next.m4a").write_bytes(b"....")
    (folder / "fr/queue.full.wav").write_bytes(wav(Sound(samples(2.0, height=0.0, noise=0.0), 8000)))
    (folder / "notes.txt").write_text("nothing")
    sound(folder / "drafts/zgh/goodbye.wav")

    found = taken_in(folder, shelf)

    said = {name: f"{outcome.fate}: {' | '.join(outcome.notes)}" for name, outcome in found.items()}
    wanted = {
        "fr/menu.repeat.wav": "taken: ",
        "fr/goodbye.wav": "refused: it is quiet",
        "fr/menu.repaet.wav": "refused: there is no prompt menu.repaet; is menu.repeat meant?",
        "en/goodbye.wav": "refused: no language is in its name",
        "goodbye.ar.wav": "refused: it lasts",
        "menu.repeat.fr.wav": "refused: fr/menu.repeat.wav is the same prompt",
        "ar/message.today.wav": "refused: there is no prompt message.today",
        "fr/welcome.wav": "refused: is empty; save it again",
        "fr/menu.person.wav": "refused: is no sound that can be read",
        "fr/menu.person.mp3": "refused: ",
        "fr/queue.next.m4a": "refused: is not WAV, MP3 or Ogg; convert it",
        "fr/queue.full.wav": "refused: nothing can be heard",
    }
    assert said.keys() == wanted.keys()
    assert {name: said[name] for name in wanted if not said[name].startswith(wanted[name])} == {}
    assert [path.name for path in sorted((shelf.folder / "prompts").rglob("*.wav"))] == ["menu.repeat.wav"]


def test_a_dry_run_tells_the_same_and_changes_nothing(tmp_path: Path, shelf: Shelf) -> None:
    sound(tmp_path / "in/fr/menu.repeat.wav")
    (outcome,) = taken_in(tmp_path / "in", shelf, dry=True).values()
    assert outcome.fate is Fate.TAKEN
    assert not shelf.folder.exists()


def test_the_same_folder_a_second_time_makes_no_new_versions(tmp_path: Path, shelf: Shelf) -> None:
    sound(tmp_path / "in/fr/menu.repeat.wav")
    taken_in(tmp_path / "in", shelf)
    (outcome,) = taken_in(tmp_path / "in", shelf).values()
    assert outcome.fate is Fate.UNCHANGED
    assert len(shelf.history(FR, "menu.repeat").versions) == 1


def test_a_doubtful_length_is_taken_and_told(tmp_path: Path, shelf: Shelf) -> None:
    sound(tmp_path / "in/fr/menu.repeat.wav", 0.9)
    (outcome,) = taken_in(tmp_path / "in", shelf).values()
    assert outcome.fate is Fate.DOUBTED
    assert "listen whether all of it is there" in outcome.notes[0]
    assert shelf.current(FR, "menu.repeat").is_file()


def test_pieces_of_sentences_and_numbers_are_taken_too(tmp_path: Path, shelf: Shelf) -> None:
    piece = next(
        part for part in CATALOGUE.recordable(FR) if part.key.startswith(VALUES) and len(part.text) > 6
    )
    sound(tmp_path / f"in/fr/{piece.key}.wav", len(piece.text) / 12)
    (outcome,) = taken_in(tmp_path / "in", shelf).values()
    assert outcome.fate in (Fate.TAKEN, Fate.DOUBTED), outcome
    assert shelf.current(FR, piece.key).is_file()


# ---- as commands


def mowakaba(tmp_path: Path, *words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--state", str(tmp_path / "state"), *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_the_commands_import_show_go_back_and_remove(tmp_path: Path) -> None:
    for seconds in (2.2, 2.6):
        sound(tmp_path / "in/fr/menu.repeat.wav", seconds)
        code, said = mowakaba(tmp_path, "prompts", "import", tmp_path / "in")
        assert (code, "1 taken, 0 refused, 0 already there" in said) == (0, True), said
    code, said = mowakaba(tmp_path, "prompts", "versions", "menu.repeat", "fr")
    assert code == 0
    assert [line.split()[0] for line in said.splitlines()[1:]] == ["1", "2"]
    assert "heard now" in said.splitlines()[2]
    assert mowakaba(tmp_path, "prompts", "rollback", "menu.repeat", "fr") == (
        0,
        "menu.repeat in fr: version 1 is heard from the next call on\n",
    )
    assert mowakaba(tmp_path, "prompts", "remove", "menu.repeat", "fr")[0] == 0
    code, said = mowakaba(tmp_path, "prompts", "rollback", "menu.repeat", "fr", "--to", "2")
    assert (code, "version 2" in said) == (0, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("prompts", "import", "/nowhere"), "/nowhere: is not a folder"),
        (("prompts", "versions", "menu.repaet", "fr"), "is menu.repeat meant?"),
        (("prompts", "rollback", "menu.repeat", "fr"), "no version before this one; there is none"),
        (("prompts", "remove", "menu.repeat", "fr"), "has no recording in fr"),
        (("message", "clear", "fr"), "there is no message in fr"),
        (("message", "set", "fr", "/nowhere.wav"), "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    tmp_path: Path, words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = mowakaba(tmp_path, *words)
    assert code == 1
    assert told in said


def test_the_command_tells_when_some_are_refused(tmp_path: Path) -> None:
    sound(tmp_path / "in/fr/menu.repeat.wav")
    sound(tmp_path / "in/fr/goodbye.wav", 0.1)
    code, said = mowakaba(tmp_path, "prompts", "import", tmp_path / "in", "--dry-run")
    assert code == 1
    assert "1 would be taken, 1 refused" in said
    code, said = mowakaba(tmp_path, "prompts", "import", tmp_path / "in", "--json")
    assert (code, '"fate": "refused"' in said) == (1, True)


def test_a_file_name_that_is_no_utf_8_is_told_to_programs_in_utf_8(tmp_path: Path) -> None:
    nowhere = sound(tmp_path / "in/fr/nowhere.wav")
    nowhere.rename(Path(os.fsdecode(os.fsencode(nowhere.parent) + b"/no\xffwhere.wav")))
    code, said = mowakaba(tmp_path, "prompts", "import", tmp_path / "in", "--json")
    assert code == 1
    (told,) = json.loads(said.encode().decode())["files"]
    assert os.fsencode(told["file"]) == b"fr/no\xffwhere.wav"


def test_a_message_is_set_shown_and_cleared(tmp_path: Path) -> None:
    code, said = mowakaba(
        tmp_path, "message", "set", "zgh", sound(tmp_path / "today.mp3", 8.0), "--days", "2"
    )
    assert (code, "callers hear it in zgh until" in said) == (0, True), said
    code, said = mowakaba(tmp_path, "message", "show")
    assert said.splitlines()[1].split()[:2] == ["zgh", "heard"]
    assert mowakaba(tmp_path, "message", "clear", "zgh")[0] == 0
    assert mowakaba(tmp_path, "message", "show") == (0, "no message in any language\n")


def test_a_damaged_file_of_messages_is_named(tmp_path: Path) -> None:
    file = tmp_path / "state/recordings/messages.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"fr": 5}')
    for words in (("show",), ("clear", "fr")):
        code, said = mowakaba(tmp_path, "message", *words)
        assert code == 1
        assert said.startswith(f"{file} is damaged"), said


def test_a_message_that_is_too_long_is_refused(tmp_path: Path) -> None:
    code, said = mowakaba(tmp_path, "message", "set", "fr", sound(tmp_path / "long.wav", 35.0))
    assert code == 1
    assert "30 s is the most" in said
    assert mowakaba(tmp_path, "message", "show") == (0, "no message in any language\n")


def test_the_centres_own_sounds_are_nobodys_recordings(tmp_path: Path, shelf: Shelf) -> None:
    sound(tmp_path / "fr/menu.repeat.wav")
    sound(tmp_path / "state/pbx/sounds/fr/menu.person.wav")
    intake = Intake(CATALOGUE, NoDrafts(), shelf, SOX, lambda: NOON)
    found = asyncio.run(intake.folder(tmp_path, dry=False, but=tmp_path / "state"))
    assert [outcome.file for outcome in found] == ["fr/menu.repeat.wav"]
