"""Every way through the menus as they are delivered ends; and a way that does not would be seen."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from config.build import to_centre
from config.load import load
from ivr.centre import Centre
from ivr.prompts import Phrase, PromptMissing
from routing.model import CallEnding, Language
from server.parts import CHECKOUT
from server.simulation.paths import Found, check_paths, scenes
from speech.catalogue import Catalogue

CATALOGUE = Catalogue.load(CHECKOUT / "config" / "prompts")
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
E = CallEnding


@pytest.fixture(scope="module")
def centre() -> Centre:
    """As it is delivered, with the names that the centre must fill in."""
    return to_centre(load(CHECKOUT / "config" / "center.yaml", {}), SUNDAY)


def no_words(language: Language, phrase: Phrase) -> str:
    """The delivered prompts; the centre's own names are its own to write."""
    return "" if phrase.key.startswith("centre.") else CATALOGUE.text(language, phrase)


def checked(centre: Centre, name: str, words: object = no_words) -> Found:
    return check_paths(centre, SUNDAY, words, chosen=lambda scene: scene.name == name)  # type: ignore[arg-type]


def in_one_language(centre: Centre) -> Centre:
    """One subject with articles and no choice of language: the same flows, and fewer ways."""
    subject = next(iter(centre.articles))
    return replace(
        centre,
        languages=(Language.TAMAZIGHT,),
        subjects=(subject,),
        articles={subject: centre.articles[subject][:1]},
    )


def test_every_way_of_an_open_centre_ends_in_all_its_languages(centre: Centre) -> None:
    found = checked(centre, "open, agents are free")
    assert found.faults == []
    assert found.languages == set(Language)
    assert {E.ANSWERED, E.SELF_SERVED, E.LEFT_IN_MENU} <= found.endings
    assert found.places > 100


def test_every_way_of_a_closed_centre_ends(centre: Centre) -> None:
    found = checked(in_one_language(centre), "closed")
    assert found.faults == []
    assert {E.CLOSED, E.CALLBACK_TAKEN, E.SELF_SERVED} <= found.endings


def test_the_scenes_are_open_closed_and_about_to_close(centre: Centre) -> None:
    opens = [centre.hours.first_open(scene.at) == scene.at for scene in scenes(centre, SUNDAY)]
    assert opens == [True, True, True, True, False, False, False]


def test_a_prompt_that_lacks_its_words_is_told_with_the_way_to_it(centre: Centre) -> None:
    def lacking(language: Language, phrase: Phrase) -> str:
        if phrase.key == "goodbye":
            raise PromptMissing("goodbye has no words")
        return no_words(language, phrase)

    faults = checked(replace(in_one_language(centre), articles={}), "closed", lacking).faults
    assert {fault.what for fault in faults} == {"she hears nothing: goodbye has no words"}
    assert all(fault.way for fault in faults)


async def stuck(call: object, office: object) -> CallEnding:
    await asyncio.Event().wait()
    return E.CLOSED


async def endless(call: object, office: object) -> CallEnding:
    while True:  # noqa: ASYNC110 - this is what must be seen
        await asyncio.sleep(60)


async def broken(call: object, office: object) -> CallEnding:
    raise LookupError("a hole in the flow")


@pytest.mark.parametrize(
    ("flow", "said"),
    [(stuck, "it does not end"), (endless, "it does not end"), (broken, "a hole in the flow")],
)
def test_a_flow_that_does_not_end_well_is_a_fault(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, flow: object, said: str
) -> None:
    monkeypatch.setattr("server.simulation.house.incoming", flow)
    faults = checked(centre, "closed").faults
    assert faults
    assert all(said in fault.what for fault in faults)
