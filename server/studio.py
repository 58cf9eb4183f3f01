"""The studio put together: the door, the shelf, the numbers and the message of the day behind `ivr.studio.Studio`."""

import asyncio
import uuid
import wave
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from ivr.prompts import Phrase, PromptMissing, Prompts
from ivr.studio import LONGEST_MESSAGE, MESSAGE, Refusal, Supervisor, Unusable, Usable
from recordings.checks import Expected, Fault, Finding, findings, nothing_heard
from recordings.door import Door
from recordings.files import Damaged
from recordings.messages import Message, Messages, until
from recordings.numbers import Numbers
from recordings.shelf import How, Shelf
from recordings.sound import NoSound, measured, read_wav
from routing.model import Language
from server.recordable import numbered, words
from speech import wav
from speech.catalogue import Catalogue
from speech.level import NARROW, levelled
from speech.sound import Sound

log = structlog.get_logger()

TAKE, HEARD = "take-", "-heard"  # names of files in the spool
SAID = {
    Fault.EMPTY: "studio.empty",
    Fault.TOO_QUIET: "studio.too_quiet",
    Fault.TOO_SHORT: "studio.too_short",
    Fault.TOO_LONG: "studio.too_long",
    Fault.NOISY: "studio.noisy",
    Fault.CLIPPED: "studio.clipped",
}
MESSAGE_EXPECTED = Expected(at_most=LONGEST_MESSAGE.total_seconds())
"""A message of the day may say anything, briefly."""
Aside = Callable[..., Awaitable[Any]]
"""Runs a function with its arguments where it holds nobody up."""
Changed = Callable[[str, Language], None]
"""Told of a prompt that sounds otherwise from now on."""


class Folders:
    """What the studio keeps below `<state>/recordings`, for the running centre and for commands alike."""

    def __init__(self, state: Path) -> None:
        home = state.absolute() / "recordings"
        self.shelf = Shelf(home)
        self.numbers = Numbers(home / "numbers.json")
        self.messages = Messages(home / "messages.json")


