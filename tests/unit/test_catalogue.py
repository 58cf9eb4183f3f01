"""The prompts as they are shipped, and the mistakes an administrator can make in them."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from config.build import to_centre
from config.load import load
from dialplan.names import FALLBACK_PROMPTS
from ivr.centre import QueueRules
from ivr.prompts import Phrase, PromptMissing, phrase
from ivr.spoken.waits import STEPS
from routing.model import Language, Subject
from server.cli import app
from server.voice import missing_for
from speech import Catalogue, CatalogueError
from speech.prompt_file import entry_faults

ROOT = Path(__file__).parents[2]
PROMPTS = ROOT / "config" / "prompts"
SUBJECTS = ("legal", "capacity", "funding", "participation", "digital", "events", "other")
EXAMPLES = {
    "number": "3", "count": "5", "phone": "+212612345678", "reference": "482913", "date": "2026-11-23",
    "time": "08:30", "language": "zgh", "subject": "legal", "ordinal": "3", "day": "monday", "duration": "90",
    "wait": "10", "amount": "12.50",
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.load(PROMPTS)


def test_the_fallback_s_prompts_are_plain(catalogue):
    assert all(catalogue.prompts[key].is_static for key in FALLBACK_PROMPTS)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_has_a_menu_line_and_a_name(catalogue, subject):
    assert catalogue.prompts[f"menu.subject.{subject}"].slots.keys() == {"n"}
    assert catalogue.prompts[f"subject.name.{subject}"].is_static


@pytest.mark.parametrize("language", Language)
def test_every_prompt_can_be_said_in_every_language(catalogue, language):
    for prompt in catalogue.prompts.values():
        slots = {name: EXAMPLES[slot.kind] for name, slot in prompt.slots.items()}
        words = catalogue.text(language, Phrase(prompt.key, slots))
        assert words
        assert not re.search(r"[\d{}]", words)


NOT_ELIDED = re.compile(r"\b(?:de|le|la|que|ce|ne|se) (?!onz|huit)[aàâeéèêiîoôuûœh]\w*", re.I)
NUMBERS = [*range(1200), *range(2000, 10_000, 100)]
MINUTES = STEPS[Language.FRENCH]
VALUES = {
    "number": NUMBERS, "count": NUMBERS, "ordinal": NUMBERS[1:],
    "wait": [(low, high) for low in (0, *MINUTES) for high in (*MINUTES, 9999) if low <= high],
    "duration": [*range(3700), *range(0, 12 * 3600, 60)],
    "time": [f"{n // 60:02}:{n % 60:02}" for n in range(24 * 60)],
    "date": [date(2026, 1, 1) + timedelta(n) for n in range(365)],
    "day": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
    "amount": [f"{n / 100:.2f}" for n in range(0, 20_000, 7)],
    "phone": ["0612345678", "0101010101", "0111811181"], "reference": ["101010", "111811"],
}  # fmt: skip


def test_french_elides_before_a_value_as_a_mouth_does(catalogue):
    """«plus d'une heure», «plus de onze»: the word before a value fits the value, whatever that is."""
    found: set[str] = set()
    tried = 0
    for prompt in catalogue.prompts.values():
        for kind, values in VALUES.items():
            slots = [slot for slot in prompt.slots.values() if slot.kind == kind]
            if not slots:
                continue
            others = {name: EXAMPLES[slot.kind] for name, slot in prompt.slots.items()}
            for value in values:
                several = dict(zip(slots[0].names, value, strict=True)) if isinstance(value, tuple) else {}
                given = several or {name: value for slot in slots for name in slot.names}
                words = catalogue.text(Language.FRENCH, phrase(prompt.key, **{**others, **given}))
                found.update(match.group() for match in NOT_ELIDED.finditer(words))
                tried += 1
    assert found == set()
    assert tried > 20_000


def test_no_text_is_signed_off_that_nobody_heard(catalogue):
    assert all(prompt.needs_review(Language.TAMAZIGHT) for prompt in catalogue.prompts.values())


def test_a_phrase_may_carry_its_own_language(catalogue):
    said = catalogue.text(Language.FRENCH, phrase("language.choose", language=Language.ARABIC, n=1))
    assert said == "لِلْعَرَبِيَّةِ، اِضْغَطُوا عَلَى وَاحِد."


