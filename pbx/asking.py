"""Questions: a prompt that a key, or words that choose, silence.

Read plays the prompt and waits, but its keys are not used: they come as events, also those of the time before it.
"""

import asyncio
import contextlib
from datetime import timedelta

from ivr.call import Heard, Keys, Question, Silence, Words
from ivr.call_log import CallLog
from ivr.prompts import Phrase
from pbx.commands import Commands
from pbx.keypad import Keypad
from pbx.listening import Ear, Ears
from pbx.playing import Music
from pbx.sounds import Sounds, in_lines
from routing.model import Language

NO_WAIT = 0.01  # seconds after a prompt that another one follows
READ_ENDS_WITHIN = 0.25  # seconds after a key
SPEAKS_ON = 3.0  # seconds after the question's time for words that had begun


class Asking:
    """One call's questions."""

    def __init__(
        self, commands: Commands, keypad: Keypad, sounds: Sounds, music: Music, ears: Ears, log: CallLog
    ) -> None:
        """All of one call."""
        self._commands, self._keypad, self._sounds, self._music = commands, keypad, sounds, music
        self._ears, self._log = ears, log
        self._ear: Ear | None = None

    async def ask(self, question: Question, in_: Language | None = None) -> Heard:
        """Keys pressed ahead answer at once; else the first key, or words that choose, silence the question."""
        words: Words | None = None
        if not self._keypad:
            language = in_ or self._log.record.language or Language.ARABIC
            sounds = await self._sounds.of(question.phrases, language)
            self._log.note("asked", keys=" ".join(said.key for said in question.phrases), language=in_ or "")
            *before, last = in_lines(sounds)
            self._listen(question, language)
            try:
                for part in before:
                    await self._read(part, NO_WAIT)
                    if self._answered:
                        break
                else:
                    await self._read(last, question.first_key.total_seconds())
                words = await self._heard_out()
            except asyncio.CancelledError:
                self._commands.cut()
                raise
            finally:
                self._stop_listening()
        if not self._keypad:
            return words or Silence()
        if question.most == 1:
            return Keys(self._keypad.take())
        return await self._keypad.number(question)

    async def say_unanswered(self, *phrases: Phrase, in_: Language, stays: timedelta) -> None:
        """Progress, then Read, which with `n` does not answer."""
        sounds = await self._sounds.of(phrases, in_)
        self._log.note("said unanswered", keys=" ".join(said.key for said in phrases), language=in_)
        await self._commands.run("EXEC Progress")
        *before, last = in_lines(sounds)
        for part in before:
            await self._read(part, NO_WAIT, "n")
        await self._read(last, stays.total_seconds(), "n")

    async def _read(self, sounds: str, seconds: float, options: str = "") -> None:
        """Play, then wait `seconds`, unless a key comes: keys are taken from events, Read only plays and stops."""
        if self._keypad:  # keyed while the sounds were being made
            return
        self._music.over()
        reading = self._commands.run(f"EXEC Read MWK_READ,{sounds},1,{options},1,{seconds:g}")
        late: list[asyncio.TimerHandle] = []

        def cut() -> None:
            """A cut ends only the file that plays, and Read goes on with its next: again until it has ended."""
            self._commands.cut()
            cut_later()

        def cut_later() -> None:
            late[:] = [asyncio.get_running_loop().call_later(READ_ENDS_WITHIN, cut)]

        def ended(_: object) -> None:
            for timer in late:
                timer.cancel()
            self._keypad.wake()

        reading.add_done_callback(ended)
        while not self._answered and not reading.done():
            await self._keypad.news()
        self._commands.must_live()
        if reading.done():
            reading.result()  # a refusal is no silence
        elif not self._keypad:  # words do not end Read
            cut()
        else:
            # A key that comes just before Read begins does not stop it: the old question would be heard to its end.
            cut_later()

    # ---- words

    @property
    def _answered(self) -> bool:
        return bool(self._keypad) or (self._ear is not None and self._ear.answer is not None)

    def _listen(self, question: Question, language: Language) -> None:
        if question.may_say and not self._keypad:
            self._ear = self._ears.open(self._commands.leg, question.may_say, language, self._keypad.wake)

    def _stop_listening(self) -> None:
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.close()

    async def _heard_out(self) -> Words | None:
        """What she said. Who speaks as the time is up is heard to her end, within reason; a key still wins."""
        ear = self._ear
        if ear is None:
            return None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SPEAKS_ON):
                while ear.speaking and not self._answered:
                    self._commands.must_live()
                    await self._keypad.news()
        return ear.verdict()
