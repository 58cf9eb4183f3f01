"""Prompts to audio: recorded voices first, then espeak-ng with our own Tamazight voice; cached by content."""

from speech.catalogue import Catalogue, CatalogueError
from speech.espeak import Espeak
from speech.speech import Speech

__all__ = ["Catalogue", "CatalogueError", "Espeak", "Speech"]
