"""Secrets are made once, kept, and readable by nobody else."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import build, secrets
from config.load import load
from config.mistakes import ConfigError
from config.schema import Settings
from dialplan.render import render
from routing.model import AgentId
from server import pbx_files

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
    pins = [f"agent-{agent}-pin" for agent in ("idir", "nadia", "salma", "tifaouine")]
    assert sorted(file.name for file in folder.iterdir()) == [
        "agent-101",
        "agent-103",
        "agent-104",
        *pins,
        "ami",
    ]
    assert {len(pin) for pin in made.agent_pins.values()} == {6}
    assert all(pin.isdecimal() for pin in made.agent_pins.values())
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


# ---- supervisors


SUPERVISED = """
centre: {name: {ar: A, zgh: Z, fr: F}}
agents:
  - {id: salma, name: Salma, extension: 101, languages: [ar]}
supervisors:
  - {id: hind, name: Hind, extension: 101, pin: "271828"}
  - {id: omar, name: Omar, extension: 110, language: zgh}
  - {id: rim, name: Rim}
"""


def test_a_supervisor_gets_a_pin_of_digits_and_a_telephone_if_he_is_no_agent(tmp_path: Path) -> None:
    file = tmp_path / "center.yaml"
    file.write_text(SUPERVISED, encoding="utf-8")
    settings = load(file, {})
    made = secrets.ready(settings, tmp_path)
    assert made.pins["hind"] == "271828"
    assert len(set(made.pins.values())) == 3
    assert all(pin.isdigit() and len(pin) == 6 for pin in made.pins.values())
    assert set(made.supervisors) == {"110"}
    assert secrets.ready(settings, tmp_path) == made
    assert not any(pin in repr(made) for pin in made.pins.values())

    plan = build.to_plan(settings, made, pbx_files.directories(tmp_path), datetime.now(UTC))
    assert [phone.extension for phone in plan.phones] == ["101", "110"]
    files = render(plan)
    assert "[110]" in files["pjsip.conf"]
    assert "PJSIP/101" in files["queues.conf"]
    assert "PJSIP/110" not in files["queues.conf"], "callers of the fallback are not his"
    known = {one.id: (one.extension, one.language) for one in build.to_supervisors(settings)}
    assert known == {"hind": ("101", "ar"), "omar": ("110", "zgh"), "rim": (None, "ar")}


def test_a_pin_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("314159\n", encoding="ascii")
    file = tmp_path / "center.yaml"
    file.write_text(SUPERVISED.replace('pin: "271828"', "pin_file: pin"), encoding="utf-8")
    assert secrets.ready(load(file, {}), tmp_path).pins["hind"] == "314159"
    (tmp_path / "pin").write_text("no digits", encoding="ascii")
    with pytest.raises(ConfigError) as refused:
        load(file, {})
    assert "is not a PIN; write four to twelve digits" in str(refused.value)
    assert "no digits" not in str(refused.value)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("extension: 110", "extension: 2000", "supervisors.omar.extension: 2000 is a number of the centre"),
        ("id: rim", "id: omar", 'supervisors.omar.id: "omar" is another supervisor\'s id'),
        ("language: zgh", "language: de", 'supervisors.omar.language: "de" is not known'),
        ('pin: "271828"', "pin: 12", "supervisors.hind.pin: is not a PIN"),
        ('pin: "271828"', "pin: 12345678901234", "supervisors.hind.pin: is not a PIN"),
        (
            "name: Rim",
            'name: Rim, pin: "271828"',
            "supervisors.rim.pin: is also the PIN of hind, on the same telephone",
        ),
        ("name: Rim", "name: Rim, secret: x", "supervisors.rim.secret: is not a setting"),
    ],
)
def test_supervisors_who_cannot_be(tmp_path: Path, before: str, after: str, told: str) -> None:
    file = tmp_path / "center.yaml"
    assert before in SUPERVISED
    file.write_text(SUPERVISED.replace(before, after), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(file, {})
    assert told in str(refused.value)
    assert "271828" not in str(refused.value)


@pytest.mark.parametrize(
    ("pin", "easy"), [("0000", True), ("123456", True), ("8765", True), ("271828", False)]
)
def test_a_pin_that_anybody_would_try_is_warned_of(tmp_path: Path, pin: str, easy: bool) -> None:
    file = tmp_path / "center.yaml"
    file.write_text(SUPERVISED.replace("271828", pin), encoding="utf-8")
    told = [str(warning) for warning in load(file, {}).warnings if "supervisors" in str(warning)]
    assert bool(told) is easy
    assert pin not in "".join(told)
