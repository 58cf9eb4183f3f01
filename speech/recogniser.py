"""One language's recogniser: a process of its own that holds the model, started again when it ends.

While it is not there nobody may speak in that language and the keypad is all there is; calls notice nothing else.
Writing to it never waits: what it has no time for is dropped, and while it is late no further caller is taken.
"""

import asyncio
import contextlib
import json
import sys
from collections import deque
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from ivr.words import Form, Utterance, Vocabulary, every_word, without
from routing.model import Language
from speech.recogniser_pipe import Kind, frame, listed

log = structlog.get_logger()

BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 15, 60, 300))
STEADY = 60.0  # seconds after which a start counts as a success
LOADS_WITHIN = 180.0  # seconds; the largest model is 1.4 GB
MOST_UNSENT = 256 << 10  # bytes, eight seconds of one caller
STUCK = 10.0  # seconds without reading its input, after which the process is ended
LATE = 10.0  # seconds for which nobody else may speak after something had to be dropped
MOST_SESSIONS = 64
LAST_WORDS = 5  # lines of the library's complaints that are kept

Words = Callable[[Utterance], None]
Speaking = Callable[[bool], None]
Lost = Callable[[], None]


class RecogniserSession:
    """One caller, while one question is open. See `pbx.listening.Session`."""

    def __init__(
        self, process: "_Process", number: int, on_words: Words, on_speaking: Speaking, on_lost: Lost
    ) -> None:
        self._process, self._number = process, number
        self._on_words, self._on_speaking, self.lost = on_words, on_speaking, on_lost

    def feed(self, sound: bytes) -> None:
        """16-bit samples at 16 kHz."""
        self._process.sound(self._number, sound)

    def close(self) -> None:
        """No more of it."""
        self._process.close(self._number)

    def told(self, facts: dict[str, Any]) -> None:
        """What the process says of this session."""
        if "words" in facts:
            self._on_words(Utterance(tuple((str(word), float(sure)) for word, sure in facts["words"])))
            self._on_speaking(False)
        elif "speaking" in facts:
            self._on_speaking(bool(facts["speaking"]))
        elif "lost" in facts:
            self.lost()


class Recogniser:
    """See `pbx.listening.Recogniser`. `run` keeps the process until it is cancelled."""

    def __init__(self, language: Language, model: Path, vocabulary: Vocabulary) -> None:
        """The vocabulary is what callers may say; the model's part of it is known when it is loaded."""
        self.language, self.model = language, model
        self._wanted = vocabulary
        self._process: _Process | None = None
        self._known: Vocabulary | None = None
        self._ready = asyncio.Event()
        self.absent: tuple[str, ...] = ()
        """Words of the vocabulary that the model lacks."""

    @property
    def vocabulary(self) -> Vocabulary | None:
        """The words it knows, while it is there and has time for one more caller."""
        return None if self._process is None or self._process.is_full else self._known

    @property
    def state(self) -> str:
        """For people: ready, late, or away."""
        if self._process is None or self._known is None:
            return "away"
        return "late" if self._process.is_full else "ready"

    @property
    def pid(self) -> int | None:
        """Its process, while there is one."""
        return None if self._process is None else self._process.pid

    async def ready(self) -> None:
        """Wait until it listens."""
        await self._ready.wait()

    def listen(
        self, forms: Collection[Form], on_words: Words, on_speaking: Speaking, on_lost: Lost
    ) -> RecogniserSession | None:
        """Begin to listen for these forms; None when it is not there, or late already."""
        process = self._process
        if self.vocabulary is None or process is None:
            return None
        return process.open(forms, on_words, on_speaking, on_lost)

    async def run(self) -> None:
        """Start it, and again whenever it ends, ever more slowly."""
        failures = 0
        while True:
            began = asyncio.get_running_loop().time()
            why = await self._one_life()
            if asyncio.get_running_loop().time() - began > STEADY:
                failures = 0
            pause = BACK_OFF[min(failures, len(BACK_OFF) - 1)].total_seconds()
            failures += 1
            log.error(
                "no speech is recognised; callers have the keypad",
                language=self.language,
                model=str(self.model),
                why=why,
                again_in=pause,
            )
            await asyncio.sleep(pause)

    async def _one_life(self) -> str:
        """From start to end of one process; why it ended."""
        try:
            self._process = await _Process.start(self.model)
        except OSError as error:
            return f"it does not start: {error.strerror}"
        process = self._process
        try:
            return await process.live(every_word(self._wanted), self._is_ready)
        finally:
            self._known = self._process = None
            self._ready.clear()
            await process.end()

    def _is_ready(self, absent: Collection[str]) -> None:
        self.absent = tuple(sorted(absent))
        if len(self.absent) == len(every_word(self._wanted)):
            log.error(
                "the model knows none of the words that callers may say; is it one of this language?",
                language=self.language,
                model=str(self.model),
            )
            return
        self._known = without(self._wanted, absent)
        self._ready.set()
        log.info("speech is recognised", language=self.language, model=str(self.model))
        if absent:
            log.warning(
                "the model does not know some words; what is said with them is left out",
                language=self.language,
                words=", ".join(self.absent),
            )


