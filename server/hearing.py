"""What makes the centre understand speech: a recogniser for each language that has a model, and the words.

Whatever is wrong with it is told, and calls go on by keypad.
"""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

import structlog

from config.mistakes import Mistake, Origin
from config.schema import Settings
from ivr.words import Vocabulary
from pbx.listening import Listening, Poster
from routing.model import Language
from server.parts import CHECKOUT
from speech.model import NotAModel, inspect
from speech.recogniser import Recogniser
from speech.words import WordsError, read_words

log = structlog.get_logger()

WORDS = CHECKOUT / "config" / "words"


def models(settings: Settings) -> Mapping[Language, Path]:
    """The folder of each language's model; relative ones are beside the configuration."""
    beside = settings.source.parent
    named = ((language, getattr(settings.speech.models, language)) for language in settings.languages)
    return {language: beside / model.expanduser() for language, model in named if model is not None}


def not_models(settings: Settings) -> list[Mistake]:
    """The folders among them that hold no model: their languages have the keypad only."""
    found = []
    for language, folder in models(settings).items():
        try:
            inspect(folder)
        except NotAModel as problem:
            origin = Origin(settings.source.name)
            mend = "until then this language has the keypad only"
            found.append(Mistake(origin, f"speech.models.{language}", str(problem), mend))
    return found


def words_folder(settings: Settings) -> Path:
    """Where the words are."""
    own = settings.speech.words
    return WORDS if own is None else settings.source.parent / own.expanduser()


class Hearing:
    """The recognisers and the listening beside calls, from `start` to `close`."""

    def __init__(self, settings: Settings, link: Poster) -> None:
        """Languages whose words have mistakes are left to the keypad."""
        folder = words_folder(settings)
        self.recognisers = {
            language: Recogniser(language, model, vocabulary)
            for language, model in models(settings).items()
            for vocabulary in _words_of(folder, language)
        }
        self.ears = Listening(link, self.recognisers, settings.speech.confidence)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def states(self) -> dict[str, str]:
        """How each language's recogniser is."""
        return {language: recogniser.state for language, recogniser in self.recognisers.items()}

    async def start(self) -> None:
        """Models are loaded meanwhile; until then nobody is invited to speak."""
        await self.ears.start()
        for language, recogniser in self.recognisers.items():
            self._tasks.append(asyncio.create_task(recogniser.run(), name=f"recogniser {language}"))

    async def ready(self) -> None:
        """Wait until every model is loaded."""
        await asyncio.gather(*(recogniser.ready() for recogniser in self.recognisers.values()))

    async def close(self) -> None:
        """End the recognisers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.ears.close()


def _words_of(folder: Path, language: Language) -> Iterator[Vocabulary]:
    try:
        yield read_words(folder, [language])[language]
    except WordsError as error:
        for mistake in error.mistakes:
            log.error("the words that callers may say have a mistake; they have the keypad", why=mistake)
