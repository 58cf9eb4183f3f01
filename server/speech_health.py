"""The doctor's eye on speech: each model, whether it takes a grammar, and the words that it does not know.

Nothing here keeps calls from coming: without speech they have the keypad.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from server.health import Finding, Grade

if TYPE_CHECKING:
    from config.schema import Settings
    from routing.model import Language

KEYPAD = "; until then this language has the keypad only"


def speech(settings: "Settings") -> Iterator[Finding]:
    """A finding for each configured model; one of its own where nobody may speak."""
    from server.hearing import models, words_folder

    found = models(settings)
    if not found:
        yield Finding("speech", Grade.OK, "no model is configured; menus are answered by keypad")
    for language, model in found.items():
        yield _model(language, model, words_folder(settings))
        yield from _silent_choices(settings, language)


def _silent_choices(settings: "Settings", language: "Language") -> Iterator[Finding]:
    """Subjects and articles that can only be keyed, since nobody wrote how they are said."""
    from server.hearing import words_folder
    from speech.words import WordsError, read_words

    folder = words_folder(settings)
    try:
        words = read_words(folder, [language])[language]
    except WordsError:
        return
    told = [code for codes in settings.articles.values() for code in codes]
    names = [("menu.subject", subject) for subject in settings.subjects]
    names += [("article.name", code) for code in told]
    lacking = [(family, end) for family, end in names if f"{family}.{end}" not in words]
    if lacking:
        what = f"there are no words for {', '.join(end for _, end in lacking)}"
        mend = f"write {'.'.join(lacking[0])}: […] in {folder / f'{language}.yaml'}"
        yield Finding(f"speech {language}", Grade.WARN, what, mend)


def _model(language: "Language", path: Path, words: Path) -> Finding:
    from ivr.words import every_word
    from speech.libvosk import NoEngine, find
    from speech.model import NotAModel, inspect
    from speech.trial import TrialFailed, absent_words
    from speech.words import WordsError, read_words

    about = f"speech {language}"
    try:
        folder = inspect(path)
        find()
        vocabulary = read_words(words, [language])[language]
        absent = absent_words(path, every_word(vocabulary))
    except NotAModel as problem:
        mend = f"see speech.models.{language}{KEYPAD}"
        return Finding(about, Grade.WARN, str(problem), mend)
    except NoEngine as problem:
        what, _, mend = str(problem).partition("; ")
        return Finding(about, Grade.WARN, what, mend + KEYPAD)
    except WordsError as problem:
        return Finding(about, Grade.WARN, problem.mistakes[0], f"mend {words / f'{language}.yaml'}{KEYPAD}")
    except TrialFailed as problem:
        return Finding(about, Grade.WARN, str(problem), f"try another model, see speech.models{KEYPAD}")
    grammar = "takes a grammar" if folder.takes_grammar else "takes no grammar, so it hears all words alike"
    what = f"{path}, {folder.size / 1e6:.0f} MB, {grammar}"
    if len(absent) == len(every_word(vocabulary)):
        mend = f"is it a model of this language? see speech.models.{language}{KEYPAD}"
        return Finding(about, Grade.WARN, f"{what}; it knows none of the words", mend)
    if absent:
        mend = f"write others in {words / f'{language}.yaml'}; what is said with them is left out"
        return Finding(about, Grade.WARN, f"{what}; it does not know: {', '.join(absent)}", mend)
    return Finding(about, Grade.OK, f"{what}, knows all words")
