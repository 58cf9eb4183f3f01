"""Wrong PINs outlive a restart: nobody gets new tries by one."""

from datetime import timedelta
from pathlib import Path

import pytest

from ivr.agents import Admission
from ivr.promise_door import Refused
from ivr.studio import Refusal, Supervisor, SupervisorId
from recordings.door import LOCKED_FOR, MOST_WRONG, Door, Key
from routing.model import AgentId, CallId, Language, Subject
from routing.pins import MOST_WRONG as MOST_FOR_PROMISES
from server.agent_door import AgentDoor
from server.promise_door import PromiseDoor
from server.promises import PromiseBook
from tests.recordings.test_door import Clock
from tests.unit.test_promises import HOURS, Kept

HIND = Supervisor(SupervisorId("hind"), "Hind", Language.FRENCH, "101")
AMAL = AgentId("amal")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wrong-pins" / "door.json"


def test_a_supervisor_who_is_locked_out_stays_so_over_a_restart_and_no_longer(file: Path) -> None:
    clock = Clock()

    def door() -> Door:
        return Door([Key(HIND, "1010")], clock, file)

    for _ in range(MOST_WRONG - 1):
        assert door().admit("101", "0000") is Refusal.WRONG
    assert door().admit("101", "0000") is Refusal.LOCKED
    clock.now += LOCKED_FOR / 2
    assert door().admit("101", "1010") is Refusal.LOCKED
    clock.now += LOCKED_FOR / 2
    assert door().admit("101", "1010") is HIND


def test_an_agent_too_and_a_right_pin_forgives(file: Path) -> None:
    clock = Clock()

    def door() -> AgentDoor:
        return AgentDoor({AMAL: "112358"}, clock, file)

    for _ in range(2):
        for _ in range(MOST_WRONG - 1):
            assert door().admit("101", AMAL, "0") is Admission.WRONG
            assert door().admit("101", None, "0") is not Admission.ADMITTED
        assert door().admit("101", AMAL, "112358") is Admission.ADMITTED
        clock.now += LOCKED_FOR
    for _ in range(MOST_WRONG):
        door().admit("101", AMAL, "0")
    assert door().locked("101", AMAL)
    assert door().admit("101", AMAL, "112358") is Admission.LOCKED
    assert not door().locked("102", AMAL)


def test_nor_does_who_guesses_the_pin_of_a_promise_get_new_tries(file: Path) -> None:
    clock = Clock()
    book = PromiseBook(Kept(), HOURS, clock)
    promise = book.promise("+212612345678", Language.FRENCH, Subject("legal"), CallId("1.1"), clock())

    def door() -> PromiseDoor:
        return PromiseDoor(book, "a secret", clock, file)

    right = door().pin(promise, CallId("1.1"))
    wrong = "0000" if right != "0000" else "1111"
    for _ in range(MOST_FOR_PROMISES - 1):
        assert door().admit(promise.id, wrong, "+212612345600") is Refused.WRONG
    assert door().admit(promise.id, wrong, "+212612345600") is Refused.LOCKED
    assert door().admit(promise.id, right, None) is Refused.LOCKED
    kept = file.read_text()
    assert "612345600" not in kept
    assert promise.id not in kept
    clock.now += timedelta(hours=1)
    assert door().admit(promise.id, right, None) == promise


@pytest.mark.parametrize("damage", ["{", "[]", '{"hind": ["yesterday"]}', '{"hind": 7}'])
def test_a_damaged_file_locks_nobody_out_for_good(file: Path, damage: str) -> None:
    file.parent.mkdir()
    file.write_text(damage)
    door = Door([Key(HIND, "1010")], Clock(), file)
    assert door.admit("101", "0000") is Refusal.WRONG
    assert door.admit("101", "1010") is HIND


def test_what_was_keyed_while_the_clock_was_a_year_ahead_locks_nobody_out_for_a_year(file: Path) -> None:
    ahead, now = Clock(), Clock()
    ahead.now += timedelta(days=365)
    for _ in range(MOST_WRONG):
        Door([Key(HIND, "1010")], ahead, file).admit("101", "0000")
    assert Door([Key(HIND, "1010")], ahead, file).admit("101", "1010") is Refusal.LOCKED
    assert Door([Key(HIND, "1010")], now, file).admit("101", "1010") is HIND
    agents = file.with_name("agents.json")
    for _ in range(MOST_WRONG):
        AgentDoor({AMAL: "112358"}, ahead, agents).admit("101", AMAL, "0")
    assert AgentDoor({AMAL: "112358"}, now, agents).admit("101", AMAL, "112358") is Admission.ADMITTED
