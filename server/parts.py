"""Where the programs that Mowakaba starts are found, and how each one is run.

Standard library only: the set-up uses it before any package is installed.

The programs are Debian packages unpacked into private trees by `make setup` and `make test`. A tree brings
its own C library, so each program is started through the tree's own loader, as any user, installed nowhere:

    asterisk = find("asterisk")
    subprocess.run(asterisk.command("-V"), env=asterisk.environment())

`find` knows: asterisk, espeak-ng, sox (run-time set); sipp, baresip, tcpdump, initdb, postgres, pg_ctl,
psql (test set). A system Asterisk of 22.10 or newer and a system PostgreSQL are preferred to the private
ones; any other program of the system is taken when its tree is absent.

The trees are `.parts/run` and `.parts/test` in the checkout; MOWAKABA_PARTS names another folder.
PostgreSQL refuses to be run by root: its caller passes `user=` to subprocess.
"""

from __future__ import annotations

import functools
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
OLDEST_ASTERISK = (22, 10)

# Each program's set and its place in the tree; `*` is PostgreSQL's major version.
PLACES = {
    "asterisk": ("run", "usr/sbin/asterisk"),
    "espeak-ng": ("run", "usr/bin/espeak-ng"),
    "sox": ("run", "usr/bin/sox"),
    "sipp": ("test", "usr/bin/sipp"),
    "baresip": ("test", "usr/bin/baresip"),
    "tcpdump": ("test", "usr/bin/tcpdump"),
    "initdb": ("test", "usr/lib/postgresql/*/bin/initdb"),
    "postgres": ("test", "usr/lib/postgresql/*/bin/postgres"),
    "pg_ctl": ("test", "usr/lib/postgresql/*/bin/pg_ctl"),
    "psql": ("test", "usr/lib/postgresql/*/bin/psql"),
}
POSTGRESQL = frozenset({"initdb", "postgres", "pg_ctl", "psql"})
MENDED_BY = {"run": "make setup", "test": "make demo-setup"}

