"""The kinds of values an administrator writes: durations, times, days, ports, numbers, names, addresses.

Each refuses in the same form: what is wrong, then how to mend it.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from config.mistakes import nearest
from dialplan.text import FORBIDDEN_IN_LABEL
from routing.hours import Span
from routing.zone import centre_zone

WRONG = "wrong"
"""The pydantic error type of every refusal here; its context holds `what` and `mend`."""

_DURATION = re.compile(
    r"(?:([0-9]{1,4})\s*d)?\s*(?:([0-9]{1,4})\s*h)?\s*(?:([0-9]{1,5})\s*m(?:in)?)?\s*(?:([0-9]{1,6})\s*s)?"
)
_CLOCK = re.compile(r"([0-9]{1,2})[:hH]([0-9]{2})")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*")


def wrong(what: str, mend: str) -> PydanticCustomError:
    """A refusal to raise from a validator."""
    return PydanticCustomError(WRONG, "{what}; {mend}", {"what": what, "mend": mend})


def text_of(value: Any, mend: str) -> str:
    """The value as one line of text, or a refusal."""
    if not isinstance(value, str):
        raise wrong("is not a single value", mend)
    return value.strip()


def as_list(value: Any) -> Any:
    """Let a list be written with commas: `2000, 2001`."""
    if isinstance(value, str):
        return [part.strip() for part in value.strip().strip("[]").split(",") if part.strip()]
    return value


def listed(of_what: str) -> BeforeValidator:
    """A list, or its items on one line with commas."""

    def check(value: Any) -> Any:
        items = as_list(value)
        if not isinstance(items, list | tuple):
            raise wrong("is not a list", f"write {of_what}")
        return tuple(items)

    return BeforeValidator(check)


def one_of(known: Iterable[str]) -> BeforeValidator:
    """One word of `known`."""
    words = tuple(known)

    def check(value: Any) -> Any:
        text = text_of(value, f"write one of {', '.join(words)}")
        if text not in words:
            raise wrong(f'"{text}" is not known', nearest(text, words))
        return text

    return BeforeValidator(check)


def pattern(expression: str, what: str, mend: str, *, hidden: bool = False) -> BeforeValidator:
    """A text that matches `expression` as a whole; `hidden` keeps it out of the message."""
    compiled = re.compile(expression)

    def check(value: Any) -> str:
        text = text_of(value, mend)
        if not compiled.fullmatch(text):
            raise wrong(what if hidden else f'"{text}" {what}', mend)
        return text

    return BeforeValidator(check)


def duration(least: timedelta = timedelta(0), most: timedelta = timedelta(days=30)) -> BeforeValidator:
    """A duration such as 10s, 1m30s, 2h between `least` and `most`."""

    def check(value: Any) -> timedelta:
        if isinstance(value, timedelta):
            return value
        text = text_of(value, "write 10s or 1m30s")
        found = _DURATION.fullmatch(text)
        if not text or found is None:
            raise wrong(f'"{text}" is not a duration', "write 10s or 1m30s")
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if length < least:
            raise wrong(f"{text} is too short", f"write {spell_duration(least)} or more")
        if length > most:
            raise wrong(f"{text} is too long", f"write {spell_duration(most)} or less")
        return length

    return BeforeValidator(check)


def spell_duration(length: timedelta) -> str:
    """As an administrator writes it: 1m30s."""
    seconds = int(length.total_seconds())
    parts = (
        (seconds // 86400, "d"),
        (seconds // 3600 % 24, "h"),
        (seconds // 60 % 60, "m"),
        (seconds % 60, "s"),
    )
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def whole(least: int, most: int, what: str = "a whole number") -> BeforeValidator:
    """A whole number between `least` and `most`, in the digits 0–9."""

    def check(value: Any) -> int:
        mend = f"write {what} from {least} to {most}"
        text = text_of(str(value) if type(value) is int else value, mend)
        if not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise wrong(f'"{text}" is not {what}', mend)
        if not least <= int(text) <= most:
            raise wrong(f"{text} is out of range", mend)
        return int(text)

    return BeforeValidator(check)


def _yes_or_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = text_of(value, "write yes or no").lower()
    if text in {"yes", "true", "on", "oui"}:
        return True
    if text in {"no", "false", "off", "non"}:
        return False
    raise wrong(f'"{text}" is neither yes nor no', "write yes or no")


def _name(value: Any) -> str:
    text = unicodedata.normalize("NFC", text_of(value, "write it on one line"))
    # Direction marks come along when Arabic is copied from a page.
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf").strip()
    for letter in text:
        if not letter.isprintable():
            raise wrong("holds a control character or a line break", "write it on one line")
        if letter in FORBIDDEN_IN_LABEL:
            raise wrong(f"holds {letter}, which telephones cannot show", f"leave {letter} out")
    if not 1 <= len(text) <= 120:
        raise wrong("is empty or longer than 120 letters", "write a name of 1 to 120 letters")
    return text


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    text = text_of(value, "write a day such as 2027-03-10")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise wrong(f'"{text}" is not a day', "write year-month-day, such as 2027-03-10")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise wrong(f"{text} is not in the calendar", "write year-month-day, such as 2027-03-10") from None
    if not 2000 <= day.year <= 2100:
        raise wrong(f"{text} is not in this century", "check the year")
    return day


def _zone(value: Any) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    text = text_of(value, "write a zone such as Africa/Casablanca")
    try:
        zone: ZoneInfo = centre_zone(text)
        return zone
    except (KeyError, ValueError, OSError):
        mend = "write one of the time zone database, such as Africa/Casablanca"
        raise wrong(f'"{text}" is not a time zone', mend) from None


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise wrong(f'"{text}" is not a time of day', "write 8:30-16:30")
    return time(int(found[1]), int(found[2]))


def parse_span(text: str) -> Span:
    """`8:30-16:30` as a span; raises a refusal."""
    halves = re.split(r"\s*[-–]\s*", text.strip())
    if len(halves) != 2:
        raise wrong(f'"{text}" is not a time from and until', "write 8:30-16:30, or closed")
    opens, closes = _clock(halves[0]), _clock(halves[1])
    if closes <= opens:
        raise wrong(f"{text} ends before it begins", "write the earlier time first; a span ends on its day")
    return Span(opens, closes)


def _spell_span(span: Span) -> str:
    return f"{span.opens:%H:%M}-{span.closes:%H:%M}"


def _day_spans(value: Any) -> tuple[Span, ...]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, str) and value.strip().lower() == "closed":
        return ()
    parts = as_list(value)
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts) or not parts:
        raise wrong("is not a list of times", "write 8:30-16:30, or 8:30-12:00, 14:00-18:00, or closed")
    spans = sorted((parse_span(part) for part in parts), key=lambda span: span.opens)
    for earlier, later in zip(spans, spans[1:], strict=False):
        if later.opens < earlier.closes:
            raise wrong(
                f"{_spell_span(later)} overlaps {_spell_span(earlier)}", "write spans that follow each other"
            )
    return tuple(spans)


def _port_range(value: Any) -> tuple[int, int]:
    if isinstance(value, tuple):
        return value
    text = text_of(value, "write 20000-20999")
    found = re.fullmatch(r"([0-9]{1,5})\s*[-–]\s*([0-9]{1,5})", text)
    if found is None:
        raise wrong(f'"{text}" is not a range of ports', "write 20000-20999")
    first, last = int(found[1]), int(found[2])
    if not 1024 <= first <= 65535 or not 1024 <= last <= 65535:
        raise wrong(f"{text} is out of range", "write ports from 1024 to 65535")
    if last < first + 3:
        raise wrong(f"{text} holds too few ports", "write the lower port first, and two for each call leg")
    return first, last


def _address(value: Any) -> str:
    text = text_of(value, "write an address such as 127.0.0.1")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise wrong(f'"{text}" is not an IP address', "write an address such as 127.0.0.1") from None


def _network(value: Any) -> str:
    text = text_of(value, "write an address or a network such as 192.168.1.0/24")
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        mend = "write an address or a network such as 192.168.1.0/24"
        raise wrong(f'"{text}" is neither an IP address nor a network', mend) from None
    return str(network) if "/" in text else str(network.network_address)


def _host(value: Any) -> str:
    text = text_of(value, "write an address or a name such as sip.example.org")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    if not _HOST.fullmatch(text) or len(text) > 253 or re.fullmatch(r"[0-9.]+", text):
        mend = "write an address such as 192.0.2.10 or a name such as sip.example.org"
        raise wrong(f'"{text}" is neither an IP address nor a host name', mend)
    return text


def each(check: Callable[[Any], Any]) -> BeforeValidator:
    """The validator as pydantic takes it."""
    return BeforeValidator(check)


YesOrNo = Annotated[bool, each(_yes_or_no)]
Name = Annotated[str, each(_name)]
Day = Annotated[date, each(_day)]
Zone = Annotated[ZoneInfo, each(_zone)]
DaySpans = Annotated[tuple[Span, ...], each(_day_spans)]
Port = Annotated[int, whole(1, 65535, "a port")]
PortRange = Annotated[tuple[int, int], each(_port_range)]
Address = Annotated[str, each(_address)]
Network = Annotated[str, each(_network)]
Host = Annotated[str, each(_host)]