class _Process:
    """One process, from start to end."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._sessions: dict[int, RecogniserSession] = {}
        self._next = 0
        self._loop = asyncio.get_running_loop()
        self._late_until = 0.0
        self._stuck_since: float | None = None
        self._complaints: deque[str] = deque(maxlen=LAST_WORDS)
        self._why = ""

    @classmethod
    async def start(cls, model: Path) -> "_Process":
        """Raises OSError."""
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-P", "-m", "speech.recogniser_process", str(model))
        return cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe))

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def is_full(self) -> bool:
        """Whether one more caller would be too much."""
        return len(self._sessions) >= MOST_SESSIONS or self._loop.time() < self._late_until

    async def live(self, words: Collection[str], on_ready: Callable[[Collection[str]], None]) -> str:
        """Hear what it says until it ends; why it did."""
        assert self._process.stdout is not None
        self._write(frame(Kind.WORDS, payload=listed(words)))
        complaints = asyncio.create_task(self._complained())
        try:
            async with asyncio.timeout(LOADS_WITHIN) as loading:
                while text := await self._process.stdout.readline():
                    facts = json.loads(text)
                    if "ready" in facts:
                        loading.reschedule(None)
                        on_ready(facts["absent"])
                    elif "failed" in facts:
                        self._why = str(facts["failed"])
                    else:
                        self._told(facts)
        except TimeoutError:
            return f"the model was not loaded in {LOADS_WITHIN:.0f} s"
        except ValueError:
            return "it says what nobody understands"
        finally:
            complaints.cancel()
            await asyncio.gather(complaints, return_exceptions=True)
        return self._why or f"it ended: {' '.join(self._complaints) or 'nothing was said'}"

    async def end(self) -> None:
        """It is gone afterwards, and whoever was listened to knows."""
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            session.lost()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    # ---- sessions

    def open(
        self, forms: Collection[Form], on_words: Words, on_speaking: Speaking, on_lost: Lost
    ) -> RecogniserSession:
        """A new session; registered before it is said."""
        self._next += 1
        session = RecogniserSession(self, self._next, on_words, on_speaking, on_lost)
        self._sessions[self._next] = session
        self._write(frame(Kind.OPEN, self._next, listed([" ".join(form) for form in forms])))
        return session

    def sound(self, number: int, piece: bytes) -> None:
        """Pass sound on, or drop it when the process does not read."""
        if number not in self._sessions:
            return
        if self._unsent < MOST_UNSENT:
            self._stuck_since = None
            self._write(frame(Kind.SOUND, number, piece))
            return
        now = self._loop.time()
        self._is_late()
        self._stuck_since = self._stuck_since or now
        if now - self._stuck_since > STUCK:
            self._why = f"it has read nothing for {STUCK:.0f} s"
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def close(self, number: int) -> None:
        """The session is over."""
        if self._sessions.pop(number, None) is not None:
            self._write(frame(Kind.CLOSE, number))

    def _told(self, facts: dict[str, Any]) -> None:
        if "late" in facts:
            self._is_late()
        session = self._sessions.get(int(facts.get("session", 0)))
        if session is not None:
            session.told(facts)

    def _is_late(self) -> None:
        if self._loop.time() >= self._late_until:
            log.warning("speech comes faster than it is recognised; new callers have the keypad for a while")
        self._late_until = self._loop.time() + LATE

    # ---- the pipe

    @property
    def _unsent(self) -> int:
        assert self._process.stdin is not None
        return self._process.stdin.transport.get_write_buffer_size()

    def _write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        if not self._process.stdin.transport.is_closing():
            self._process.stdin.write(data)

    async def _complained(self) -> None:
        assert self._process.stderr is not None
        with contextlib.suppress(ValueError):  # a line without end
            while text := await self._process.stderr.readline():
                self._complaints.append(text.decode(errors="replace").strip()[:200])
