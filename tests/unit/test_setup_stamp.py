from pathlib import Path

import pytest

from server.setup import stamp


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    (tree / "bin").mkdir(parents=True)
    (tree / "bin/tool").write_text("the tool")
    (tree / "bin/link").symlink_to("tool")
    stamp.write(tree / "stamp.json", "key", tree)
    return tree


def test_an_untouched_tree_is_whole(tree: Path) -> None:
    assert stamp.trouble(tree / "stamp.json", "key", tree) is None


def test_files_that_came_later_do_no_harm(tree: Path) -> None:
    (tree / "later").write_text("new")
    (tree / "bin/__pycache__").mkdir()
    assert stamp.trouble(tree / "stamp.json", "key", tree) is None


@pytest.mark.parametrize("gone", ["bin/tool", "bin/link"])
def test_a_missing_file_is_named(tree: Path, gone: str) -> None:
    (tree / gone).unlink()
    assert stamp.trouble(tree / "stamp.json", "key", tree) == f"{gone} is missing"


def test_a_file_cut_short_is_named(tree: Path) -> None:
    (tree / "bin/tool").write_text("the")
    assert stamp.trouble(tree / "stamp.json", "key", tree) == "bin/tool was changed"


def test_other_wanted_versions_are_noticed(tree: Path) -> None:
    assert stamp.trouble(tree / "stamp.json", "other", tree) == stamp.CHANGED


def test_an_interrupted_installation_has_no_stamp(tree: Path) -> None:
    (tree / "stamp.json").unlink()
    assert stamp.trouble(tree / "stamp.json", "key", tree) == stamp.ABSENT


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key": "key"}', '{"key": "key", "files": 3}'])
def test_an_unreadable_stamp_counts_as_broken(tree: Path, text: str) -> None:
    (tree / "stamp.json").write_text(text)
    assert stamp.trouble(tree / "stamp.json", "key", tree) == "its stamp is unreadable"


def test_the_key_changes_with_each_text_and_their_borders() -> None:
    keys = {stamp.key_of("a", "b"), stamp.key_of("ab"), stamp.key_of("b", "a"), stamp.key_of("a", "b", "")}
    assert len(keys) == 4
