"""The prompts as they are shipped, and the mistakes an administrator can make in them."""

import ast
import re
from pathlib import Path

import pytest

from dialplan.names import FALLBACK_PROMPTS
from ivr.prompts import Phrase, PromptMissing, phrase
from routing.model import Language
from speech import Catalogue, CatalogueError

ROOT = Path(__file__).parents[2]
PROMPTS = ROOT / "config" / "prompts"
SUBJECTS = ("legal", "capacity", "funding", "participation", "digital", "events", "other")
EXAMPLES = {
    "number": "3", "count": "5", "phone": "+212612345678", "reference": "482913", "date": "2026-11-23",
    "time": "08:30", "language": "zgh", "subject": "legal", "ordinal": "3", "day": "monday", "duration": "90",
    "wait": "10", "amount": "12.50",
}  # fmt: skip
AREAS = "agent|callback|closed|fallback|goodbye|language|menu|notice|queue|subject|welcome"
KEY = re.compile(rf"(?:{AREAS})(?:_back)?(?:\.[a-z_]+)+|goodbye|welcome|welcome_back")


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.load(PROMPTS)


def keys_in(folder: str):
    """Every literal in the code that looks like a prompt's key."""
    for file in (ROOT / folder).rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in {"phrase", "Phrase"}
                and node.args
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield file.name, str(first.value)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                yield file.name, node.value


@pytest.mark.parametrize("folder", ["ivr", "pbx", "dialplan"])
def test_every_prompt_that_the_code_names_is_in_the_catalogue(catalogue, folder):
    missing = {found for found in keys_in(folder) if found[1] not in catalogue.prompts}
    # Logger and trace names look like keys too; none does today.
    assert missing == set()


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
        (("ⵜⴰⵏⵎⵎⵉⵔⵜ", "tanmmirt"), "zgh: has a (U+0061)"),
        (("ⵜⴰⵏⵎⵎⵉⵔⵜ", "ⵜⴰⵯ"), "zgh: has ⵯ where no ⴳ or ⴽ"),
        (("Merci", "شُكْرًا"), "fr: has "),
        (("Merci", "Merci 2"), "fr: has the digit 2; write the number in words"),
        (('  fr: "Merci {n:number}"\n', ""), "fr: is missing"),
        (("Merci {n:number}", "Merci"), "the languages have different slots"),
        (("Merci {n:number}", "Merci {n:colour}"), "no kind colour"),
        (("Merci {n:number}", "Merci {low,high:number}"), "number takes 1 values"),
        (("Merci {n:number}", ": {n:number}"), "begins with :"),
        (("Merci {n:number}", "Merci {n}"), "{n} is not a slot"),
        (("Merci {n:number}", "Merci {n:number neuter}"), "'neuter' is not a valid Gender"),
        (("a.b:", "A b:"), "is not a key"),
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
