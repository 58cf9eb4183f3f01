"""The recogniser's C library through ctypes: the few functions that are used here.

The package `vosk` is installed for its library alone; its Python module, which wants five other packages and can
download models, is never imported. Source: vosk-api 0.3.45, `vosk_api.h`.
"""

import ctypes
import importlib.util
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

RATE = 16000
"""Samples a second of the sound that is fed."""


class NoEngine(Exception):
    """The library is not there; the message says how to get it."""


class NotLoaded(Exception):
    """The library does not take the model."""


def find() -> Path:
    """Where the library is. Raises `NoEngine`."""
    package = importlib.util.find_spec("vosk")
    places = [] if package is None else list(package.submodule_search_locations or ())
    for place in places:
        library = Path(place) / "libvosk.so"
        if library.is_file():
            return library
    raise NoEngine("vosk is not installed; run: make setup SPEECH=1")


class Engine:
    """The library, loaded into this process. Its calls release Python's lock."""

    def __init__(self) -> None:
        """Raises `NoEngine`."""
        try:
            library = ctypes.CDLL(str(find()))
        except OSError as error:
            raise NoEngine(f"vosk does not load: {error}") from None
        handle, text = ctypes.c_void_p, ctypes.c_char_p
        for name, result, *arguments in (
            ("set_log_level", None, ctypes.c_int),
            ("model_new", handle, text),
            ("model_free", None, handle),
            ("model_find_word", ctypes.c_int, handle, text),
            ("recognizer_new", handle, handle, ctypes.c_float),
            ("recognizer_new_grm", handle, handle, ctypes.c_float, text),
            ("recognizer_free", None, handle),
            ("recognizer_set_words", None, handle, ctypes.c_int),
            ("recognizer_accept_waveform", ctypes.c_int, handle, text, ctypes.c_int),
            ("recognizer_result", text, handle),
            ("recognizer_partial_result", text, handle),
            ("recognizer_final_result", text, handle),
        ):
            function = getattr(library, f"vosk_{name}")
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)
        self.call("set_log_level", -1)

    def call(self, name: str, *arguments: Any) -> Any:
        """Call `vosk_<name>`."""
        return getattr(self, name)(*arguments)


class Model:
    """A model in memory, for any number of recognitions at once."""

    def __init__(self, engine: Engine, folder: Path, *, grammars: bool) -> None:
        """Load it: seconds, and hundreds of megabytes. Raises `NotLoaded`."""
        self.engine = engine
        self.grammars = grammars
        self.handle = engine.call("model_new", str(folder).encode())
        if not self.handle:
            raise NotLoaded(f"{folder} is not a model that this version of vosk reads")

    def knows(self, word: str) -> bool:
        """Whether the word is in the model's vocabulary."""
        return bool(self.engine.call("model_find_word", self.handle, word.encode()) >= 0)


class Recognition:
    """One stream of sound. Not for two threads at once."""

    def __init__(self, model: Model, phrases: Iterable[str]) -> None:
        """`phrases` are what is listened for, where the model takes a grammar. Raises `NotLoaded`."""
        self._engine = model.engine
        listed = list(phrases)
        if model.grammars and listed:
            grammar = json.dumps(listed, ensure_ascii=False).encode()
            self._handle = self._call("recognizer_new_grm", model.handle, float(RATE), grammar)
        else:
            self._handle = self._call("recognizer_new", model.handle, float(RATE))
        if not self._handle:
            raise NotLoaded("the model makes no recogniser")
        self._call("recognizer_set_words", self._handle, 1)

    def feed(self, sound: bytes) -> bool:
        """Take 16-bit samples; whether an utterance has ended."""
        return bool(self._call("recognizer_accept_waveform", self._handle, sound, len(sound)) == 1)

    def result(self) -> list[tuple[str, float]]:
        """The utterance that has ended: each word and how sure it is."""
        return self._words("recognizer_result")

    def final(self) -> list[tuple[str, float]]:
        """What was said so far, as if it had ended now."""
        return self._words("recognizer_final_result")

    def speaking(self) -> bool:
        """Whether words have begun and not ended."""
        return bool(json.loads(self._call("recognizer_partial_result", self._handle)).get("partial"))

    def close(self) -> None:
        """Free its memory."""
        self._call("recognizer_free", self._handle)

    def _words(self, name: str) -> list[tuple[str, float]]:
        told = json.loads(self._call(name, self._handle)).get("result", ())
        return [(str(one["word"]), float(one["conf"])) for one in told]

    def _call(self, name: str, *arguments: Any) -> Any:
        return self._engine.call(name, *arguments)
