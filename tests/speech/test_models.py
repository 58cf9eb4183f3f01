"""What the administrator is told of a model, and what becomes of folders that are none."""

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from config.build import to_centre
from config.load import load
from config.schema import ModelsSection, Settings, SpeechSection
from ivr.flows.articles import list_of_articles, list_of_subjects
from ivr.flows.subject import subject_menu
from ivr.menu import Choice, Menu
from ivr.prompts import phrase
from ivr.words import NOTHING, Utterance, answers, every_word, understood
from routing.model import Language
from server.health import Grade
from server.hearing import WORDS, not_models
from server.parts import CHECKOUT
from server.speech_health import speech
from speech.catalogue import Catalogue
from speech.model import NotAModel, inspect
from speech.words import WordsError, read_words
from tests.support import korean

AR, FR = Language.ARABIC, Language.FRENCH


def settings(words: Path | None = None, **models: Path) -> Settings:
    plain = load(CHECKOUT / "config" / "center.yaml", {})
    return replace(plain, speech=SpeechSection(models=ModelsSection(**models), words=words))


@pytest.fixture
def hollow(tmp_path: Path) -> Path:
    """A folder that looks like a model and is none."""
    for name in ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/HCLr.fst", "graph/Gr.fst"):
        (tmp_path / "hollow" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "hollow" / name).write_text("nothing of use", encoding="utf-8")
    return tmp_path / "hollow"


# ---- the folder


def test_the_korean_model_takes_a_grammar() -> None:
    found = inspect(korean.model())
    assert found.takes_grammar
    assert 200e6 < found.size < 300e6


def test_a_model_with_a_fixed_graph_takes_none(hollow: Path) -> None:
    (hollow / "graph/HCLr.fst").rename(hollow / "graph/HCLG.fst")
    assert not inspect(hollow).takes_grammar


@pytest.mark.parametrize(
    ("lacking", "told"),
    [
        ("am/final.mdl", "acoustic model"),
        ("conf/mfcc.conf", "features"),
        ("graph/Gr.fst", "graph is missing"),
    ],
)
def test_a_folder_that_lacks_a_part_is_no_model(hollow: Path, lacking: str, told: str) -> None:
    (hollow / lacking).write_bytes(b"")
    with pytest.raises(NotAModel, match=told):
        inspect(hollow)


def test_a_path_that_leads_nowhere_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(NotAModel, match="is not there"):
        inspect(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(NotAModel, match="is no folder"):
        inspect(tmp_path / "file")


# ---- the doctor


def test_the_doctor_tells_of_a_centre_of_keypads() -> None:
    (found,) = speech(settings())
    assert (found.grade, found.about) == (Grade.OK, "speech")
    assert "keypad" in found.what


def test_the_doctor_tells_size_grammar_and_the_words_that_are_missing(tmp_path: Path) -> None:
    words = korean.words(tmp_path, "fr")
    found, silent = speech(settings(words, fr=korean.model()))
    assert found.grade is Grade.WARN
    assert "takes a grammar" in found.what
    assert " MB" in found.what
    assert found.what.endswith("it does not know: gibberish")
    assert str(words / "fr.yaml") in found.mend
    assert silent.what.startswith("there are no words for capacity, participation")
    assert "menu.subject.capacity" in silent.mend


def test_the_doctor_doubts_a_model_that_knows_none_of_the_words() -> None:
    (found,) = speech(settings(ar=korean.model()))
    assert found.grade is Grade.WARN
    assert "knows none of the words" in found.what
    assert "a model of this language?" in found.mend


def test_the_doctor_tells_what_is_no_model_and_where_it_is_named(tmp_path: Path, hollow: Path) -> None:
    nowhere, broken = speech(settings(ar=tmp_path / "nowhere", fr=hollow))
    assert (nowhere.about, nowhere.grade) == ("speech ar", Grade.WARN)
    assert "speech.models.ar" in nowhere.mend
    assert (broken.about, broken.grade) == ("speech fr", Grade.WARN)
    assert "speech.models" in broken.mend


def test_the_doctor_tells_of_words_with_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "fr.yaml").write_text("menu.person: [tapez 0]\n", encoding="utf-8")
    (found,) = speech(settings(tmp_path, fr=korean.model()))
    assert found.grade is Grade.WARN
    assert "«tapez 0» is not what somebody says" in found.what


