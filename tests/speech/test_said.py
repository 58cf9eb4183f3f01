"""The ear of the tests: it finds a prompt in a noisy, jerky recording, and finds no other."""

import numpy as np
import pytest

from routing.model import Language
from tests.support.said import HEARD, NotHeard, in_order, likeness, sound_of

KEYS = ("welcome", "notice.short", "menu.person", "goodbye")


@pytest.fixture(scope="module")
def prompts_of(everything):
    return {language: {key: sound_of(everything[key, language]) for key in KEYS} for language in Language}


def recording_of(prompts: dict[str, np.ndarray]) -> np.ndarray:
    """With a pause before and after, noise, half as loud, and a frame lost in each prompt."""
    noise = np.random.default_rng(7)
    jerky = [
        np.delete(prompt, slice(len(prompt) // 2, len(prompt) // 2 + 160)) for prompt in prompts.values()
    ]
    heard = np.concatenate([np.zeros(4000), *jerky, np.zeros(8000)]) / 2
    return heard + noise.normal(0, 0.002, len(heard))


@pytest.mark.parametrize("language", Language)
def test_the_prompts_of_a_recording_are_found_in_their_order_only(prompts_of, language):
    prompts = prompts_of[language]
    recording = recording_of(prompts)
    moments = in_order(recording, prompts)
    assert moments["welcome"] == pytest.approx(0.5, abs=0.15)
    assert list(moments.values()) == sorted(moments.values())
    with pytest.raises(NotHeard, match=r"^menu\.person: not heard after"):
        in_order(recording, dict(reversed(prompts.items())))


@pytest.mark.parametrize("language", Language)
def test_another_language_is_not_found(prompts_of, language):
    recording = recording_of(prompts_of[language])
    for other in set(Language) - {language}:
        assert max(likeness(recording, prompt).max() for prompt in prompts_of[other].values()) < HEARD - 0.15


def test_nothing_is_found_in_silence(prompts_of):
    with pytest.raises(NotHeard):
        in_order(np.zeros(40_000), prompts_of[Language.FRENCH])