def test_a_missing_key_is_named_with_its_language_and_where_to_write_it(catalogue):
    with pytest.raises(
        PromptMissing, match=r"'queue\.nothing' in zgh; write it in config/prompts/queue\.yaml"
    ):
        catalogue.text(Language.TAMAZIGHT, phrase("queue.nothing"))


def test_a_missing_slot_is_named(catalogue):
    with pytest.raises(PromptMissing, match=r"queue\.position in fr: needs the slots n, was given none"):
        catalogue.text(Language.FRENCH, phrase("queue.position"))


def test_a_bad_number_stays_out_of_the_message(catalogue):
    with pytest.raises(PromptMissing) as missing:
        catalogue.text(Language.FRENCH, phrase("callback.confirm_number", number="0612x45678"))
    assert "0612" not in str(missing.value)


GOOD = 'a.b:\n  ar: "شُكْرًا {n:number}"\n  zgh: "ⵜⴰⵏⵎⵎⵉⵔⵜ {n:number}"\n  fr: "Merci {n:number}"\n'


def mistakes(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "area.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as refused:
        Catalogue.load(folder)
    return refused.value.mistakes


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("شُكْرًا", "شكرا"), "area.yaml: a.b: ar: has words without vowel signs: شكرا"),
        (
            ("ⵜⴰⵏⵎⵎⵉⵔⵜ", "tanmmirt"),
            "zgh: has signs that are not of the 33 Tifinagh letters in tanmmirt (a U+0061",
        ),
        (
            ("ⵜⴰⵏⵎⵎⵉⵔⵜ", "ⵜⴰⵏmmⵉⵔⵜ"),
            "zgh: has signs that are not of the 33 Tifinagh letters in ⵜⴰⵏmmⵉⵔⵜ (m U+006D)",
        ),
        (("Merci", "Mеrci"), "fr: has signs that are not French in Mеrci (е U+0435)"),
        (("شُكْرًا", "شُكْرًا merci"), "ar: has signs that are not Arabic in merci (c U+0063"),
        (("شُكْرًا", "رَقْم هَاتِفِكُمْ"), "ar: has words without vowel signs: رَقْم"),
        (("ⵜⴰⵏⵎⵎⵉⵔⵜ", "ⵜⴰⵯ"), "zgh: has ⵯ where no ⴳ or ⴽ"),
        (("Merci", "شُكْرًا"), "fr: has "),
        (("Merci", "Merci 2"), "fr: has the digit 2; write the number in words"),
        (('  fr: "Merci {n:number}"\n', ""), "fr: is missing"),
        (("Merci {n:number}", "Merci"), "the languages have different slots"),
        (("Merci {n:number}", "Merci {n:colour}"), "no kind colour"),
        (("Merci {n:number}", "Merci {low,high:number}"), "number takes 1 values"),
        (("Merci {n:number}", ": {n:number}"), "begins with :"),
        (("Merci {n:number}", "…"), "fr: has no words; write what the caller hears"),
        (("Merci {n:number}", ""), "fr: has no words; write what the caller hears"),
        (("Merci {n:number}", "Merci {n}"), "{n} is not a slot"),
        (("Merci {n:number}", "Merci {n:number neuter}"), "'neuter' is not a valid Gender"),
        (("a.b:", "A b:"), "is not a key"),
        (("a.b:", "said.number.3:"), "is a name for parts of phrases"),
        (("a.b:", "a.b.part1:"), "is a name for parts of phrases"),
        (("  fr:", "  en:"), "unknown field en"),
        (("  fr:", '  review: "yes"\n  fr:'), "review: write draft"),
        (("a.b:\n", "a.b: [\n"), "line "),
    ],
)
def test_a_mistake_is_told_with_file_key_and_mend(tmp_path, change, told):
    found = mistakes(tmp_path, GOOD.replace(*change))
    assert all(mistake.startswith("area.yaml: ") for mistake in found)
    assert any(told in mistake for mistake in found), found


def test_all_mistakes_are_told_at_once(tmp_path):
    text = GOOD.replace("شُكْرًا", "شكرا") + GOOD.replace("a.b", "a.c").replace("Merci", "")
    found = mistakes(tmp_path, text.replace("ⵜⴰⵏⵎⵎⵉⵔⵜ", "ok"))
    assert {mistake.split(": ")[1] for mistake in found} == {"a.b", "a.c"}
    assert len(found) == 3


