"""The centre's voice, put together from the catalogue and the programs that set-up unpacked."""

import os
from collections.abc import Iterable
from pathlib import Path

from dialplan.names import FALLBACK_PROMPTS
from ivr.repertoire import repertoire
from server import parts
from server.parts import CHECKOUT
from server.pbx_files import short_folder
from speech.cache import Cache
from speech.catalogue import Catalogue
from speech.espeak import Espeak
from speech.made import MadeSounds
from speech.sox import Sox
from speech.speech import Speech

LONGEST_VOICE_PATH = 80  # bytes; espeak-ng has room for 160 with its own file names
PROMPTS = CHECKOUT / "config" / "prompts"


def catalogue() -> Catalogue:
    """Every prompt's words. Raises `CatalogueError` with all mistakes at once."""
    return Catalogue.load(PROMPTS)


def missing_for(subjects: Iterable[str], prompts: Catalogue) -> list[str]:
    """What the catalogue lacks of what a centre with these subjects can be asked to say."""
    wanted = {**repertoire(subjects), **dict.fromkeys(FALLBACK_PROMPTS, ())}
    return [fault for key, values in wanted.items() for fault in prompts.lacks(key, *values)]


def voice(prompts: Catalogue, state: Path, *, recorded: bool = True) -> Speech:
    """Prompts as sound; a person's recording comes before gTTS, and gTTS before espeak-ng.

    Without `recorded` only synthetic voices speak, as drafts for who records. Raises `PartMissing` where
    set-up has not run.
    """
    return Speech(
        prompts,
        Espeak(parts.find("espeak-ng"), _voice_home(state)),
        Sox(parts.find("sox")),
        Cache(state / "prompts"),
        MadeSounds(recordings(state) if recorded else None, gtts_sounds(state)),
    )


def gtts_sounds(state: Path) -> Path:
    """Where gTTS' sounds are, made at build time."""
    return state / "voice" / "gtts"


def recordings(state: Path) -> Path:
    """Where people's recordings are, as `<language>/<key>.wav`."""
    return state / "recordings" / "prompts"


def _voice_home(state: Path) -> Path:
    """Where the Tamazight voice is compiled: below `state`, or in a short private folder when that path is too long."""
    home = state.absolute() / "voice"
    return home if len(os.fsencode(home)) <= LONGEST_VOICE_PATH else short_folder(home)
