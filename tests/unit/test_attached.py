"""An Asterisk that is not ours: what the controller does with its files, and says when it cannot."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.schema import PbxMode, PbxSection
from dialplan.render import render
from server import attached
from tests.support.pbx_plan import directories, plan


def section(**paths: Path) -> PbxSection:
    return PbxSection(mode=PbxMode.ATTACHED, **paths)  # type: ignore[arg-type]


def test_its_folders_take_the_place_of_ours(tmp_path: Path) -> None:
    named = section(
        config_dir=Path("/etc/asterisk"), spool_dir=Path("/spool"), cdr_file=Path("/cdr/Master.csv")
    )
    places = attached.directories(named, tmp_path)
    assert (places.config, places.requests) == (Path("/etc/asterisk"), Path("/spool"))
    assert attached.cdr_file(named, places) == Path("/cdr/Master.csv")
    ours = attached.directories(PbxSection(), tmp_path)
    assert ours.requests == tmp_path / "pbx" / "requests"
    assert attached.cdr_file(PbxSection(), ours).is_relative_to(tmp_path)


def test_every_path_that_is_missing_is_said_with_what_is_lost(tmp_path: Path) -> None:
    told = dict(attached.troubles(section()))
    assert len(told) == 3
    assert all("is not written" in what for what in told)
    (tmp_path / "Master.csv").touch()
    wrong = section(config_dir=tmp_path / "no", spool_dir=tmp_path / "Master.csv", cdr_file=tmp_path)
    assert [what.split(":")[0] for what, _ in attached.troubles(wrong)] == [
        "pbx.config_dir",
        "pbx.spool_dir",
        "pbx.cdr_file",
    ]
    right = section(config_dir=tmp_path, spool_dir=tmp_path, cdr_file=tmp_path / "Master.csv")
    assert list(attached.troubles(right)) == []


def test_its_hours_are_renewed_when_they_change(tmp_path: Path) -> None:
    first = plan(replace(directories(tmp_path), config=tmp_path), open_intervals=((100, 200),))
    assert attached.renew_hours(first)
    assert not attached.renew_hours(first)
    assert attached.renew_hours(replace(first, open_intervals=((300, 400),)))
    assert "300" in (tmp_path / "hours.conf").read_text()
    assert [file.name for file in tmp_path.iterdir()] == ["hours.conf"]


@pytest.mark.parametrize("user", ["mowakaba", "centre"])
def test_the_rendered_manager_knows_the_user_of_the_configuration(tmp_path: Path, user: str) -> None:
    text = render(plan(directories(tmp_path), ami_user=user))["manager.conf"]
    assert f"\n[{user}]\n" in text
