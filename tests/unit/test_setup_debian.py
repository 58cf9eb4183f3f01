from pathlib import Path

import pytest

from server.setup.debian import KEYRING, Source, find_keyring, mirrors, parse_os_release, parse_targets
from server.setup.report import SetupFailed


def test_a_debian_machine_names_its_mirror() -> None:
    targets = (
        "https://one.example/debian/|bookworm|main\n"
        "https://one.example/debian/|bookworm|main\n"
        "https://one.example/debian/|bookworm-updates|main\n"
        "https://one.example/debian-security/|bookworm-security|main\n"
    )
    assert mirrors(parse_targets(targets), "debian", "bookworm") == ["https://one.example/debian/"]


def test_a_mirror_under_another_path_is_tried_after_the_usual_one() -> None:
    sources = [
        Source("https://two.example/mirror", "trixie", "main"),
        Source("https://vendor.example/tools", "nodistro", "main"),
        Source("https://vendor.example/cloud", "cloud-sdk-trixie", "main"),
        Source("https://two.example/contrib", "trixie", "contrib"),
        Source("https://one.example/debian", "trixie", "main"),
    ]
    found = mirrors(sources, "debian", "trixie")
    assert found == ["https://one.example/debian/", "https://two.example/mirror/"]


def test_a_mirror_list_of_a_cloud_image_is_taken() -> None:
    sources = [Source("mirror+file:/etc/apt/mirrors/debian.list", "trixie", "main")]
    assert mirrors(sources, "debian", "trixie") == ["mirror+file:/etc/apt/mirrors/debian.list/"]


def test_an_ubuntu_machine_has_no_debian_mirror() -> None:
    sources = [Source("https://one.example/ubuntu/", "noble", "main")]
    assert mirrors(sources, "ubuntu", "noble") == []


def test_lines_that_are_no_targets_are_passed_over() -> None:
    assert parse_targets("\nW: something\na|b\n") == []


def test_the_distribution_is_read_with_and_without_quotes() -> None:
    assert parse_os_release('ID=debian\nVERSION_CODENAME="trixie"\n') == ("debian", "trixie")
    assert parse_os_release("NAME=x\n") == ("", "")


def test_a_keyring_named_by_hand_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(KEYRING, str(tmp_path / "keys.gpg"))
    with pytest.raises(SetupFailed, match="is not a file"):
        find_keyring(tmp_path)
    (tmp_path / "keys.gpg").write_bytes(b"")
    assert find_keyring(tmp_path) == tmp_path / "keys.gpg"
