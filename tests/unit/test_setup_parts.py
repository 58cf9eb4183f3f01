import subprocess
from pathlib import Path

import pytest

from server import parts
from server.setup import trees
from server.setup.environment import count_pinned


@pytest.fixture
def no_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "system", lambda name: None)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOWAKABA_PARTS", str(tmp_path / "parts"))
    return tmp_path / "parts"


def put(tree: Path, place: str) -> Path:
    file = tree / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("")
    return file


@pytest.mark.parametrize(
    ("answer", "recent"),
    [
        ("Asterisk 22.10.1+dfsg+~cs6.17.60671434-1", True),
        ("Asterisk 22.9.0", False),
        ("Asterisk 20.6.0~dfsg+~cs6.13.40431414-2build5", False),
        ("Asterisk 23.0.0", True),
        ("Asterisk certified-22.8-cert1", False),
        ("Asterisk GIT-master-abc", False),
        ("", False),
    ],
)
def test_an_asterisk_is_recent_from_22_10(answer: str, recent: bool) -> None:
    assert parts.is_recent_asterisk(answer) is recent


@pytest.mark.usefixtures("no_system", "folder")
@pytest.mark.parametrize(("name", "command"), [("asterisk", "make setup"), ("sipp", "make demo-setup")])
def test_a_missing_program_says_what_mends_it(name: str, command: str) -> None:
    with pytest.raises(parts.PartMissing, match=f"run: {command}"):
        parts.find(name)


def test_an_unknown_program_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="is not a part"):
        parts.find("freeswitch")


@pytest.mark.usefixtures("no_system")
def test_a_private_program_runs_by_its_trees_own_loader(folder: Path) -> None:
    tree = folder / "trees/run-1"
    program = put(tree, "usr/sbin/asterisk")
    (folder / "run").symlink_to("trees/run-1")
    found = parts.find("asterisk")
    assert found.root == tree
    assert found.argv[0].startswith(f"{tree}/usr/lib/")
    assert found.argv[-1] == str(program)
    assert found.command("-C", Path("/etc/x"))[-3:] == [str(program), "-C", "/etc/x"]
    assert found.environment().items() >= found.env.items()


@pytest.mark.usefixtures("no_system")
def test_the_newest_postgresql_of_a_tree_is_run(folder: Path) -> None:
    for version in (9, 17, 18):
        put(folder / "test", f"usr/lib/postgresql/{version}/bin/initdb")
    assert "/18/" in parts.find("initdb").argv[0]


def test_a_systems_own_recent_asterisk_is_preferred(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder / "run", "usr/sbin/asterisk")
    monkeypatch.setattr(parts, "system", lambda name: parts.Program(("/usr/sbin/asterisk",)))
    assert parts.find("asterisk").argv == ("/usr/sbin/asterisk",)


def test_what_the_machine_has_is_not_fetched() -> None:
    assert "asterisk" not in trees.run_tree(with_asterisk=False).packages
    assert "postgresql" not in trees.test_tree(with_postgresql=False).packages
    assert trees.run_tree(with_asterisk=False).key != trees.run_tree(with_asterisk=True).key


def test_a_postgresql_script_keeps_its_place_and_its_arguments(tmp_path: Path) -> None:
    # Given a tree whose loader only prints what it is asked to run
    programs = tmp_path / "a tree/usr/lib/postgresql/18/bin"
    put(tmp_path / "a tree", "usr/lib/postgresql/18/bin/initdb")
    loader = put(tmp_path / "a tree", f"usr/lib/{parts.triplet()}/{parts.loader()}")
    loader.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    loader.chmod(0o755)
    # When its scripts are written and one is run
    trees.write_postgresql_scripts(tmp_path / "a tree", programs)
    said = subprocess.run([programs / "initdb", "-D", "my data"], capture_output=True, text=True, check=True)
    # Then the real program is started under the script's name
    words = said.stdout.splitlines()
    assert words[-5:-3] == ["--argv0", str(programs / "initdb")]
    assert Path(words[-3]).resolve() == programs.parent / "real/initdb"
    assert words[-2:] == ["-D", "my data"]


def test_packages_of_a_lock_are_counted() -> None:
    lock = "# made by hand\na==1 \\\n    --hash=sha256:1\n    # via b==2\nb==2 ; python_version < '3.12' \\\n"
    assert count_pinned(lock) == 2
