"""What the flows play, found in their source, is what the repertoire lists; so `check` knows every prompt they need."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.repertoire import FAMILIES, FIGURES, PLAIN, WITH_VALUES, repertoire
from server.voice import catalogue

ROOT = Path(__file__).parents[2]
CATALOGUE = catalogue()
AREAS = {key.partition(".")[0] for key in CATALOGUE.prompts if "." in key}
LISTED = {**dict.fromkeys(PLAIN, ()), **WITH_VALUES}


def trees(*folders: str) -> Iterator[tuple[str, ast.AST]]:
    for folder in folders:
        for file in (ROOT / folder).rglob("*.py"):
            if file.name != "repertoire.py":
                yield file.name, ast.parse(file.read_text(encoding="utf-8"))


def played(node: ast.Call) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The keys that a call of `phrase` may have, a family's as its beginning and `…`, with the names of its values."""
    values = tuple(word.arg or "" for word in node.keywords if word.arg != "language")
    first = node.args[0]
    for one in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
        match one:
            case ast.Constant(value=str(key)):
                yield key, values
            case ast.JoinedStr(values=[ast.Constant(value=str(prefix)), *_]):
                yield f"{prefix}…", values


def calls(*folders: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for file, tree in trees(*folders):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "phrase" and node.args:
                for key, values in played(node):
                    yield file, key, values


def key_like(*folders: str) -> Iterator[tuple[str, str]]:
    """Texts that look like keys: a flow may choose among them before it plays one."""
    for file, tree in trees(*folders):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                area, dot, rest = node.value.partition(".")
                if (
                    area in AREAS
                    and dot
                    and rest[-1:].isalpha()
                    and rest.replace(".", "").replace("_", "").isalpha()
                ):
                    yield file, node.value


def test_every_prompt_that_is_played_is_listed_with_its_values() -> None:
    known = {key: set(values) for key, values in {**LISTED, **FIGURES}.items()}
    known |= {f"{prefix}…": set(values) for prefix, values in FAMILIES.items()}
    wrong = [found for found in calls("ivr", "pbx", "server") if known.get(found[1]) != set(found[2])]
    # Mended in ivr/repertoire.py: PLAIN, WITH_VALUES or FAMILIES.
    assert wrong == []


def test_every_text_that_looks_like_a_prompt_is_one() -> None:
    # Names of log lines and trace notes look otherwise. A key that is chosen before it is played is listed too.
    assert [found for found in key_like("ivr", "pbx") if found[1] not in LISTED] == []


def test_nothing_is_listed_that_nobody_plays() -> None:
    mentioned = {
        node.value
        for _, tree in trees("ivr", "pbx", "server")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [key for key in LISTED if key not in mentioned] == []


def test_every_prompt_of_the_catalogue_is_played_or_a_value() -> None:
    from dialplan.names import FALLBACK_PROMPTS

    families = tuple(FAMILIES)
    known = {*LISTED, *FIGURES, *FALLBACK_PROMPTS}
    assert [key for key in CATALOGUE.prompts if key not in known and not key.startswith(families)] == []


@pytest.mark.parametrize("subject", ["legal", "other"])
def test_a_centre_s_subjects_are_in_its_repertoire(subject: str) -> None:
    assert repertoire([subject])[f"menu.subject.{subject}"] == ("n",)
    assert repertoire([subject])[f"subject.name.{subject}"] == ()
    assert repertoire([])["language.name.zgh"] == ()