# ---- the words


def test_the_words_that_come_along_name_prompts_and_every_choice_has_some() -> None:
    prompts = Catalogue.load(CHECKOUT / "config" / "prompts").prompts
    for language, words in read_words(WORDS, [AR, FR]).items():
        named = {name for name in words if not name.startswith("key.")} - {NOTHING}
        assert named <= prompts.keys()
        subjects = {f"menu.subject.{subject}" for subject in settings().subjects}
        assert {
            *subjects,
            *(f"article.name.{code}" for codes in settings().articles.values() for code in codes),
            "article.call_back",
            "menu.articles",
            "menu.person",
            "menu.language",
            "menu.repeat",
            "callback.offer",
        } <= named
        assert {f"key.{key}" for key in "0123456789*#"} <= words.keys()
        assert all(word == word.lower() for word in every_word(words)), language


CLOSED = Menu(
    "closed",
    (Choice("1", 1, phrase("callback.offer")), Choice("#", 2, phrase("menu.language")), Choice("0", 3)),
    spoken=True,
)


CENTRE = to_centre(settings())
LISTS = [list_of_articles(CENTRE, subject, phrase("article.call_back")) for subject in CENTRE.articles]
MENUS = {
    "subject": subject_menu(CENTRE),
    "closed": CLOSED,
    "articles": list_of_subjects(CENTRE, phrase("menu.person")),
    **{f"articles of {subject}": menu for subject, menu in zip(CENTRE.articles, LISTS, strict=True)},
}


@pytest.mark.parametrize("language", [AR, FR])
@pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS)
def test_no_line_of_a_menu_answers_itself(language: Language, menu: Menu[object]) -> None:
    """Each line, as a recogniser writes it that hears the prompt from a loudspeaker."""
    prompts = Catalogue.load(CHECKOUT / "config" / "prompts")
    possible = answers(read_words(WORDS, [language])[language], menu.may_say)
    for line in menu.phrases(first=True, spoken=True):
        heard = Utterance(tuple((word, 1.0) for word in as_models_write(prompts.text(language, line))))
        answer = understood(possible, heard, 0.8)
        assert answer is None or answer.key is None, line.key


def as_models_write(text: str) -> list[str]:
    """Words without vowel signs and punctuation."""
    plain = "".join(letter for letter in text if unicodedata.category(letter) != "Mn")
    return re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", plain.lower())


@pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS)
def test_no_two_choices_of_a_menu_are_said_alike(menu: Menu[object]) -> None:
    for words in read_words(WORDS, [AR, FR]).values():
        forms = [form for choice in menu.may_say for form in words.get(choice.name, ())]
        assert forms
        assert len(forms) == len(set(forms))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("menu.person: [tapez 0]", "not what somebody says"),
        ("menu.person: oui", "has no words"),
        ("menu.person: []", "has no words"),
        ("Menu: [oui]", "is not the name of a prompt"),
        ("- oui", "is not a list of names"),
        ("menu.person: [oui", "line "),
        ("menu.person: [un deux trois quatre cinq six sept huit neuf]", "up to 8 words"),
    ],
)
def test_a_mistake_in_the_words_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "fr.yaml").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(WordsError, match=told) as refused:
        read_words(tmp_path, [FR])
    assert "fr.yaml" in str(refused.value)


def test_a_language_without_a_file_of_words_is_told(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match="zgh.yaml: is not there"):
        read_words(tmp_path, [Language.TAMAZIGHT])


def test_words_are_taken_as_models_write_them(tmp_path: Path) -> None:
    (tmp_path / "fr.yaml").write_text("menu.person: [Quelqu’un, '  Une   Personne ']\n", encoding="utf-8")
    assert read_words(tmp_path, [FR])[FR] == {"menu.person": (("quelqu'un",), ("une", "personne"))}


def test_check_names_a_folder_that_is_no_model(tmp_path: Path) -> None:
    (mistake,) = not_models(settings(fr=tmp_path))
    assert "speech.models.fr" in str(mistake)
    assert str(tmp_path) in str(mistake)
    assert not_models(settings()) == []
