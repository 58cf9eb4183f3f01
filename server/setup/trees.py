"""The private trees of programs: which packages, unpacked where, and whether a tree is whole.

A tree is unpacked beside its final place, tried, and only then renamed and linked, so two set-ups, a full
disk or a cut connection leave either the old tree or the new one.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from server import parts
from server.setup import debian, stamp
from server.setup.report import Progress, SetupFailed, say

RECIPE = "1"  # raised when the way of unpacking changes, so that older trees are made anew
STAMP = "stamp.json"
DAY = 24 * 3600

# Packages that administer a machine or bring an interpreter nothing here starts.
STAND_INS = (
    "adduser",
    "debconf",
    "gnupg",
    "init-system-helpers",
    "locales",
    "lsb-base",
    "netbase",
    "openssl",
    "passwd",
    "perl",
    "perl-base",
    "postgresql-client-common",
    "postgresql-common",
    "procps",
    "python3",
    "ssl-cert",
    "systemd",
    "tzdata",
    "ucf",
)
# Never read by a running program.
SUPERFLUOUS = ("usr/share/doc", "usr/share/info", "usr/share/lintian", "usr/share/locale", "usr/share/man")


@dataclass(frozen=True, slots=True)
class Tree:
    """One set of packages, and the programs that must run once they are unpacked."""

    name: str
    packages: tuple[str, ...]
    programs: tuple[str, ...]

    @property
    def key(self) -> str:
        """Change with anything that would make a different tree."""
        return stamp.key_of(RECIPE, parts.triplet(), *STAND_INS, "", *self.packages)


ASTERISK = ("asterisk", "asterisk-moh-opsound-gsm")
SPEECH = ("espeak-ng", "sox")
SHEET = ("fonts-dejavu-core",)
"""The one font of Debian that has Arabic and Tifinagh both."""
CALLERS = ("sip-tester", "baresip-core", "tcpdump")
POSTGRESQL = ("postgresql",)


def run_tree(*, with_asterisk: bool) -> Tree:
    """Return what a centre needs to run."""
    packages = (*(ASTERISK if with_asterisk else ()), *SPEECH, *SHEET)
    return Tree("run", packages, (*(("asterisk",) if with_asterisk else ()), "espeak-ng", "sox"))


def test_tree(*, with_postgresql: bool) -> Tree:
    """Return what the tests need besides: callers, a softphone, a packet recorder, a database server."""
    packages = (*CALLERS, *(POSTGRESQL if with_postgresql else ()))
    programs = ("sipp", "baresip", "tcpdump", *(("initdb", "postgres", "pg_ctl") if with_postgresql else ()))
    return Tree("test", packages, programs)


def wanted(name: str) -> Tree:
    """Return the set `run` or `test` less what this machine has itself."""
    if name == "run":
        return run_tree(with_asterisk=not _on_system("asterisk"))
    return test_tree(with_postgresql=not _on_system("initdb"))


def ready(tree: Tree) -> None:
    """Make sure the tree is there and whole; fetch and unpack it where it is not."""
    folder = parts.folder()
    final = folder / "trees" / f"{tree.name}-{tree.key}"
    problem = stamp.trouble(final / STAMP, tree.key, final)
    if problem is None and _link(folder / tree.name, final):
        say(f"programs ({', '.join(tree.programs)}): ready")
        return
    say(f"programs ({', '.join(tree.programs)}): {problem}")
    packages = _fetch(tree, folder / "apt")
    fresh = folder / "trees" / f"{tree.name}-{tree.key}.new{os.getpid()}"
    try:
        _unpack(packages, fresh)
        say("trying the programs: " + "; ".join(try_out(tree, fresh)))
        stamp.write(fresh / STAMP, tree.key, fresh)
        _replace(final, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _link(folder / tree.name, final)
    _forget_old(folder / "trees", tree, keep=final)
    shutil.rmtree(folder / "apt", ignore_errors=True)


def try_out(tree: Tree, root: Path) -> list[str]:
    """Run each program of a tree once; return what each says it is, SetupFailed when one does not start."""
    found: list[str] = []
    for name in tree.programs:
        program = parts.private(name, root)
        if program is None:
            raise SetupFailed(f"{name} is not in the packages {', '.join(tree.packages)}")
        answer = subprocess.run(
            program.command(VERSION_OPTION.get(name, "--version")),
            env=program.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=60,
            check=False,
        )
        if "error while loading shared libraries" in answer.stdout or answer.returncode in (126, 127):
            raise SetupFailed(f"{name} does not start: {answer.stdout.strip()[:300]}")
        if name == "asterisk" and not parts.is_recent_asterisk(answer.stdout):
            raise SetupFailed(f"the mirror has {answer.stdout.strip()}; 22.10 or newer is needed")
        found.append(first_words(answer.stdout) or name)
    return found


VERSION_OPTION = {
    "asterisk": "-V",
    "sipp": "-v",
    "baresip": "-h",
    "initdb": "-V",
    "postgres": "-V",
    "pg_ctl": "-V",
}


def first_words(text: str) -> str:
    """Return the first line that says something, cut to a few words."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return " ".join(line.rstrip(".").split()[:4])


