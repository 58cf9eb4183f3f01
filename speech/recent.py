"""The sounds asked for a moment ago, at hand: a busy centre says the same sentences all day.

`Speech` looks at the disk each time it is asked. This looks there once in a while, and at once when somebody
records a prompt anew: that changes the folder of its language.
"""

import os
import time
from collections.abc import Callable, Container
from pathlib import Path

from ivr.prompts import Phrase, Prompts
from routing.model import Language

TRUSTED_FOR = 10.0
"""Seconds in which a sound once found is taken to be still there: far less than the cache keeps what was used."""
MOST = 2000
"""Sentences remembered, some hundred bytes each; then all are forgotten."""

Sentence = tuple[str, Language, tuple[tuple[str, str], ...]]


class Recent:
    """Implements `ivr.prompts.Prompts` in front of another."""

    def __init__(
        self,
        prompts: Prompts,
        recordings: Path,
        private: Container[str] = (),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`recordings` holds a folder for each language.

        `private` are keys of sentences that lead to a person and are never remembered; `now` gives seconds of a
        steady clock.
        """
        self._private = private
        self._prompts = prompts
        self._folders = {language: str(recordings / language.value) for language in Language}
        self._now = now
        self._found: dict[Sentence, tuple[tuple[str, ...], float, int]] = {}

    def text(self, language: Language, phrase: Phrase) -> str:
        """The words. Raises `PromptMissing`."""
        return self._prompts.text(language, phrase)

    async def sounds(self, language: Language, *phrases: Phrase) -> tuple[str, ...]:
        """Absolute paths without extension, in playing order. Raises `PromptMissing`."""
        now = self._now()
        changed: dict[Language, int] = {}
        sounds: list[str] = []
        for phrase in phrases:
            said_in = phrase.language or language
            if said_in not in changed:
                changed[said_in] = _changed(self._folders[said_in])
            sentence = (phrase.key, said_in, tuple(phrase.slots.items()))
            known = self._found.get(sentence)
            if known is None or known[1] < now or known[2] != changed[said_in]:
                known = await self._prompts.sounds(said_in, phrase), now + TRUSTED_FOR, changed[said_in]
                if phrase.key not in self._private:
                    if len(self._found) >= MOST:
                        self._found.clear()
                    self._found[sentence] = known
            sounds += known[0]
        return tuple(sounds)


def _changed(folder: str) -> int:
    """When something in it was last added, replaced or removed; 0 while there is no such folder."""
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0
