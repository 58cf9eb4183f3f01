"""Which times nobody watched: a figure of them is marked, not counted as zero."""

from collections.abc import Callable
from datetime import datetime, timedelta

from routing.indicators.certainty import unwatched
from routing.indicators.interval import Interval
from routing.record import Record, Watched
from server.watch import Watch
from tests.support.days import NINE, TODAY

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATER = TODAY.end + HOUR


class Kept:
    """The last version of each stretch, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.rows: dict[str, Watched] = {}
        self.at = NINE
        self.now: Callable[[], datetime] = lambda: self.at

    def record(self, record: Record) -> None:
        assert isinstance(record, Watched)
        present = self.rows.get(record.id)
        assert present is None or present.version < record.version
        self.rows[record.id] = record

    def gaps(self, start: datetime, end: datetime, as_of: datetime = LATER) -> list[Interval]:
        return list(unwatched(self.rows.values(), Interval(start, end), as_of))


async def test_a_link_that_was_down_leaves_a_gap_between_two_stretches() -> None:
    kept = Kept()
    watch = Watch(kept, kept.now)
    watch.up()
    kept.at = NINE + HOUR
    watch.down()
    kept.at = NINE + HOUR + 5 * MINUTE
    watch.up()
    kept.at = NINE + 2 * HOUR
    await watch.beat()
    assert kept.gaps(NINE, NINE + 2 * HOUR) == [Interval(NINE + HOUR, NINE + HOUR + 5 * MINUTE)]
    assert kept.gaps(NINE, NINE + HOUR) == []


async def test_a_killed_controller_watched_until_its_last_beat() -> None:
    kept = Kept()
    watch = Watch(kept, kept.now)
    watch.up()
    kept.at = NINE + 10 * MINUTE
    await watch.beat()
    assert kept.gaps(NINE, NINE + HOUR) == [Interval(NINE + 10 * MINUTE, NINE + HOUR)]


async def test_the_seconds_since_the_last_beat_are_not_doubted_while_it_runs() -> None:
    kept = Kept()
    watch = Watch(kept, kept.now)
    watch.up()
    assert kept.gaps(NINE, NINE + HOUR, as_of=NINE + timedelta(seconds=59)) == []
    assert kept.gaps(NINE, NINE + HOUR, as_of=NINE + 2 * MINUTE) == [Interval(NINE, NINE + 2 * MINUTE)]


async def test_a_clock_that_is_set_back_takes_nothing_from_what_was_watched() -> None:
    kept = Kept()
    watch = Watch(kept, kept.now)
    watch.up()
    kept.at = NINE + HOUR
    await watch.beat()
    kept.at = NINE
    watch.down()
    assert kept.gaps(NINE, NINE + HOUR) == []


def test_before_the_first_stretch_nothing_is_known() -> None:
    assert Kept().gaps(TODAY.start, TODAY.end) == [TODAY]
