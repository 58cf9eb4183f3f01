"""What follows what she keyed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.call import Heard, Keys, Sayable, Silence, Words
from ivr.menu import AskAgain, Choice, Chosen, GiveUp, Menu, next_step
from ivr.prompts import phrase

MENU = Menu(
    "fruit", (Choice("1", "fig", phrase("fig")), Choice("2", "date", phrase("date")), Choice("0", "nut"))
)


@pytest.mark.parametrize(("key", "means"), [("1", "fig"), ("2", "date"), ("0", "nut")])
def test_her_key_is_her_choice_also_when_it_was_not_announced(key: str, means: str) -> None:
    assert next_step(MENU, 1, Keys(key)) == Chosen(means, key)


@pytest.mark.parametrize(
    ("heard", "because"),
    [
        (Keys("7"), "menu.wrong_key"),
        (Silence(), "menu.nothing_heard"),
        (Keys("#"), "menu.wrong_key"),
        (Words(None), "menu.not_understood"),
    ],
)
def test_she_is_told_what_was_wrong_until_her_tries_are_used_up(heard: Heard, because: str) -> None:
    assert next_step(MENU, 1, heard) == AskAgain(2, phrase(because))
    assert next_step(MENU, 2, heard) == AskAgain(3, phrase(because))
    assert next_step(MENU, 3, heard) == GiveUp()


def test_words_choose_as_their_key_does() -> None:
    assert next_step(MENU, 1, Words("2", 0.9)) == next_step(MENU, 1, Keys("2"))
    assert next_step(MENU, 3, Words("*", 0.9)) == AskAgain(3, None)


def test_every_choice_may_be_spoken_and_the_invitation_comes_before_them() -> None:
    assert replace(MENU, spoken=True).may_say == (
        Sayable("1", "fig"),
        Sayable("2", "date"),
        Sayable("0"),
        Sayable("*", "menu.repeat"),
    )
    said = [one.key for one in MENU.phrases(first=True, spoken=True)]
    assert said == ["menu.say_or_press", "fig", "date"]


def test_a_menu_is_answered_by_keys_alone_unless_it_says_otherwise() -> None:
    assert MENU.may_say == ()


def test_the_star_costs_no_try() -> None:
    assert next_step(MENU, 3, Keys("*")) == AskAgain(3, None)


def test_a_star_that_means_something_is_a_choice() -> None:
    assert next_step(Menu("x", (Choice("*", "again"),)), 1, Keys("*")) == Chosen("again", "*")


def test_a_menu_may_have_fewer_tries() -> None:
    assert next_step(Menu("x", (Choice("1", 1),), tries=1), 1, Silence()) == GiveUp()


def test_the_head_is_said_once_and_the_tail_later() -> None:
    menu = Menu(
        "x", (Choice("1", 1, phrase("one")),), intro=(phrase("i"),), tail=(phrase("t"),), head=(phrase("h"),)
    )
    assert [said.key for said in menu.phrases(first=True)] == ["h", "i", "one"]
    assert [said.key for said in menu.phrases(first=False)] == ["i", "one", "t"]


@given(
    st.lists(
        st.one_of(st.just(Silence()), st.just(Words(None)), st.sampled_from("3456789#").map(Keys)), min_size=3
    )
)
def test_no_menu_asks_for_ever(answers: list[Heard]) -> None:
    attempt = 1
    for asked, heard in enumerate(answers, start=1):
        match next_step(MENU, attempt, heard):
            case AskAgain(attempt=attempt):
                assert asked < MENU.tries
            case GiveUp():
                assert asked == MENU.tries
                return
