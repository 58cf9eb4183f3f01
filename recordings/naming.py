"""Which prompt a file is meant for: `<language>/<key>.<ext>` or `<key>.<language>.<ext>`. Pure."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath

from routing.model import Language

ENDINGS = frozenset({"wav", "mp3", "ogg", "oga"})
_LANGUAGES = frozenset(Language)


@dataclass(frozen=True, slots=True)
class Named:
    """The prompt and language that a file's name says."""

    language: Language
    key: str


@dataclass(frozen=True, slots=True)
class Stranger:
    """A name that says neither; what is wrong with it and how to mend it."""

    what: str
    mend: str


def is_sound(path: PurePath) -> bool:
    """Whether the name ends like a sound file that is taken."""
    return path.suffix.lower().lstrip(".") in ENDINGS


def named(path: PurePath, keys: Collection[str]) -> Named | Stranger:
    """What the file at `path`, below the folder of the import, is a recording of."""
    stem, folder = path.name[: -len(path.suffix)], path.parent.name
    last = stem.rpartition(".")[2]
    if last in _LANGUAGES and stem not in keys:
        language, key = last, stem.rpartition(".")[0]
        if folder in _LANGUAGES and folder != language:
            return Stranger(f"it is named {language} and lies in the folder {folder}", "leave one of the two")
    elif folder in _LANGUAGES:
        language, key = folder, stem
    else:
        return Stranger(
            f"no language is in its name ({', '.join(Language)})",
            f"name it {stem}.fr{path.suffix}, or fr/{path.name}",
        )
    if key in keys:
        return Named(Language(language), key)
    near = difflib.get_close_matches(key, keys, n=1)
    mend = f"is {near[0]} meant?" if near else "take the name from the recording sheet"
    return Stranger(f"there is no prompt {key}", mend)
