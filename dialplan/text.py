"""How a value becomes text in Asterisk's files. What could break out of its line is refused here, once.

Asterisk's parser ends a value at `;` and a line at a newline, and the dialplan expands `${}`: no value of the
configuration may hold them.
"""

import ipaddress
import re
from collections.abc import Iterable

TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
DIALLED = re.compile(r"\+?[0-9]{2,15}")
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
FORBIDDEN_IN_LABEL = frozenset('";<>[]\\${}')


class Unfit(ValueError):  # noqa: N818 - named for what is wrong
    """A value that cannot stand in Asterisk's files; the message names it and says why."""


def token(value: str, what: str) -> str:
    """A name that Asterisk uses as one word."""
    return _whole(TOKEN, value, what, "letters, digits, dot, dash and underscore")


def dialled(value: str, what: str) -> str:
    """A number that can be dialled and means itself, never a pattern."""
    return _whole(DIALLED, value, what, "2 to 15 digits, with or without + before them")


def host(value: str, what: str) -> str:
    """A literal address, in brackets where it is IPv6, or a host name."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return _whole(HOST, value, what, "an address or a host name")
    return f"[{address}]" if address.version == 6 else str(address)


def network(value: str, what: str) -> str:
    """An address or a network in CIDR notation."""
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        raise Unfit(f"{what}: {value!r} is not an address or a network such as 192.0.2.0/24") from None


def port(value: int, what: str) -> str:
    """A port number."""
    if not 0 < value < 65536:
        raise Unfit(f"{what}: {value} is not a port from 1 to 65535")
    return str(value)


def label(value: str, what: str) -> str:
    """Free text that people read: any script, no control characters and nothing that Asterisk interprets."""
    for character in value:
        if not character.isprintable() or character in FORBIDDEN_IN_LABEL:
            raise Unfit(f"{what}: the character {character!r} cannot stand in a name")
    return value.strip()


def secret(value: str, what: str) -> str:
    """A password. The message never shows it."""
    if not value or value != value.strip() or not value.isascii() or not value.isprintable():
        raise Unfit(f"{what}: a secret is printable ASCII without spaces around it, and not empty")
    if "\\" in value or value.startswith(">"):
        raise Unfit(f"{what}: a secret holds no backslash and does not begin with >")
    return value.replace(";", "\\;")


def path(value: object, what: str) -> str:
    """An absolute path without characters that Asterisk or its dialplan would read as their own."""
    text = str(value)
    if not text.startswith("/") or any(not c.isprintable() or c in ';"\\${}[]&|,()' for c in text):
        raise Unfit(f"{what}: {text!r} is not an absolute path of plain characters")
    return text


def section(name: str, *lines: str, template: str = "") -> str:
    """One `[section]` with its lines."""
    return "\n".join((f"[{name}]{template}", *lines)) + "\n"


def settings(**values: object) -> tuple[str, ...]:
    """`key = value` lines. True and False become yes and no, None is left out."""
    return tuple(f"{key} = {_shown(value)}" for key, value in values.items() if value is not None)


def file(made_by: str, made_from: str, sections: Iterable[str]) -> str:
    """A whole file, with the line that says what made it."""
    head = f"; Made by Mowakaba ({made_by}) from {made_from}. Changes made here are lost.\n"
    return "\n".join((head, *sections))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _whole(pattern: re.Pattern[str], value: str, what: str, allowed: str) -> str:
    if pattern.fullmatch(value) is None:
        raise Unfit(f"{what}: {value!r} may hold only {allowed}")
    return value
