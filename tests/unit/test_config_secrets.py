"""Secrets are made once, kept, and readable by nobody else."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import secrets
from config.load import load
from config.mistakes import ConfigError
from config.schema import Settings
from routing.model import AgentId

DEFAULT = Path(__file__).parents[2] / "config/center.yaml"


@pytest.fixture
def settings() -> Settings:
    return load(DEFAULT, {"MOWAKABA_AGENTS__IDIR__SECRET": "chosen-by-hand"})


@pytest.fixture(autouse=True)
def _an_open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_first_start_makes_what_the_administrator_did_not_choose(
    settings: Settings, tmp_path: Path
) -> None:
    made = secrets.ready(settings, tmp_path)
    folder = tmp_path / "secrets"
    assert sorted(file.name for file in folder.iterdir()) == ["agent-101", "agent-103", "agent-104", "ami"]
    assert mode(folder) == 0o700
    assert {mode(file) for file in folder.iterdir()} == {0o600}
    assert made.agents[AgentId("idir")] == "chosen-by-hand"
    everyone = [*made.agents.values(), made.ami]
    assert len(set(everyone)) == 5
    assert all(len(secret) >= 14 for secret in everyone)


def test_every_later_start_finds_the_same(settings: Settings, tmp_path: Path) -> None:
    assert secrets.ready(settings, tmp_path) == secrets.ready(settings, tmp_path)


def test_two_that_start_together_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: secrets.kept(tmp_path / "secrets", "ami"), range(8)))
    assert len(found) == 1
    assert [file.name for file in (tmp_path / "secrets").iterdir()] == ["ami"]


def test_a_secret_that_others_could_read_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)
    (folder / "ami").write_text("kx7mq-2wert\n")
    (folder / "ami").chmod(0o644)
    assert secrets.kept(folder, "ami") == "kx7mq-2wert"
    assert (mode(folder), mode(folder / "ami")) == (0o700, 0o600)


def test_an_empty_secret_or_a_folder_that_refuses_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/ami").touch()
    with pytest.raises(ConfigError, match="is empty; remove it; the next start makes a new secret"):
        secrets.kept(tmp_path / "secrets", "ami")
    with pytest.raises(ConfigError, match="cannot be used"):
        secrets.kept(tmp_path / "secrets/ami", "agent-101")


def test_secrets_do_not_show_themselves(settings: Settings, tmp_path: Path) -> None:
    made = secrets.ready(settings, tmp_path)
    assert made.ami not in repr(made)
    assert "chosen-by-hand" not in repr(made) + repr(settings)
