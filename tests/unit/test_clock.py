"""The house's clock when the machine's is set."""

from datetime import UTC, datetime, timedelta

from server.clock import Clock, pretended

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


class Machine:
    def __init__(self):
        self.wall, self.steady = NOON, 1000.0

    def passes(self, time):
        self.wall += time
        self.steady += time.total_seconds()

    def clock(self):
        return Clock(lambda: self.wall, lambda: self.steady)


def test_a_wait_is_measured_right_across_a_step_of_an_hour():
    machine = Machine()
    clock = machine.clock()
    joined = clock()
    machine.wall += HOUR
    machine.passes(MINUTE)
    clock.follow(idle=False)
    assert clock() - joined == MINUTE


def test_the_step_is_taken_over_when_nobody_waits():
    machine = Machine()
    clock = machine.clock()
    machine.wall -= HOUR
    clock.follow(idle=True)
    assert clock() == machine.wall


def test_small_corrections_are_followed_at_once():
    machine = Machine()
    clock = machine.clock()
    machine.wall += SECOND / 2
    clock.follow(idle=False)
    assert clock() == machine.wall


def test_a_pretended_moment_goes_on_and_survives_a_step():
    machine = Machine()
    clock = machine.clock()
    clock.pretend(NOON + 10 * HOUR)
    machine.passes(MINUTE)
    machine.wall += HOUR
    clock.follow(idle=False)
    assert clock() == NOON + 10 * HOUR + MINUTE


def test_nothing_pretended_is_the_true_time():
    before = datetime.now(UTC)
    assert before - SECOND < pretended(None)() < before + MINUTE
