"""The centre's voice, put together from the programs that set-up unpacked."""

from pathlib import Path

from server import parts
from server.parts import CHECKOUT
from speech.cache import Cache
from speech.catalogue import Catalogue
from speech.espeak import Espeak
from speech.speech import Speech

PROMPTS = CHECKOUT / "config" / "prompts"


def voice(state: Path) -> Speech:
    """Prompts from the catalogue; recordings in `state/recordings/prompts` come before the synthetic voice.

    Raises `CatalogueError` for mistakes in the catalogue, `PartMissing` where set-up has not run.
    """
    return Speech(
        Catalogue.load(PROMPTS),
        Espeak(parts.find("espeak-ng"), parts.find("sox"), state / "voice"),
        Cache(state / "prompts"),
        state / "recordings" / "prompts",
    )
