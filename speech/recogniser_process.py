"""`python -m speech.recogniser_process MODEL`: a model in memory, and a thread for each caller who may speak.

It lives as long as its standard input. What it is told and answers is in `speech/recogniser_pipe.py`; it keeps
no sound and no word longer than the utterance.
"""

import contextlib
import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from speech.libvosk import Engine, Model, NoEngine, NotLoaded, Recognition
from speech.model import NotAModel, inspect
from speech.recogniser_pipe import Kind, frames, line

QUEUED = 100  # pieces of 20 ms that may wait: what is said must be answered within seconds or not at all
STOPPED = 0.7  # seconds without sound after which an utterance is over: some telephones send none in silence
LOOK_EVERY = 5  # pieces between two looks at whether she speaks
NICE = 5  # calls come first


class Answers:
    """Lines to the controller, whole ones from any thread."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._lock = stream, threading.Lock()

    def say(self, **facts: object) -> None:
        """One line; nothing when nobody reads any more."""
        with self._lock, contextlib.suppress(BrokenPipeError):
            self._stream.write(line(**facts))
            self._stream.flush()


class Session:
    """One caller, while one question is open."""

    def __init__(self, number: int, model: Model, phrases: list[str], answers: Answers) -> None:
        self._number, self._model, self._phrases, self._answers = number, model, phrases, answers
        self._pieces: queue.Queue[bytes | None] = queue.Queue(QUEUED)
        self._late = self._over = False
        threading.Thread(target=self._listen, daemon=True).start()

    def feed(self, piece: bytes) -> None:
        """Take sound; what there is no time for is dropped, and said once."""
        try:
            self._pieces.put_nowait(piece)
        except queue.Full:
            if not self._late:
                self._late = True
                self._answers.say(session=self._number, late=True)

    def close(self) -> None:
        """Nothing more is of use."""
        self._over = True
        with contextlib.suppress(queue.Full):
            self._pieces.put_nowait(None)

    def _listen(self) -> None:
        try:
            recognition = Recognition(self._model, self._phrases)
        except NotLoaded:
            self._answers.say(session=self._number, lost=True)
            return
        try:
            self._recognise(recognition)
        finally:
            recognition.close()

    def _recognise(self, recognition: Recognition) -> None:
        speaking, taken = False, 0
        while not self._over:
            try:
                piece = self._pieces.get(timeout=STOPPED)
            except queue.Empty:
                if speaking:
                    speaking = False
                    self._answers.say(session=self._number, words=recognition.final())
                continue
            if piece is None:
                return
            taken += 1
            if recognition.feed(piece):
                words = recognition.result()
                if words or speaking:
                    self._answers.say(session=self._number, words=words)
                speaking = False
            elif taken % LOOK_EVERY == 0 and recognition.speaking() != speaking:
                speaking = not speaking
                self._answers.say(session=self._number, speaking=speaking)


def serve(folder: Path, given: BinaryIO, answers: Answers) -> int:
    """Load the model and listen until the input ends; 1 when there is nothing to listen with."""
    try:
        found = inspect(folder)
        model = Model(Engine(), folder, grammars=found.takes_grammar)
    except (NotAModel, NoEngine, NotLoaded) as problem:
        answers.say(failed=str(problem))
        return 1
    sessions: dict[int, Session] = {}
    for kind, number, payload in frames(given):
        session = sessions.get(number)
        match kind:
            case Kind.WORDS:
                words = json.loads(payload)
                answers.say(ready=True, absent=[word for word in words if not model.knows(word)])
            case Kind.OPEN:
                unknown = ["[unk]"] if model.knows("[unk]") else []
                sessions[number] = Session(number, model, [*json.loads(payload), *unknown], answers)
            case Kind.SOUND if session is not None:
                session.feed(payload)
            case Kind.CLOSE if session is not None:
                del sessions[number]
                session.close()
            case _:
                pass
    return 0


def main() -> None:
    """The process. What the library prints does not mix with the answers."""
    os.nice(NICE)
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        status = serve(Path(sys.argv[1]), sys.stdin.buffer, Answers(out))
    os._exit(status)  # threads of the library may still be at work


if __name__ == "__main__":
    main()
