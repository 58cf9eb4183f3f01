"""The words that callers may say, read from `config/words/<language>.yaml` and checked as a whole.

A file maps names of prompts, and `key.1`, `key.2`, … for the keys themselves, to lists of ways to say them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from ivr.words import Form, Vocabulary
from routing.model import Language

MOST_WORDS = 8  # in one form
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*|key\.[0-9*#]")
WORD = re.compile(r"[^\W\d_]+(['-][^\W\d_]+)*")
NO_WORDS: Vocabulary = {}


class WordsError(Exception):
    """All the mistakes of the files, one a line: file, name, what is wrong, how to mend it."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


def read_words(folder: Path, languages: Iterable[Language]) -> Mapping[Language, Vocabulary]:
    """What may be said in each of these languages. Raises `WordsError`."""
    mistakes: list[str] = []
    found = {language: _file(folder / f"{language}.yaml", mistakes) for language in languages}
    if mistakes:
        raise WordsError(mistakes)
    return found


def _file(file: Path, mistakes: list[str]) -> Vocabulary:
    try:
        content = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        mistakes.append(f"{file}: is not there; write what callers may say, as in config/words/fr.yaml")
        return NO_WORDS
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        mistakes.append(f"{file.name}: line {line}: {error.problem}; mend the YAML there")
        return NO_WORDS
    except (OSError, UnicodeError) as error:
        mistakes.append(f"{file.name}: cannot be read: {error}; save it as UTF-8 text")
        return NO_WORDS
    if not isinstance(content, dict):
        mistakes.append(f"{file.name}: is not a list of names; write «menu.person: [conseiller]»")
        return NO_WORDS
    words: dict[str, tuple[Form, ...]] = {}
    for name, forms in content.items():
        if not isinstance(name, str) or not NAME.fullmatch(name):
            mistakes.append(
                f"{file.name}: {name}: is not the name of a prompt or key; write key.1 or menu.person"
            )
        elif not isinstance(forms, list) or not forms:
            mistakes.append(f"{file.name}: {name}: has no words; write a list such as [oui, d'accord]")
        else:
            words[name] = tuple(form for text in forms if (form := _form(text, file.name, name, mistakes)))
    return words


def _form(text: object, file: str, name: str, mistakes: list[str]) -> Form:
    plain = unicodedata.normalize("NFC", str(text)).replace("’", "'").lower()
    form = tuple(plain.split())
    if not 0 < len(form) <= MOST_WORDS or not all(map(WORD.fullmatch, form)):
        mistakes.append(
            f"{file}: {name}: «{text}» is not what somebody says; "
            f"write up to {MOST_WORDS} words of letters, numbers as words"
        )
        return ()
    return form
