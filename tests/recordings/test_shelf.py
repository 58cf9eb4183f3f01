"""Versions of a recording are kept, come back, and what callers hear is replaced as a whole."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recordings.files import Damaged
from recordings.messages import Message, Messages, until
from recordings.numbers import FIRST, Numbers
from recordings.shelf import How, NoSuchVersion, Shelf, Version
from routing.model import Language
from routing.zone import MOROCCO, centre_zone

FR, ZGH = Language.FRENCH, Language.TAMAZIGHT
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ZONE = centre_zone(MOROCCO)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "recordings")


def add(shelf: Shelf, content: bytes, by: str = "hind") -> Version:
    return shelf.add(FR, "goodbye", content, how=How.TELEPHONE, by=by, at=NOON, seconds=1.0)


def test_the_newest_recording_is_heard_and_every_version_is_kept(shelf: Shelf) -> None:
    add(shelf, b"first", "hind")
    add(shelf, b"second", "omar")
    history = shelf.history(FR, "goodbye")
    assert shelf.current(FR, "goodbye").read_bytes() == b"second"
    assert [(one.number, one.by, one.how) for one in history.versions] == [
        (1, "hind", How.TELEPHONE),
        (2, "omar", How.TELEPHONE),
    ]
    assert history.current == 2
    assert shelf.history(ZGH, "goodbye").versions == ()


def test_going_back_and_forth_and_back_to_the_synthetic_voice(shelf: Shelf) -> None:
    for content in (b"first", b"second", b"third"):
        add(shelf, content)
    assert shelf.restore(FR, "goodbye", None, by="root", at=NOON).number == 2
    assert shelf.current(FR, "goodbye").read_bytes() == b"second"
    assert shelf.restore(FR, "goodbye", None, by="root", at=NOON).number == 1
    assert shelf.restore(FR, "goodbye", 3, by="root", at=NOON).number == 3
    assert shelf.remove(FR, "goodbye", by="root", at=NOON)
    assert not shelf.current(FR, "goodbye").exists()
    assert not shelf.remove(FR, "goodbye", by="root", at=NOON)
    assert shelf.history(FR, "goodbye").current is None
    assert shelf.restore(FR, "goodbye", None, by="root", at=NOON).number == 3
    assert len(shelf.history(FR, "goodbye").versions) == 3


def test_there_is_a_record_of_who_changed_what(shelf: Shelf) -> None:
    add(shelf, b"first")
    shelf.remove(FR, "goodbye", by="root", at=NOON)
    shelf.restore(FR, "goodbye", 1, by="root", at=NOON + timedelta(hours=1))
    history = json.loads((shelf.folder / "versions/fr/goodbye/history.json").read_text())
    assert [(one["what"], one["by"], one["version"]) for one in history["changes"]] == [
        ("added", "hind", 1),
        ("removed", "root", 1),
        ("restored", "root", 1),
    ]


@pytest.mark.parametrize(("kept", "to"), [((), None), ((b"one",), None), ((b"one",), 7)])
def test_there_is_no_going_back_to_what_was_never_there(
    shelf: Shelf, kept: tuple[bytes, ...], to: int | None
) -> None:
    for content in kept:
        add(shelf, content)
    with pytest.raises(NoSuchVersion, match="goodbye in fr: no version"):
        shelf.restore(FR, "goodbye", to, by="root", at=NOON)


def test_a_file_that_somebody_put_there_by_hand_is_not_lost(shelf: Shelf) -> None:
    place = shelf.current(FR, "goodbye")
    place.parent.mkdir(parents=True)
    place.write_bytes(b"by hand")
    add(shelf, b"recorded")
    place.write_bytes(b"by hand again")
    shelf.remove(FR, "goodbye", by="root", at=NOON)
    versions = shelf.history(FR, "goodbye").versions
    assert [one.how for one in versions] == [How.BY_HAND, How.TELEPHONE, How.BY_HAND]
    shelf.restore(FR, "goodbye", 3, by="root", at=NOON)
    assert place.read_bytes() == b"by hand again"


def test_who_plays_the_old_recording_plays_it_to_the_end(shelf: Shelf) -> None:
    add(shelf, b"the old one")
    with shelf.current(FR, "goodbye").open("rb") as playing:
        assert playing.read(4) == b"the "
        add(shelf, b"new")
        assert playing.read() == b"old one"


def test_several_who_record_at_once_all_have_their_version(shelf: Shelf) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: add(shelf, f"take {n}".encode()), range(16)))
    assert sorted(one.number for one in made) == list(range(1, 17))
    assert len(shelf.history(FR, "goodbye").versions) == 16


def test_only_the_centre_reads_its_employees_voices(shelf: Shelf) -> None:
    add(shelf, b"first")
    for path in (shelf.folder, *shelf.folder.rglob("*")):
        if path.name != ".lock":
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.parametrize(
    "damage", ["{", '{"versions": 5}', '{"versions": [{"number": "x"}]}', '{"changes": {}}']
)
def test_a_damaged_history_says_which_file_it_is(shelf: Shelf, damage: str) -> None:
    add(shelf, b"first")
    (shelf.folder / "versions/fr/goodbye/history.json").write_text(damage)
    with pytest.raises(Damaged, match=r"history.json is damaged .* remove it"):
        shelf.history(FR, "goodbye")


def test_whoever_keeps_copies_learns_when_to_make_them_anew(shelf: Shelf) -> None:
    states = [shelf.state(["goodbye", "welcome"])]
    for change in (
        lambda: add(shelf, b"first"),
        lambda: add(shelf, b"other"),
        lambda: shelf.restore(FR, "goodbye", 1, by="root", at=NOON),
        lambda: shelf.remove(FR, "goodbye", by="root", at=NOON),
    ):
        change()
        states.append(shelf.state(["goodbye", "welcome"]))
        assert states[-1] != states[-2]
    assert states[0] == states[-1] == shelf.state(["goodbye", "welcome"])


# ---- numbers of the sheet


def test_a_prompts_number_stays_when_others_are_added_or_go(tmp_path: Path) -> None:
    numbers = Numbers(tmp_path / "numbers.json")
    assert numbers.of(["b", "a"]) == {"b": FIRST, "a": FIRST + 1}
    again = Numbers(tmp_path / "numbers.json")
    assert again.of(["a", "c"]) == {"a": FIRST + 1, "c": FIRST + 2}
    assert again.key(str(FIRST)) == "b"
    assert again.key(f"0{FIRST}") == "b"
    for nothing in ("", "999", "*", "²", "١٠١"):
        assert again.key(nothing) is None


# ---- until when a message stands


@pytest.mark.parametrize(
    ("days", "last"),
    [(1, datetime(2026, 11, 24, tzinfo=UTC)), (3, datetime(2026, 11, 26, tzinfo=UTC))],
)
def test_a_message_stands_until_the_centres_own_midnight(days: int, last: datetime) -> None:
    assert until(NOON, days, ZONE) == last


def test_a_day_is_the_centres_day_also_where_the_clock_changed() -> None:
    # 20 September 2026, 02:00: Morocco goes from UTC+1 to UTC for good.
    assert until(datetime(2026, 9, 19, 12, tzinfo=UTC), 1, ZONE) == datetime(2026, 9, 19, 23, tzinfo=UTC)
    assert until(datetime(2026, 9, 19, 12, tzinfo=UTC), 2, ZONE) == datetime(2026, 9, 21, tzinfo=UTC)


def test_messages_are_set_and_cleared_language_by_language(tmp_path: Path) -> None:
    messages, others = Messages(tmp_path / "messages.json"), Messages(tmp_path / "messages.json")
    messages.set(FR, Message(NOON + timedelta(hours=1), "hind", NOON))
    messages.set(ZGH, Message(NOON + timedelta(hours=2), "omar", NOON))
    assert others.stands(FR, NOON)
    assert not others.stands(FR, NOON + timedelta(hours=1))
    assert others.stands(ZGH, NOON + timedelta(hours=1))
    assert others.clear(ZGH)
    assert not messages.clear(ZGH)
    assert not messages.stands(ZGH, NOON)
    assert messages.stands(FR, NOON)
