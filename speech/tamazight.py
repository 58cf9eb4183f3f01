"""A Tamazight voice for espeak-ng, which has none: a private copy of its data with rules of our own.

The copy is compiled by the very version that runs it, and named after that version and the rules: either
changes, a new copy is made beside the old one.
"""

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from speech.program import EngineFailed, Runnable

VOICE = Path(__file__).parent / "voices" / "zgh"
DATA = "espeak-ng-data"
# What Arabic, French and our own voice need of espeak-ng's data; English is its fallback for stray letters.
_NEEDED = ("phondata", "phonindex", "phontab", "intonations", "ar_dict", "fr_dict", "en_dict", "voices/!v")
_VOICES = ("ar", "fr", "en")
_LONGEST = 60


def voice_data(espeak: Runnable, home: Path) -> tuple[Path, str]:
    """Return the folder for `espeak-ng --path` and a stamp that changes with what it would say.

    Blocks for a second the first time. Raises `EngineFailed`.
    """
    version, source = version_and_data(espeak)
    stamp = _stamp(version, source)
    ready = home / f"espeak-{stamp}"
    if not (ready / DATA / "zgh_dict").is_file():
        home.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".voice-", dir=home))
        try:
            _copy(source, fresh / DATA)
            _compile(espeak, fresh)
            fresh.chmod(0o755)
            _put(fresh, ready)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return ready, stamp


def version_and_data(espeak: Runnable) -> tuple[str, Path]:
    """Ask espeak-ng for its version and its data folder."""
    answer = _run(espeak, "--version").stdout
    found = re.search(r"(\d+\.\d+\S*)\s+Data at: (\S.*)", answer)
    if found is None:
        raise EngineFailed(f"espeak-ng does not say its version: {answer.strip()[:100]!r}")
    return found[1], Path(found[2].strip())


def _stamp(version: str, source: Path) -> str:
    digest = hashlib.blake2b(version.encode(), digest_size=8)
    for file in (*sorted(VOICE.iterdir()), source / "phontab", source / "ar_dict", source / "fr_dict"):
        try:
            digest.update(file.name.encode() + file.read_bytes())
        except OSError as error:
            raise EngineFailed(f"espeak-ng's data is incomplete: {file}: {error.strerror}") from error
    return digest.hexdigest()


def _copy(source: Path, target: Path) -> None:
    for name in _needed(source):
        place = target / name.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        if name.is_dir():
            shutil.copytree(name, place)
        else:
            shutil.copyfile(name, place)
    voice = target / "lang" / "afa" / "zgh"
    voice.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(VOICE / "zgh", voice)


def _needed(source: Path) -> Iterator[Path]:
    yield from (source / name for name in _NEEDED if (source / name).exists())
    yield from (file for file in (source / "lang").glob("*/*") if file.name in _VOICES)


def _compile(espeak: Runnable, home: Path) -> None:
    # espeak-ng reads zgh_rules and zgh_list from the folder it runs in.
    answer = _run(espeak, f"--path={home}", "--compile=zgh", at=VOICE)
    made = home / DATA / "zgh_dict"
    if not made.is_file() or not made.stat().st_size:
        said = " ".join(answer.stderr.split())
        raise EngineFailed(f"the Tamazight voice cannot be compiled: {said[-300:]}")


def _put(fresh: Path, ready: Path) -> None:
    """Move a finished copy to its place, unless another process was first."""
    try:
        fresh.rename(ready)
    except OSError:
        if not (ready / DATA / "zgh_dict").is_file():
            shutil.rmtree(ready, ignore_errors=True)
            fresh.rename(ready)


def _run(espeak: Runnable, *arguments: str, at: Path | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            espeak.command(*arguments),
            env=dict(espeak.environment()),
            cwd=at,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LONGEST,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineFailed(f"espeak-ng does not run: {error}") from error
