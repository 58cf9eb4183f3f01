"""The folders of the embedded Asterisk, and its generated files on disk.

    STATE/pbx/{etc,var,run,log,spool,agi,sounds,requests}

The control socket's path must stay under 108 characters: with a long state path, `run` moves to a private
folder of the temporary directory, always the same one for the same state.
"""

import hashlib
import os
import shlex
import shutil
import stat
import tempfile
from pathlib import Path

from dialplan.melody import melody
from dialplan.names import CDR_FILE
from dialplan.plan import Directories, PbxPlan
from dialplan.render import render
from server import parts

LONGEST_SOCKET = 107
MELODY = "mowakaba.wav"
KEEPER = Path(__file__).with_name("keeper.py")


class Unsafe(Exception):  # noqa: N818 - named for what is wrong
    """The short folder in the temporary directory belongs to somebody else."""


def directories(state: Path) -> Directories:
    """Where the embedded Asterisk of this state folder keeps everything."""
    home = state.absolute() / "pbx"
    run = home / "run"
    if len(os.fsencode(run / "asterisk.ctl")) > LONGEST_SOCKET:
        run = _short_name(home)
    return Directories(
        config=home / "etc",
        modules=parts.asterisk_module_dir(),
        data=parts.asterisk_data_dir(),
        var=home / "var",
        run=run,
        log=home / "log",
        spool=home / "spool",
        sounds=home / "sounds",
        requests=home / "requests",
        keeper=home / "agi" / "keeper",
    )


def private_folders(places: Directories) -> tuple[Path, ...]:
    """The folders that Asterisk's user owns."""
    return (
        places.config,
        places.var,
        places.run,
        places.log,
        places.spool,
        places.sounds,
        places.requests,
        places.keeper.parent,
    )


def make_folders(places: Directories) -> None:
    """Make all folders. Raises `Unsafe` when `run` is a short folder that somebody else prepared."""
    if not places.run.is_relative_to(places.config.parent):
        _make_short(places.run)
    # What lies inside is closed to others; these two are passed through by Asterisk's user.
    places.config.parent.parent.mkdir(parents=True, exist_ok=True)
    places.config.parent.mkdir(mode=0o711, exist_ok=True)
    for folder in private_folders(places):
        folder.mkdir(mode=0o700, exist_ok=True)
    for folder in (places.music, places.var / "keys", (places.log / CDR_FILE).parent):
        folder.mkdir(mode=0o700, exist_ok=True)


def write(plan: PbxPlan, python: str, packages: Path) -> set[str]:
    """Write what differs from what is there; return the names of Asterisk's files that changed."""
    places = plan.directories
    texts = render(plan)
    changed = {name for name, text in texts.items() if _write(places.config / name, text.encode(), 0o600)}
    for stale in places.config.glob("*.conf"):
        if stale.name not in texts:
            stale.unlink()
            changed.add(stale.name)
    command = f"exec {_quoted(python)} -I {_quoted(KEEPER)} {_quoted(packages)} {_quoted(places.requests)}"
    _write(places.keeper, f"#!/bin/sh\n# Made by Mowakaba.\n{command}\n".encode(), 0o700)
    if not any(places.music.iterdir()):
        _write(places.music / MELODY, melody(), 0o600)
    return changed


def remove_run_folder(places: Directories) -> None:
    """Remove a short `run` folder when Asterisk has stopped."""
    if not places.run.is_relative_to(places.config.parent):
        shutil.rmtree(places.run, ignore_errors=True)


def short_folder(long: Path) -> Path:
    """A private folder with a short path, always the same one for `long`. Raises `Unsafe`."""
    folder = _short_name(long)
    _make_short(folder)
    return folder


def _short_name(long: Path) -> Path:
    mark = hashlib.sha256(os.fsencode(long)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"mowakaba-{os.getuid()}-{mark}"


def _make_short(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    # Root may have given it to Asterisk's user; for anyone else it must be his own.
    ours = os.getuid() in (0, found.st_uid)
    if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077 or not ours:
        raise Unsafe(
            f"{folder} is not a private folder of this user: remove it, or choose a shorter state folder"
        )


def _write(path: Path, content: bytes, mode: int) -> bool:
    if path.exists() and path.read_bytes() == content:
        return False
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return True


def _quoted(value: object) -> str:
    return shlex.quote(str(value))
