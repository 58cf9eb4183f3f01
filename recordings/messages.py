"""Until when the message of the day stands, language by language. Its sound is on the shelf."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from recordings.files import damaged, locked, read_json, write_json
from routing.model import Language


@dataclass(frozen=True, slots=True)
class Message:
    """A message that callers of one language hear until `until`; `by` set it at `at`."""

    until: datetime
    by: str
    at: datetime


def until(now: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The midnight that ends the last of `days` days, today included."""
    last: date = now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(last, time(), zone).astimezone(now.tzinfo)


class Messages:
    """Kept in one file, read anew when it changes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: tuple[int, int] | None = None
        self._known: dict[Language, Message] = {}

    def all(self) -> Mapping[Language, Message]:
        """Every message that was set and not cleared, expired ones included."""
        try:
            found = self._file.stat()
        except FileNotFoundError:
            self._seen, self._known = None, {}
            return self._known
        seen = (found.st_mtime_ns, found.st_ino)
        if seen != self._seen:
            try:
                self._known = {
                    Language(name): _message(kept) for name, kept in read_json(self._file, {}).items()
                }
            except (TypeError, KeyError, ValueError):
                raise damaged(self._file) from None
            self._seen = seen
        return self._known

    def stands(self, language: Language, now: datetime) -> bool:
        """Whether callers of this language hear a message now."""
        message = self.all().get(language)
        return message is not None and now < message.until

    def set(self, language: Language, message: Message) -> None:
        """From now on."""
        self._change({language: message})

    def clear(self, language: Language) -> bool:
        """No message from now on; False when there was none."""
        if language not in self.all():
            return False
        self._change({language: None})
        return True

    def _change(self, changes: Mapping[Language, Message | None]) -> None:
        with locked(self._file.parent):
            kept: dict[str, Any] = read_json(self._file, {})
            for language, message in changes.items():
                kept.pop(language.value, None)
                if message is not None:
                    kept[language.value] = {
                        "until": message.until.isoformat(),
                        "by": message.by,
                        "at": message.at.isoformat(),
                    }
            write_json(self._file, kept)


def _message(kept: dict[str, Any]) -> Message:
    until, at = (datetime.fromisoformat(kept[name]) for name in ("until", "at"))
    if until.tzinfo is None or at.tzinfo is None:
        raise ValueError("a moment without its zone")
    return Message(until, str(kept["by"]), at)