class TelephoneStudio:
    """Implements `ivr.studio.Studio`. `takes` is a folder in which the telephone exchange may write.

    The catalogue is one with pieces, and `drafts` says it with synthetic voices.
    """

    def __init__(
        self,
        folders: Folders,
        door: Door,
        catalogue: Catalogue,
        drafts: Prompts,
        takes: Path,
        *,
        now: Callable[[], datetime],
        zone: ZoneInfo,
        changed: Changed = lambda key, language: None,
        aside: Aside = asyncio.to_thread,
    ) -> None:
        self._folders, self._door, self._catalogue, self._drafts = folders, door, catalogue, drafts
        self._takes = takes
        self._now, self._zone, self._changed, self._aside = now, zone, changed, aside

    def open(self) -> None:
        """Give every prompt its number, and remove what calls of an earlier controller left.

        When that fails callers are served all the same, and supervisors hear that there is no such number.
        """
        try:
            self._folders.numbers.of(numbered(self._catalogue))
            for left in self._takes.glob(f"{TAKE}*.wav"):
                left.unlink(missing_ok=True)
        except (Damaged, OSError) as problem:
            log.warning("the studio cannot be opened", why=str(problem))

    def message(self, language: Language) -> tuple[Phrase, ...]:
        """The message of the day, while it stands and its sound is there."""
        try:
            stands = self._folders.messages.stands(language, self._now())
        except (Damaged, OSError, ValueError, KeyError) as problem:
            log.warning("the message of the day cannot be read", why=str(problem))
            return ()
        if not stands or not self._folders.shelf.current(language, MESSAGE).is_file():
            return ()
        return (Phrase(MESSAGE, language=language),)

    def language_at(self, telephone: str) -> Language | None:
        """As the door says."""
        return self._door.language_at(telephone)

    def admit(self, telephone: str, pin: str) -> Supervisor | Refusal:
        """As the door says."""
        admitted = self._door.admit(telephone, pin)
        if isinstance(admitted, Refusal):
            log.warning(
                "the studio lets nobody in", telephone=telephone, why=admitted, locked=self._door.locked()
            )
        return admitted

    def prompt(self, number: str) -> str | None:
        """The prompt with this number, if it can still be recorded."""
        try:
            key = self._folders.numbers.key(number)
        except (Damaged, OSError) as problem:
            log.warning("the numbers of prompts cannot be read", why=str(problem))
            return None
        return key if key in numbered(self._catalogue) else None

    async def spoken(self, key: str, language: Language) -> Phrase | None:
        """A whole prompt as callers hear it; a piece by a synthetic voice. None where the language lacks it."""
        if words(self._catalogue, language, key) is None:
            return None
        if self._is_whole(key):
            return Phrase(key, language=language)
        try:
            (sound,) = await self._drafts.sounds(language, Phrase(key))
        except PromptMissing as missing:
            log.warning("a piece cannot be said before it is recorded", why=str(missing))
            return None
        return Phrase("studio.text", language=language, sound=sound)

    def _is_whole(self, key: str) -> bool:
        return bool(self._catalogue.prompts[key].file)

    def state_of(self, keys: Iterable[str]) -> object:
        """Changes when one of these prompts has another recording, or none any more."""
        return self._folders.shelf.state(keys)

    def new_take(self) -> str:
        """A name that no other call has."""
        return str(self._takes / f"{TAKE}{uuid.uuid4().hex}")

    async def judge(self, take: str, key: str, language: Language) -> Usable | Unusable:
        """Check it as an import is checked; make it as loud as every prompt."""
        expected = await expectation(self._catalogue, self._drafts, key, language)
        judged: Usable | Unusable = await self._aside(
            _judge, Path(f"{take}.wav"), Path(f"{take}{HEARD}.wav"), expected
        )
        return judged

    async def keep(
        self, take: str, key: str, language: Language, by: Supervisor, days: int | None = None
    ) -> bool:
        """Put it on the shelf. False when the disk or what stands there refuses, which the log tells."""
        try:
            await self._aside(self._put, Path(f"{take}.wav"), key, language, by, days)
        except (OSError, Damaged) as problem:
            log.error("a recording cannot be kept", key=key, language=language.value, why=str(problem))
            return False
        log.info("prompt recorded by telephone", key=key, language=language.value, supervisor=by.id)
        self._changed(key, language)
        return True

    def _put(self, take: Path, key: str, language: Language, by: Supervisor, days: int | None) -> None:
        now, content = self._now(), take.read_bytes()
        seconds = read_wav(content).seconds
        self._folders.shelf.add(language, key, content, how=How.TELEPHONE, by=by.id, at=now, seconds=seconds)
        if key == MESSAGE:
            stands = Message(until(now, days or 1, self._zone), by.id, now)
            self._folders.messages.set(language, stands)

    def discard(self, take: str) -> None:
        """Remove the recording and what was made of it."""
        for name in (f"{take}.wav", f"{take}{HEARD}.wav"):
            Path(name).unlink(missing_ok=True)


async def expectation(catalogue: Catalogue, drafts: Prompts, key: str, language: Language) -> Expected:
    """What a recording of this prompt should be like; a message of the day may say anything, briefly."""
    if key == MESSAGE:
        return MESSAGE_EXPECTED
    wanted = Phrase(key)
    try:
        (sound,) = await drafts.sounds(language, wanted)
        with wave.open(f"{sound}.wav") as draft:
            seconds = draft.getnframes() / draft.getframerate()
    except (PromptMissing, OSError, wave.Error, EOFError):
        return Expected(catalogue.text(language, wanted))
    return Expected(catalogue.text(language, wanted), seconds)


def examine(content: bytes, expected: Expected) -> tuple[Finding, ...]:
    """Everything that is wrong with a WAV file as a recording of what is expected."""
    try:
        return findings(measured(read_wav(content)), expected)
    except NoSound as silent:
        return (nothing_heard(str(silent)),)


def said(found: Iterable[Finding]) -> tuple[str, ...]:
    """The prompts that say these findings."""
    return tuple(SAID[finding.fault] for finding in found)


def _judge(take: Path, heard: Path, expected: Expected) -> Usable | Unusable:
    try:
        content = take.read_bytes()
    except OSError as problem:
        log.error("a recording of the telephone exchange cannot be read", why=problem.strerror)
        return Unusable((SAID[Fault.EMPTY],))
    found = examine(content, expected)
    if any(finding.grave for finding in found):
        return Unusable(said(finding for finding in found if finding.grave))
    sound = read_wav(content)
    heard.write_bytes(wav.wav(levelled(Sound(sound.samples.tobytes(), sound.rate)).narrow, NARROW))
    heard.chmod(0o644)  # Asterisk may be another user
    return Usable(str(heard.with_suffix("")), said(found))
