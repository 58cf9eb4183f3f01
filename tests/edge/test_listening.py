"""What is asked of Asterisk so that a caller is heard, and what becomes of it when it does not come."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import pytest
import pytest_asyncio

from ivr.call import Sayable, Words
from ivr.words import Form, Utterance, Vocabulary
from pbx import listening
from pbx.audiosocket import HANG_UP, IDENTITY, SOUND_16K
from pbx.listening import Ear, Listening
from routing.model import Language
from tests.edge.line_story import HERS
from tests.edge.test_audiosocket import PIECE, frame

FR, AR = Language.FRENCH, Language.ARABIC
MENU = (Sayable("1", "legal"), Sayable("2", "money"))


class Link:
    """What was asked of Asterisk."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.refuse: Callable[[], None] = lambda: None

    def post_watched(
        self, action: str, headers: Mapping[str, str], on_refused: Callable[[], None], /
    ) -> None:
        assert action == "Originate"
        self.asked.append(dict(headers))
        self.refuse = on_refused


@dataclass
class Session:
    sound: list[bytes] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    closed: int = 0

    def feed(self, sound: bytes) -> None:
        self.sound.append(sound)
        self.came.set()

    def close(self) -> None:
        self.closed += 1


class Recogniser:
    """One that says what a test wants it to."""

    def __init__(self) -> None:
        self.vocabulary: Vocabulary | None = {"legal": (("droit",),), "money": (("argent",),)}
        self.full = False
        self.sessions: list[Session] = []
        self.says: Callable[[Utterance], None] = lambda _: None
        self.speaks: Callable[[bool], None] = lambda _: None
        self.dies: Callable[[], None] = lambda: None

    def listen(
        self,
        forms: Collection[Form],
        on_words: Callable[[Utterance], None],
        on_speaking: Callable[[bool], None],
        on_lost: Callable[[], None],
    ) -> Session | None:
        assert set(forms) == {("droit",), ("argent",)}
        if self.full:
            return None
        self.says, self.speaks, self.dies = on_words, on_speaking, on_lost
        self.sessions.append(Session())
        return self.sessions[-1]


@dataclass
class House:
    ears: Listening
    link: Link
    recogniser: Recogniser
    news: list[None] = field(default_factory=list)

    def opens(self, language: Language = FR) -> Ear | None:
        return self.ears.open(HERS, MENU, language, lambda: self.news.append(None))

    def ear(self) -> Ear:
        ear = self.opens()
        assert ear is not None
        return ear

    @property
    def session(self) -> Session:
        return self.recogniser.sessions[-1]

    async def connects(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """As Asterisk does, by what it was asked."""
        _, place, stream, codec = self.link.asked[-1]["Channel"].split("/")
        assert codec == "c(slin16)"
        address, _, port = place.partition(":")
        reader, writer = await asyncio.open_connection(address, int(port))
        writer.write(frame(IDENTITY, UUID(stream).bytes) + frame(SOUND_16K, PIECE))
        return reader, writer


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    link, recogniser = Link(), Recogniser()
    ears = Listening(link, {FR: recogniser}, 0.8)
    await ears.start()
    yield House(ears, link, recogniser)
    await ears.close()
    assert all(session.closed == 1 for session in recogniser.sessions)


async def test_one_action_brings_her_voice_and_her_words_become_a_key(house: House) -> None:
    ear = house.ear()
    (asked,) = house.link.asked
    assert (asked["Context"], asked["Variable"]) == ("listen", "MWK_LISTENED=100.1")
    reader, writer = await house.connects()
    await asyncio.wait_for(house.session.came.wait(), 10)
    assert house.session.sound == [PIECE]
    house.recogniser.speaks(True)
    house.recogniser.says(Utterance((("argent", 0.9),)))
    assert ear.answer == Words("2", 0.9)
    assert len(house.news) == 2
    ear.close()
    assert await asyncio.wait_for(reader.read(3), 10) == frame(HANG_UP)
    writer.close()
    await writer.wait_closed()
    assert len(house.link.asked) == 1


async def test_a_language_without_a_model_costs_nothing(house: House) -> None:
    assert not house.ears.understands(AR)
    assert house.opens(AR) is None
    house.recogniser.vocabulary = None
    assert not house.ears.understands(FR)
    assert house.opens() is None
    assert house.link.asked == []


async def test_too_many_at_once_leaves_the_next_her_keypad(house: House) -> None:
    house.recogniser.full = True
    assert house.opens() is None
    assert house.link.asked == []


@pytest.mark.parametrize("how", ["refused", "no sound", "recogniser gone"])
async def test_when_nothing_can_be_heard_the_ear_is_closed(
    house: House, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "no sound":
        monkeypatch.setattr(listening, "CONNECTS_WITHIN", 0.01)
    ear = house.ear()
    house.recogniser.speaks(True)
    match how:
        case "refused":
            house.link.refuse()
        case "recogniser gone":
            house.recogniser.dies()
        case _:
            closed = asyncio.Event()
            ear.when_closed(closed.set)
            await asyncio.wait_for(closed.wait(), 10)
    assert ear.closed
    assert not ear.speaking
    assert ear.verdict() is None


async def test_when_asterisk_ends_the_stream_the_ear_is_closed(house: House) -> None:
    ear = house.ear()
    closed = asyncio.Event()
    ear.when_closed(closed.set)
    _, writer = await house.connects()
    await asyncio.wait_for(house.session.came.wait(), 10)
    writer.close()
    await asyncio.wait_for(closed.wait(), 10)
    house.recogniser.says(Utterance((("droit", 1.0),)))
    assert ear.verdict() is None


async def test_unsure_words_and_words_of_both_are_remembered_as_not_understood(house: House) -> None:
    ear = house.ear()
    for said in ((("droit", 0.5),), (("droit", 1.0), ("argent", 1.0))):
        house.recogniser.says(Utterance(said))
        assert ear.answer is None
    assert ear.verdict() == Words(None)
    house.recogniser.says(Utterance((("droit", 0.85),)))
    assert ear.verdict() == Words("1", 0.85)
    ear.close()
