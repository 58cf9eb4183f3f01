"""Laws of the pieces that a phrase is played from, for any value of any prompt in every language."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.prompts import Phrase
from ivr.spoken.parts import EDGES, Part, text_of
from routing.model import Language
from server.voice import catalogue

CATALOGUE = catalogue()
NUMBERS = st.integers(0, 9999).map(str)
MINUTES = st.integers(0, 10000)
VALUES: dict[str, st.SearchStrategy[str]] = {
    "number": NUMBERS,
    "count": NUMBERS,
    "ordinal": st.integers(1, 9999).map(str),
    "phone": st.integers(0, 10**8 - 1).map(lambda rest: f"+2126{rest:08}"),
    "reference": st.integers(0, 10**12).map(str),
    "date": st.dates(date(2000, 1, 1), date(2100, 1, 1)).map(str),
    "day": st.sampled_from(["monday", "thursday", "sunday"]),
    "time": st.times().map(lambda at: f"{at:%H:%M}"),
    "duration": st.integers(0, 9999 * 3600 + 3599).map(str),
    "amount": st.integers(0, 999999).map(lambda centimes: f"{centimes // 100}.{centimes % 100:02}"),
    "language": st.sampled_from(list(Language)).map(str),
    "subject": st.sampled_from(["legal", "other"]),
}
KNOWN = {language: {part.key: part.words for part in CATALOGUE.recordable(language)} for language in Language}


@st.composite
def phrases(draw: st.DrawFn) -> Phrase:
    prompt = draw(st.sampled_from(sorted(CATALOGUE.prompts.values(), key=lambda prompt: prompt.key)))
    slots: dict[str, str] = {}
    for slot in dict.fromkeys(prompt.slots.values()):
        if slot.kind == "wait":
            low, high = sorted((draw(MINUTES), draw(MINUTES)))
            slots |= {"low": str(low), "high": str(high)}
        else:
            slots |= {name: draw(VALUES[slot.kind]) for name in slot.names}
    return Phrase(prompt.key, slots)


@given(phrase=phrases(), language=st.sampled_from(list(Language)))
def test_the_parts_are_the_phrase_and_each_can_be_recorded(phrase: Phrase, language: Language) -> None:
    parts = CATALOGUE.parts(language, phrase)
    assert text_of(parts) == CATALOGUE.text(language, phrase)
    for part in parts:
        assert part.words
        assert KNOWN[language][part.key] == part.words


@pytest.mark.parametrize("language", Language)
def test_a_part_s_name_is_a_file_s_name_and_holds_no_one_s_number(language: Language) -> None:
    for key, words in KNOWN[language].items():
        assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789._")
        assert len(key) < 60
        assert words == words.strip(EDGES)


def test_the_last_sign_of_a_part_asks_for_a_pause() -> None:
    assert [Part("", text).pause > 0 for text in ("un", "un ", "un, ", "un.", "؟")] == [
        False,
        False,
        True,
        True,
        True,
    ]
    assert Part("", "un. ").pause > Part("", "un, ").pause


def test_a_time_and_a_day_are_played_as_words_one_can_record() -> None:
    parts = CATALOGUE.parts(Language.FRENCH, Phrase("closed.reopens", {"on": "2026-11-23", "at": "08:30"}))
    assert [part.key for part in parts] == [
        "closed.reopens.part1",
        "said.weekday.monday",
        "said.number.23",
        "said.month.11",
        "closed.reopens.part2",
        "said.hour.8",
        "said.number.30",
    ]
    assert parts[-1].text == "trente."
    assert parts[-1].words == "trente"
