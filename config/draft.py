"""The file while it is checked: its sections one by one, so that mistakes in one do not hide those in another."""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from config.mistakes import KeyPath
from config.schema import AgentSection, Settings, SupervisorSection, TrunkSection
from config.source import Source
from routing.model import Language

DEFAULTS = {part.name: part.default for part in fields(Settings) if part.default is not MISSING}


@dataclass(slots=True)
class Draft:
    """The sections that were written (None when broken) and the sound items of lists, with their paths."""

    source: Source
    sections: dict[str, Any] = field(default_factory=dict)
    items: dict[str, list[tuple[KeyPath, Any]]] = field(default_factory=dict)

    def section(self, name: str) -> Any:
        """The section or its default; None when it has mistakes."""
        return self.sections[name] if name in self.sections else DEFAULTS.get(name)

    @property
    def agents(self) -> list[tuple[KeyPath, AgentSection]]:
        """Agents without mistakes of their own."""
        return self.items.get("agents", [])

    @property
    def supervisors(self) -> list[tuple[KeyPath, SupervisorSection]]:
        """Supervisors without mistakes of their own."""
        return self.items.get("supervisors", [])

    @property
    def trunks(self) -> list[tuple[KeyPath, TrunkSection]]:
        """Trunks without mistakes of their own."""
        return self.items.get("trunks", [])


def repeated(values: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    """The second and later places of equal values."""
    seen: set[Any] = set()
    for place, value in enumerate(values):
        if value in seen:
            yield place, value
        seen.add(value)


def spoken(language: str) -> str:
    """The language in English: Tamazight."""
    return Language(language).name.capitalize()


def is_address(text: str) -> bool:
    """Whether this is a literal IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
