"""What is wrong in the configuration, told to the person who wrote it: where, what, and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

KeyPath = tuple[str | int, ...]
"""The way to a value: section, key, and for lists the place counted from 0."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written: a line of a file, or an environment variable."""

    file: str = ""
    line: int | None = None
    variable: str | None = None

    def __str__(self) -> str:
        if self.variable is not None:
            return self.variable
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake. `key` is the path as people write it (`desk.wrap_up`), empty when it is the whole file."""

    origin: Origin
    key: str
    what: str
    mend: str

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.origin), self.key, f"{self.what}; {self.mend}") if part)


class ConfigError(Exception):
    """The configuration cannot be used; `mistakes` lists all that was found, in the order of the file."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def nearest(word: str, known: Iterable[str]) -> str:
    """How to mend a word that is not known: the nearest one, or all of them."""
    choices = sorted(known)
    close = get_close_matches(word.lower(), choices, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}?"
    return f"known are {', '.join(choices)}"