# The GNU names of the processors that Debian's packages are made for, with each one's loader.
LOADERS = {
    "x86_64": ("x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
    "aarch64": ("aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
}


class PartMissing(Exception):  # noqa: N818 - named for what is wrong
    """A program is on this machine neither privately nor installed; the message says what mends it."""


@dataclass(frozen=True, slots=True)
class Program:
    """How to run one program: the words before its arguments and the variables it needs.

    `root` is the private tree it comes from, None for the system's own.
    """

    argv: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)
    root: Path | None = None

    def command(self, *arguments: str | os.PathLike[str]) -> list[str]:
        """Return the full command line for these arguments."""
        return [*self.argv, *(os.fspath(argument) for argument in arguments)]

    def environment(self) -> dict[str, str]:
        """Return this process's environment with the program's variables added."""
        return {**os.environ, **self.env}


def folder() -> Path:
    """Return the folder that holds the private trees."""
    return Path(os.environ.get("MOWAKABA_PARTS") or CHECKOUT / ".parts").absolute()


def find(name: str) -> Program:
    """Return how to run `name`; PartMissing when it is nowhere, ValueError when it is not a known name."""
    if name not in PLACES:
        raise ValueError(f"{name} is not a part of Mowakaba; the parts are {', '.join(PLACES)}")
    part_set = PLACES[name][0]
    first, second = (system, _private) if name == "asterisk" or name in POSTGRESQL else (_private, system)
    program = first(name) or second(name)
    if program is None:
        raise PartMissing(f"{name} is not on this machine; run: {MENDED_BY[part_set]}")
    return program


def asterisk_module_dir() -> Path:
    """Return the folder for `astmoddir`: the modules of the Asterisk that `find` returns."""
    root = find("asterisk").root
    if root is not None:
        return libraries(root) / "asterisk/modules"
    return _first_folder(Path("/"), f"usr/lib/{triplet()}/asterisk/modules", "usr/lib/asterisk/modules")


def asterisk_data_dir() -> Path:
    """Return the folder for `astdatadir`: documentation, sounds, music on hold."""
    return _first_folder(find("asterisk").root or Path("/"), "usr/share/asterisk", "var/lib/asterisk")


def espeak_data_dir() -> Path:
    """Return espeak-ng's own `espeak-ng-data`, the one to copy before a voice is added."""
    root = find("espeak-ng").root or Path("/")
    return _first_folder(root, f"usr/lib/{triplet()}/espeak-ng-data", "usr/share/espeak-ng-data")


def baresip_module_dir() -> Path:
    """Return the folder for baresip's `module_path`."""
    return _first_folder(find("baresip").root or Path("/"), "usr/lib/baresip/modules")


def sheet_font() -> Path:
    """Return the font of the recording sheet, which has Arabic, Tifinagh and Latin letters. Raises PartMissing."""
    for root in (folder() / "run", Path("/")):
        font = root / "usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
        if font.is_file():
            return font
    raise PartMissing(f"the font of the recording sheet is not on this machine; run: {MENDED_BY['run']}")


def triplet() -> str:
    """Return Debian's name for this machine's kind, x86_64-linux-gnu or aarch64-linux-gnu."""
    return _kind()[0]


def loader() -> str:
    """Return the file name of this machine's kind of loader."""
    return _kind()[1]


def libraries(root: Path) -> Path:
    """Return the tree's main library folder."""
    return root / "usr/lib" / triplet()


def run_by_loader(root: Path, program: Path, called: Path | None = None) -> tuple[str, ...]:
    """Return the words that start a tree's program with the tree's own C library, `called` its argv[0]."""
    main = libraries(root)
    path = ":".join(str(part) for part in (main, main / "pulseaudio"))
    # The cache lists the system's libraries, made for another C library.
    options = ("--inhibit-cache", "--library-path", path, "--argv0", str(called or program))
    return (str(main / loader()), *options, str(program))


def private(name: str, root: Path) -> Program | None:
    """Return `name` as it is run from one tree, None when the tree does not have it."""
    pattern = PLACES[name][1]
    found = sorted(root.glob(pattern), key=_version_in_path)
    if not found:
        return None
    if name in POSTGRESQL:
        # The set-up writes a script at this place: PostgreSQL's programs start each other by path.
        return Program((str(found[-1]),), {}, root)
    return Program(run_by_loader(root, found[-1]), _variables(name, root), root)


def _private(name: str) -> Program | None:
    tree = folder() / PLACES[name][0]
    # The link changes when the packages do; a running program keeps the tree it started from.
    return private(name, tree.resolve()) if tree.is_dir() else None


def _variables(name: str, root: Path) -> dict[str, str]:
    main = libraries(root)
    variables = {"GCONV_PATH": str(main / "gconv"), "OPENSSL_MODULES": str(main / "ossl-modules")}
    if name == "espeak-ng":
        variables["ESPEAK_DATA_PATH"] = str(main / "espeak-ng-data")
    return variables


def system(name: str) -> Program | None:
    """Return the system's own `name`, None when it is absent or too old."""
    if name in POSTGRESQL:
        found = sorted(Path("/").glob(PLACES[name][1]), key=_version_in_path)
        return Program((str(found[-1]),)) if found else None
    place = shutil.which(name, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin")
    if place is None or (name == "asterisk" and not _recent_asterisk(place)):
        return None
    return Program((place,))


@functools.cache
def _recent_asterisk(place: str) -> bool:
    try:
        answer = subprocess.run([place, "-V"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    return is_recent_asterisk(answer)


def is_recent_asterisk(answer: str) -> bool:
    """Whether the answer to `asterisk -V` names a version that has all the controller relies on."""
    numbers = re.search(r"\b(\d+)\.(\d+)", answer)
    return numbers is not None and (int(numbers[1]), int(numbers[2])) >= OLDEST_ASTERISK


def _kind() -> tuple[str, str]:
    machine = platform.machine()
    if machine not in LOADERS:
        raise PartMissing(
            f"no private parts for a {machine} processor; install Asterisk 22.10 or newer yourself"
        )
    return LOADERS[machine]


def _first_folder(root: Path, *places: str) -> Path:
    for place in _under(root, places):
        if place.is_dir():
            return place
    raise PartMissing(f"none of {', '.join(places)} is in {root}; run: make setup")


def _under(root: Path, places: tuple[str, ...]) -> Iterator[Path]:
    return (root / place for place in places)


def _version_in_path(path: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"/(\d+)/", str(path)))
