"""Sound files as commands name them: which a prompt needs, how many fit into a command, how long they last."""

import contextlib
import os

from ivr.call_log import CallLog
from ivr.prompts import Phrase, PromptMissing, Prompts
from routing.model import Language

LONGEST_LINE = 700  # bytes of file names in one command: Asterisk discards an action line over 1022


class Sounds:
    """One call's: what cannot be said stands in its trace."""

    def __init__(self, prompts: Prompts, log: CallLog) -> None:
        """`log` is the call's."""
        self._prompts, self._log = prompts, log

    async def of(self, phrases: tuple[Phrase, ...], language: Language) -> list[str]:
        """Files to play. A phrase without sound is left out and recorded: the call goes on."""
        if not any(wanted.sound for wanted in phrases):
            with contextlib.suppress(PromptMissing):
                return list(await self._prompts.sounds(language, *phrases))
        sounds: list[str] = []
        for wanted in phrases:
            if wanted.sound:
                sounds.append(wanted.sound)
                continue
            try:
                sounds += await self._prompts.sounds(wanted.language or language, wanted)
            except PromptMissing:
                self._log.note("prompt missing", key=wanted.key, language=wanted.language or language)
        return sounds


def in_lines(sounds: list[str]) -> list[str]:
    """File names joined with `&`, in as few pieces as fit into a command; one empty piece for none."""
    lines = [""]
    for sound in sounds:
        joined = f"{lines[-1]}&{sound}" if lines[-1] else sound
        if len(joined.encode()) > LONGEST_LINE and lines[-1]:
            lines.append(sound)
        else:
            lines[-1] = joined
    return lines


def seconds_of(sound: str) -> float:
    """How long a sound file lasts, 8 kHz with 16 bits; for ever when it is not there."""
    try:
        return os.stat(f"{sound}.wav").st_size / 16000
    except OSError:
        return float("inf")
