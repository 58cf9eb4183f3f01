"""The real recogniser, in a process of its own: what it hears, and what becomes of it when things go wrong."""

import asyncio
import os
import signal
import wave
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from ivr.words import Utterance, Vocabulary
from routing.model import Language
from speech import recogniser as module
from speech.recogniser import MOST_UNSENT, Recogniser, RecogniserSession
from speech.words import read_words
from tests.support import korean

pytestmark = pytest.mark.timeout(120)
FR = Language.FRENCH
PIECE = 640  # bytes, 20 ms


class Caller:
    """Someone who speaks to a recogniser."""

    def __init__(self, recogniser: Recogniser) -> None:
        vocabulary = recogniser.vocabulary or {}
        self.said: asyncio.Queue[Utterance] = asyncio.Queue()
        self.spoke: list[bool] = []
        self.lost = asyncio.Event()
        forms = [form for each in vocabulary.values() for form in each]
        self.session = recogniser.listen(forms, self.said.put_nowait, self.spoke.append, self.lost.set)

    @property
    def there(self) -> RecogniserSession:
        assert self.session is not None
        return self.session

    def speaks(self, sound: bytes) -> None:
        for at in range(0, len(sound), PIECE):
            self.there.feed(sound[at : at + PIECE])

    async def words(self) -> list[str]:
        return [word for word, _ in (await asyncio.wait_for(self.said.get(), 30)).words]


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    folder = tmp_path_factory.mktemp("voices")

    def say(text: str) -> bytes:
        with wave.open(str(korean.by_telephone(text, folder))) as sound:
            samples: bytes = sound.readframes(sound.getnframes())
        return samples

    return say


@pytest.fixture
def vocabulary(tmp_path: Path) -> Vocabulary:
    return read_words(korean.words(tmp_path, "fr"), [FR])[FR]


@pytest_asyncio.fixture
async def recogniser(vocabulary: Vocabulary) -> AsyncIterator[Recogniser]:
    """Ready, with the Korean model."""
    made = Recogniser(FR, korean.model(), vocabulary)
    running = asyncio.create_task(made.run())
    await asyncio.wait_for(made.ready(), 60)
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert made.pid is None


async def test_words_are_heard_and_silence_is_none(
    recogniser: Recogniser, voices: Callable[[str], bytes]
) -> None:
    assert recogniser.absent == ("gibberish",)
    assert recogniser.state == "ready"
    first, second = Caller(recogniser), Caller(recogniser)
    second.speaks(bytes(32000))
    for text in (korean.ONE, korean.PERSON):
        first.speaks(voices(text))  # and then her telephone sends nothing: the end is noticed all the same
        assert text in await first.words()
        assert first.spoke[-1] is False
        assert True in first.spoke
    assert second.said.empty()
    assert second.spoke == []
    first.there.close()
    first.there.feed(bytes(PIECE))
    second.there.close()


async def test_more_than_it_has_time_for_is_dropped_and_nobody_else_is_taken(
    recogniser: Recogniser, voices: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Caller(recogniser)
    assert recogniser.pid is not None
    os.kill(recogniser.pid, signal.SIGSTOP)
    minute = bytes(60 * 32000)
    for _ in range(5):
        caller.speaks(minute)
    process = recogniser._process
    assert process is not None
    assert process._unsent <= MOST_UNSENT + PIECE + 100
    assert Caller(recogniser).session is None
    assert recogniser.vocabulary is None, "and nobody else is invited"
    assert recogniser.state == "late"
    os.kill(recogniser.pid, signal.SIGCONT)
    monkeypatch.setattr(module, "LATE", 0.0)
    caller.there.close()
    other: Caller | None = None
    async with asyncio.timeout(30):
        while other is None or other.session is None:  # noqa: ASYNC110 - lateness ends with time
            await asyncio.sleep(0.05)
            process._late_until = 0.0
            other = Caller(recogniser)
    other.speaks(voices(korean.ONE))
    assert korean.ONE in await other.words()


async def test_a_process_that_reads_no_more_is_ended_and_one_that_dies_comes_back(
    recogniser: Recogniser, voices: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STUCK", 0.0)
    monkeypatch.setattr(module, "BACK_OFF", (timedelta(milliseconds=10),))
    caller, first = Caller(recogniser), recogniser.pid
    assert first is not None
    with capture_logs() as told:
        os.kill(first, signal.SIGSTOP)
        caller.speaks(bytes(60 * 32000))
        await asyncio.wait_for(caller.lost.wait(), 10)
        await asyncio.wait_for(recogniser.ready(), 60)
    assert recogniser.pid != first
    (gone,) = [line for line in told if line["event"].startswith("no speech is recognised")]
    assert "has read nothing" in gone["why"]
    again = Caller(recogniser)
    again.speaks(voices(korean.ONE))
    assert korean.ONE in await again.words()
    assert korean.ONE not in str(told)


async def test_speech_of_something_else_is_no_single_sure_choice(
    recogniser: Recogniser, voices: Callable[[str], bytes]
) -> None:
    from ivr.call import Sayable, Words
    from ivr.words import answers, understood

    assert recogniser.vocabulary is not None
    menu = (
        Sayable("1", "menu.subject.legal"),
        Sayable("2", "menu.subject.funding"),
        Sayable("0", "menu.person"),
    )
    possible = answers(recogniser.vocabulary, menu)
    caller = Caller(recogniser)
    caller.speaks(voices(korean.HELLO * 2))
    said = await asyncio.wait_for(caller.said.get(), 30)
    assert understood(possible, said, 0.8) == Words(None)


async def test_a_model_of_another_language_listens_to_nobody() -> None:
    made = Recogniser(Language.ARABIC, korean.model(), {"menu.person": (("شخص",),)})
    with capture_logs() as told:
        running = asyncio.create_task(made.run())
        async with asyncio.timeout(60):
            while not told:  # noqa: ASYNC110 - the log tells nobody
                await asyncio.sleep(0.01)
        assert made.vocabulary is None
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert "knows none of the words" in told[0]["event"]


@pytest.mark.parametrize("kind", ["nowhere", "empty", "hollow"])
async def test_what_is_no_model_leaves_the_keypad_and_is_tried_again(
    tmp_path: Path, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(module, "BACK_OFF", (timedelta(milliseconds=1), timedelta(hours=1)))
    folder = tmp_path / kind
    if kind != "nowhere":
        folder.mkdir()
    if kind == "hollow":
        for name in ("am/final.mdl", "conf/mfcc.conf", "graph/HCLr.fst", "graph/Gr.fst"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text("nothing of use", encoding="utf-8")
    made = Recogniser(FR, folder, vocabulary)
    with capture_logs() as told:
        running = asyncio.create_task(made.run())
        async with asyncio.timeout(60):
            while len(told) < 2:  # noqa: ASYNC110 - the log tells nobody
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert made.vocabulary is None
    assert made.listen((), lambda _: None, lambda _: None, lambda: None) is None
    for line in told:
        assert line["model"] == str(folder)
        assert line["why"]


async def test_without_the_package_the_administrator_is_told_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from speech.libvosk import NoEngine, find

    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(NoEngine, match="make setup SPEECH=1"):
        find()
