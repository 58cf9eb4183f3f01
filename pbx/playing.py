"""What is played to a caller from its beginning to its end, music under it, and what is recorded of her."""

import asyncio
from datetime import timedelta

from ivr.call_log import CallLog
from ivr.prompts import Phrase
from pbx.commands import Commands
from pbx.keypad import Keypad
from pbx.sounds import Sounds
from routing.model import Language

MUSIC_AFTER = 0.02  # seconds: who joins the line hears her place in the same moment, and music only after it
TONE, TONE_SECONDS = "!880/300", 0.4  # when a recording begins; not on the recording itself


class Music:
    """Music on hold of one channel. Asterisk ends it by itself when anything else is heard."""

    def __init__(self, commands: Commands) -> None:
        """`commands` of the channel that hears it."""
        self._commands = commands
        self._plays = False
        self._soon: asyncio.TimerHandle | None = None

    async def begin(self) -> None:
        """A moment later, unless something is said to her first. While it plays nothing is sent."""
        self._commands.must_live()
        if not self._plays:
            self._plays = True
            self._soon = asyncio.get_running_loop().call_later(MUSIC_AFTER, self._now)

    def over(self) -> None:
        """Something else is heard from now on."""
        self._plays = False
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None

    def _now(self) -> None:
        self._soon = None
        if not self._commands.gone:
            self._commands.run("SET MUSIC ON default", wake=False)  # her next frame is soon enough


class Playing:
    """Prompts that no key silences, and recordings."""

    def __init__(
        self, commands: Commands, keypad: Keypad, sounds: Sounds, music: Music, log: CallLog
    ) -> None:
        """All of one call."""
        self._commands, self._keypad, self._sounds, self._music = commands, keypad, sounds, music
        self._log = log

    async def say(self, *phrases: Phrase, in_: Language) -> None:
        """Play to the end. When cancelled, what plays is cut.

        A command for each file: a cut ends only the file that plays, and Playback would go on with its next.
        """
        sounds = await self._sounds.of(phrases, in_)
        self._log.note("said", keys=" ".join(said.key for said in phrases), language=in_)
        for sound in sounds:
            self._music.over()
            await self._commands.run_or_cut(f"EXEC Playback {sound}")

    async def record(self, to: str, at_most: timedelta, silence: timedelta) -> None:
        """A tone, then RECORD FILE. Keys pressed before its end are no answer to what follows."""
        self._music.over()
        for command in (f"EXEC Playtones {TONE}", f"EXEC Wait {TONE_SECONDS}"):
            await self._commands.run(command)
        milliseconds, seconds = at_most // timedelta(milliseconds=1), silence // timedelta(seconds=1)
        await self._commands.run(f'RECORD FILE "{to}" wav # {milliseconds} s={seconds}')
        self._keypad.forget_until("#")
