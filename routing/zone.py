"""The centre's time zone, from the `tzdata` package and never from the system, whose data may be years old.

Morocco is on UTC+0 for good since 2026-09-20 02:00 (decree 2.26.530). Zone data older than 2026c says UTC+1.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MOROCCO = "Africa/Casablanca"
_AFTER_THE_DECREE = datetime(2026, 11, 22, 12, tzinfo=UTC)


@cache
def centre_zone(key: str) -> ZoneInfo:
    """The zone named `key`, such as `Africa/Casablanca`. Raises ZoneInfoNotFoundError, which says why."""
    parts = key.split("/")
    if not all(part and part.replace("_", "").replace("-", "").replace("+", "").isalnum() for part in parts):
        raise ZoneInfoNotFoundError(f'"{key}" is not the name of a time zone')
    try:
        found = files("tzdata").joinpath("zoneinfo", *parts)
    except ModuleNotFoundError:
        raise ZoneInfoNotFoundError("the package tzdata is missing: run `make setup`") from None
    if not found.is_file():
        raise ZoneInfoNotFoundError(f'there is no time zone "{key}"')
    try:
        with found.open("rb") as data:
            return ZoneInfo.from_file(data, key=key)
    except ValueError:
        raise ZoneInfoNotFoundError(f'"{key}" is not the name of a time zone') from None


def zone_data_is_current(zone: ZoneInfo | None = None) -> bool:
    """Whether the data knows the decree. `zone` is Morocco's; by default as `centre_zone` gives it."""
    return (zone or centre_zone(MOROCCO)).utcoffset(_AFTER_THE_DECREE) == timedelta(0)


class StaleZoneData(RuntimeError):  # noqa: N818 - named for what is wrong
    """The zone data does not know Morocco's time of today; the message says what to do."""


def require_current_zone_data(zone: ZoneInfo | None = None) -> None:
    """Raises StaleZoneData, with what to do, when the data is too old to tell the centre's hours."""
    if not zone_data_is_current(zone):
        raise StaleZoneData(
            "The time zone data is older than 2026c and puts Morocco one hour ahead: opening hours would be "
            "wrong. Install tzdata 2026.3 or later in this environment (`make setup`)."
        )
