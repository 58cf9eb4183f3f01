"""The zone and the holidays that hours are made of."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, reset_tzpath

import pytest

from routing.holidays import FIXED_DAYS, fixed_holidays
from routing.zone import MOROCCO, centre_zone, require_current_zone_data, zone_data_is_current


@pytest.fixture
def old_system(tmp_path: Path) -> Iterator[ZoneInfo]:
    """A machine whose own data says UTC+1, as data of 2025 does for November 2026."""
    name = tmp_path.joinpath(*MOROCCO.split("/"))
    name.parent.mkdir()
    name.write_bytes(_fixed_zone(3600))
    reset_tzpath([str(tmp_path)])
    ZoneInfo.clear_cache()
    yield ZoneInfo(MOROCCO)
    reset_tzpath()
    ZoneInfo.clear_cache()


def _fixed_zone(offset: int) -> bytes:
    """A TZif file of one offset (RFC 8536), version 1 and 2 blocks and a POSIX footer."""
    counts = (0, 0, 0, 0, 1, 4)
    header = b"TZif2" + bytes(15) + b"".join(n.to_bytes(4, "big") for n in counts)
    block = offset.to_bytes(4, "big") + bytes([0, 0]) + b"+01\0"
    return header + block + header + block + b"\n<+01>-1\n"


def test_the_zone_is_right_on_a_machine_whose_own_data_is_old(old_system: ZoneInfo) -> None:
    november = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert november.astimezone(old_system).utcoffset() == timedelta(hours=1)
    centre_zone.cache_clear()
    assert november.astimezone(centre_zone(MOROCCO)).utcoffset() == timedelta(0)


def test_old_zone_data_is_noticed_and_the_message_says_what_to_do() -> None:
    assert zone_data_is_current()
    stale = ZoneInfo.from_file(BytesIO(_fixed_zone(3600)), key=MOROCCO)
    assert not zone_data_is_current(stale)
    with pytest.raises(RuntimeError, match=r"Install tzdata 2026\.3 or later"):
        require_current_zone_data(stale)


@pytest.mark.parametrize(
    "key", ["Africa/Casablnca", "", "../zone", "Africa", "zone.tab", "__init__.py", "/etc"]
)
def test_a_name_that_is_no_zone_is_refused(key: str) -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        centre_zone(key)


def test_a_zone_is_the_same_value_each_time() -> None:
    assert centre_zone(MOROCCO) is centre_zone(MOROCCO)
    assert centre_zone(MOROCCO).key == MOROCCO


def test_the_fixed_holidays_of_2027() -> None:
    days = [(one.day.month, one.day.day) for one in fixed_holidays(2027)]
    assert days == [
        (1, 1), (1, 11), (1, 14), (5, 1), (7, 30), (8, 14), (8, 20), (8, 21), (10, 31), (11, 6), (11, 18),
    ]  # fmt: skip


def test_a_holiday_begins_in_its_first_year() -> None:
    assert date(2023, 1, 14) not in {one.day for one in fixed_holidays(2023)}
    assert date(2024, 1, 14) in {one.day for one in fixed_holidays(2024)}
    assert date(2025, 10, 31) not in {one.day for one in fixed_holidays(2025)}
    assert date(2026, 10, 31) in {one.day for one in fixed_holidays(2026)}


def test_a_holiday_that_moved_left_its_old_day() -> None:
    assert [one.day for one in fixed_holidays(2000) if one.name == "Throne Day"] == [date(2000, 3, 3)]
    assert [one.day for one in fixed_holidays(2001) if one.name == "Throne Day"] == [date(2001, 7, 30)]


def test_every_holiday_has_its_name_in_three_languages() -> None:
    assert all(day.english and day.french and day.arabic for day in FIXED_DAYS)
