"""Sounds that come before the synthetic voice: people's recordings, then what gTTS made at build time.

`recordings/<language>/<key>.wav` is a person. `gtts/<language>/<key>-<digest>.mp3` is gTTS; the digest is of the
words, so that a sound of earlier words is never played.
"""

import functools
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from routing.model import Language
from speech.folder import Folder


class Voice(StrEnum):
    """Who says a prompt, the best first."""

    RECORDED = "recorded"
    GTTS = "gtts"
    ESPEAK = "espeak-ng"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Made:
    """A sound file for a prompt. `state` changes when the file does."""

    voice: Voice
    file: Path
    state: str

    @property
    def mend(self) -> str:
        """What to do when it can't be used."""
        if self.voice is Voice.RECORDED:
            return f"record {self.file} again"
        return f"remove {self.file} and run: mowakaba prompts synthesise --gtts"


class MadeSounds:
    """The sound files of a centre."""

    def __init__(self, recordings: Path | None = None, gtts: Path | None = None) -> None:
        self._root = recordings
        self._recordings = _by_language(recordings)
        self._gtts = _by_language(gtts)

    def has_recordings(self, language: Language) -> bool:
        """Whether a person recorded anything in this language."""
        return bool(self._recordings) and bool(self._recordings[language].names())

    def recording(self, language: Language, key: str) -> Made | None:
        """A person's recording under this key."""
        found = self._recordings[language].state(f"{key}.wav") if self._recordings else None
        return None if found is None else _made(Voice.RECORDED, *found)

    def place_for(self, language: Language, key: str) -> Path | None:
        """Where a recording of this key would be, if recordings are looked for."""
        return None if self._root is None else self._root / language.value / f"{key}.wav"

    def gtts(self, language: Language, key: str, text: str) -> Made | None:
        """What gTTS made of these words."""
        found = self._gtts[language].state(gtts_name(key, text)) if self._gtts else None
        return None if found is None else _made(Voice.GTTS, *found)


def _made(voice: Voice, file: Path, state: str) -> Made:
    return Made(voice, file, f"{voice} {state}")


def _by_language(root: Path | None) -> dict[Language, Folder]:
    return {} if root is None else {language: Folder(root / language.value) for language in Language}


@functools.lru_cache(maxsize=4096)
def gtts_name(key: str, text: str) -> str:
    """The file for these words of a prompt."""
    return f"{key}-{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}.mp3"
