"""Whatever is written in the file, it becomes settings or mistakes in words, never a traceback."""

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from config.load import SECTIONS, load
from config.mistakes import ConfigError
from config.schema import Settings

SOUND: dict[str, Any] = {
    "centre": {"name": {"ar": "A", "zgh": "Z", "fr": "F"}},
    "agents": [{"id": "salma", "name": "Salma", "extension": "101", "languages": ["ar"]}],
}
WORDS = st.sampled_from(
    [*SECTIONS, "name", "id", "extension", "week", "monday", "spacing", "secret_file", "confirmed", "seasons"]
    + [
        "8:30-16:30",
        "10s",
        "closed",
        "yes",
        "ar",
        "2000",
        "-1",
        "null",
        "127.0.0.1",
        "0.0.0.0/0",
        "2027-03-10",
    ]
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20) | WORDS
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


def outcome(data: bytes, environ: dict[str, str]) -> Settings | ConfigError:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "center.yaml"
        file.write_bytes(data)
        try:
            return load(file, environ)
        except ConfigError as error:
            refusal = error
    assert refusal.mistakes
    assert all(mistake.what and mistake.mend for mistake in refusal.mistakes)
    return refusal


@settings(deadline=None, max_examples=150)
@given(section=st.sampled_from(sorted(SECTIONS)), tree=TREES)
def test_any_section_may_hold_anything(section: str, tree: Any) -> None:
    outcome(json.dumps({**SOUND, section: tree}).encode("utf-8", "replace"), {})


@settings(deadline=None, max_examples=150)
@given(tree=TREES)
def test_the_file_may_hold_any_structure(tree: Any) -> None:
    outcome(json.dumps(tree, ensure_ascii=False).encode("utf-8", "replace"), {})


@settings(deadline=None, max_examples=300)
@given(
    data=st.binary(max_size=200)
    | st.text(alphabet="ab:-[]{}\"'#&*!|>%@`?, \n\t", max_size=60).map(str.encode)
)
def test_the_file_may_hold_any_bytes(data: bytes) -> None:
    outcome(data, {})


@settings(deadline=None, max_examples=150)
@given(
    steps=st.lists(WORDS | st.text(max_size=6), min_size=1, max_size=4),
    value=st.text(max_size=20) | WORDS,
)
def test_the_environment_may_hold_anything(steps: list[str], value: str) -> None:
    outcome(json.dumps(SOUND).encode(), {"MOWAKABA_" + "__".join(steps): value})
