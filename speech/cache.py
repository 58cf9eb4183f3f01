"""Sound files by content: a file is written once, whole, under a name that says what it must hold.

Each sound is there twice: `name.wav` for an ordinary call, and beside it `name.wav16`, which Asterisk takes by
itself for a wideband one. Three shelves: `static` prompts, kept; `slots`, sentences with values, the least used of
which go; `private`, those with a telephone number or a reference, under names that reveal nothing, gone after minutes.
"""

import hashlib
import os
import secrets
import tempfile
import time
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from speech import wav
from speech.level import NARROW, WIDE, Levelled

MOST_SLOTS = 3000
"""Sentences with values that are kept: about 350 MB."""
PRIVATE_LIFE = 600.0
"""Seconds a private sentence is kept: longer than anyone hears it again and again."""
_STILL_PLAYING = 600.0  # seconds in which a file may be on the line
_SWEEP_EVERY = 64


class Shelf(StrEnum):
    """Where a sound is kept and for how long."""

    STATIC = "static"
    SLOTS = "slots"
    PRIVATE = "private"


class Cache:
    """Sound files below one folder."""

    def __init__(
        self, root: Path, *, most_slots: int = MOST_SLOTS, private_life: float = PRIVATE_LIFE
    ) -> None:
        self.root = root.absolute()
        self.private_life = private_life
        self._most_slots = most_slots
        self._secret = secrets.token_bytes(32)
        self._whole: dict[Path, tuple[str, _State, _State]] = {}
        self._puts = 0

    def path(self, shelf: Shelf, language: str, key: str, content: str) -> Path:
        """Return where a sound belongs. `content` is everything that decides how it sounds."""
        if shelf is Shelf.PRIVATE:
            name = hashlib.blake2b(content.encode(), key=self._secret, digest_size=16).hexdigest()
            return self.root / shelf / f"{name}.wav"
        digest = hashlib.blake2b(content.encode(), digest_size=10).hexdigest()
        return self.root / shelf / language / f"{key.replace('.', '-')}-{digest}.wav"

    def holds(self, path: Path) -> bool:
        """Whether the sound is there and whole, at both rates; a damaged one is not. Marks it as used."""
        known = self._whole.get(path)
        wide = str(twin(path)) if known is None else known[0]
        try:
            if known is None or (_state(path), _state(wide)) != known[1:]:
                if not (_is_whole(path, NARROW) and _is_whole(wide, WIDE)):
                    self._whole.pop(path, None)
                    return False
                self._whole[path] = wide, _state(path), _state(wide)
            os.utime(path)
        except OSError:
            self._whole.pop(path, None)
            return False
        return True

    def put(self, path: Path, sound: Levelled) -> None:
        """Write a sound so that a reader sees all of it or nothing."""
        if not path.parent.is_dir():
            # Asterisk, another user, opens the files by name; nobody else can list them and so guess one.
            path.parent.mkdir(parents=True, exist_ok=True)
            path.parent.chmod(0o711)
        self.write(twin(path), wav.wav(sound.wide, WIDE))
        self.write(path, wav.wav(sound.narrow, NARROW))
        self._puts += 1
        if self._puts % _SWEEP_EVERY == 0:
            self.sweep()

    @staticmethod
    def write(path: Path, content: bytes) -> None:
        """Write a file beside its place and rename it there."""
        handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def note(self, name: str, text: str) -> None:
        """Keep a line beside the sounds, if the disk takes it."""
        with suppress(OSError):
            self.root.mkdir(parents=True, exist_ok=True)
            if self.noted(name) != text:
                self.write(self.root / f"{name}.txt", text.encode())

    def noted(self, name: str) -> str | None:
        """The line kept under this name, if there is one."""
        try:
            return (self.root / f"{name}.txt").read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            return None

    def sweep(self) -> None:
        """Remove private sounds whose time is over and the least used sentences above the limit."""
        now = time.time()
        for path, used in self._files(Shelf.PRIVATE):
            if now - used > self.private_life:
                self._remove(path)
        slots = sorted(self._files(Shelf.SLOTS), key=lambda found: found[1])
        for path, used in slots[: max(0, len(slots) - self._most_slots)]:
            if now - used > _STILL_PLAYING:
                self._remove(path)

    def forget(self, path: Path) -> float | None:
        """Remove a private sound that was not used for its life; else return the seconds it still has."""
        try:
            left = path.stat().st_mtime + self.private_life - time.time()
        except OSError:
            return None
        if left > 0:
            return left
        self._remove(path)
        return None

    def keep_static(self, wanted: set[Path]) -> None:
        """Remove static sounds that are no prompt any more."""
        now = time.time()
        for path, used in self._files(Shelf.STATIC):
            if path not in wanted and now - used > _STILL_PLAYING:
                self._remove(path)

    def _files(self, shelf: Shelf) -> list[tuple[Path, float]]:
        found: list[tuple[Path, float]] = []
        for path in (self.root / shelf).rglob("*"):
            if path.suffix == _TWIN and path.with_suffix(".wav").exists():
                continue
            try:
                if path.is_file():
                    found.append((path, path.stat().st_mtime))
            except OSError:
                continue
        return found

    def _remove(self, path: Path) -> None:
        self._whole.pop(path, None)
        path.unlink(missing_ok=True)
        twin(path).unlink(missing_ok=True)


_State = tuple[int, int]
_TWIN = ".wav16"


def twin(path: Path) -> Path:
    """Where Asterisk looks for the wideband sound beside `name.wav`."""
    return path.with_suffix(_TWIN)


def _state(path: Path | str) -> _State:
    found = os.stat(path)
    return found.st_size, found.st_ino


def _is_whole(path: Path | str, rate: int) -> bool:
    with open(path, "rb") as file:
        return wav.is_whole(file.read(wav.HEADER_SIZE), os.fstat(file.fileno()).st_size, rate)
