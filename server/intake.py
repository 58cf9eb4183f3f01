"""Sound files brought by somebody: read, checked as recordings of prompts, and put on the shelf one by one.

A file that cannot be taken spoils none of the others, and says why and what to do.
"""

import getpass
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from ivr.prompts import Prompts
from recordings.checks import Finding
from recordings.naming import Named, Stranger, is_sound, named
from recordings.shelf import How, Shelf
from recordings.sound import read_wav
from routing.model import Language
from server.recordable import recordable, words
from server.studio import examine, expectation
from speech.catalogue import Catalogue
from speech.program import EngineFailed, Runnable, run

DRAFTS = "drafts"
"""Folder of a recording sheet that holds the synthetic voice: never taken for recordings."""
LARGEST = 50_000_000  # bytes; ten minutes of studio quality
LONGEST = 600  # seconds that are read at all
MEND = "save it again as WAV"
OTHER_SOUNDS = frozenset({".aac", ".aif", ".aiff", ".amr", ".flac", ".m4a", ".mp4", ".opus", ".webm", ".wma"})
"""Sound that is not read: said, where another file is passed over in silence."""

Progress = Callable[[int, int], None]
"""Called with (done, all)."""


class Fate(StrEnum):
    """What became of a file."""

    TAKEN = "taken"
    DOUBTED = "taken, listen to it"
    UNCHANGED = "already there"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file: what became of it, as which prompt, and what is to be said about it, one thing a line."""

    file: str
    fate: Fate
    language: Language | None = None
    key: str | None = None
    notes: tuple[str, ...] = ()


class Intake:
    """Takes files in. The catalogue is one with pieces, and `drafts` says it with synthetic voices."""

    def __init__(
        self, catalogue: Catalogue, drafts: Prompts, shelf: Shelf, sox: Runnable, now: Callable[[], datetime]
    ) -> None:
        self._catalogue, self._drafts, self._shelf, self._sox, self._now = catalogue, drafts, shelf, sox, now
        self._every_key = frozenset(recordable(catalogue))

    async def folder(
        self,
        folder: Path,
        *,
        dry: bool,
        progress: Progress = lambda done, everything: None,
        but: Path | None = None,
    ) -> list[Outcome]:
        """Every sound file below the folder, in the order of their names; `dry` only looks.

        Nothing below `but` is taken: the centre's own sounds lie in its state folder.

        Raises OSError for the folder itself.
        """
        files = sorted(_files(folder, but))
        outcomes: list[Outcome] = []
        seen: dict[tuple[Language, str], str] = {}
        for done, file in enumerate(files):
            progress(done, len(files))
            outcomes.append(await self._one(file, file.relative_to(folder), seen, dry=dry))
        progress(len(files), len(files))
        return outcomes

    async def _one(
        self, file: Path, name: Path, seen: dict[tuple[Language, str], str], *, dry: bool
    ) -> Outcome:
        if not is_sound(name):
            return _refused(name, "is not WAV, MP3 or Ogg", "convert it")
        match named(name, self._every_key):
            case Stranger(what=what, mend=mend):
                return _refused(name, what, mend)
            case Named(language=language, key=key):
                pass
        if words(self._catalogue, language, key) is None:
            return _refused(
                name, f"{language.value} is said without {key}", "leave it out", Named(language, key)
            )
        twin = seen.get((language, key))
        if twin is not None:
            return _refused(name, f"{twin} is the same prompt", "leave one of them", Named(language, key))
        try:
            content = await decoded(self._sox, file)
        except Unreadable as problem:
            return Outcome(str(name), Fate.REFUSED, language, key, (str(problem),))
        found = examine(content, await expectation(self._catalogue, self._drafts, key, language))
        outcome = self._shelved(name, Named(language, key), content, found, dry=dry)
        if outcome.fate is not Fate.REFUSED:
            seen[language, key] = str(name)
        return outcome

    def _shelved(
        self, name: Path, prompt: Named, content: bytes, found: tuple[Finding, ...], *, dry: bool
    ) -> Outcome:
        notes = tuple(f"{finding.what}; {finding.mend}" for finding in found)
        if any(finding.grave for finding in found):
            return Outcome(str(name), Fate.REFUSED, prompt.language, prompt.key, notes)
        fate = Fate.DOUBTED if found else Fate.TAKEN
        if self._shelf.holds(prompt.language, prompt.key, content):
            fate = Fate.UNCHANGED
        elif not dry:
            try:
                self._shelf.add(
                    prompt.language,
                    prompt.key,
                    content,
                    how=How.IMPORTED,
                    by=whoever(),
                    at=self._now(),
                    seconds=read_wav(content).seconds,
                    source=str(name),
                )
            except OSError as problem:
                why = f"{problem.filename or self._shelf.folder}: {problem.strerror}; make room, or mend its rights"
                return Outcome(str(name), Fate.REFUSED, prompt.language, prompt.key, (why,))
        return Outcome(str(name), fate, prompt.language, prompt.key, notes)


class Unreadable(Exception):  # noqa: N818 - named for what is wrong
    """No sound comes of a file; the message says why and what to do."""


async def decoded(sox: Runnable, file: Path) -> bytes:
    """The file as a mono 16-bit WAV file at its own rate. Raises `Unreadable`."""
    place = _readable(file)
    shape = ("-t", "wav", "-b", "16", "-e", "signed-integer", "-c", "1")
    try:
        return await run(sox, "-V1", "-D", place, *shape, "-", "trim", "0", str(LONGEST))
    except EngineFailed as failure:
        raise Unreadable(f"is no sound that can be read ({failure}); {MEND}") from None


def _readable(file: Path) -> Path:
    """Its absolute path, which sox takes for nothing but a file. Raises `Unreadable`."""
    try:
        size = file.stat().st_size
    except OSError as problem:
        raise Unreadable(f"cannot be read ({problem.strerror}); name another file") from None
    if not size:
        raise Unreadable(f"is empty; {MEND}")
    if size > LARGEST:
        raise Unreadable(f"has {size / 1e6:.0f} MB, more than any prompt; cut it into prompts")
    return file.absolute()


def whoever() -> str:
    """The user of this machine who gives the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _files(folder: Path, but: Path | None) -> Iterator[Path]:
    own = None if but is None else but.resolve()
    if not folder.is_dir():
        raise NotADirectoryError(0, "is not a folder", str(folder))
    for file in folder.rglob("*"):
        inside = file.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in inside) or DRAFTS in inside[:-1]
        if own is not None and own in file.resolve().parents:
            continue
        if file.is_file() and not hidden and (is_sound(file) or file.suffix.lower() in OTHER_SOUNDS):
            yield file


def _refused(name: Path, what: str, mend: str, prompt: Named | None = None) -> Outcome:
    language, key = (prompt.language, prompt.key) if prompt is not None else (None, None)
    return Outcome(str(name), Fate.REFUSED, language, key, (f"{what}; {mend}",))
