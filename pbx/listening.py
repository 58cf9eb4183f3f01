"""Listening to a caller beside what she hears: a second channel takes her voice to the recogniser.

Asterisk connects an AudioSocket channel to us and runs ChanSpy on it, which copies only what the caller says;
her own channel plays and takes keys as ever. Closing the connection ends that channel. One action per question,
and none for questions or languages in which nobody may speak.
"""

import asyncio
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

import structlog

from dialplan import names
from ivr.call import Sayable, Words
from ivr.words import Form, Utterance, Vocabulary, answers, understood
from pbx.audiosocket import AudioSocketServer, Expected
from pbx.events import Leg
from routing.model import Language

log = structlog.get_logger()

CONNECTS_WITHIN = 5.0  # seconds from the action to the stream of sound


class Session(Protocol):
    """One question's recognition."""

    def feed(self, sound: bytes, /) -> None:
        """Take 16-bit sound at 16 kHz; never blocks, and drops what the recogniser has no time for."""
        ...

    def close(self) -> None:
        """No more of it."""
        ...


class Recogniser(Protocol):
    """What understands speech in one language."""

    @property
    def vocabulary(self) -> Vocabulary | None:
        """The words that it knows; None while it cannot listen."""
        ...

    def listen(
        self,
        forms: Collection[Form],
        on_words: Callable[[Utterance], None],
        on_speaking: Callable[[bool], None],
        on_lost: Callable[[], None],
    ) -> Session | None:
        """Begin to listen for these forms; None when it has too much to do already."""
        ...


class Poster(Protocol):
    """The part of the AMI link that is needed here."""

    def post_watched(
        self, action: str, headers: Mapping[str, str], on_refused: Callable[[], None], /
    ) -> None:
        """Send, and hear of a refusal."""
        ...


class Ear:
    """One question's hearing, from `Ears.open` to `close`. `answer` is there when words named a choice.

    Words that name none, or several, end nothing: she may speak to someone beside her, or the telephone brings
    back what it plays. They are remembered for when the question's time is up.
    """

    def __init__(self, news: Callable[[], None]) -> None:
        """`news` is called at every change."""
        self.answer: Words | None = None
        self.speaking = False
        self.misheard = False
        self.closed = False
        self._news = news
        self._on_close: list[Callable[[], None]] = []

    def verdict(self) -> Words | None:
        """What the question has come to: a choice, words of no use, or None for silence."""
        return self.answer or (Words(None) if self.misheard else None)

    def heard(self, words: Words | None) -> None:
        """Words were understood, or speech that was none."""
        if self.closed or words is None or self.answer is not None:
            return
        if words.key is None:
            self.misheard = True
        else:
            self.answer = words
        self._news()

    def speaks(self, speaking: bool) -> None:
        """She began, or has ended, to speak."""
        if not self.closed and self.speaking != speaking:
            self.speaking = speaking
            self._news()

    def lost(self) -> None:
        """Nothing more will be heard; the keypad is there."""
        self.speaks(False)
        self.close()

    def when_closed(self, do: Callable[[], None]) -> None:
        """Do this at the end."""
        self._on_close.append(do)

    def close(self) -> None:
        """Listen no more."""
        if not self.closed:
            self.closed = True
            for do in self._on_close:
                do()


class Ears(Protocol):
    """How a line listens."""

    def understands(self, language: Language) -> bool:
        """Whether speech in this language is understood now."""
        ...

    def open(
        self, leg: Leg, may_say: tuple[Sayable, ...], language: Language, news: Callable[[], None]
    ) -> Ear | None:
        """Listen to this channel from now on; None where nothing can be heard."""
        ...


class Deaf:
    """A centre of keypads."""

    def understands(self, language: Language) -> bool:
        """Nothing."""
        return False

    def open(
        self, leg: Leg, may_say: tuple[Sayable, ...], language: Language, news: Callable[[], None]
    ) -> Ear | None:
        """Nothing to hear."""
        return None


DEAF = Deaf()


class Listening:
    """`Ears` of a real Asterisk and real recognisers."""

    def __init__(self, link: Poster, recognisers: Mapping[Language, Recogniser], sure: float) -> None:
        """Words below the confidence `sure`, 0 to 1, choose nothing."""
        self._link, self._recognisers, self._sure = link, recognisers, sure
        self._server = AudioSocketServer()
        self._port = 0

    async def start(self) -> None:
        """Wait for Asterisk's streams."""
        self._port = await self._server.start()

    async def close(self) -> None:
        """End all streams."""
        await self._server.close()

    def understands(self, language: Language) -> bool:
        """Whether the language's recogniser is ready."""
        recogniser = self._recognisers.get(language)
        return recogniser is not None and recogniser.vocabulary is not None

    def open(
        self, leg: Leg, may_say: tuple[Sayable, ...], language: Language, news: Callable[[], None]
    ) -> Ear | None:
        """One session of the recogniser and one channel of Asterisk, which both end with the ear."""
        recogniser = self._recognisers.get(language)
        vocabulary = None if recogniser is None else recogniser.vocabulary
        if recogniser is None or vocabulary is None:
            return None
        possible = answers(vocabulary, may_say)
        ear = Ear(news)
        session = recogniser.listen(
            possible.forms,
            lambda said: ear.heard(understood(possible, said, self._sure)),
            ear.speaks,
            ear.lost,
        )
        if session is None:
            log.warning("too many speak at once; this caller has only the keypad", language=language)
            return None
        ear.when_closed(session.close)
        self._bring(leg, ear, session)
        return ear

    def _bring(self, leg: Leg, ear: Ear, session: Session) -> None:
        """Ask Asterisk for her voice; registered before it is asked."""
        stream = uuid.uuid4()
        came = False

        def sound(piece: bytes) -> None:
            nonlocal came
            came = True
            session.feed(piece)

        def none_came() -> None:
            if not came:
                log.warning("Asterisk brings no sound; this caller has only the keypad")
                ear.lost()

        self._server.expect(stream, Expected(sound, ear.lost))
        ear.when_closed(lambda: self._server.forget(stream))
        deadline = asyncio.get_running_loop().call_later(CONNECTS_WITHIN, none_came)
        ear.when_closed(deadline.cancel)
        headers = {
            "Channel": f"AudioSocket/127.0.0.1:{self._port}/{stream}/c(slin16)",
            "Context": names.LISTEN,
            "Exten": "s",
            "Priority": "1",
            "Async": "true",
            "Timeout": f"{CONNECTS_WITHIN * 1000:.0f}",
            "Variable": f"{names.V_LISTENED}={leg.unique}",
        }
        self._link.post_watched("Originate", headers, ear.lost)
