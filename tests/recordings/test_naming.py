"""Which prompt a file's name means, and what is said of names that mean none."""

from pathlib import PurePath

import pytest

from recordings.naming import Named, Stranger, is_sound, named
from routing.model import Language

KEYS = frozenset({"welcome", "menu.repeat", "language.name.fr", "callback.taken.part1"})


@pytest.mark.parametrize(
    ("path", "language", "key"),
    [
        ("fr/menu.repeat.wav", "fr", "menu.repeat"),
        ("studio/take 3/zgh/welcome.mp3", "zgh", "welcome"),
        ("menu.repeat.ar.ogg", "ar", "menu.repeat"),
        ("fr/menu.repeat.fr.WAV", "fr", "menu.repeat"),
        ("zgh/language.name.fr.wav", "zgh", "language.name.fr"),
        ("language.name.fr.ar.wav", "ar", "language.name.fr"),
        ("ar/callback.taken.part1.oga", "ar", "callback.taken.part1"),
    ],
)
def test_language_and_key_stand_in_the_name(path: str, language: str, key: str) -> None:
    assert named(PurePath(path), KEYS) == Named(Language(language), key)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("welcome.wav", "no language is in its name"),
        ("en/welcome.wav", "no language is in its name"),
        ("welcome.en.wav", "no language is in its name"),
        ("language.name.fr.wav", "no language is in its name"),
        ("fr/welcome.ar.wav", "is named ar and lies in the folder fr"),
        ("fr/menu.repaet.wav", "is menu.repeat meant?"),
        ("fr/zzz.wav", "take the name from the recording sheet"),
        ("fr/.wav", "there is no prompt"),
    ],
)
def test_a_name_that_means_nothing_says_what_to_write(path: str, words: str) -> None:
    found = named(PurePath(path), KEYS)
    assert isinstance(found, Stranger)
    assert words in f"{found.what}; {found.mend}"


def test_only_three_kinds_of_sound_are_taken() -> None:
    assert [is_sound(PurePath(f"a.{ending}")) for ending in ("wav", "MP3", "ogg", "oga")] == [True] * 4
    assert not any(is_sound(PurePath(f"a{ending}")) for ending in (".flac", ".txt", ""))
