"""How well agents know what, and the steps, as an administrator writes them."""

from datetime import timedelta
from pathlib import Path

import pytest

from config.build import to_centre
from config.load import load
from config.mistakes import ConfigError
from routing.model import AgentId, Language, Subject
from routing.skills import FIRST_STEPS, Step

SOUND = (
    "centre: {name: {ar: مركز, zgh: ⴰⵎⵎⴰⵙ, fr: Centre}}\n"
    "agents:\n"
    "  - {id: idir, name: Idir, extension: 102, languages: [zgh, 'fr:1', ar:2], subjects: [legal, funding:2]}\n"
)


def centre(tmp_path: Path, text: str):
    file = tmp_path / "center.yaml"
    file.write_text(SOUND + text, encoding="utf-8")
    return to_centre(load(file, {}))


def told(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as problem:
        centre(tmp_path, text)
    return [str(mistake) for mistake in problem.value.mistakes]


def test_a_level_stands_behind_the_colon(tmp_path: Path) -> None:
    idir = centre(tmp_path, "").agents[AgentId("idir")]
    assert idir.languages == (Language.TAMAZIGHT, Language.FRENCH, Language.ARABIC)
    assert [idir.speaks(language) for language in Language] == [2, 3, 1]
    assert [idir.knows(Subject(code)) for code in ("legal", "funding", "events")] == [3, 2, 0]


def test_without_steps_there_are_the_usual_ones(tmp_path: Path) -> None:
    assert centre(tmp_path, "").desk.relax.steps == FIRST_STEPS


def test_steps_are_taken_as_written(tmp_path: Path) -> None:
    text = "desk:\n  relax:\n    - {after: 0s, language: 3, subject: 2}\n    - {after: 90s, subject: any}\n"
    assert centre(tmp_path, text).desk.relax.steps == (
        Step(timedelta(), 3, 2),
        Step(timedelta(seconds=90), 1, 0),
    )


def test_the_earlier_setting_still_says_when_any_subject_will_do(tmp_path: Path) -> None:
    steps = centre(tmp_path, "desk: {subjects_relax_after: 40s}\n").desk.relax.steps
    assert [step.after for step in steps] == [timedelta(0), timedelta(seconds=40), timedelta(seconds=160)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "  - {id: a, name: A, extension: 101, languages: [ar:4]}\n",
            'agents.a.languages.1: "4" is not a level',
        ),
        (
            "  - {id: a, name: A, extension: 101, languages: [es:2]}\n",
            'agents.a.languages.1: "es" is not known',
        ),
        ("  - {id: a, name: A, extension: 101, languages: [ar, ar:2]}\n", '"ar" is listed twice'),
        ("  - {id: a, name: A, extension: 101, languages: [ar], subjects: [x:1]}\n", '"x" is not among'),
        ("desk: {relax: [{after: 5s}]}\n", "desk.relax.1: does not begin at 0s"),
        ("desk: {relax: []}\n", "desk.relax: has no step"),
        (
            "desk: {relax: [{after: 0s}, {after: 1m, language: 2}]}\n",
            "desk.relax.2: asks for more than the step before",
        ),
        ("desk: {relax: [{after: 0s, subject: none}]}\n", '"none" is not a level; write any'),
        ("desk: {subjects_relax_after: 1m, relax: [{after: 0s}]}\n", "written beside relax"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    assert any(words in mistake for mistake in told(tmp_path, text)), told(tmp_path, text)