def _on_system(name: str) -> bool:
    try:
        return parts.system(name) is not None
    except parts.PartMissing:
        return False


def _fetch(tree: Tree, state: Path) -> list[Path]:
    shutil.rmtree(state, ignore_errors=True)
    archive = debian.open_archive(state, STAND_INS)
    return archive.download(tree.packages, f"fetching {', '.join(tree.packages)}")


def _unpack(packages: Sequence[Path], target: Path) -> None:
    progress = Progress("unpacking")
    shutil.rmtree(target, ignore_errors=True)
    with ThreadPoolExecutor(max_workers=2) as workers:
        for count, _ in enumerate(workers.map(lambda package: debian.unpack(package, target), packages), 1):
            progress.at(100 * count / len(packages))
    for name in SUPERFLUOUS:
        shutil.rmtree(target / name, ignore_errors=True)
    _make_ordinary(target)
    for folder in target.glob("usr/lib/postgresql/*/bin"):
        write_postgresql_scripts(target, folder)
    size = sum(stamp.sizes(target).values()) / 1e6
    progress.done(f"{size:.0f} MB")


def _make_ordinary(target: Path) -> None:
    """Let every user read the tree, and give no file the rights of its owner."""
    for folder, folders, files in os.walk(target):
        for name in (*folders, *files):
            path = os.path.join(folder, name)
            if os.path.islink(path):
                continue
            mode = os.stat(path).st_mode
            wanted_mode = stat.S_IMODE(mode) & ~(stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX) | 0o644
            if stat.S_ISDIR(mode) or mode & 0o111:
                wanted_mode |= 0o111
            os.chmod(path, wanted_mode)
    target.chmod(0o755)


def write_postgresql_scripts(root: Path, programs: Path) -> None:
    """Put a script in each PostgreSQL program's place, which starts the real one by the tree's loader.

    initdb and pg_ctl start `postgres` beside themselves, and find their templates from where they are.
    """
    real = programs.parent / "real"
    programs.rename(real)
    programs.mkdir()
    up = "/".join([".."] * len(programs.relative_to(root).parts))
    for program in sorted(real.iterdir()):
        script = programs / program.name
        # Called by the script's own place, from which PostgreSQL derives the others.
        here = Path("$here")
        words = parts.run_by_loader(
            Path("$root"), here / "../real" / program.name, called=here / program.name
        )
        line = " ".join(f'"{word}"' for word in words)
        lines = ("#!/bin/sh", 'here=$(cd "${0%/*}" && pwd -P)', f'root=$(cd "$here/{up}" && pwd -P)')
        script.write_text("\n".join((*lines, f'exec {line} "$@"', "")), encoding="utf-8")
        script.chmod(0o755)


def _replace(final: Path, fresh: Path) -> None:
    if final.exists():
        broken = final.with_name(f"{final.name}.old{os.getpid()}")
        final.rename(broken)
        fresh.rename(final)
        shutil.rmtree(broken, ignore_errors=True)
    else:
        fresh.rename(final)


def _link(link: Path, final: Path) -> bool:
    """Point `link` at the tree in one step."""
    target = os.path.relpath(final, link.parent)
    if not (link.is_symlink() and os.readlink(link) == target):
        partial = link.with_name(f"{link.name}.link{os.getpid()}")
        partial.unlink(missing_ok=True)
        partial.symlink_to(target)
        partial.replace(link)
    return True


def _forget_old(trees: Path, tree: Tree, keep: Path) -> None:
    """Remove this set's other trees, except fresh ones, which a running program may still read."""
    for other in trees.glob(f"{tree.name}-*"):
        if other != keep and time.time() - other.stat().st_mtime > DAY:
            shutil.rmtree(other, ignore_errors=True)
