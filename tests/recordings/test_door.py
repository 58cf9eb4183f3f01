"""Who may enter the studio, from which telephone, and how soon wrong PINs lock it."""

from datetime import UTC, datetime, timedelta

from ivr.studio import Refusal, Supervisor, SupervisorId
from recordings.door import LOCKED_FOR, MOST_WRONG, Door, Key
from routing.model import Language

AT_101 = Supervisor(SupervisorId("hind"), "Hind", Language.FRENCH, "101")
AT_102 = Supervisor(SupervisorId("ziri"), "Ziri", Language.TAMAZIGHT, "102")
ANYWHERE = Supervisor(SupervisorId("omar"), "Omar", Language.ARABIC)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def door(clock: Clock) -> Door:
    return Door((Key(AT_101, "1010"), Key(AT_102, "1020"), Key(ANYWHERE, "9999")), clock)


def test_each_enters_with_his_own_pin_at_his_own_telephone() -> None:
    opened = door(Clock())
    assert opened.admit("101", "1010") is AT_101
    assert opened.admit("102", "1020") is AT_102
    assert opened.admit("103", "9999") is ANYWHERE
    assert opened.admit("102", "1010") is Refusal.WRONG
    assert opened.admit("101", "") is Refusal.WRONG
    assert opened.admit("101", "10100") is Refusal.WRONG


def test_a_right_pin_forgives_the_wrong_ones_before_it() -> None:
    opened = door(Clock())
    for _ in range(3):
        for _ in range(MOST_WRONG - 1):
            assert opened.admit("103", "0000") is Refusal.WRONG
        assert opened.admit("103", "9999") is ANYWHERE


def test_too_many_wrong_pins_lock_those_who_could_be_meant_and_nobody_else() -> None:
    clock = Clock()
    opened = door(clock)
    answers = [opened.admit("101", "0000") for _ in range(MOST_WRONG)]
    assert answers == [Refusal.WRONG] * (MOST_WRONG - 1) + [Refusal.LOCKED]
    assert set(opened.locked()) == {"hind", "omar"}
    assert opened.admit("101", "1010") is Refusal.LOCKED
    assert opened.admit("102", "1020") is AT_102, "nobody guessed at his telephone"
    clock.now += LOCKED_FOR
    assert opened.admit("101", "1010") is AT_101
    assert opened.locked() == ()


def test_wrong_pins_of_long_ago_do_not_count() -> None:
    clock = Clock()
    opened = door(clock)
    for _ in range(3 * MOST_WRONG):
        assert opened.admit("103", "0000") is Refusal.WRONG
        clock.now += LOCKED_FOR / (MOST_WRONG - 1)


def test_guessing_while_it_is_locked_does_not_lock_it_longer() -> None:
    clock = Clock()
    opened = door(clock)
    for _ in range(MOST_WRONG):
        opened.admit("103", "0000")
    clock.now += LOCKED_FOR - timedelta(seconds=1)
    assert opened.admit("103", "0001") is Refusal.LOCKED
    clock.now += timedelta(seconds=1)
    assert opened.admit("103", "9999") is ANYWHERE


def test_without_supervisors_nobody_enters() -> None:
    assert Door((), Clock()).admit("101", "1010") is Refusal.WRONG


def test_a_pin_is_not_shown() -> None:
    assert "9999" not in repr(Key(ANYWHERE, "9999"))
