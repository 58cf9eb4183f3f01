"""What may be said instead of a key, and which key was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.call import Sayable, Words
from ivr.words import Utterance, answers, every_word, understood, without

VOCABULARY = {
    "menu.legal": (("droit",), ("droit", "des", "associations")),
    "menu.money": (("argent",), ("subvention",)),
    "menu.person": (("conseiller",), ("une", "personne")),
    "key.1": (("un",),),
    "key.2": (("deux",),),
    "key.0": (("zéro",),),
}
MENU = (Sayable("1", "menu.legal"), Sayable("2", "menu.money"), Sayable("0", "menu.person"), Sayable("9"))
ANSWERS = answers(VOCABULARY, MENU)


def says(text: str, sure: float = 0.95, threshold: float = 0.8) -> Words | None:
    return understood(ANSWERS, Utterance(tuple((word, sure) for word in text.split())), threshold)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("droit", "1"),
        ("le droit des associations", "1"),
        ("subvention", "2"),
        ("deux", "2"),
        ("je voudrais un conseiller", "0"),
        ("un", "1"),
        ("[unk] argent [unk]", "2"),
        ("argent argent", "2"),
    ],
)
def test_her_words_choose_as_the_key_would(text: str, key: str) -> None:
    assert says(text) == Words(key, 0.95)


@pytest.mark.parametrize(
    "text", ["droit argent", "un deux", "bonjour", "[unk]", "des associations", "personne"]
)
def test_words_of_no_choice_or_of_several_choose_nothing(text: str) -> None:
    assert says(text) == Words(None)


def test_the_least_sure_word_counts() -> None:
    said = Utterance((("droit", 1.0), ("des", 0.5), ("associations", 1.0)))
    assert understood(ANSWERS, said, 0.8) == Words(None)
    assert understood(ANSWERS, said, 0.5) == Words("1", 0.5)


def test_a_second_choice_half_heard_makes_the_first_doubtful() -> None:
    assert understood(ANSWERS, Utterance((("droit", 1.0), ("argent", 0.3))), 0.8) == Words(None)


@pytest.mark.parametrize("text", ["droit des associations un", "argent [unk] deux", "droit un argent deux"])
def test_the_menu_itself_come_back_from_a_loudspeaker_is_nothing_said(text: str) -> None:
    assert says(text) is None


def test_no_word_at_all_is_nothing_heard() -> None:
    assert says("") is None


def test_a_form_of_two_choices_means_neither() -> None:
    twins = {"a": (("oui",), ("rappel",)), "b": (("oui",),)}
    possible = answers(twins, (Sayable("1", "a"), Sayable("2", "b")))
    assert possible.forms == (("rappel",),)


def test_what_chooses_nothing_is_expected_all_the_same() -> None:
    polite = {**VOCABULARY, "nothing": (("bonjour",), ("argent",))}
    possible = answers(polite, MENU)
    assert set(possible.forms) - set(ANSWERS.forms) == {("bonjour",)}
    said = Utterance((("bonjour", 1.0), ("argent", 1.0)))
    assert understood(possible, said, 0.8) == Words("2", 1.0)
    assert understood(possible, Utterance((("bonjour", 1.0),)), 0.8) == Words(None)


def test_forms_with_a_word_that_a_model_does_not_know_are_left_out() -> None:
    assert without(VOCABULARY, {"des", "argent"})["menu.legal"] == (("droit",),)
    assert without(VOCABULARY, {"des", "argent"})["menu.money"] == (("subvention",),)
    assert {"des", "associations", "zéro"} <= every_word(VOCABULARY)


def test_her_words_stand_in_no_text_that_might_be_logged() -> None:
    assert "conseiller" not in repr(Utterance((("conseiller", 1.0),)))
    assert "conseiller" not in repr(says("conseiller"))


@given(
    st.lists(st.tuples(st.sampled_from(sorted(every_word(VOCABULARY) | {"[unk]"})), st.floats(0, 1))),
    st.floats(0, 1),
)
def test_whatever_is_heard_chooses_one_key_surely_or_none(
    words: list[tuple[str, float]], sure: float
) -> None:
    match understood(ANSWERS, Utterance(tuple(words)), sure):
        case None:
            pass
        case Words(key=None):
            pass
        case Words(key=key, confidence=confidence):
            assert key in {choice.key for choice in MENU}
            assert confidence >= sure