def test_a_key_written_twice_is_refused(tmp_path):
    (tmp_path / "other.yaml").write_text(GOOD, encoding="utf-8")
    assert mistakes(tmp_path, GOOD) == ("other.yaml: a.b: is also in area.yaml; keep one of them",)
    assert "line" in mistakes(tmp_path, GOOD + GOOD)[0]


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(CatalogueError, match="has no .yaml file"):
        Catalogue.load(tmp_path)


def test_a_reviewed_text_names_who_and_when(tmp_path):
    (tmp_path / "area.yaml").write_text(
        GOOD + '  review: {fr: "reviewed by Salma on 2026-12-01"}\n', encoding="utf-8"
    )
    prompt = Catalogue.load(tmp_path).prompts["a.b"]
    assert not prompt.needs_review(Language.FRENCH)
    assert prompt.needs_review(Language.ARABIC)


def test_every_shipped_prompt_says_whether_it_is_reviewed():
    lacking = [
        key
        for file in PROMPTS.glob("*.yaml")
        for key, entry in contents(file).items()
        if "review" not in entry
    ]
    assert lacking == []


def contents(file: Path):
    return YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))


# ---- what a prompt that is gone does ----


def test_any_text_that_is_removed_is_told_with_key_and_language():
    for file in PROMPTS.glob("*.yaml"):
        for key, entry in contents(file).items():
            assert entry_faults(key, entry) == []
            for language in Language:
                without = {name: text for name, text in entry.items() if name != language}
                told = entry_faults(key, without)
                assert told == [f"{language.value}: is missing; write what the caller hears, in quotes"]


def missing_for_all(catalogue: Catalogue, **changes: Any) -> list[str]:
    centre = to_centre(load(ROOT / "config" / "center.yaml", {}))
    return missing_for(replace(centre, **changes), catalogue, "center.yaml")


def test_any_prompt_that_is_removed_is_told_with_key_and_languages(catalogue):
    assert missing_for_all(catalogue) == []
    for key in catalogue.prompts:
        without = Catalogue({name: prompt for name, prompt in catalogue.prompts.items() if name != key})
        told = f"{key}: is missing in ar, zgh and fr; write it in a file of config/prompts"
        assert missing_for_all(without) == [told]


def test_a_mistyped_article_is_told_by_its_place_and_the_nearest_one(catalogue):
    mistyped, strange = missing_for_all(
        catalogue,
        articles={Subject("legal"): ("foundng",)},
        queue=QueueRules(information=("site", "quarterly")),
    )
    assert mistyped == (
        "center.yaml: articles.legal: there is no article foundng; did you mean founding? "
        "(or write article.name.foundng and article.text.foundng in config/prompts/articles.yaml)"
    )
    assert strange.startswith("center.yaml: queue.information: there is no article quarterly; known are ")


def test_a_prompt_whose_values_no_flow_gives_is_told(catalogue):
    slots = catalogue.prompts["queue.position"]
    changed = Catalogue({**catalogue.prompts, "queue.next": replace(slots, key="queue.next")})
    assert missing_for_all(changed) == [
        "queue.yaml: queue.next: has the slots n in ar, zgh and fr, and is played with none; give it those"
    ]


def test_a_subject_without_words_is_told(catalogue):
    assert missing_for_all(catalogue, subjects=(*SUBJECTS, "sports")) == [
        f"{key}: is missing in ar, zgh and fr; write it in a file of config/prompts"
        for key in ("menu.subject.sports", "subject.name.sports")
    ]


@pytest.mark.parametrize("gone", ["menu.person", "fallback.kept", "minutes"])
def test_check_fails_with_the_key_that_is_gone(gone, tmp_path, monkeypatch):
    for file in PROMPTS.glob("*.yaml"):
        kept = re.sub(rf"^{re.escape(gone)}:\n(?:  .*\n)+", "", file.read_text(encoding="utf-8"), flags=re.M)
        (tmp_path / file.name).write_text(kept, encoding="utf-8")
    monkeypatch.setattr("server.voice.PROMPTS", tmp_path)
    answer = CliRunner().invoke(app, ["check"])
    assert answer.exit_code == 2
    assert answer.stderr == f"{gone}: is missing in ar, zgh and fr; write it in a file of config/prompts\n"
