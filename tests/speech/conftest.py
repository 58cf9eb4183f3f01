"""The real voice, and what it was asked for."""

import asyncio
from pathlib import Path

import pytest

from ivr.prompts import phrase
from routing.model import Language
from server.parts import find
from server.voice import PROMPTS
from speech import Catalogue, Espeak, Speech
from speech.cache import Cache
from speech.made import MadeSounds
from speech.sox import Sox


class Counting:
    """The real engine and the real reader of files, and what they were asked for."""

    name = "espeak-ng"

    def __init__(self, engine, reader):
        self.engine = engine
        self.reader = reader
        self.asked: list[str] = []

    async def identity(self):
        return await self.engine.identity()

    async def speak(self, language, text):
        self.asked.append(text)
        return await self.engine.speak(language, text)

    async def read(self, file):
        self.asked.append(file.name)
        return await self.reader.read(file)


@pytest.fixture(scope="session")
def prompts():
    return Catalogue.load(PROMPTS)


@pytest.fixture(scope="session")
def voice_home(tmp_path_factory):
    return tmp_path_factory.mktemp("voice")


@pytest.fixture
def engine(voice_home):
    return Counting(Espeak(find("espeak-ng"), voice_home), Sox(find("sox")))


@pytest.fixture
def speech(prompts, engine, tmp_path):
    made = MadeSounds(tmp_path / "recorded", tmp_path / "gtts")
    return Speech(prompts, engine, engine, Cache(tmp_path / "cache"), made)


@pytest.fixture(scope="session")
def everything(prompts, voice_home, tmp_path_factory):
    """Every prompt without slots, rendered once for the session: (key, language) → file."""
    root = tmp_path_factory.mktemp("cache")
    progress: list[tuple[int, int]] = []

    async def render():
        engine = Espeak(find("espeak-ng"), voice_home)
        speech = Speech(prompts, engine, Sox(find("sox")), Cache(root))
        await speech.warm(lambda done, all_: progress.append((done, all_)))
        return {
            (prompt.key, language): Path(f"{(await speech.sounds(language, phrase(prompt.key)))[0]}.wav")
            for prompt in prompts.static()
            for language in Language
        }

    files = asyncio.run(render())
    assert progress == [(n, len(files)) for n in range(len(files) + 1)]
    return files
