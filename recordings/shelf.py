"""Recordings of prompts with their earlier versions. What callers hear is one file, replaced as a whole.

FOLDER/prompts/<language>/<key>.wav               what callers hear; without it the synthetic voice speaks
FOLDER/versions/<language>/<key>/<number>.wav     every version, never changed
FOLDER/versions/<language>/<key>/history.json     who recorded, restored or removed which, when and how
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from recordings.files import damaged, locked, read_json, write, write_json
from routing.model import Language


class How(StrEnum):
    """How a version came here."""

    IMPORTED = "imported"
    TELEPHONE = "by telephone"
    BY_HAND = "put there by hand"


@dataclass(frozen=True, slots=True)
class Version:
    """One recording. `by` is a supervisor's id or a user of this machine, `source` the file's name."""

    number: int
    at: datetime
    how: How
    by: str
    seconds: float
    source: str
    digest: str


@dataclass(frozen=True, slots=True)
class History:
    """Versions of one prompt in one language, oldest first; `current` is the number that callers hear."""

    versions: tuple[Version, ...] = ()
    current: int | None = None


class NoSuchVersion(Exception):  # noqa: N818 - named for what is wrong
    """There is nothing to go back to; the message says what there is."""


class Shelf:
    """The recordings below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self, language: Language, key: str) -> Path:
        """The file that callers hear, whether or not it is there."""
        return self.folder / "prompts" / language.value / f"{key}.wav"

    def add(
        self,
        language: Language,
        key: str,
        content: bytes,
        *,
        how: How,
        by: str,
        at: datetime,
        seconds: float,
        source: str = "",
    ) -> Version:
        """Keep a WAV file as the newest version, which callers hear from the next call on."""
        with locked(self.folder):
            book = self._book(language, key)
            self._keep_what_was_put_by_hand(book, language, key, at)
            version = self._store(book, language, key, content, (at, how, by, seconds, source))
            self._show(book, language, key, content, version.number)
            book["changes"].append(_change("added", version.number, by, at))
            self._write(book, language, key)
        return version

    def history(self, language: Language, key: str) -> History:
        """What there is of this prompt."""
        book = self._book(language, key)
        versions = tuple(_version(kept) for kept in book["versions"])
        current = book["current"] if self.current(language, key).is_file() else None
        return History(versions, current)

    def holds(self, language: Language, key: str, content: bytes) -> bool:
        """Whether callers hear just this already."""
        file = self.current(language, key)
        return file.is_file() and file.read_bytes() == content

    def state(self, keys: Iterable[str]) -> tuple[tuple[int, int] | None, ...]:
        """Changes when callers hear another recording of one of these prompts, or none any more."""
        return tuple(_state(self.current(language, key)) for key in keys for language in Language)

    def restore(self, language: Language, key: str, number: int | None, *, by: str, at: datetime) -> Version:
        """Let callers hear an earlier version again: `number`, or the one before the current. Or `NoSuchVersion`."""
        with locked(self.folder):
            book = self._book(language, key)
            self._keep_what_was_put_by_hand(book, language, key, at)
            known = {kept["number"]: _version(kept) for kept in book["versions"]}
            if number is None:
                current = book["current"]
                earlier = [other for other in known if current is None or other < current]
                number = max(earlier, default=0)
            if number not in known:
                there = ", ".join(map(str, known)) or "none"
                raise NoSuchVersion(
                    f"{key} in {language.value}: no version {number or 'before this one'}; there is {there}"
                )
            content = self._place(language, key, number).read_bytes()
            self._show(book, language, key, content, number)
            book["changes"].append(_change("restored", number, by, at))
            self._write(book, language, key)
        return known[number]

    def remove(self, language: Language, key: str, *, by: str, at: datetime) -> bool:
        """Let the synthetic voice speak again; the versions stay. False when nothing was recorded."""
        with locked(self.folder):
            book = self._book(language, key)
            self._keep_what_was_put_by_hand(book, language, key, at)
            file = self.current(language, key)
            if not file.is_file():
                return False
            file.unlink()
            book["changes"].append(_change("removed", book["current"], by, at))
            book["current"] = None
            self._write(book, language, key)
        return True

    # ---- below the lock

    def _keep_what_was_put_by_hand(
        self, book: dict[str, Any], language: Language, key: str, at: datetime
    ) -> None:
        """A file that no version equals becomes one before it is replaced: nothing is lost."""
        file = self.current(language, key)
        if not file.is_file():
            return
        content = file.read_bytes()
        known = {kept["number"]: kept["digest"] for kept in book["versions"]}
        if known.get(book["current"]) == _digest(content):
            return
        stat = file.stat()
        found = datetime.fromtimestamp(stat.st_mtime, at.tzinfo)
        version = self._store(book, language, key, content, (found, How.BY_HAND, "", 0.0, file.name))
        book["current"] = version.number

    def _store(
        self,
        book: dict[str, Any],
        language: Language,
        key: str,
        content: bytes,
        facts: tuple[datetime, How, str, float, str],
    ) -> Version:
        at, how, by, seconds, source = facts
        number = max((kept["number"] for kept in book["versions"]), default=0) + 1
        version = Version(number, at, how, by, round(seconds, 2), source, _digest(content))
        write(self._place(language, key, number), content)
        book["versions"].append({**asdict(version), "at": at.isoformat()})
        return version

    def _show(self, book: dict[str, Any], language: Language, key: str, content: bytes, number: int) -> None:
        write(self.current(language, key), content)
        book["current"] = number

    def _place(self, language: Language, key: str, number: int) -> Path:
        return self._home(language, key) / f"{number}.wav"

    def _home(self, language: Language, key: str) -> Path:
        return self.folder / "versions" / language.value / key

    def _book(self, language: Language, key: str) -> dict[str, Any]:
        empty: dict[str, Any] = {"current": None, "versions": [], "changes": []}
        file = self._home(language, key) / "history.json"
        book = {**empty, **read_json(file, {})}
        try:
            numbers = [_version(kept).number for kept in book["versions"]]
        except (TypeError, KeyError, ValueError):
            raise damaged(file) from None
        if not all(type(number) is int for number in numbers) or type(book["changes"]) is not list:
            raise damaged(file)
        return book

    def _write(self, book: dict[str, Any], language: Language, key: str) -> None:
        write_json(self._home(language, key) / "history.json", book)


def _state(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def _version(kept: dict[str, Any]) -> Version:
    return Version(**{**kept, "at": datetime.fromisoformat(kept["at"]), "how": How(kept["how"])})


def _change(what: str, number: int | None, by: str, at: datetime) -> dict[str, Any]:
    return {"what": what, "version": number, "by": by, "at": at.isoformat()}


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()
